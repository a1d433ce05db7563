"""The archive's commands, as they are typed."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from tasks.archive import database, keeping
from tasks.archive.tables import readings, shifts
from tests.archive.articles import RECEIVED, TEXT, made
from worker.settings import Settings


def chancery(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("chancery"), *words], capture_output=True, text=True, timeout=180, check=False,
        env=os.environ | {"CHANCERY_DATA_DIR": str(folder), "COLUMNS": "200"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose archive holds two articles, as an old reader read them, and an alert that they raised."""
    place = tmp_path_factory.mktemp("commands")
    with database.writing(database.engine(Settings(data_dir=place))) as connection:
        keeping.keep(connection, made(outlet="Вестник", url="https://vest.example/1", title="Союз",
                                      published=datetime(2026, 2, 1, tzinfo=UTC)))  # fmt: skip
        keeping.keep(connection, made(TEXT.replace("Лондон", "Париж"), outlet="Курьер"))
        day = date(2026, 2, 1)
        connection.execute(
            sa.insert(shifts).values(key="alert", actor="GBR", recipient="KAZ", measure="cooperation", direction="up",
                                     since=day, onset=day, day=day, detected=RECEIVED, statistic=20.0, before=0.0,
                                     after=1.0, flags=[], evidence=[], series=[])
        )  # fmt: skip
    database.close()
    return place


def test_a_search_shows_the_article_with_its_words_and_says_when_there_is_none(folder: Path) -> None:
    done = chancery(folder, "search", "союзники", "Лондоном", "--source", "вестовой", "--until", "2026-02-01")
    assert done.returncode == 0, done.stderr
    assert "2026-02-01  Вестник  Союз  https://vest.example/1" in done.stdout
    assert "надёжным союзником" in done.stdout

    found = chancery(folder, "search", "союзник", "--statements", "--json")
    hits = [json.loads(line) for line in found.stdout.splitlines()]
    assert [(hit["outlet"], hit["attribution"], hit["anonymous"]) for hit in hits] == [
        ("Курьер", "a1", True), ("Вестник", "a1", True)
    ]  # fmt: skip

    nothing = chancery(folder, "search", "жираф")
    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (1, "", "chancery: nothing is found\n")


def test_an_export_goes_to_stdout_and_a_wrong_one_is_refused_in_one_line(folder: Path) -> None:
    done = chancery(folder, "export", "events", "--format", "csv", "--pair", "GBR", "KAZ", "--until", "2026-02-01")
    assert done.returncode == 0, done.stderr
    assert [row["outlet"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["Вестник"]
    for words, says in (
        (("export", "events", "--format", "xls"), "no format is called xls: there are jsonl, csv, parquet, ftm"),
        (("export", "events", "--until", "9999-12-31"), "'9999-12-31' is no day"),
        (("reread",), "say which texts: --since YYYY-MM-DD, or --all"),
    ):
        refused = chancery(folder, *words)
        assert refused.returncode == 2
        assert refused.stderr.startswith(f"chancery: {says}"), refused.stderr
        assert refused.stderr.count("\n") == 1


def test_reading_again_keeps_the_new_beside_the_old_and_tells_what_changed(folder: Path) -> None:
    done = chancery(folder, "reread", "--all", "--processes", "1", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["texts"], report["changed"]) == (2, 2)
    assert [alert["key"] for alert in report["alerts_undone"]] == ["alert"]
    assert report["alerts_undone"][0]["summary"].startswith("No longer seen: Cooperation told of between")
    assert report["parts"]["sources"]["removed"] + report["parts"]["sources"]["changed"] > 0
    with database.reading(database.engine(Settings(data_dir=folder))) as connection:
        found = connection.execute(sa.select(readings.c.reader, readings.c.latest).order_by(readings.c.id)).all()
    database.close()
    assert [latest for _, latest in found] == [False, False, True, True]
    assert len({reader for reader, _ in found}) == 2
