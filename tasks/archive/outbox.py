"""The outbox: what downstream is to be told, written in the transaction that made it true.

PostgreSQL gives ``seq`` out before the commit, so a row may become visible after one with a higher number. Who reads
goes by ``position``, which the deliverer gives to rows once they are visible (`tasks.deliveries.relay.place`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from . import tables

EventType = Literal[
    "chancery.reading.v1", "chancery.quarantined.v1", "chancery.shift.v1", "chancery.digest.v1", "chancery.repost.v1"
]


def add(
    connection: Connection, id: str, type: EventType, subject: str, data: dict[str, Any], *, now: datetime | None = None
) -> bool:
    """Adds an event (``data`` is JSON-ready); False where one of this ``id`` is there already."""
    row = {"id": id, "type": type, "subject": subject, "time": now or datetime.now(UTC), "data": data}
    added = inserted_once(connection, tables.outbox).values(row).returning(tables.outbox.c.seq)
    return connection.scalar(added) is not None


def told() -> sa.ColumnElement[bool]:
    """Of a row of the outbox: whether every subscription is past it."""
    position = tables.outbox.c.position
    return ~sa.exists().where(sa.or_(position.is_(None), tables.subscriptions.c.cursor < position))


def inserted_once(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that leaves alone what a unique key says is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
