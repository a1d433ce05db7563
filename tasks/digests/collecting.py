"""What a digest tells, asked of the archive in one view of it. The same archive and days give the same digest.

An article belongs to the day on which it was published, or received where it says nothing or a time to come. Numbers
count independent reports, as the series do: a repost is counted as a repost and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.archive.columns import Time
from tasks.archive.tables import appearances, attributions, documents, events, readings, reposts, sources
from tasks.shifts import asking, parties, series
from tasks.shifts.series import Cell
from tasks.shifts.telling import pair_of, sentence

from .record import (
    Copy,
    Correction,
    Day,
    Digest,
    Newcomer,
    Pair,
    Place,
    Shift,
    Spread,
    Statement,
    Statements,
    Voice,
)

PAIRS, SPREADS, VOICES, NEWCOMERS, CORRECTIONS = 12, 6, 10, 20, 20
"""How many of each are told."""
SHOWN, SHOWN_OF_VOICE, COPIES = 25, 8, 60
"""Statements of a pair, of a source; copies of a text."""
SERIES_DAYS = 60
"""Of a pair's picture."""
WORDS = 400
"""Characters of a statement."""
_ARROW, _MUTUAL = "→", "⇄"

A, R, E = appearances.c, readings.c, events.c


def collect(
    connection: Connection, first: date, last: date, zone: str = "UTC", only: Sequence[tuple[str, str]] = ()
) -> Digest:
    """The digest of these days, both included; ``only``: of articles that tell what passed between these pairs."""
    begin, end = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (first, last + timedelta(days=1)))
    asked = _Asked(connection, begin, end, tuple(only))
    totals = asked.totals()
    pairs, pairs_total = _pairs(asked, last)
    spreads, copies = _spreads(asked)
    voices, voices_total = _voices(asked, totals.characters)
    newcomers, newcomers_total = _newcomers(asked)
    corrections, corrections_total = _corrections(asked)
    return Digest(
        first=first, last=last, zone=zone, only=[*only], articles=totals.articles, reports=totals.reports or 0,
        outlets=totals.outlets, statements=asked.attributed(),
        own_voice=round((totals.own or 0.0) / totals.characters, 4) if totals.characters else 0.0,
        shifts=_shifts(asked, first, last), pairs=pairs, pairs_total=pairs_total, spreads=spreads, reposts=copies,
        voices=voices, voices_total=voices_total, newcomers=newcomers, newcomers_total=newcomers_total,
        corrections=corrections, corrections_total=corrections_total,
    )  # fmt: skip


def at(table: Any = appearances) -> sa.ColumnElement[datetime]:
    """When an appearance was published, but never after it was received."""
    c = table.c
    return sa.type_coerce(sa.case((c.published < c.received, c.published), else_=c.received), Time)


class _Asked:
    """The articles of some days, and what is asked of all of them."""

    def __init__(self, connection: Connection, begin: datetime, end: datetime, only: Sequence[tuple[str, str]]) -> None:
        self.connection, self.begin, self.end, self.only = connection, begin, end, only

    def within(self, table: Any = appearances) -> list[sa.ColumnElement[bool]]:
        """Appearances of these days. The second condition follows from the first, and has an index."""
        moment = at(table)
        return [moment >= self.begin, table.c.received >= self.begin, moment < self.end]

    def reports(self) -> list[sa.ColumnElement[bool]]:
        """Readings of these days' articles that are told independently; to be joined with their appearance."""
        return [*self.within(), R.latest, R.counted.is_not(None), *self.about(R.id)]

    def about(self, reading: Any) -> list[sa.ColumnElement[bool]]:
        """Readings that tell of the pairs that are asked for."""
        if not self.only:
            return []
        told = events.alias("told")
        both = [pair for one, other in self.only for pair in ((one, other), (other, one))]
        return [sa.exists().where(told.c.reading == reading, sa.tuple_(told.c.actor, told.c.recipient).in_(both))]

    def rows(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """The rows of a query."""
        return self.connection.execute(query).all()

    def totals(self) -> sa.Row[Any]:
        """Articles, those among them that are independent, outlets; characters of the independent, and their own."""
        counts = R.counted.is_not(None)
        return self.connection.execute(
            sa.select(
                sa.func.count(A.id).label("articles"),
                sa.func.count(A.outlet.distinct()).label("outlets"),
                sa.func.count(sa.case((counts & (A.id == R.appearance), R.id)).distinct()).label("reports"),
                sa.func.sum(sa.case((counts & (A.id == R.appearance), documents.c.characters))).label("characters"),
                sa.func.sum(
                    sa.case((counts & (A.id == R.appearance), documents.c.characters * R.own_voice))
                ).label("own"),
            )
            .select_from(appearances)
            .join(documents, documents.c.id == A.document)
            .outerjoin(readings, (R.document == A.document) & R.latest)
            .where(*self.within(), *self.about(R.id))
        ).one()  # fmt: skip

    def attributed(self) -> int:
        """Statements in independent reports that are not within another."""
        query = sa.select(sa.func.count()).select_from(attributions)
        query = query.join(readings, R.id == attributions.c.reading).join(appearances, A.id == R.appearance)
        return self.connection.execute(query.where(*self.reports(), attributions.c.within.is_(None))).scalar_one()


# -- pairs and shifts


def _pairs(asked: _Asked, last: date) -> tuple[list[Pair], int]:
    """The pairs that most was told of, with their statements, and how many pairs there were."""
    known, wanted = parties.names(), {parties.pair(*pair) for pair in asked.only}
    alike = (E.actor, E.recipient, E.type, E.status, E.source_kind, E.anonymous)
    told = asked.rows(
        sa.select(*alike, sa.func.count())
        .select_from(events).join(readings, R.id == E.reading).join(appearances, A.id == R.appearance)
        .where(*asked.reports(), E.counted.is_not(None)).group_by(*alike)
    )  # fmt: skip
    cells: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for row in told:
        cell = Cell(last, *tuple(row))
        pair = parties.pair(cell.actor, cell.recipient)
        if pair[0] != pair[1] and known.keys() >= {*pair} and (not wanted or pair in wanted):
            cells[pair].append(cell)
    ranked = sorted(cells, key=lambda pair: (-sum(cell.count for cell in cells[pair]), pair))
    shown = _passed(asked, ranked[:PAIRS])
    return [_pair(asked, pair, cells[pair], shown[pair], last) for pair in ranked[:PAIRS]], len(ranked)


def _passed(asked: _Asked, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[Statement]]:
    """The first statements of each pair."""
    both = [pair for one, other in pairs for pair in ((one, other), (other, one))]
    name = sa.case((E.actor < E.recipient, E.actor + " " + E.recipient), else_=E.recipient + " " + E.actor)
    rank = sa.func.row_number().over(partition_by=name, order_by=(at(), E.id)).label("rank")
    told = (
        sa.select(events, A.outlet, A.title, A.url, at().label("at"), rank)
        .select_from(events).join(readings, R.id == E.reading).join(appearances, A.id == R.appearance)
        .where(*asked.reports(), E.counted.is_not(None), sa.tuple_(E.actor, E.recipient).in_(both)).subquery()
    )  # fmt: skip
    found: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for row in asked.rows(sa.select(told).where(told.c.rank <= SHOWN).order_by(told.c.rank)):
        found[parties.pair(row.actor, row.recipient)].append(_event(row))
    return found


def _pair(
    asked: _Asked, pair: tuple[str, str], cells: Sequence[Cell], shown: list[Statement], last: date
) -> Pair:  # fmt: skip
    since = last - timedelta(days=SERIES_DAYS - 1)
    passed = asking.passed(asked.connection, *pair, since=since, until=last)
    up, down = series.cooperation(passed), series.conflict(passed)
    days = [since + timedelta(days=n) for n in range(SERIES_DAYS)]
    return Pair(
        first=pair[0], second=pair[1],
        cooperation=round(sum(cell.weight for cell in cells if cell.weight > 0), 1),
        conflict=round(-sum(cell.weight for cell in cells if cell.weight < 0), 1),
        statements=Statements(total=sum(cell.count for cell in cells), shown=shown),
        days=[Day(day=d, cooperation=round(up.get(d, 0.0), 2), conflict=round(down.get(d, 0.0), 2)) for d in days],
    )  # fmt: skip


def _event(row: sa.Row[Any]) -> Statement:
    arrow = _MUTUAL if row.mutual else _ARROW
    return _statement(row, f"e{row.id}", row.evidence, f"{row.actor} {arrow} {row.recipient} {row.type}", row.status)


def _statement(row: sa.Row[Any], id_: str, words: str, says: str, status: str) -> Statement:
    return Statement(
        id=id_, words=_cut(words), says=says, status=status, source=row.source_name, source_kind=row.source_kind,
        anonymous=row.anonymous, place=_place(row),
    )  # fmt: skip


def _place(row: Any) -> Place:
    return Place(outlet=row.outlet, title=row.title, url=row.url, at=row.at)


def _cut(words: str, limit: int = WORDS) -> str:
    words = " ".join(words.split())
    return words if len(words) <= limit else words[: limit - 1].rstrip(" ,.;:—–-") + "…"


def _shifts(asked: _Asked, first: date, last: date) -> list[Shift]:
    """Shifts that were told on these days, and those that were taken back in them."""
    rows = asking.told(asked.connection, since=first, until=last)
    shown = {row.id for row in rows}
    rows += [
        row
        for row in asking.told(asked.connection)
        if row.undone and row.id not in shown and asked.begin <= row.undone < asked.end
    ]
    wanted = {frozenset(pair) for pair in asked.only}
    found = []
    for row in rows:
        told = dict(row._mapping)
        concerned = pair_of(told)
        if wanted and frozenset(concerned) not in wanted:
            continue
        found.append(
            Shift(
                key=row.key, parties=concerned, summary=sentence(told), undone=row.undone is not None,
                flags=list(row.flags), evidence=_evidence(asked, row.evidence),
            )
        )  # fmt: skip
    return found


def _evidence(asked: _Asked, evidence: Sequence[dict[str, Any]]) -> Statements:
    """The statements of a shift, with the places that they stand in."""
    rows = asked.rows(
        sa.select(R.id, A.outlet, A.title, A.url, at().label("at"))
        .select_from(readings).join(appearances, A.id == R.appearance)
        .where(R.id.in_({each["reading"] for each in evidence[:SHOWN]}))
    )  # fmt: skip
    places = {row.id: _place(row) for row in rows}
    shown = [
        Statement(
            id=f"{'e' if each['kind'] == 'event' else 't'}{each['id']}", words=_cut(each["text"]),
            says=f"{each['actor']} {_ARROW} {each['recipient']} {each['type']}", status=each["status"],
            source=each["source"], source_kind=each["source_kind"], anonymous=each["anonymous"],
            place=places.get(each["reading"])
            or Place(outlet=each["outlet"], url=each["url"], at=datetime.combine(
                date.fromisoformat(each["day"]), time(), asked.begin.tzinfo)),
        )
        for each in evidence[:SHOWN]
    ]  # fmt: skip
    return Statements(total=len(evidence), shown=shown)


# -- reposts and corrections


def _spreads(asked: _Asked) -> tuple[list[Spread], int]:
    """The texts that were reposted most, by copies of these days, and how many reposts there were."""
    copy, original = appearances.alias("copied"), appearances.alias("original")
    rows = asked.rows(
        sa.select(
            reposts.c.origin, reposts.c.kind, reposts.c.shared, reposts.c.changes, copy.c.id, copy.c.outlet,
            copy.c.title, copy.c.url, at(copy).label("at"),
        )
        .select_from(reposts).join(copy, copy.c.id == reposts.c.copy)
        .outerjoin(readings, (R.document == copy.c.document) & R.latest)
        .where(*asked.within(copy), *asked.about(R.id)).order_by(sa.text("at"), copy.c.id, reposts.c.origin)
    )  # fmt: skip
    by_origin: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in rows:
        by_origin[row.origin].append(row)
    ranked = sorted(by_origin, key=lambda origin: (-len({row.id for row in by_origin[origin]}), origin))[:SPREADS]
    found = asked.rows(
        sa.select(original.c.id, original.c.document, original.c.outlet, original.c.title, original.c.url,
                  at(original).label("at")).where(original.c.id.in_(ranked))
    )  # fmt: skip
    origins = {row.id: row for row in found}
    return [_spread(asked, origins[origin], by_origin[origin]) for origin in ranked], len({row.id for row in rows})


def _spread(asked: _Asked, origin: sa.Row[Any], rows: Sequence[sa.Row[Any]]) -> Spread:
    words, source = _lead(asked, origin.document)
    once = list({row.id: row for row in rows}.values())
    return Spread(
        origin=_place(origin), words=words or origin.title or "", source=source, total=len(once),
        outlets=len({row.outlet for row in once}), copies=[_copy(row) for row in once[:COPIES]],
    )  # fmt: skip


def _copy(row: sa.Row[Any]) -> Copy:
    gone = dict.fromkeys(each["source"] for each in row.changes.get("stripped", ()))
    headline = row.changes.get("headline") or {}
    return Copy(
        place=_place(row), kind=row.kind, shared=round(row.shared, 3), stripped=[*gone], was=headline.get("was")
    )


def _lead(asked: _Asked, document: str) -> tuple[str, str | None]:
    """The first statement of a text and its source; without any the first event, or nothing."""
    said = asked.connection.execute(
        sa.select(attributions.c.content, sources.c.name)
        .select_from(attributions).join(readings, R.id == attributions.c.reading)
        .outerjoin(sources, sources.c.id == attributions.c.source)
        .where(R.document == document, R.latest).order_by(attributions.c.start, attributions.c.id).limit(1)
    ).first()  # fmt: skip
    return (_cut(said.content, 240), said.name) if said else ("", None)


def _corrections(asked: _Asked) -> tuple[list[Correction], int]:
    """Texts of these days that took the place of another at their URL."""
    before = appearances.alias("before")
    rows = asked.rows(
        sa.select(A.outlet, A.title, A.url, A.version, A.received.label("at"), before.c.title.label("was"))
        .select_from(appearances)
        .join(before, (before.c.url == A.url) & (before.c.version == A.version - 1))
        .where(A.version > 1, A.received >= asked.begin, A.received < asked.end,
               *(asked.about(R.id) and [sa.exists().where(R.document == A.document, R.latest, *asked.about(R.id))]))
        .order_by(A.received, A.id)
    )  # fmt: skip
    shown = [
        Correction(place=_place(row), version=row.version, was=row.was if row.was != row.title else None)
        for row in rows[:CORRECTIONS]
    ]
    return shown, len(rows)


# -- who speaks


def _voices(asked: _Asked, characters: int | None) -> tuple[list[Voice], int]:
    """Those whose word most of the text rested on, and how many there were. Hearsay is whoever's passes it on."""
    S = sources.c  # noqa: N806 - as the other tables
    rows = asked.rows(
        sa.select(
            S.name_key, sa.func.min(S.name).label("name"), sa.func.min(S.kind).label("kind"),
            sa.func.max(sa.cast(S.anonymous, sa.Integer)).label("anonymous"),
            sa.func.sum(sa.func.length(attributions.c.content)).label("size"),
            sa.func.count().label("statements"), sa.func.count(R.id.distinct()).label("articles"),
        )
        .select_from(attributions).join(sources, S.id == attributions.c.source)
        .join(readings, R.id == attributions.c.reading).join(appearances, A.id == R.appearance)
        .where(*asked.reports(), attributions.c.within.is_(None)).group_by(S.name_key)
    )  # fmt: skip
    ranked = sorted(rows, key=lambda row: (-row.size, row.name_key))
    shown = _said_by(asked, [row.name_key for row in ranked[:VOICES]])
    return [
        Voice(
            name=row.name, kind=row.kind, anonymous=bool(row.anonymous), share=round(row.size / (characters or 1), 4),
            articles=row.articles,
            statements=Statements(total=row.statements, shown=shown[row.name_key]),
        )
        for row in ranked[:VOICES]
    ], len(ranked)  # fmt: skip


def _said_by(asked: _Asked, keys: Sequence[str]) -> dict[str, list[Statement]]:
    """The first statements of each of these sources, by their keys."""
    moment = at()
    rank = sa.func.row_number().over(partition_by=sources.c.name_key, order_by=(moment, attributions.c.id))
    said = (
        sa.select(
            attributions.c.id, attributions.c.content, attributions.c.kind.label("form"), sources.c.name_key,
            sources.c.name.label("source_name"), sources.c.kind.label("source_kind"), sources.c.anonymous,
            A.outlet, A.title, A.url, moment.label("at"), rank.label("rank"),
        )
        .select_from(attributions).join(sources, sources.c.id == attributions.c.source)
        .join(readings, R.id == attributions.c.reading).join(appearances, A.id == R.appearance)
        .where(*asked.reports(), attributions.c.within.is_(None), sources.c.name_key.in_(keys)).subquery()
    )  # fmt: skip
    found: dict[str, list[Statement]] = defaultdict(list)
    for row in asked.rows(sa.select(said).where(said.c.rank <= SHOWN_OF_VOICE).order_by(said.c.rank)):
        found[row.name_key].append(_statement(row, f"a{row.id}", row.content, "", row.form))
    return found


def _newcomers(asked: _Asked) -> tuple[list[Newcomer], int]:
    """Anonymous sources that no earlier article quotes, and how many there are."""
    S = sources.c  # noqa: N806 - as the other tables
    old, old_reading, old_place = sources.alias("old"), readings.alias("old_reading"), appearances.alias("old_place")
    earlier = (
        sa.select(sa.literal(1)).select_from(old)
        .join(old_reading, old_reading.c.id == old.c.reading)
        .join(old_place, old_place.c.id == old_reading.c.appearance)
        .where(old.c.name_key == S.name_key, at(old_place) < asked.begin)
    )  # fmt: skip
    rows = asked.rows(
        sa.select(
            S.name_key, sa.func.min(S.name).label("name"), sa.func.min(S.kind).label("kind"),
            sa.func.min(S.platform).label("platform"), sa.func.min(at()).label("first"),
            sa.func.count(R.id.distinct()).label("articles"), sa.func.count().label("statements"),
        )
        .select_from(attributions).join(sources, S.id == attributions.c.source)
        .join(readings, R.id == attributions.c.reading).join(appearances, A.id == R.appearance)
        .where(*asked.reports(), attributions.c.within.is_(None), S.anonymous, S.name != "UNNAMED", S.kind != "unnamed",
               ~earlier.exists())
        .group_by(S.name_key)
    )  # fmt: skip
    ranked = sorted(rows, key=lambda row: (-row.articles, str(row.first), row.name_key))
    shown = _said_by(asked, [row.name_key for row in ranked[:NEWCOMERS]])
    return [
        Newcomer(
            name=row.name, kind=row.kind, platform=row.platform, articles=row.articles,
            statements=Statements(total=row.statements, shown=shown[row.name_key]),
        )
        for row in ranked[:NEWCOMERS]
    ], len(ranked)  # fmt: skip
