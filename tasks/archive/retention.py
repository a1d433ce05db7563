"""Forgetting: a text that was last seen too long ago goes, with all that was made of it and told of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from . import database, keeping
from .outbox import told
from .tables import appearances, dead_letters, digests, documents, outbox, readings, shifts

BATCH = 100
"""Texts, or ten times as many events, removed in one transaction: other writers wait for its end."""


@dataclass(frozen=True)
class Removed:
    """How many texts, events and shifts were removed, and whether that was all."""

    documents: int = 0
    events: int = 0
    shifts: int = 0
    complete: bool = True


def expire(archive: Engine, before: datetime, *, seconds: float = 40.0) -> Removed:
    """Removes what is older, for about so many seconds.

    A text goes once its last appearance was received before then; its readings, reposts and what the outbox holds of it
    go with it. Shifts and digests, which quote statements, go once they are older themselves; events, once every
    subscription was told of them, too.

    Raises ArchiveUnavailable.
    """
    end = time.monotonic() + seconds
    texts = gone = shifted = 0
    while time.monotonic() < end:
        with database.writing(archive) as connection:
            some = _documents(connection, before)
            texts += some
            if not some:
                some = _events(connection, before)
                gone += some
            if not some:
                connection.execute(sa.delete(digests).where(digests.c.made < before))
                shifted += connection.execute(sa.delete(shifts).where(shifts.c.detected < before)).rowcount
                return Removed(texts, gone, shifted)
    return Removed(texts, gone, shifted, complete=False)


def _documents(connection: Connection, before: datetime) -> int:
    seen_since = sa.exists().where(appearances.c.document == documents.c.id, appearances.c.received >= before)
    gone = connection.scalars(
        sa.select(documents.c.id).where(documents.c.first_received < before, ~seen_since)
        .order_by(documents.c.first_received).limit(BATCH)
    ).all()  # fmt: skip
    if gone:
        keeping.unsearch(
            connection, connection.scalars(sa.select(readings.c.id).where(readings.c.document.in_(gone))).all()
        )
        connection.execute(sa.delete(outbox).where(outbox.c.subject.in_(gone)))
        connection.execute(sa.delete(documents).where(documents.c.id.in_(gone)))
    return len(gone)


def forget_told(archive: Engine, before: datetime, *, seconds: float = 10.0) -> int:
    """Removes events that are older and that every subscription was told, for about so many seconds; how many."""
    end, removed = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        with database.writing(archive) as connection:
            some = _told(connection, before)
        removed += some
        if not some:
            break
    return removed


def _told(connection: Connection, before: datetime) -> int:
    old: sa.Select[Any] = sa.select(outbox.c.seq).where(outbox.c.time < before, told()).limit(10 * BATCH)
    return connection.execute(sa.delete(outbox).where(outbox.c.seq.in_(old))).rowcount


def _events(connection: Connection, before: datetime) -> int:
    removed = _told(connection, before)
    return removed + connection.execute(sa.delete(dead_letters).where(dead_letters.c.at < before)).rowcount
