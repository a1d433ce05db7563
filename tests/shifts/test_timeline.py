"""`chancery timeline` and `chancery shifts`: tables, data and pictures of one archive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser
from typer.testing import CliRunner

from tasks.archive import database
from tasks.archive.database import writing
from tasks.archive.keeping import keep
from tasks.shifts import plot, views
from tasks.shifts.series import Cell
from tests.conftest import PATIENCE_MS
from worker import cli
from worker.settings import Settings

from .press import Said, article, day

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory whose archive holds a press that turns on its 40th day."""
    folder = tmp_path_factory.mktemp("desk")
    archive = database.engine(Settings(data_dir=folder))
    claim = Said("AGREE", status="claimed", source="Тайный циркуляр", anonymous=True)
    with writing(archive) as connection:
        for n in range(56):
            keep(connection, article(n, [Said("AGREE", "KAZ", "RUS")] if n % 4 == 0 else [], note="день"))
            if n % 7 == 1:
                keep(connection, article(n, [Said("ACCUSE", "GBR", "KAZ"), Said("negative", "GBR", "KAZ")]))
            if n >= 40:
                keep(connection, article(n, [claim, Said("THREATEN", status="denied")], outlet="Утро"))
    yield folder
    database.close()


def chancery(desk: Path, *argv: str, status: int = 0, columns: int = 140) -> str:
    """What a command prints: on stdout where it ends well, on stderr where it doesn't."""
    env = {"CHANCERY_DATA_DIR": str(desk), "COLUMNS": str(columns)}
    done = CliRunner().invoke(cli.app, argv, env=env)
    assert done.exit_code == status, done.output
    return done.stdout if status == 0 else done.stderr


def test_a_pairs_timeline_says_what_was_told_by_day_on_whose_word_and_when_it_shifted(desk: Path) -> None:
    shown: dict[str, Any] = json.loads(chancery(desk, "timeline", "Казахстан", "GBR", "--json"))
    assert (shown["since"], shown["until"], shown["step"]) == (str(day(0)), str(day(55)), "day")
    periods = {period["first"]: period for period in shown["periods"]}
    assert len(periods) == 56
    last = periods[str(day(50))]
    assert (last["read"], last["statements"], last["cooperation"], last["conflict"]) == (3, 2, 4.75, 2.8)
    assert last["parts"] == {"cooperation": {"claimed": 4.75}, "conflict": {"denied": 6.03, "happened": 2.8}}
    assert shown["attitudes"][0] | {"day": ""} == {
        "day": "", "holder": "GBR", "target": "KAZ", "polarity": "negative", "source_kind": "author",
        "anonymous": False, "statements": 1,
    }  # fmt: skip
    (shift,) = shown["shifts"]
    assert (shift["measure"], shift["onset"]) == ("cooperation", str(day(40)))
    assert {"rests-on-claims", "rests-on-anonymous-sources", "single-source"} == set(shift["flags"])
    assert {watch["measure"]: watch["can_tell"] for watch in shown["watches"]}["conflict"]
    sources = json.loads(chancery(desk, "timeline", "GBR", "KAZ", "--by", "source", "--json", "--step", "month"))
    assert sources["periods"][-1]["parts"]["cooperation"].keys() == {"channel, anonymous"}


def test_the_table_fits_a_narrow_terminal_and_marks_the_shift(desk: Path) -> None:
    told = chancery(desk, "timeline", "KAZ", "GBR", "--since", str(day(35)), columns=80)
    lines = told.splitlines()
    assert lines[0] == "Kazakhstan and United Kingdom"
    assert max(map(len, lines[: lines.index("Attitudes of GBR towards KAZ: 0 positive, 3 negative.")])) <= 80
    assert re.search(rf"{day(50)} +2 +4\.8 █+ +█+ 2\.8 ", told)
    assert "▲1 Cooperation told of between United Kingdom and Kazakhstan rises from" in told
    assert "without what is only claimed it would not be seen" in told
    assert "Kazakhstan between Russia and the West" in chancery(desk, "timeline", "KAZ")


def test_the_shifts_are_listed_with_their_statements(desk: Path) -> None:
    told = chancery(desk, "shifts", "--pair", "KAZ GBR")
    assert "«KAZ и GBR подписали соглашение»  Тайный циркуляр (channel, anonymous)" in told
    every = [json.loads(line) for line in chancery(desk, "shifts", "--json").splitlines()]
    assert ("GBR", "KAZ", "cooperation", "told") in {
        (s["actor"], s["recipient"], s["measure"], s["state"]) for s in every
    }
    assert chancery(desk, "shifts", "--since", "2027-01-01") == ""


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["timeline", "KAZ", "Атлантида"], "neither a state nor a bloc"),
        (["timeline", "KAZ", "Казахстан"], "give two"),
        (["timeline", "RUS"], "does not stand between"),
        (["shifts", "--since", "вчера"], "give one as 2026-03-01"),
    ],
)
def test_what_is_asked_wrongly_is_said_in_one_line(desk: Path, argv: list[str], said: str) -> None:
    told = chancery(desk, *argv, status=2)
    assert said in " ".join(told.split())
    assert "Traceback" not in told


def test_the_picture_is_self_contained_and_says_in_words_what_it_shows(desk: Path, tmp_path: Path) -> None:
    file = tmp_path / "kaz.svg"
    chancery(desk, "timeline", "KAZ", "GBR", "--svg", str(file))
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|<script|@import|url\((?!#)", text)
    root = ElementTree.fromstring(text)
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert "cooperation 76.0 in all, conflict 22.4, from 24 statements. Cooperation told of between" in (
        told.text or ""
    )
    said = [each.text for each in root.iter(f"{SVG}title")]
    assert f"{day(50)}: claimed 4.8" in said
    assert not any("denied" in (each or "") for each in said)


def drawn() -> tuple[str, str]:
    """A timeline and a spark of names that are markup, with every kind of part and mark."""
    cells = [
        Cell(day(n), "KAZ", "GBR", type_, status, "channel", anonymous=n % 2 == 0)
        for n in range(60) for type_ in ("AGREE", "THREATEN") for status in ("happened", "planned", "claimed", "denied")
        if (n * len(status) + len(type_)) % 3 == 0
    ]  # fmt: skip
    shown = views.periods(cells, {day(n): 3 for n in range(50)}, by="status", step="day", since=day(0), until=day(59))
    marks = [plot.Mark(day(10), day(15), "A & <b>"), plot.Mark(day(30), day(58), "второй, " * 40, undone=True)]
    whole = plot.timeline(shown, views.parts(shown, "status"), title='<b>"A" & B</b>', marks=marks)
    return whole, plot.spark(shown, title="малый", marks=marks)


def test_pictures_hold_any_name_and_no_part_leaves_the_frame(chromium: Browser) -> None:
    for picture in drawn():
        ElementTree.fromstring(picture)
    with chromium.new_context(color_scheme="dark", viewport={"width": 400, "height": 700}) as context:
        context.set_default_timeout(PATIENCE_MS)
        tab = context.new_page()
        tab.set_content("<body style='margin:0;background:#000'>" + "".join(drawn()))
        outside = tab.evaluate(
            """() => [...document.querySelectorAll('svg')].flatMap(svg => {
                 const frame = svg.getBoundingClientRect()
                 return [...svg.querySelectorAll('rect:not(defs rect),text,circle,line:not(defs line)')].filter(e => {
                   const box = e.getBoundingClientRect()
                   return box.left < frame.left - 1 || box.right > frame.right + 1 ||
                          box.top < frame.top - 1 || box.bottom > frame.bottom + 1
                 }).map(e => e.outerHTML.slice(0, 120))
               })"""
        )
        assert outside == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= 400
        overlapping = tab.evaluate(
            """() => {
                 const words = [...document.querySelectorAll('svg text:not(.number)')]
                 const boxes = words.map(e => e.getBoundingClientRect())
                 const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2
                                        && b.top < a.bottom - 2
                 return boxes.filter((a, i) => boxes.some((b, j) => j > i && meet(a, b))).length
               }"""
        )
        assert overlapping == 0
        dark = tab.evaluate("getComputedStyle(document.querySelector('.ct .ground')).fill")
        assert dark == "rgb(21, 25, 30)"


def test_weeks_and_months_hold_what_their_days_hold() -> None:
    cells = [Cell(day(n), "KAZ", "GBR", "AGREE", "happened", "media", anonymous=False) for n in range(0, 90, 3)]
    read = {day(n): 2 for n in range(90)}
    for step in ("day", "week", "month"):
        shown = views.periods(cells, read, by="type", step=step, since=date(2026, 1, 9), until=day(80))
        assert sum(p.total("above") for p in shown) == pytest.approx(
            4.75 * sum(date(2026, 1, 9) <= c.day <= day(80) for c in cells)
        )
        assert sum(p.read for p in shown) == 2 * len([d for d in read if date(2026, 1, 9) <= d <= day(80)])
        assert (shown[0].first, shown[-1].last) == (date(2026, 1, 9), day(80))
