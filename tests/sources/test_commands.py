"""`chancery source` and `chancery schedule`, as a user meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tasks.sources import opml
from tasks.sources.polling import poll
from tasks.sources.registry import Sources
from tests.sources.conftest import SHAPES, Site, shape
from tests.worker.conftest import variables
from worker.cli import app

Chancery = Callable[..., Result]


@pytest.fixture
def chancery(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> Chancery:
    """The command line at this test's broker."""
    for name, value in variables(sources.ledger.settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str, status: int = 0, **options: Any) -> Result:
        result = CliRunner().invoke(app, list(words), **options)
        assert result.exit_code == status, result.output + result.stderr
        assert "Traceback" not in result.output
        return result

    return run


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_source_is_added_listed_shown_paused_resumed_and_removed(
    chancery: Chancery, sources: Sources, site: Site
) -> None:
    url = site.put("/rss", shape("rss20.xml"))
    words = ("source", "add", url, "--outlet", "Вестник", "--outlet-kind", "агентство", "--interval", "10m")
    name = chancery(*words, "--priority", "interactive", "--limit", "7").stdout.strip()
    (row,) = rows(chancery("source", "list", "--json"))
    assert row["id"] == name
    assert (row["state"], row["kind"], row["address"], row["outlet"]) == ("new", "auto", url, "Вестник")
    assert (row["interval"], row["priority"], row["limit"]) == (600, "interactive", 7)
    poll(sources, name, "a-worker")
    shown = json.loads(chancery("source", "show", name[:4]).stdout)
    assert (shown["kind"], shown["submitted"], shown["outlet_kind"]) == ("feed", 3, "агентство")
    assert shown["title"] == "Вестник Каспия & соседей"
    chancery("source", "pause", url)
    assert rows(chancery("source", "list", "--json"))[0]["state"] == "paused"
    assert rows(chancery("schedule", "list", "--json")) == []
    chancery("source", "resume", "Вестник")
    (entry,) = rows(chancery("schedule", "list", "--json"))
    assert (entry["name"], entry["when"], entry["last"]) == (f"source:{name}", "every 10 min", None)
    # The same address is the same source, with what is said of it now.
    assert chancery("source", "add", url, "--interval", "1h").stdout.strip() == name
    shown = json.loads(chancery("source", "show", name).stdout)
    assert (shown["interval"], shown["submitted"]) == (3600, 3)
    chancery("source", "remove", name)
    assert rows(chancery("source", "list", "--json")) == []
    assert rows(chancery("schedule", "list", "--json")) == []
    assert "no source is called" in chancery("source", "show", name, status=1).stderr


def test_what_is_wrong_with_a_source_is_listed_with_when_it_is_tried_next(
    chancery: Chancery, sources: Sources, site: Site
) -> None:
    name = chancery("source", "add", site.put("/rss", "gone", status=410)).stdout.strip()
    for _ in range(3):
        sources.save(name, sources.state(name).model_copy(update={"resting": None}))
        poll(sources, name, "a-worker")
    (row,) = rows(chancery("source", "list", "--json"))
    assert (row["state"], row["failures"]) == ("failing", 3)
    assert "410" in row["error"]
    assert "410" in row["alarms"]["failing"]["why"]
    assert datetime.fromisoformat(row["next"]) > sources.now() + timedelta(minutes=25)
    table = chancery("source", "list")
    assert "failing" in table.stdout
    assert "answers 410" in table.stdout
    assert "no scheduler is up" in table.stderr
    chancery("source", "resume", name)
    (row,) = rows(chancery("source", "list", "--json"))
    assert (row["failures"], row["error"]) == (0, "")
    assert datetime.fromisoformat(row["next"]) <= sources.now() + timedelta(seconds=1)


def test_a_check_shows_what_would_come_and_changes_nothing(chancery: Chancery, sources: Sources, site: Site) -> None:
    url = site.put("/s/kaspiy_vesti", shape("channel.html"))
    shown = rows(chancery("source", "check", url, "--kind", "telegram", "--json"))
    assert [row["key"] for row in shown] == [f"kaspiy_vesti/{n}" for n in (101, 102, 104, 105)]
    assert shown[1]["forwarded_from"] == "Берег | Инфо"
    assert "from Берег | Инфо" in chancery("source", "check", url, "--kind", "telegram").stdout
    assert chancery("source", "check", str(SHAPES / "result.json")).stdout.count("\n") == 3
    page = chancery("source", "check", site.put("/front", shape("front.html")), "--limit", "1")
    assert "nothing would come" not in page.stderr or "feed" in page.stderr
    assert "410" in chancery("source", "check", site.put("/gone", "x", status=410), status=1).stderr
    assert sources.all() == []
    assert sources.ledger.open_jobs() == []


def test_lists_of_feeds_are_taken_in_and_given_out(chancery: Chancery, sources: Sources, tmp_path: Path) -> None:
    before = sources.now()
    result = chancery("source", "import", str(SHAPES / "feeds.opml"), "--interval", "30m", status=1)
    assert "3 added, 0 known already, 2 left out" in result.stdout
    assert "ftp://bereg.example/x" in result.stderr
    assert "Без адреса" in result.stderr
    assert {source.interval for source in sources.all()} == {1800}
    # Not all at once: each waits for a slot of its own.
    slots = [entry.next for entry in sources.plan.entries()]
    assert len(set(slots)) == 3
    assert all(slot > before for slot in slots)
    chancery("source", "export", str(tmp_path / "out.opml"))
    again = chancery("source", "import", str(tmp_path / "out.opml"))
    assert "0 added, 3 known already, 0 left out" in again.stdout
    assert opml.read(chancery("source", "export").stdout_bytes) == opml.read((tmp_path / "out.opml").read_bytes())
    assert "no OPML" in chancery("source", "import", "-", status=1, input="<html/>").stderr


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("add", "/nowhere"), 1, "does not exist here"),
        (("add", "https://a.example/", "--kind", "rss"), 2, "no kind of source is called rss"),
        (("add", "https://a.example/", "--interval", "5"), 2, "from 1m to 7d"),
        (("add", "https://a.example/", "--interval", "soon"), 2, "give seconds, or 15m"),
        (("add", "https://a.example/", "--priority", "high"), 2, "priority 'high'"),
        (("remove", "nothing"), 1, "no source is called 'nothing'"),
        (("import", "/nowhere.opml"), 1, "can't be read"),
    ],
)
def test_what_can_not_be_done_says_why_in_one_line(
    chancery: Chancery, words: tuple[str, ...], status: int, says: str
) -> None:
    assert says in " ".join(chancery("source", *words, status=status).stderr.replace("│", " ").split())


def test_the_schedule_is_listed_in_the_zone_of_the_desk(
    chancery: Chancery, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    chancery("source", "add", "https://a.example/rss", "--outlet", "Агентство")
    monkeypatch.setenv("CHANCERY_ZONE", "Asia/Tashkent")
    (entry,) = rows(chancery("schedule", "list", "--json"))
    assert entry["next"].endswith("+05:00")
    listed = chancery("schedule", "list")
    assert "next run (Asia/Tashkent)" in listed.stdout
    assert "Агентство" in listed.stdout
    assert "no scheduler is up" in listed.stderr


def test_every_command_has_examples(chancery: Chancery) -> None:
    for command in ("add", "list", "show", "pause", "resume", "remove", "check", "import", "export"):
        assert "Example" in chancery("source", command, "--help").stdout
    assert "Example" in chancery("schedule", "list", "--help").stdout
