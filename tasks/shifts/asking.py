"""What the archive holds of a pair: its series, its statements, its shifts. Only what counts is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.archive.tables import appearances, attitudes, events, readings, shifts

from . import orientation
from .series import Cell


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement that counts, and where it stands."""

    day: str
    kind: str
    """``event`` or ``attitude``."""
    id: int
    """Of its row in the archive."""
    reading: int
    document: str
    key: str
    """Its id in the reading."""
    attribution: str | None
    """Key of the attribution that says so; None: the article itself."""
    actor: str
    recipient: str
    type: str
    status: str
    source: str | None
    source_kind: str
    anonymous: bool
    text: str
    """The words that say it."""
    outlet: str | None
    url: str | None
    weight: float
    """On Goldstein's scale; 1 or -1 for an attitude."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data."""
        return asdict(self)


def between(actor: sa.Column[Any], recipient: sa.Column[Any], first: str, second: str) -> sa.ColumnElement[bool]:
    """Whether a row is of the two, in either order; by index, which SQLite does not use for ``(a, b) IN (…)``."""
    return sa.or_(sa.and_(actor == first, recipient == second), sa.and_(actor == second, recipient == first))


def read_by_day(connection: Connection) -> dict[date, int]:
    """How many independent reports were read of each day."""
    counted = readings.c.counted
    rows = connection.execute(
        sa.select(counted, sa.func.count()).where(counted.is_not(None)).group_by(counted).order_by(counted)
    )
    return {row[0]: row[1] for row in rows}


def passed(
    connection: Connection,
    first: str,
    second: str,
    *,
    directed: bool = False,
    since: date | None = None,
    until: date | None = None,
) -> list[Cell]:
    """What passed between two states or blocs; ``directed``: from the first to the second alone, and what is mutual."""
    here = sa.and_(events.c.actor == first, events.c.recipient == second)
    back = sa.and_(events.c.actor == second, events.c.recipient == first)
    if directed:
        back = sa.and_(back, events.c.mutual)
    return [*_events(connection, here, since, until), *_events(connection, back, since, until)]


def reports(connection: Connection, first: str, second: str) -> dict[date, int]:
    """How many of the reports of each day tell of what passed between two states or blocs."""
    return _reports(connection, between(events.c.actor, events.c.recipient, first, second))


def reports_of(connection: Connection, party: str) -> dict[date, int]:
    """How many of the reports of each day tell of what passed between a state or bloc and any other."""
    return _reports(connection, sa.or_(events.c.actor == party, events.c.recipient == party))


def felt(
    connection: Connection, holder: str, target: str, *, since: date | None = None, until: date | None = None
) -> list[Cell]:
    """The attitudes of one towards the other."""
    a = attitudes.c
    return _cells(
        connection,
        sa.select(
            a.counted, a.holder.label("actor"), a.target.label("recipient"), a.polarity.label("type"),
            sa.literal("happened").label("status"), a.source_kind, a.anonymous, sa.func.count().label("count"),
        ).where(a.holder == holder, a.target == target, *_within(a.counted, since, until))
        .group_by(a.counted, a.holder, a.target, a.polarity, a.source_kind, a.anonymous),
    )  # fmt: skip


def between_poles(
    connection: Connection, state: str, balance: str, *, since: date | None = None, until: date | None = None
) -> list[Cell]:
    """What passed between a state and those who belong to either pole of a balance."""
    others = orientation.parties_of(balance)
    found = [
        *_events(connection, sa.and_(events.c.actor == state, events.c.recipient.in_(others)), since, until),
        *_events(connection, sa.and_(events.c.recipient == state, events.c.actor.in_(others)), since, until),
    ]
    return [cell for cell in found if orientation.draw(state, balance, cell)]


def statements(
    connection: Connection, first: str, second: str, measure: str, since: date, until: date
) -> Iterator[Evidence]:
    """The statements of a measure from one day to another, by day. ``second`` of an orientation is its balance."""
    if measure == "attitude":
        where = sa.and_(attitudes.c.holder == first, attitudes.c.target == second)
        yield from _evidence(connection, attitudes, where, since, until)
        return
    if measure == "orientation":
        others = orientation.parties_of(second)
        where = sa.or_(
            sa.and_(events.c.actor == first, events.c.recipient.in_(others)),
            sa.and_(events.c.recipient == first, events.c.actor.in_(others)),
        )
    else:
        where = between(events.c.actor, events.c.recipient, first, second)
    for each in _evidence(connection, events, where, since, until):
        cell = Cell(date.fromisoformat(each.day), each.actor, each.recipient, each.type, each.status,
                    each.source_kind, each.anonymous)  # fmt: skip
        if (
            (measure == "cooperation" and cell.weight > 0)
            or (measure == "conflict" and cell.weight < 0)
            or (measure == "orientation" and cell.weight and orientation.draw(first, second, cell))
        ):
            yield each


def told(
    connection: Connection,
    *,
    pairs: Iterable[tuple[str, str]] | None = None,
    since: date | None = None,
    until: date | None = None,
    undone: bool = True,
) -> list[sa.Row[Any]]:
    """Rows of `shifts`, the latest day first; of pairs in either order; ``undone``: also those no longer shown."""
    query = sa.select(shifts).where(*_within(shifts.c.day, since, until))
    if pairs is not None:
        query = query.where(sa.or_(*(between(shifts.c.actor, shifts.c.recipient, *pair) for pair in pairs)))
    if not undone:
        query = query.where(shifts.c.undone.is_(None))
    return list(connection.execute(query.order_by(shifts.c.day.desc(), shifts.c.key)).all())


def _reports(connection: Connection, where: sa.ColumnElement[bool]) -> dict[date, int]:
    rows = connection.execute(
        sa.select(readings.c.counted, sa.func.count(events.c.reading.distinct()))
        .join(readings, readings.c.id == events.c.reading)
        .where(where, events.c.counted.is_not(None)).group_by(readings.c.counted)
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def _within(column: sa.Column[Any], since: date | None, until: date | None) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [column.is_not(None)]
    if since is not None:
        found.append(column >= since)
    if until is not None:
        found.append(column <= until)
    return found


def _events(
    connection: Connection, where: sa.ColumnElement[bool], since: date | None, until: date | None
) -> list[Cell]:
    e = events.c
    alike = (e.counted, e.actor, e.recipient, e.type, e.status, e.source_kind, e.anonymous)
    query = sa.select(*alike, sa.func.count().label("count")).where(where, *_within(e.counted, since, until))
    return _cells(connection, query.group_by(*alike))


def _cells(connection: Connection, query: sa.Select[Any]) -> list[Cell]:
    return [
        Cell(row.counted, row.actor, row.recipient, row.type, row.status, row.source_kind, row.anonymous, row[7])
        for row in connection.execute(query)
    ]


def _evidence(
    connection: Connection, table: sa.Table, where: sa.ColumnElement[bool], since: date, until: date
) -> Iterator[Evidence]:
    of_event = table is events
    rows = connection.execute(
        sa.select(table, readings.c.document, appearances.c.outlet, appearances.c.url)
        .join(readings, readings.c.id == table.c.reading).join(appearances, appearances.c.id == readings.c.appearance)
        .where(where, *_within(table.c.counted, since, until)).order_by(table.c.counted, table.c.id)
    )  # fmt: skip
    for row in rows:
        fields = row._mapping
        actor, recipient = (row.actor, row.recipient) if of_event else (row.holder, row.target)
        type_, status = (row.type, row.status) if of_event else (row.polarity, "happened")
        weight = {"positive": 1.0, "negative": -1.0}.get(type_) or Cell(
            row.counted, actor, recipient, type_, status, row.source_kind, row.anonymous
        ).weight
        yield Evidence(
            day=row.counted.isoformat(), kind="event" if of_event else "attitude", id=row.id, reading=row.reading,
            document=row.document, key=row.key, attribution=row.attribution, actor=actor, recipient=recipient,
            type=type_, status=status, source=row.source_name, source_kind=row.source_kind, anonymous=row.anonymous,
            text=row.evidence, outlet=fields["outlet"], url=fields["url"], weight=round(weight, 2),
        )  # fmt: skip
