"""What the archive holds, row by row, for whoever takes it elsewhere: the latest readings and what belongs to them.

Rows are streamed: an export of millions takes no more memory than one of ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from .searching import midnight
from .tables import actors, appearances, attitudes, attributions, documents, events, readings, reposts, sources

Kind = Literal["readings", "attributions", "events", "attitudes", "sources", "reposts"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BATCH = 1000
"""Rows fetched at a time; of readings, whose bodies are long, a tenth of that."""


@dataclass(frozen=True)
class Chosen:
    """Which rows: days (inclusive, UTC) of an event or attitude, else of the article's publication or receipt; and a
    pair of actors that it is about, in either direction.
    """

    since: date | None = None
    until: date | None = None
    pair: tuple[str, str] | None = None


_article = [
    readings.c.document, appearances.c.url, appearances.c.outlet, appearances.c.title, appearances.c.published,
    appearances.c.received,
]  # fmt: skip
_key = appearances.c.key.label("appearance_key")
"""Selected last, for the stable ids of entities; no column of an export."""


def columns(kind: Kind) -> dict[str, sa.types.TypeEngine[Any]]:
    """The columns of an export, in order, with their types."""
    return {c.name: c.type for c in selection(kind, Chosen()).selected_columns if c.name not in HIDDEN}


HIDDEN = frozenset({"appearance_key", "origin_key", "body", "text", "actor_kind", "recipient_kind"})
"""Columns that a format may need to make its rows from, and that are none of their own."""


def selection(kind: Kind, chosen: Chosen) -> sa.Select[Any]:
    """The rows of an export, in the order in which they were kept."""
    return _SELECTIONS[kind](chosen)


def count(connection: Connection, kind: Kind, chosen: Chosen) -> int:
    """How many rows an export has."""
    rows = selection(kind, chosen).with_only_columns(sa.literal(1)).order_by(None).subquery()
    return connection.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def rows(connection: Connection, kind: Kind, chosen: Chosen) -> Iterator[Row[Any, Any]]:
    """The rows of an export, streamed."""
    batch = BATCH // 10 if kind == "readings" else BATCH
    with connection.execution_options(yield_per=batch).execute(selection(kind, chosen)) as found:
        yield from found


def _readings(chosen: Chosen) -> sa.Select[Any]:
    sole = sources.alias()
    selected = sa.select(
        *_article, appearances.c.source, appearances.c.version, documents.c.language, documents.c.characters,
        readings.c.reader, readings.c.read_at, readings.c.own_voice, sole.c.name.label("sole_source"),
        readings.c.flags, _key, readings.c.body, documents.c.text,
    )  # fmt: skip
    origin = _joined(readings, sa.true()).outerjoin(
        sole, sa.and_(sole.c.reading == readings.c.id, sole.c.key == readings.c.sole_source)
    )
    return _by_article(selected.select_from(origin), chosen).order_by(readings.c.id)


def _attributions(chosen: Chosen) -> sa.Select[Any]:
    selected = sa.select(
        *_article, attributions.c.key, attributions.c.kind, attributions.c.content, attributions.c.cue,
        sources.c.name.label("source"), sources.c.kind.label("source_kind"), sources.c.platform,
        sources.c.anonymous, sources.c.actor, attributions.c.within, attributions.c.start,
        attributions.c.confidence, _key,
    )  # fmt: skip
    origin = _joined(attributions, attributions.c.reading == readings.c.id)
    origin = origin.outerjoin(sources, sources.c.id == attributions.c.source)
    return _by_article(selected.select_from(origin), chosen).order_by(attributions.c.id)


def _sources(chosen: Chosen) -> sa.Select[Any]:
    selected = sa.select(
        *_article, sources.c.key, sources.c.name, sources.c.kind, sources.c.platform, sources.c.anonymous,
        sources.c.actor, _key,
    )  # fmt: skip
    origin = _joined(sources, sources.c.reading == readings.c.id)
    return _by_article(selected.select_from(origin), chosen).order_by(sources.c.id)


def _events(chosen: Chosen) -> sa.Select[Any]:
    table = events
    first, second = actors.alias(), actors.alias()
    selected = sa.select(
        *_article, table.c.key, table.c.day, table.c.type, table.c.quad, table.c.actor,
        first.c.name.label("actor_name"), table.c.recipient, second.c.name.label("recipient_name"), table.c.mutual,
        table.c.status, table.c.topic, *_said(table), first.c.kind.label("actor_kind"),
        second.c.kind.label("recipient_kind"), _key,
    )  # fmt: skip
    origin = _named(_joined(table, table.c.reading == readings.c.id), table.c.reading, (first, table.c.actor),
                    (second, table.c.recipient))  # fmt: skip
    return _by_day(selected.select_from(origin), chosen, table, table.c.actor, table.c.recipient)


def _attitudes(chosen: Chosen) -> sa.Select[Any]:
    table = attitudes
    first, second = actors.alias(), actors.alias()
    selected = sa.select(
        *_article, table.c.key, table.c.day, table.c.polarity, table.c.holder,
        first.c.name.label("holder_name"), table.c.target, second.c.name.label("target_name"), *_said(table),
        first.c.kind.label("actor_kind"), second.c.kind.label("recipient_kind"), _key,
    )  # fmt: skip
    origin = _named(_joined(table, table.c.reading == readings.c.id), table.c.reading, (first, table.c.holder),
                    (second, table.c.target))  # fmt: skip
    return _by_day(selected.select_from(origin), chosen, table, table.c.holder, table.c.target)


def _reposts(chosen: Chosen) -> sa.Select[Any]:
    copy, origin = appearances.alias(), appearances.alias()
    told = [
        column.label(f"{name}_{column.name}")
        for name, place in (("copy", copy), ("origin", origin))
        for column in (place.c.document, place.c.url, place.c.outlet, place.c.title, place.c.published,
                       place.c.received)
    ]  # fmt: skip
    selected = (
        sa.select(
            reposts.c.kind, reposts.c.shared, reposts.c.stripped, reposts.c.changes, reposts.c.found_at, *told,
            copy.c.key.label("appearance_key"), origin.c.key.label("origin_key"),
        )
        .select_from(reposts.join(copy, copy.c.id == reposts.c.copy).join(origin, origin.c.id == reposts.c.origin))
        .order_by(reposts.c.id)
    )  # fmt: skip
    if chosen.pair:
        about = sa.exists().where(readings.c.document == copy.c.document, readings.c.latest, _about(chosen.pair))
        selected = selected.where(about)
    return _between(selected, chosen, sa.func.coalesce(copy.c.published, copy.c.received), moments=True)


_SELECTIONS = {
    "readings": _readings, "attributions": _attributions, "events": _events, "attitudes": _attitudes,
    "sources": _sources, "reposts": _reposts,
}  # fmt: skip


def _said(table: sa.Table) -> list[sa.Column[Any]]:
    names = ("attribution", "source_kind", "source_name", "anonymous", "evidence", "confidence")
    return [table.c[name] for name in names]


def _joined(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.Join:
    """A table of readings' parts (or the readings) with the readings and the articles that they are of."""
    origin: Any = table if table is readings else table.join(readings, condition)
    origin = origin.join(documents, documents.c.id == readings.c.document)
    joined: sa.Join = origin.join(appearances, appearances.c.id == readings.c.appearance)
    return joined


def _named(origin: sa.Join, reading: sa.Column[Any], *parties: tuple[sa.FromClause, sa.Column[Any]]) -> sa.Join:
    """With the names of the parties, where the reading has them among its actors."""
    for alias, party in parties:
        origin = origin.outerjoin(alias, sa.and_(alias.c.reading == reading, alias.c.actor == party))
    return origin


def _by_article(selected: sa.Select[Any], chosen: Chosen) -> sa.Select[Any]:
    selected = selected.where(readings.c.latest)
    if chosen.pair:
        selected = selected.where(_about(chosen.pair))
    return _between(selected, chosen, sa.func.coalesce(appearances.c.published, appearances.c.received), moments=True)


def _by_day(
    selected: sa.Select[Any], chosen: Chosen, table: sa.Table, one: sa.Column[Any], other: sa.Column[Any]
) -> sa.Select[Any]:
    selected = selected.where(readings.c.latest).order_by(table.c.id)
    if chosen.pair:
        selected = selected.where(_either(one, other, chosen.pair))
    return _between(selected, chosen, table.c.day, moments=False)


def _between(selected: sa.Select[Any], chosen: Chosen, when: Any, *, moments: bool) -> sa.Select[Any]:
    after = chosen.until + timedelta(days=1) if chosen.until else None
    if chosen.since:
        selected = selected.where(when >= (midnight(chosen.since) if moments else chosen.since))
    if after:
        selected = selected.where(when < (midnight(after) if moments else after))
    return selected


def _either(one: sa.Column[Any], other: sa.Column[Any], pair: tuple[str, str]) -> sa.ColumnElement[bool]:
    first, second = pair
    return sa.or_(sa.and_(one == first, other == second), sa.and_(one == second, other == first))


def _about(pair: tuple[str, str]) -> sa.ColumnElement[bool]:
    """That a reading has an event or an attitude between the two."""
    return sa.or_(
        sa.exists().where(events.c.reading == readings.c.id, _either(events.c.actor, events.c.recipient, pair)),
        sa.exists().where(attitudes.c.reading == readings.c.id, _either(attitudes.c.holder, attitudes.c.target, pair)),
    )
