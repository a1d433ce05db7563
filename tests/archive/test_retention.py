"""What is too old is forgotten whole, and nothing else is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tasks.archive import database, keeping, outbox, retention, searching, words
from tasks.archive.tables import (
    appearances,
    bands,
    dead_letters,
    digests,
    documents,
    fingerprints,
    metadata,
    readings,
    reposts,
    shifts,
    subscriptions,
)
from tasks.archive.tables import outbox as events_told
from tests.archive.articles import made

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD = NOW - timedelta(days=40)
LIMIT = NOW - timedelta(days=30)


def rows(archive: Engine) -> dict[str, int]:
    tables = (*metadata.sorted_tables, *words.metadata.sorted_tables)
    with database.reading(archive) as connection:
        found = {t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) for t in tables}
    return {name: count for name, count in found.items() if count}


@pytest.fixture
def kept(archive: Engine) -> Engine:
    """An old text with all that can hang on it, beside the same of a new one."""
    with database.writing(archive) as connection:
        connection.execute(
            sa.insert(subscriptions).values(name="desk", filter={}, cursor=0, state="active", why="", created=OLD,
                                            failures=0)
        )  # fmt: skip
        for number, (text, received) in enumerate({"Старый текст.": OLD, "Новый текст.": NOW}.items()):
            first = keeping.keep(connection, made(text, received=received), now=received)
            second = keeping.appear(connection, made(text, outlet="Курьер", received=received).document, "ru", url=None)
            connection.execute(
                sa.insert(reposts).values(copy=second, origin=first.appearance, kind="whole", shared=1.0,
                                          stripped=False, changes={}, found_at=received)
            )  # fmt: skip
            mark = connection.scalar(
                sa.insert(fingerprints).values(document=first.document, appearance=first.appearance,
                                               reading=first.reading, at=received, words=b"")
                .returning(fingerprints.c.id)
            )  # fmt: skip
            connection.execute(sa.insert(bands).values(value=number, at=number, fingerprint=mark, outlet=0))
            connection.execute(
                sa.insert(dead_letters).values(subscription="desk", position=number, event="e", body={}, why="410",
                                               at=received)
            )  # fmt: skip
            outbox.add(connection, f"digest/{number}", "chancery.digest.v1", "digest", {}, now=received)
            connection.execute(sa.update(events_told).values(position=events_told.c.seq))
            connection.execute(sa.update(subscriptions).values(cursor=1000))
            day = received.date()
            connection.execute(
                sa.insert(digests).values(key=f"d{number}", first=day, last=day, made=received, revision=1, body={})
            )
            connection.execute(
                sa.insert(shifts).values(key=f"k{number}", actor="KAZ", recipient="GBR", measure="conflict",
                                         direction="up", since=day, onset=day, day=day, detected=received,
                                         statistic=10.0, before=0.0, after=1.0, flags=[], evidence=[], series=[])
            )  # fmt: skip
    return archive


def test_what_is_old_goes_with_all_that_was_made_of_it_and_told_of_it(kept: Engine) -> None:
    before = rows(kept)
    removed = retention.expire(kept, LIMIT)
    assert (removed.documents, removed.shifts, removed.complete) == (1, 1, True)
    assert rows(kept) == {name: count if name == "subscriptions" else count // 2 for name, count in before.items()}
    with database.reading(kept) as connection:
        assert connection.scalars(sa.select(documents.c.text)).all() == ["Новый текст."]
        assert list(searching.search(connection, "старый")) == []
    assert retention.expire(kept, LIMIT) == retention.Removed()


def test_an_old_text_that_was_seen_again_stays_with_its_first_appearance(archive: Engine) -> None:
    with database.writing(archive) as connection:
        keeping.keep(connection, made(received=OLD), now=OLD)
        keeping.appear(connection, made(outlet="Курьер", received=NOW).document, "ru", url=None)
    assert retention.expire(archive, LIMIT).documents == 0
    with database.reading(archive) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(appearances)) == 2
        assert connection.scalar(sa.select(sa.func.count()).select_from(readings)) == 1


def test_many_old_texts_go_in_steps_that_can_be_broken_off(archive: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    with database.writing(archive) as connection:
        for number in range(5):
            keeping.keep(connection, made(f"Текст {number}.", received=OLD), now=OLD)
    assert not retention.expire(archive, LIMIT, seconds=0).complete
    assert retention.expire(archive, LIMIT).documents == 5
    assert rows(archive) == {}


def test_nothing_is_forgotten_on_the_last_day(archive: Engine) -> None:
    with database.writing(archive) as connection:
        keeping.keep(connection, made(received=LIMIT), now=LIMIT)
    assert retention.expire(archive, LIMIT).documents == 0
    assert LIMIT.date() == date(2026, 5, 2)
