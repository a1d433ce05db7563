"""A timeline: what was told of a pair, or of a state between two poles, its shifts, and whether shifts can be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from . import asking, judging, orientation, plot, views
from .detection import Verdict
from .parties import names
from .series import Cell
from .telling import announcement, sentence
from .views import Period, Split, Step

DAYS = 90
"""Shown where nobody says since when."""


@dataclass(frozen=True)
class Watch:
    """How a series stands with the test of shifts."""

    actor: str
    recipient: str
    measure: str
    verdict: Verdict

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data; ``least``: days, each as extreme as can be, that would tell a shift."""
        since = self.verdict.since
        return {
            "actor": self.actor, "recipient": self.recipient, "measure": self.measure,
            "since": since.isoformat() if since else None, "years": self.verdict.years,
            "least": self.verdict.least, "can_tell": self.verdict.least is not None,
        }  # fmt: skip


@dataclass(frozen=True)
class Timeline:
    """What is shown of a pair; of an orientation, ``second`` is a balance and ``sides`` are its poles."""

    first: str
    second: str
    title: str
    sides: tuple[str, str]
    by: Split
    step: Step
    periods: list[Period]
    parts: list[str]
    attitudes: list[Cell]
    shifts: list[Mapping[str, Any]]
    watches: list[Watch]

    def blind(self) -> list[Watch]:
        """The series that are too short to show any shift."""
        return [watch for watch in self.watches if watch.verdict.least is None]

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready data. Weights are in units of Goldstein's scale."""
        above, below = self.sides
        return {
            "first": self.first, "second": self.second, "by": self.by, "step": self.step, "sides": [above, below],
            "since": self.periods[0].first.isoformat(), "until": self.periods[-1].last.isoformat(),
            "periods": [
                {
                    "first": period.first.isoformat(), "last": period.last.isoformat(), "read": period.read,
                    "statements": period.statements, above: round(period.total("above"), 2),
                    below: round(period.total("below"), 2),
                    "parts": {above: _rounded(period.above), below: _rounded(period.below)},
                }
                for period in self.periods
            ],
            "attitudes": [
                {"day": cell.day.isoformat(), "holder": cell.actor, "target": cell.recipient, "polarity": cell.type,
                 "source_kind": cell.source_kind, "anonymous": cell.anonymous, "statements": cell.count}
                for cell in self.attitudes
            ],
            "shifts": [announcement(row) for row in self.shifts],
            "watches": [watch.to_dict() for watch in self.watches],
        }  # fmt: skip

    def marks(self) -> list[plot.Mark]:
        """Its shifts, as they are drawn."""
        return [plot.Mark(row["onset"], row["day"], sentence(row), row["undone"] is not None) for row in self.shifts]

    def svg(self) -> str:
        """The whole picture."""
        note = (
            f"Weight of what is told on Goldstein's scale, by {self.step} and {self.by}; each statement once by origin"
        )
        if not self.shifts and len(self.blind()) == len(self.watches):
            note += "; too few days to tell a shift"
        return plot.timeline(
            self.periods, self.parts, title=self.title, note=note, marks=self.marks(), sides=self.sides
        )

    def spark(self, *, styled: bool = True) -> str:
        """The small picture."""
        return plot.spark(self.periods, title=self.title, marks=self.marks(), sides=self.sides, styled=styled)


def of_pair(
    connection: Connection, first: str, second: str, *, by: Split = "status", step: Step | None = None,
    since: date | None = None, until: date | None = None, directed: bool = False, years: float, now: datetime,
) -> Timeline:  # fmt: skip
    """The timeline of two states or blocs; ``directed``: only what the first does to the second, and what is mutual."""
    read = asking.read_by_day(connection)
    since, until = _range(read, since, until, now)
    cells = asking.passed(connection, first, second, directed=directed, since=since, until=until)
    felt = asking.felt(connection, first, second, since=since, until=until)
    if not directed:
        felt += asking.felt(connection, second, first, since=since, until=until)
    actor, recipient = sorted((first, second))
    title = f"{names()[first]} {'to' if directed else 'and'} {names()[second]}"
    chosen = step or views.fitting(since, until)
    shown = views.periods(cells, read, by=by, step=chosen, since=since, until=until)
    return Timeline(
        first, second, title, views.SIDES, by, chosen, shown, views.parts(shown, by), sorted(felt, key=_order),
        _told(connection, [(first, second)], since, until), _watches(connection, actor, recipient, read, years, now),
    )  # fmt: skip


def of_state(
    connection: Connection, state: str, balance: str, *, by: Split = "status", step: Step | None = None,
    since: date | None = None, until: date | None = None, years: float, now: datetime,
) -> Timeline:  # fmt: skip
    """The timeline of a state's orientation: above, what draws it to the second pole; below, to the first."""
    read = asking.read_by_day(connection)
    since, until = _range(read, since, until, now)
    first, second = orientation.ends(balance)
    cells = asking.between_poles(connection, state, balance, since=since, until=until)
    chosen = step or views.fitting(since, until)
    shown = views.periods(
        cells, read, by=by, step=chosen, since=since, until=until,
        weigh=lambda cell: orientation.draw(state, balance, cell) * cell.size,
    )  # fmt: skip
    return Timeline(
        state, balance, f"{names()[state]} between {first.en} and {second.en}",
        (f"towards {second.en}", f"towards {first.en}"), by, chosen, shown, views.parts(shown, by), [],
        _told(connection, [(state, balance)], since, until), _watches(connection, state, balance, read, years, now),
    )  # fmt: skip


def _range(read: Mapping[date, int], since: date | None, until: date | None, now: datetime) -> tuple[date, date]:
    today = now.astimezone(UTC).date()
    last = until or min(max(read, default=today), today)
    first = since or max(min(read, default=last), last - timedelta(days=DAYS - 1))
    return min(first, last), last


def _told(connection: Connection, pairs: list[tuple[str, str]], since: date, until: date) -> list[Mapping[str, Any]]:
    rows = asking.told(connection, pairs=pairs, since=since, until=until)
    return [row._mapping for row in reversed(rows)]


def _watches(
    connection: Connection, actor: str, recipient: str, read: dict[date, int], years: float, now: datetime
) -> list[Watch]:
    found = judging.series_of(connection, actor, recipient, read, judging.last_settled(now))
    return [Watch(each.actor, each.recipient, each.measure, each.judge(years)) for each in found]


def _rounded(sizes: Mapping[str, float]) -> dict[str, float]:
    return {name: round(size, 2) for name, size in sorted(sizes.items())}


def _order(cell: Cell) -> tuple[date, str, str, str]:
    return cell.day, cell.actor, cell.type, cell.source_kind
