"""A reading is kept whole, once, with what downstream is told of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy import Engine

from tasks.archive import database, keeping
from tasks.archive.tables import (
    appearances,
    attitudes,
    attributions,
    documents,
    events,
    metadata,
    outbox,
    readings,
    sources,
)
from tests.archive.articles import RECEIVED, TEXT, made


def counts(archive: Engine) -> dict[str, int]:
    with database.reading(archive) as connection:
        found = {t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) for t in metadata.sorted_tables}
    return {name: count for name, count in found.items() if count}


def test_a_reading_that_is_kept_comes_back_as_it_was(archive: Engine) -> None:
    reading = made(url="https://vest.example/1", outlet="Вестник", title="Союз", published=RECEIVED)
    with database.writing(archive) as connection:
        kept = keeping.keep(connection, reading)
    with database.reading(archive) as connection:
        assert keeping.load(connection, kept.reading) == reading.to_dict()


def test_keeping_twice_changes_nothing(archive: Engine) -> None:
    first: list[keeping.Kept] = []
    again: list[keeping.Kept] = []
    for kept in (first, again):
        with database.writing(archive) as connection:
            kept.append(keeping.keep(connection, made(url="https://vest.example/1")))
    assert first[0].new
    assert again == [keeping.Kept(first[0].document, first[0].appearance, first[0].reading, False)]
    one_each = ("documents", "appearances", "readings", "sources", "attributions", "events", "attitudes", "outbox")
    assert counts(archive) == dict.fromkeys(one_each, 1) | {"actors": 2}


def test_each_part_of_a_reading_is_a_row_that_can_be_asked(archive: Engine) -> None:
    with database.writing(archive) as connection:
        keeping.keep(connection, made(published=datetime(2026, 2, 28, 23, 0, tzinfo=UTC), outlet="Вест\x00ник"))
    with database.reading(archive) as connection:
        event = connection.execute(sa.select(events)).one()
        attitude = connection.execute(sa.select(attitudes)).one()
        source = connection.execute(sa.select(sources)).one()
        said = connection.execute(sa.select(attributions)).one()
        told = connection.execute(sa.select(outbox)).one()
        appearance = connection.execute(sa.select(appearances)).one()
        document = connection.execute(sa.select(documents)).one()
    assert (event.actor, event.recipient, event.day, event.source_kind, event.source_name) == (
        "KAZ", "GBR", date(2026, 2, 28), "author", None
    )  # fmt: skip
    assert event.evidence == TEXT.splitlines()[0]
    assert (attitude.holder, attitude.source_kind, attitude.source_name, attitude.anonymous) == (
        "GBR", "channel", "«Вечерний вестовой»", True
    )  # fmt: skip
    assert source.name_key == "вечерний вестовой"
    assert (said.content, said.source) == (TEXT.splitlines()[1], source.id)
    assert (told.type, told.subject, told.data["pairs"]) == ("chancery.reading.v1", document.id, [["KAZ", "GBR"]])
    assert (appearance.published, appearance.outlet) == (datetime(2026, 2, 28, 23, 0, tzinfo=UTC), "Вест\ufffdник")
    assert document.characters == len(TEXT)


def test_a_changed_text_of_a_url_is_its_next_version_beside_the_old(archive: Engine) -> None:
    with database.writing(archive) as connection:
        for text in (TEXT, TEXT + " Позже это опровергли.", TEXT):
            keeping.keep(connection, made(text, url="https://vest.example/1"))
    with database.reading(archive) as connection:
        found = connection.execute(sa.select(appearances.c.version).order_by(appearances.c.id)).scalars().all()
        assert found == [1, 2]
        assert connection.scalar(sa.select(sa.func.count()).select_from(readings).where(readings.c.latest)) == 2


def test_the_same_text_elsewhere_is_another_appearance_of_one_reading(archive: Engine) -> None:
    with database.writing(archive) as connection:
        kept = [keeping.keep(connection, made(outlet=outlet)) for outlet in ("Вестник", "Курьер")]
    assert [k.new for k in kept] == [True, False]
    assert kept[0].appearance != kept[1].appearance
    assert counts(archive)["readings"] == 1


def test_a_newer_reader_adds_a_reading_beside_the_old_and_is_the_latest(archive: Engine) -> None:
    with database.writing(archive) as connection:
        kept = [keeping.keep(connection, made(reader=version)) for version in ("1.0", "1.1")]
    with database.reading(archive) as connection:
        latest = {row.id: row.latest for row in connection.execute(sa.select(readings.c.id, readings.c.latest))}
    assert latest == {kept[0].reading: False, kept[1].reading: True}
    assert counts(archive)["outbox"] == 2
