"""Daily series of what is told of a pair: cooperation, conflict, attitudes, and the days that they are ranked by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .detection import Day
from .weights import COUNTED, WEIGHTS

Measure = Literal["cooperation", "conflict", "attitude", "orientation"]


@dataclass(frozen=True, slots=True)
class Cell:
    """Statements of one day that are alike, and how many independent ones they are."""

    day: date
    actor: str
    recipient: str
    type: str
    """PLOVER type; of an attitude ``positive`` or ``negative``."""
    status: str
    source_kind: str
    anonymous: bool
    count: int = 1

    @property
    def weight(self) -> float:
        """Of all of them: above zero is cooperation, below it conflict; zero for what doesn't count."""
        return self.size if self.status in COUNTED else 0.0

    @property
    def size(self) -> float:
        """The weight that all of them have or would have, were they not denied or imagined."""
        return WEIGHTS.get(self.type, 0.0) * self.count


def cooperation(cells: Iterable[Cell]) -> dict[date, float]:
    """The weight of a day's cooperation, in units of Goldstein's scale."""
    return _sums(cells, lambda cell: max(cell.weight, 0.0))


def conflict(cells: Iterable[Cell]) -> dict[date, float]:
    """The weight of a day's conflict, as a positive number, in units of Goldstein's scale."""
    return _sums(cells, lambda cell: max(-cell.weight, 0.0))


def attitude(cells: Iterable[Cell]) -> dict[date, float]:
    """From -1 (all negative) to 1 (all positive): the mean attitude of the days that tell any."""
    sums: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for cell in cells:
        sums[cell.day][cell.type == "negative"] += cell.count
    return {day: round((positive - negative) / (positive + negative), 6) for day, (positive, negative) in sums.items()}


def balance(cells: Iterable[Cell], side: Callable[[Cell], int]) -> dict[date, float]:
    """Where a day's weights draw, in units of Goldstein's scale.

    ``side``: 1 or -1 for the pole that a cell's other party belongs to, 0 for none. Cooperation draws towards it,
    conflict away from it.
    """
    return _sums(cells, lambda cell: side(cell) * cell.weight)


FEW = 3
"""Reports of a day up to which their number is chance."""


def everyday(
    values: Mapping[date, float], read: Mapping[date, int], own: Mapping[date, int], through: date
) -> list[Day]:
    """Every day on which anything was read, zero where the pair has no value, to be ranked by how much there is of it.

    ``read``: independent reports by day; ``own``: those among them that tell of the pair. A day is ranked among those
    of its part of the week on which about as much was read of everything else (to a factor of two), so that neither the
    press's week nor a new feed is taken for a shift.
    """
    return [
        Day(day, round(values.get(day, 0.0), 6), (day.weekday() > 4, octave(number - own.get(day, 0))))
        for day, number in sorted(read.items())
        if number > 0 and day <= through
    ]


def octave(reports: int) -> int:
    """How much was read of a day, to a factor of two."""
    return max(reports, FEW).bit_length()


def days_told(values: Mapping[date, float], read: Mapping[date, int], through: date) -> list[Day]:
    """The days that have a value, to be ranked by it: of means, which don't hang on how much was read."""
    return [Day(day, round(value, 6)) for day, value in sorted(values.items()) if read.get(day) and day <= through]


def _sums(cells: Iterable[Cell], weigh: Callable[[Cell], float]) -> dict[date, float]:
    sums: dict[date, float] = defaultdict(float)
    for cell in cells:
        weight = weigh(cell)
        if weight:
            sums[cell.day] += weight
    return {day: round(total, 6) for day, total in sums.items()}
