"""A digest tells what its days' articles told, counts each thing once, and says so where there is nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from tasks.archive import database
from tasks.archive.database import reading, writing
from tasks.archive.keeping import keep
from tasks.archive.tables import outbox
from tasks.deliveries.told import DigestMade
from tasks.digests import keeping, page, plain
from tasks.digests.collecting import collect
from tasks.digests.record import Digest
from worker.cli import app
from worker.settings import Settings

from . import press

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def digest(settings: Settings) -> Iterator[Digest]:
    """The digest of the press's last day."""
    yield keeping.make(database.engine(settings), press.LAST, press.LAST, "UTC")
    database.close()


def test_it_counts_articles_and_takes_reposts_for_what_they_are(digest: Digest) -> None:
    assert (digest.articles, digest.outlets, digest.reposts) == (13, 7, 7)
    assert digest.reports == 5
    assert 0 < digest.own_voice < 1


def test_a_shift_comes_with_its_statements_and_where_they_stand(digest: Digest) -> None:
    (shift,) = digest.shifts
    assert "KAZ" in shift.parties
    assert shift.evidence.total >= len(shift.evidence.shown) > 0
    assert {each.place.outlet for each in shift.evidence.shown} <= {*press.OUTLETS, press.CHANNEL}


def test_pairs_are_ranked_by_their_statements_with_sixty_days_behind_them(digest: Digest) -> None:
    totals = [pair.statements.total for pair in digest.pairs]
    assert totals == sorted(totals, reverse=True)
    pair = digest.pairs[0]
    assert (pair.first, pair.second) == ("GBR", "KAZ")
    assert [day.day for day in pair.days] == [press.LAST - n * DAY for n in range(59, -1, -1)]
    assert pair.days[0].cooperation == 0.0 < pair.days[-1].cooperation
    statement = next(each for each in pair.statements.shown if each.anonymous)
    assert (statement.source, statement.status) == (press.CHANNEL, "claimed")


def test_the_most_reposted_text_shows_where_it_went_and_who_dropped_its_source(digest: Digest) -> None:
    spread = digest.spreads[0]
    assert (spread.origin.outlet, spread.source, spread.total, spread.outlets) == (press.CHANNEL, press.CHANNEL, 7, 6)
    stripped = [copy.place.outlet for copy in spread.copies if copy.stripped]
    assert stripped == [press.OUTLETS[0], press.OUTLETS[3], press.OUTLETS[1]]
    assert [copy.was for copy in spread.copies if copy.was] == ["База у моря"]


def test_new_are_only_the_anonymous_sources_that_no_earlier_article_quotes(digest: Digest, settings: Settings) -> None:
    assert [source.name for source in digest.newcomers] == [press.CHANNEL]
    before = keeping.make(database.engine(settings), press.LAST - DAY, press.LAST - DAY, "UTC")
    assert before.newcomers == []


def test_a_text_that_was_changed_where_it_stands_is_a_correction(digest: Digest) -> None:
    (correction,) = digest.corrections
    assert (correction.place.url, correction.version) == ("https://press.example/59/0", 2)
    assert correction.was is not None


def test_it_keeps_to_the_pairs_that_are_asked_for(settings: Settings) -> None:
    only = [("KAZ", "GBR")]
    found = keeping.make(database.engine(settings), press.LAST - 6 * DAY, press.LAST, "UTC", only=only)
    assert [(pair.first, pair.second) for pair in found.pairs] == [("GBR", "KAZ")]
    assert (
        0 < found.articles < keeping.make(database.engine(settings), press.LAST - 6 * DAY, press.LAST, "UTC").articles
    )


def test_the_same_archive_gives_the_same_digest_byte_for_byte(settings: Settings, digest: Digest) -> None:
    again = keeping.make(database.engine(settings), press.LAST, press.LAST, "UTC")
    assert again == digest
    assert page.render(again) == page.render(digest)
    assert plain.markdown(again) == plain.markdown(digest)


def test_a_day_begins_when_it_begins_at_the_desk(settings: Settings) -> None:
    """On Kiritimati it is fourteen hours later: what is told here in the evening is told there on the next day."""
    engine = database.engine(settings)
    there = keeping.make(engine, press.LAST, press.LAST, "Pacific/Kiritimati")
    assert there.articles != keeping.make(engine, press.LAST, press.LAST, "UTC").articles


def test_every_number_leads_to_statements_with_source_status_outlet_and_link(digest: Digest) -> None:
    html = page.render(digest)
    ids = set(re.findall(r' id="([^"]+)"', html))
    links = re.findall(r'href="#([^"]+)"', html)
    assert set(links) <= ids
    assert len(ids) == len(re.findall(r' id="[^"]+"', html))
    for words in ("claimed", "happened", press.CHANNEL, "anonymous", 'href="https://channel.example/1"'):
        assert words in html


def test_what_articles_say_can_be_taken_neither_for_markup_nor_for_a_link(tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path)
    engine = database.engine(chosen)
    text = "<script>x</script> [щёлкни](javascript:x) *Казахстан* и Великобритания"
    said: list[press.Said] = [(text, "AGREE", "KAZ", "GBR", "«И» <i>", False)]
    at = press.moment(press.LAST, 9)
    made = press.article("<b>Газета</b>", at, text, said, url="javascript:alert(1)", title="`t`")
    with writing(engine) as connection:
        keep(connection, made)
    assert keeping.caught_up(engine, 10.0, press.moment(press.LAST + DAY, 6), 60.0)
    found = keeping.make(engine, press.LAST, press.LAST, "UTC")
    html, marked = page.render(found), plain.markdown(found)
    assert "<script>" not in html
    assert 'href="javascript' not in html
    assert "\\[щёлкни\\](javascript" in marked
    assert re.search(r"(?<!\\)\]\(<?javascript", marked) is None
    database.close()


def test_an_empty_day_says_so_in_every_form(settings: Settings) -> None:
    day = press.FIRST - 100 * DAY
    found = keeping.make(database.engine(settings), day, day, "UTC")
    for form in (plain.text(found), plain.markdown(found), page.render(found)):
        assert "No article of these days is in the archive" in form


def told(archive: Engine) -> list[Any]:
    with reading(archive) as connection:
        query = select(outbox.c.id, outbox.c.data).where(outbox.c.type == "chancery.digest.v1").order_by(outbox.c.seq)
        return [(row.id, row.data) for row in connection.execute(query)]


def test_a_digest_is_told_once_and_again_only_if_late_articles_changed_it(archive: Engine) -> None:
    """On both databases, by the days that are due."""
    press.published(archive, days=2)
    now = press.moment(press.LAST + DAY, 6)
    days = keeping.due(archive, "UTC", now)
    assert days == [press.LAST]
    for _ in range(2):
        keeping.tell(archive, keeping.make(archive, days[0], days[0], "UTC"), now)
    assert [id_ for id_, _ in told(archive)] == [f"digest/{press.LAST}"]
    at = press.moment(press.LAST, 20)
    late = press.article("Поздняя газета", at, "Ночью починили мост, и все пошли домой.", url="https://late.example/1")
    with writing(archive) as connection:
        keep(connection, late)
    tomorrow = now + DAY
    assert keeping.caught_up(archive, 10.0, tomorrow, 60.0)
    assert keeping.due(archive, "UTC", tomorrow) == [press.LAST, press.LAST + DAY]
    assert keeping.tell(archive, keeping.make(archive, press.LAST, press.LAST, "UTC"), tomorrow)
    (_, first), (id_, second) = told(archive)
    assert id_ == f"digest/{press.LAST}#2"
    assert second["articles"] == first["articles"] + 1
    DigestMade.model_validate(second)


def test_a_digest_outlives_the_articles_that_it_told_of(archive: Engine) -> None:
    press.published(archive, days=1)
    found = keeping.make(archive, press.LAST, press.LAST, "UTC")
    keeping.tell(archive, found, datetime.now(UTC))
    with archive.begin() as connection:
        from tasks.archive.tables import documents

        connection.execute(documents.delete())
    with reading(archive) as connection:
        assert collect(connection, press.LAST, press.LAST).articles == 0
    assert keeping.make(archive, press.LAST, press.LAST, "UTC") == found


def test_the_command_writes_the_page_and_prints_the_form_that_is_asked_for(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANCERY_DATA_DIR", str(settings.data_dir))
    file = tmp_path / "digest.html"
    run = CliRunner().invoke(app, ["digest", "--html", str(file), "--json"])
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["last"] == press.LAST.isoformat()
    assert file.read_text("utf-8").startswith("<!doctype html>")
    run = CliRunner().invoke(
        app, ["digest", "--day", press.LAST.isoformat(), "--days", "7", "--pairs", "Казахстан GBR"]
    )
    assert "United Kingdom – Kazakhstan" in run.stdout
    for words, why in (
        (["--day", "вчера"], "is no day"),
        (["--pairs", "KAZ"], "no pair"),
        (["--pairs", "X Y"], "neither"),
    ):
        run = CliRunner().invoke(app, ["digest", *words])
        assert run.exit_code == 2
        assert why in run.output
