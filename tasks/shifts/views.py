"""A pair's series as it is shown: by day, week or month, its weight split by status, by source or by type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from .series import Cell
from .weights import COUNTED

Split = Literal["status", "source", "type"]
Step = Literal["day", "week", "month"]

STATUSES = ("happened", "planned", "claimed", "denied", "hypothetical")

SIDES: tuple[str, str] = ("cooperation", "conflict")


@dataclass
class Period:
    """A day, week or month: how much was told on either side, by part, in units of Goldstein's scale."""

    first: date
    last: date
    read: int = 0
    """Independent reports of these days, of whatever they tell."""
    statements: int = 0
    """That count."""
    above: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    below: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def total(self, side: Literal["above", "below"]) -> float:
        """What counts on one side: neither what is denied nor what is imagined."""
        return sum(v for part, v in getattr(self, side).items() if part not in STATUSES or part in COUNTED)


def part(cell: Cell, by: Split) -> str:
    """Which part of the whole a cell belongs to."""
    if by == "source":
        return f"{cell.source_kind}, anonymous" if cell.anonymous else cell.source_kind
    return cell.status if by == "status" else cell.type


def periods(
    cells: Iterable[Cell],
    read: Mapping[date, int],
    *,
    by: Split,
    step: Step,
    since: date,
    until: date,
    weigh: Callable[[Cell], float] = lambda cell: cell.size,
) -> list[Period]:
    """Every period from one day to another, in order. ``weigh``: above zero on the one side, below it on the other.

    By status, what is denied or imagined stands beside the rest; by source and type it is left out.
    """
    found: dict[date, Period] = {}
    day = since
    while day <= until:
        first, last = _around(day, step)
        found[first] = Period(max(first, since), min(last, until))
        day = last + timedelta(days=1)
    for day, number in read.items():
        if since <= day <= until:
            found[_around(day, step)[0]].read += number
    for cell in cells:
        counts = cell.status in COUNTED
        weight = weigh(cell)
        if since <= cell.day <= until and weight and (counts or by == "status"):
            period = found[_around(cell.day, step)[0]]
            period.statements += cell.count if counts else 0
            side = period.above if weight > 0 else period.below
            side[part(cell, by)] += abs(weight)
    return list(found.values())


def parts(shown: Sequence[Period], by: Split) -> list[str]:
    """The parts that anything is of: statuses from the surest on, others from the heaviest on."""
    weights: dict[str, float] = defaultdict(float)
    for period in shown:
        for side in (period.above, period.below):
            for name, weight in side.items():
                weights[name] += weight
    if by == "status":
        return [status for status in STATUSES if status in weights]
    return sorted(weights, key=lambda name: (-weights[name], name))


def fitting(since: date, until: date) -> Step:
    """The step in which some dozens of periods lie between two days."""
    days = (until - since).days
    return "day" if days <= 100 else "week" if days <= 730 else "month"


def _around(day: date, step: Step) -> tuple[date, date]:
    if step == "day":
        return day, day
    if step == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
