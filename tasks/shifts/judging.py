"""Judging series, and keeping the shifts they show: told once, marked where the series no longer shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.archive import outbox
from tasks.archive.tables import shifts, watches

from . import asking, detection, orientation, series
from .detection import Alarm, Day, Verdict
from .series import Cell, Measure
from .telling import announcement

SETTLED = timedelta(hours=6)
"""A day is judged so long after its end: feeds bring its last articles by then."""

SAME = timedelta(days=14)
"""Two alarms of one series and direction that are no further apart, or whose days overlap, are the same shift."""

EVIDENCE = 40
"""Statements kept with a shift: the heaviest, by day."""

SERIES = 366
"""Days kept with a shift."""


@dataclass(frozen=True)
class Series:
    """One series that is judged: of whom, of what, and its days."""

    actor: str
    recipient: str
    measure: Measure
    cells: list[Cell]
    read: dict[date, int]
    """Independent reports by day, of whatever they tell."""
    through: date
    own: dict[date, int] = field(default_factory=dict)
    """Those among them that tell of the two."""

    def days(self, keep: Callable[[Cell], bool] = lambda _: True) -> list[Day]:
        """Its days, made of those cells alone that are kept."""
        cells = [cell for cell in self.cells if keep(cell)]
        if self.measure == "attitude":
            return series.days_told(series.attitude(cells), self.read, self.through)
        if self.measure == "orientation":
            values = orientation.orientation(self.actor, self.recipient, cells)
        else:
            values = series.cooperation(cells) if self.measure == "cooperation" else series.conflict(cells)
        return series.everyday(values, self.read, self.own, self.through)

    def judge(self, years: float, keep: Callable[[Cell], bool] = lambda _: True) -> Verdict:
        """What the series says, or would say of the cells that are kept."""
        return detection.judge(self.days(keep), years=years, seed=f"{self.actor} {self.recipient} {self.measure}")


def last_settled(now: datetime) -> date:
    """The last day that is judged."""
    return (now.astimezone(UTC) - SETTLED).date() - timedelta(days=1)


def series_of(connection: Connection, actor: str, recipient: str, read: dict[date, int], through: date) -> list[Series]:
    """Every series of a row of `watches`. Where only one of two poles was ever spoken of, there is no balance."""
    if recipient in orientation.balances():
        cells, own = asking.between_poles(connection, actor, recipient), asking.reports_of(connection, actor)
        if len({orientation.draw(actor, recipient, cell) for cell in cells}) < 2:
            cells = []
        return [Series(actor, recipient, "orientation", cells, read, through, own)]
    cells, own = asking.passed(connection, actor, recipient), asking.reports(connection, actor, recipient)
    return [
        Series(actor, recipient, "cooperation", cells, read, through, own),
        Series(actor, recipient, "conflict", cells, read, through, own),
        Series(actor, recipient, "attitude", asking.felt(connection, actor, recipient), read, through),
        Series(recipient, actor, "attitude", asking.felt(connection, recipient, actor), read, through),
    ]


def judge_some(connection: Connection, now: datetime, years: float, limit: int) -> int:
    """Judges at most ``limit`` pairs and balances that are due; how many those were."""
    through = last_settled(now)
    due = connection.execute(
        sa.select(watches.c.actor, watches.c.recipient)
        .where(sa.or_(watches.c.through.is_(None), watches.c.through < through))
        .order_by(watches.c.through.is_not(None), watches.c.through, watches.c.actor, watches.c.recipient).limit(limit)
    ).all()  # fmt: skip
    if not due:
        return 0
    read = asking.read_by_day(connection)
    for actor, recipient in due:
        for each in series_of(connection, actor, recipient, read, through):
            _settle(connection, each, now, years)
        connection.execute(
            sa.update(watches).where(watches.c.actor == actor, watches.c.recipient == recipient)
            .values(through=through)
        )  # fmt: skip
    return len(due)


def _settle(connection: Connection, each: Series, now: datetime, years: float) -> None:
    """Tells of shifts that are new, and of those that the series shows no more, or again."""
    verdict = each.judge(years)
    known = connection.execute(
        sa.select(shifts).where(
            shifts.c.actor == each.actor, shifts.c.recipient == each.recipient, shifts.c.measure == each.measure
        ).order_by(shifts.c.day)
    ).all()  # fmt: skip
    if not known and not verdict.alarms:
        return
    first = min(each.read, default=each.through)
    for row in known:
        shown = any(_same(row, alarm) for alarm in verdict.alarms)
        if shown == (row.undone is None) or row.since < first:
            # What came before `first` is no longer kept: what rested on it can't be judged again.
            continue
        values = {"undone": None if shown else now, "revision": row.revision + 1}
        connection.execute(sa.update(shifts).where(shifts.c.id == row.id).values(values))
        _tell(connection, {**row._mapping, **values}, now)
    days = each.days()
    for alarm in verdict.alarms:
        if not any(_same(row, alarm) for row in known):
            kept = _row(connection, each, alarm, days, now, years)
            connection.execute(sa.insert(shifts).values(kept))
            _tell(connection, kept | {"undone": None, "revision": 1}, now)


def _same(row: Any, alarm: Alarm) -> bool:
    if row.direction != alarm.direction:
        return False
    return abs(row.day - alarm.day) <= SAME or (alarm.onset <= row.day and row.onset <= alarm.day)


def _row(
    connection: Connection, each: Series, alarm: Alarm, days: Sequence[Day], now: datetime, years: float
) -> dict[str, Any]:
    stretch = [day for day in days if alarm.since <= day.day <= alarm.day]
    found = list(asking.statements(connection, each.actor, each.recipient, each.measure, alarm.onset, alarm.day))
    heaviest = sorted(found, key=lambda e: (-abs(e.weight), e.day, e.document, e.key))[:EVIDENCE]
    return {
        "key": f"{each.actor}/{each.recipient}/{each.measure}/{alarm.direction}/{alarm.day.isoformat()}",
        "actor": each.actor, "recipient": each.recipient, "measure": each.measure, "direction": alarm.direction,
        "since": alarm.since, "onset": alarm.onset, "day": alarm.day, "detected": now, "statistic": alarm.years,
        "before": alarm.before, "after": alarm.after, "flags": _flags(each, alarm, found, years),
        "evidence": [e.to_dict() for e in sorted(heaviest, key=lambda e: (e.day, e.id))],
        "series": [[day.day.isoformat(), day.value, each.read.get(day.day, 0)] for day in stretch[-SERIES:]],
    }  # fmt: skip


def _flags(each: Series, alarm: Alarm, found: Sequence[asking.Evidence], years: float) -> list[str]:
    """What a reader must know before believing it: whose word it takes to show it."""

    def shown(keep: Callable[[Cell], bool]) -> bool:
        return any(_same(alarm, other) for other in each.judge(years, keep).alarms)

    flags = []
    if any(e.status == "claimed" for e in found) and not shown(lambda cell: cell.status != "claimed"):
        flags.append("rests-on-claims")
    if any(e.anonymous for e in found) and not shown(lambda cell: not cell.anonymous):
        flags.append("rests-on-anonymous-sources")
    voices = {(e.source_kind, e.source) if e.source else ("author", e.outlet) for e in found}
    if len(voices) == 1 and voices != {("author", None)}:
        flags.append("single-source")
    if each.measure == "orientation":
        sides = {orientation.side(each.actor, each.recipient, e.actor, e.recipient, alarm.day) for e in found}
        if len(sides) == 1:
            flags.append("one-pole")
    return flags


def _tell(connection: Connection, row: Any, now: datetime) -> None:
    """Tells downstream: under the shift's key at first, and that key with the number of the correction after it."""
    id_ = row["key"] if row["revision"] == 1 else f"{row['key']}#{row['revision']}"
    outbox.add(
        connection,
        f"shift/{id_}",
        "chancery.shift.v1",
        f"{row['actor']}/{row['recipient']}",
        announcement(row),
        now=now,
    )
