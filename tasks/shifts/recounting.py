"""Which statements of the archive count, and on which day: brought up to date for what has come since.

A new appearance, reading or repost changes what counts of its own document, of the versions of its page, of its copies
and of what the same sources said of the same pairs on the same days; nothing else is looked at. `watches` then holds
the pairs whose series changed, to be judged anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from tasks.archive.tables import appearances, attitudes, documents, events, readings, reposts, watches

from . import orientation
from .counting import Origin, Statement, independent, voice
from .parties import names, pair
from .series import octave

CHUNK = 200
"""Rows that one statement names."""

Part = tuple[str, str]
"""A document from which another has parts; and where that names it as its source, the voice of what it has from it."""

Cell = tuple[str, str, date]
"""Two parties, in the order of the row, and the day it is of."""


@dataclass(frozen=True)
class Place:
    """Where and when a document was told first, among the places where it still stands."""

    told: date
    outlet: str | None


def recount(connection: Connection, now: datetime, limit: int) -> int:
    """Brings up to date what counts, for at most ``limit`` of what has come; how much that was."""
    new = {table: _unwatched(connection, table, limit) for table in (appearances, readings, reposts)}
    done = sum(map(len, new.values()))
    if not done:
        return 0
    concerned = _concerned(connection, _documents_of(connection, new))
    _judge_all_if_more_was_read(connection, _count_readings(connection, concerned))
    for table, (actor, recipient) in PARTIES.items():
        touched = _cells(connection, table, actor, recipient, concerned)
        changed = _count_statements(connection, table, actor, recipient, touched)
        judge_again(connection, changed, balances=table is events)
    for table, numbers in new.items():
        for some in _chunks(numbers):
            connection.execute(sa.update(table).where(table.c.id.in_(some)).values(watched_at=now))
    return done


PARTIES = {events: ("actor", "recipient"), attitudes: ("holder", "target")}
"""The columns that name the two parties."""


def judge_again(connection: Connection, cells: Iterable[Cell], *, balances: bool) -> None:
    """Has the series of these cells judged anew."""
    keys: set[tuple[str, str]] = set()
    for actor, recipient, day in cells:
        keys.add(pair(actor, recipient))
        if balances:
            keys |= orientation.concerned(actor, recipient, day)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for some in _chunks(sorted(keys)):
        statement = insert(watches).values([{"actor": a, "recipient": r, "through": None} for a, r in some])
        connection.execute(
            statement.on_conflict_do_update(index_elements=["actor", "recipient"], set_={"through": None})
        )


def _unwatched(connection: Connection, table: sa.Table, limit: int) -> Sequence[int]:
    query = sa.select(table.c.id).where(table.c.watched_at.is_(None)).order_by(table.c.id).limit(limit)
    return connection.scalars(query).all()


def _documents_of(connection: Connection, new: dict[sa.Table, Sequence[int]]) -> set[str]:
    queries = {
        appearances: sa.select(appearances.c.document),
        readings: sa.select(readings.c.document),
        reposts: sa.select(appearances.c.document).join(reposts, reposts.c.copy == appearances.c.id),
    }
    return {
        document
        for table, numbers in new.items()
        for some in _chunks(numbers)
        for document in connection.scalars(queries[table].where(table.c.id.in_(some)))
    }


def _concerned(connection: Connection, given: set[str]) -> list[str]:
    """The documents, the other versions of their pages, and their copies."""
    same, origin, copy = appearances.alias(), appearances.alias(), appearances.alias()
    found = set(given)
    for some in _chunks(sorted(given)):
        found.update(
            connection.scalars(
                sa.select(same.c.document)
                .join(appearances, appearances.c.url == same.c.url).where(appearances.c.document.in_(some))
            )
        )  # fmt: skip
        found.update(
            connection.scalars(
                sa.select(copy.c.document)
                .join(reposts, reposts.c.copy == copy.c.id).join(origin, reposts.c.origin == origin.c.id)
                .where(origin.c.document.in_(some))
            )
        )  # fmt: skip
    return sorted(found)


def _places(connection: Connection, chosen: Collection[str]) -> dict[str, Place]:
    """By document: where it was told first; those whose every place has a later version are left out."""
    last = sa.select(
        appearances.c.url, sa.func.max(appearances.c.version).label("version")
    ).where(appearances.c.url.in_(
        sa.select(appearances.c.url).where(appearances.c.document.in_(chosen))
    )).group_by(appearances.c.url).subquery()  # fmt: skip
    moment = sa.func.coalesce(appearances.c.published, appearances.c.received, type_=appearances.c.received.type)
    rows = connection.execute(
        sa.select(appearances.c.document, moment.label("moment"), appearances.c.outlet, appearances.c.url)
        .outerjoin(last, appearances.c.url == last.c.url)
        .where(appearances.c.document.in_(chosen))
        .where(sa.or_(last.c.version.is_(None), last.c.version == appearances.c.version))
    )
    first = {}
    for row in sorted(rows, key=lambda row: (row.moment, row.outlet or "", row.url or ""), reverse=True):
        first[row.document] = Place(row.moment.date(), row.outlet)
    return first


def _copied(connection: Connection, chosen: Collection[str]) -> tuple[set[str], dict[str, set[Part]]]:
    """Documents that are copies of another that was read; by document, those that it took parts from."""
    origin, copy = appearances.alias(), appearances.alias()
    rows = connection.execute(
        sa.select(copy.c.document.label("copy"), origin.c.document.label("origin"), origin.c.outlet, reposts.c.kind)
        .join_from(reposts, copy, reposts.c.copy == copy.c.id).join(origin, reposts.c.origin == origin.c.id)
        .where(copy.c.document.in_(chosen), copy.c.document != origin.c.document)
        # A page that was corrected is like its former version, and no repost of it.
        .where(sa.or_(copy.c.url.is_(None), origin.c.url.is_(None), copy.c.url != origin.c.url))
        .where(sa.exists().where(readings.c.document == origin.c.document, readings.c.latest))
    )  # fmt: skip
    whole: set[str] = set()
    parts: dict[str, set[Part]] = defaultdict(set)
    for row in rows:
        if row.kind == "whole":
            whole.add(row.copy)
        else:
            named = voice("media", row.outlet, None, row.origin) if row.kind == "named" else ""
            parts[row.copy].add((row.origin, named))
    return whole, parts


def _count_readings(connection: Connection, chosen: Sequence[str]) -> Counter[date]:
    """Settles which readings are independent reports, and of which day; how many more each day has for it."""
    more: Counter[date] = Counter()
    for some in _chunks(chosen):
        places, (whole, _) = _places(connection, some), _copied(connection, some)
        rows = connection.execute(
            sa.select(readings.c.id, readings.c.document, readings.c.latest, readings.c.counted)
            .where(readings.c.document.in_(some))
        )  # fmt: skip
        changes = []
        for row in rows:
            counts = row.latest and row.document in places and row.document not in whole
            day = places[row.document].told if counts else None
            if day != row.counted:
                changes.append((row.id, day))
                more.update([day] if day else [])
                more.subtract([row.counted] if row.counted else [])
        _set_counted(connection, readings, changes)
    return more


def _read_on(connection: Connection, days: Collection[date]) -> dict[date, int]:
    found = dict.fromkeys(days, 0)
    for some in _chunks(sorted(days)):
        rows = connection.execute(
            sa.select(readings.c.counted, sa.func.count())
            .where(readings.c.counted.in_(some)).group_by(readings.c.counted)
        )  # fmt: skip
        found.update((day, number) for day, number in rows)
    return found


def _judge_all_if_more_was_read(connection: Connection, more: Counter[date]) -> None:
    """A past day on which so much more turns out to have been read is another kind of day for every series."""
    judged = connection.scalar(sa.select(sa.func.max(watches.c.through)))
    if judged is None:
        return
    past = {day for day, number in more.items() if number and day <= judged}
    for day, after in _read_on(connection, past).items():
        before = after - more[day]
        if octave(after) != octave(before) or not (after and before):
            connection.execute(sa.update(watches).values(through=None))
            return


def _cells(connection: Connection, table: sa.Table, actor: str, recipient: str, chosen: Sequence[str]) -> set[Cell]:
    known = names()
    columns = (table.c[actor], table.c[recipient], table.c.day)
    return {
        (first, second, day)
        for some in _chunks(chosen)
        for first, second, day in connection.execute(
            sa.select(*columns).distinct().join(readings, readings.c.id == table.c.reading)
            .where(readings.c.document.in_(some))
        )
        if first in known and second in known and first != second
    }  # fmt: skip


def _count_statements(
    connection: Connection, table: sa.Table, actor: str, recipient: str, touched: set[Cell]
) -> list[Cell]:
    """Settles which statements of these cells count; the cells where that changed."""
    changed = []
    # Both directions of a pair's day are settled together: what is mutual is told in either.
    cells = sorted({(*pair(first, second), day) for first, second, day in touched})
    for some in _chunks(cells):
        both = [*some, *((second, first, day) for first, second, day in some)]
        wanted = sa.values(
            sa.column("actor", sa.Text), sa.column("recipient", sa.Text), sa.column("day", sa.Date), name="wanted"
        ).data(both).cte("cells")  # fmt: skip
        rows = connection.execute(
            sa.select(table, readings.c.document, readings.c.counted.label("told"))
            .join_from(
                wanted, table,
                sa.and_(
                    table.c[actor] == wanted.c.actor, table.c[recipient] == wanted.c.recipient,
                    table.c.day == wanted.c.day,
                ),
            ).join(readings, readings.c.id == table.c.reading)
        ).all()  # fmt: skip
        statements = list(_statements(connection, table, actor, recipient, rows))
        origins = _origins(connection, table, actor, recipient, {s.document for s in statements})
        counts = independent(statements, origins)
        days = {s.id: s.counts_on for s in statements if s.id in counts}
        changes = [(row.id, days.get(row.id)) for row in rows if row.counted != days.get(row.id)]
        _set_counted(connection, table, changes)
        numbers = {number for number, _ in changes}
        changed += [(row._mapping[actor], row._mapping[recipient], row.day) for row in rows if row.id in numbers]
    return changed


def _statements(
    connection: Connection, table: sa.Table, actor: str, recipient: str, rows: Sequence[sa.Row[Any]]
) -> Iterator[Statement]:
    chosen = sorted({row.document for row in rows if row.told is not None})
    places = {document: place for some in _chunks(chosen) for document, place in _places(connection, some).items()}
    for row in rows:
        if row.told is not None:
            source = voice(row.source_kind, row.source_name, places[row.document].outlet, row.document)
            yield _statement(table, actor, recipient, row, row.told, source)


def _statement(table: sa.Table, actor: str, recipient: str, row: sa.Row[Any], told: date, source: str) -> Statement:
    fields = row._mapping
    return Statement(
        id=row.id, kind="event" if table is events else "attitude", document=row.document, key=row.key,
        actor=fields[actor], recipient=fields[recipient], type=fields.get("type") or fields["polarity"],
        status=fields.get("status", "happened"), mutual=fields.get("mutual", False), day=row.day, told=told,
        source=source, evidence=row.evidence, confidence=row.confidence, own=row.source_kind == "author",
    )  # fmt: skip


def _origins(
    connection: Connection, table: sa.Table, actor: str, recipient: str, chosen: set[str]
) -> dict[str, list[Origin]]:
    found: dict[str, list[Origin]] = {}
    for some in _chunks(sorted(chosen)):
        _, parts = _copied(connection, some)
        wanted = sorted({origin for origins in parts.values() for origin, _ in origins})
        about: dict[str, set[tuple[str, str, str, str]]] = defaultdict(set)
        for few in _chunks(wanted):
            rows = connection.execute(
                sa.select(table, readings.c.document).join(readings, readings.c.id == table.c.reading)
                .where(readings.c.document.in_(few), readings.c.latest)
            )  # fmt: skip
            for row in rows:
                about[row.document].add(_statement(table, actor, recipient, row, row.day, "").about)
        texts = dict(_texts(connection, wanted))
        for document, origins in parts.items():
            found[document] = [Origin(texts[o], about[o], named or None) for o, named in sorted(origins)]
    return found


def _texts(connection: Connection, wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    for some in _chunks(wanted):
        for row in connection.execute(sa.select(documents.c.id, documents.c.text).where(documents.c.id.in_(some))):
            yield row.id, row.text


def _set_counted(connection: Connection, table: sa.Table, changes: Sequence[tuple[int, date | None]]) -> None:
    if changes:
        connection.execute(
            sa.update(table).where(table.c.id == sa.bindparam("number")).values(counted=sa.bindparam("on")),
            [{"number": number, "on": day} for number, day in changes],
        )


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
