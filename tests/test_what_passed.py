"""What a person sees of events and of a reading that is checked: the summary, and `chancery verify` by its command."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from tasks.reading.reader import read_article
from tasks.reading.record import Reading
from tasks.summary import render

CHANCERY = Path(sys.executable).with_name("chancery")
TEXT = """Недавнее подписание соглашения о военном сотрудничестве между Чили и Перу стало сюрпризом, пишет \
телеграм-канал «Южный крест».

Дания осудила действия Норвегии."""


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_article(text=TEXT, received=datetime(2025, 5, 20, tzinfo=UTC))


def verify(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [str(CHANCERY), "verify", *arguments]
    return subprocess.run(command, input=stdin, text=True, capture_output=True, timeout=180, check=False)


def test_the_summary_says_each_event_and_attitude_in_one_line_with_its_source(reading: Reading) -> None:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    console.print(render(reading, "article"))
    shown = [line.strip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    assert "What passed" in shown
    assert "CHL ⇄ PER · AGREE military · happened · says «Южный крест» (anonymous channel)" in shown
    assert "DNK → NOR · ACCUSE · happened · in the article's own voice" in shown
    assert "Who is for or against whom" in shown
    assert "DNK → NOR · negative · in the article's own voice" in shown


def test_readings_that_hold_are_counted(reading: Reading, tmp_path: Path) -> None:
    file = tmp_path / "readings.jsonl"
    file.write_text(reading.to_json() + "\n" + reading.to_json() + "\n", encoding="utf-8")
    done = verify(str(file))
    assert (done.returncode, done.stdout.strip()) == (0, "2 readings hold")


def test_a_reading_may_be_printed_over_many_lines(reading: Reading, tmp_path: Path) -> None:
    file = tmp_path / "reading.json"
    file.write_text(reading.model_dump_json(by_alias=True, indent=2), encoding="utf-8")
    assert verify(str(file)).returncode == 0


def test_what_does_not_hold_is_named_with_its_line_and_fails(reading: Reading) -> None:
    done = verify("-", stdin=reading.to_json().replace("Норвегии", "Норвегий", 1) + "\n")
    assert done.returncode == 1
    assert "standard input:1: document: its id is" in done.stdout


@pytest.mark.parametrize("text", ["", "no json\n", '{"schema": 1}\n', "[]\n"])
def test_what_is_no_reading_ends_in_a_clear_error(text: str) -> None:
    done = verify("-", stdin=text)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stdout or "there is no reading in it" in done.stderr


def test_a_file_that_is_not_there_is_named() -> None:
    done = verify("nowhere.json")
    assert done.returncode == 1
    assert "nowhere.json: it can't be read" in done.stdout
