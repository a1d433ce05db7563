"""What the archive holds can be taken elsewhere, whole and safely."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tasks.archive import database, exporting, formats, keeping
from tasks.archive.exporting import Chosen, Kind
from tasks.archive.formats import Format
from tasks.archive.tables import reposts
from tests.archive.articles import RECEIVED, TEXT, made

#: FollowTheMoney's schemata as its documentation has them, as far as they are used.
THING = {"name", "country", "sourceUrl", "publisher", "proof", "keywords", "retrievedAt", "notes", "summary"}
INTERVAL = {"date", "summary", "description", "recordId", "proof", "publisher", "sourceUrl"}
SCHEMATA = {
    "Article": THING | {"title", "publishedAt", "language", "bodyText"},
    "PublicBody": THING, "Organization": THING, "Person": THING, "LegalEntity": THING,
    "Mention": {"document", "name", "resolved", "detectedSchema", "contextCountry"},
    "Documentation": INTERVAL | {"document", "entity", "role"},
    "Event": THING | INTERVAL | {"involved", "organizer"},
    "UnknownLink": INTERVAL | {"subject", "object", "role"},
    "Similar": {"candidate", "match", "confidenceScore", "criteria", "matcher"},
}  # fmt: skip
REFERENCES = {"document", "resolved", "entity", "proof", "involved", "organizer", "subject", "object", "candidate",
              "match"}  # fmt: skip


@pytest.fixture
def press(archive: Engine) -> Engine:
    """Two articles and a repost of the first."""
    with database.writing(archive) as connection:
        first = keeping.keep(connection, made(outlet="=1+1", title="@title", url="https://vest.example/1",
                                              published=datetime(2026, 2, 1, tzinfo=UTC)))  # fmt: skip
        copy = keeping.keep(connection, made(outlet="Курьер", published=datetime(2026, 2, 2, tzinfo=UTC)))
        keeping.keep(connection, made(TEXT.replace("Лондон", "Париж"), outlet="Маяк"))
        connection.execute(
            sa.insert(reposts).values(copy=copy.appearance, origin=first.appearance, kind="whole", shared=0.98,
                                      stripped=True, changes={"title": ["@title", None]}, found_at=RECEIVED)
        )  # fmt: skip
    return archive


def exported(archive: Engine, kind: Kind, form: Format, chosen: Chosen | None = None) -> bytes:
    out = io.BytesIO()
    with database.reading(archive) as connection:
        formats.write(exporting.rows(connection, kind, chosen or Chosen()), kind, form, out)
    return out.getvalue()


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def test_readings_are_exported_as_the_readings_that_they_are(press: Engine) -> None:
    first, second = lines(exported(press, "readings", "jsonl"))
    expected = made(
        outlet="=1+1", title="@title", url="https://vest.example/1", published=datetime(2026, 2, 1, tzinfo=UTC)
    )
    assert first == expected.to_dict()
    assert second["document"]["outlet"] == "Маяк"


@pytest.mark.parametrize("kind", exporting.KINDS)
def test_every_format_has_every_row_and_column(press: Engine, kind: Kind) -> None:
    names = list(exporting.columns(kind))
    with database.reading(press) as connection:
        count = exporting.count(connection, kind, Chosen())
    table = pq.read_table(pa.BufferReader(exported(press, kind, "parquet")))
    rows = list(csv.DictReader(io.StringIO(exported(press, kind, "csv").decode())))
    objects = lines(exported(press, kind, "jsonl"))
    assert count == len(rows) == len(objects) == table.num_rows == (1 if kind == "reposts" else 2)
    assert table.column_names == list(rows[0]) == names
    assert kind == "readings" or list(objects[0]) == names


def test_types_survive_in_parquet(press: Engine) -> None:
    row = pq.read_table(pa.BufferReader(exported(press, "events", "parquet"))).to_pylist()[0]
    assert (row["day"], row["confidence"], row["mutual"], row["published"]) == (
        date(2026, 2, 1), 0.8, True, datetime(2026, 2, 1, tzinfo=UTC)
    )  # fmt: skip
    assert (row["actor"], row["actor_name"], row["recipient_name"]) == ("KAZ", "Казахстан", "Великобритания")


def test_no_cell_of_a_table_is_run_as_a_formula(press: Engine) -> None:
    row = next(csv.DictReader(io.StringIO(exported(press, "readings", "csv").decode())))
    assert (row["outlet"], row["title"]) == ("'=1+1", "'@title")
    dangerous = ["=A1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "＝1", " =1", "\n=1"]
    assert [formats.cell(text) for text in dangerous] == ["'" + text for text in dangerous]
    assert [formats.cell(value) for value in ("1-1", -0.5, None, True, ["а"])] == ["1-1", -0.5, None, "true", '["а"]']


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (Chosen(since=date(2026, 2, 1), until=date(2026, 2, 1)), 1),
        (Chosen(since=date(2026, 2, 2)), 1),
        (Chosen(until=date(2026, 1, 31)), 0),
        (Chosen(pair=("GBR", "KAZ")), 2),
        (Chosen(pair=("KAZ", "FRA")), 0),
    ],
)
def test_an_export_keeps_to_days_and_pairs(press: Engine, chosen: Chosen, count: int) -> None:
    for kind in ("readings", "attributions", "events", "attitudes", "sources"):
        assert len(lines(exported(press, kind, "jsonl", chosen))) == count, kind


def test_reposts_keep_to_the_days_and_pairs_of_the_copy(press: Engine) -> None:
    assert len(lines(exported(press, "reposts", "jsonl", Chosen(since=date(2026, 2, 2), pair=("KAZ", "GBR"))))) == 1
    assert lines(exported(press, "reposts", "jsonl", Chosen(until=date(2026, 2, 1)))) == []


@pytest.mark.parametrize("kind", exporting.KINDS)
def test_entities_are_of_followthemoneys_schemata_and_refer_to_each_other(press: Engine, kind: Kind) -> None:
    entities = lines(exported(press, kind, "ftm"))
    ids = {entity["id"] for entity in entities}
    assert len(ids) == len(entities) > 0
    for entity in entities:
        assert set(entity["properties"]) <= SCHEMATA[entity["schema"]], entity
        for name, values in entity["properties"].items():
            assert values
            assert all(isinstance(value, str) for value in values)
            assert name not in REFERENCES or set(values) <= ids, entity
    assert lines(exported(press, kind, "ftm")) == entities


def test_an_article_and_its_actors_have_the_same_ids_in_every_export(press: Engine) -> None:
    found = [
        {
            (e["schema"], e["id"])
            for e in lines(exported(press, kind, "ftm"))
            if e["schema"] in {"Article", "PublicBody"}
        }
        for kind in ("readings", "events", "attitudes")
    ]
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 4


@pytest.mark.parametrize("kind", exporting.KINDS)
def test_followthemoney_itself_takes_the_entities(press: Engine, kind: Kind) -> None:
    why = "followthemoney is not installed, as its ICU wants a compiler: uv sync --group ftm"
    ftm = pytest.importorskip("followthemoney", reason=why)
    for entity in lines(exported(press, kind, "ftm")):
        proxy = ftm.model.get_proxy(entity, cleaned=False)
        for name, values in entity["properties"].items():
            assert sorted(proxy.get(name)) == sorted(values), (entity["schema"], name)
        ftm.model.get(entity["schema"]).validate(entity)
