"""When a daily series shifts: the conformal Shiryaev-Roberts procedure, whose bound on false alarms needs no model.

Each day is ranked among the earlier days of its own kind, ties broken at random; the rank, as a share, is its conformal
p-value. As long as the days of a kind are exchangeable, these p-values are independent and uniform, however the days
are distributed: sparse, overdispersed, weighted (Vovk, Gammerman & Shafer 2005, "Algorithmic Learning in a Random
World", chapters 2, 4 and 7, the kinds of days being Mondrian categories). A bet on small p-values (or on large ones)
then earns nothing on average; after a shift it does. The Shiryaev-Roberts statistic ``R[n] = b[n] * (R[n-1] + 1)`` sums
what a bet begun on each day so far would have earned, and ``R[n] - n`` is a martingale: told at ``R >= T``, a series
that never shifts is told of once in T days on average, or more rarely (Vovk et al. 2021, "Retrain or not retrain:
conformal test martingales for change-point detection", COPA; for all such sums Shin, Ramdas & Rinaldo 2022,
"E-detectors: a nonparametric framework for sequential change detection"). A mean of such statistics is one, too:
of the bets in `EXPONENTS` and `STEPS`, each on a rise and on a fall.

What it can't promise: where days hang together, as in the echo of one event over a week, alarms come more often than
the bound says; ``python -m tests.benchmarks.shifts`` measures how much.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any, Literal

import numpy as np

EXPONENTS = np.array([0.2, 0.4, 0.6, 0.8])
"""e of bets ``e * p ** (e - 1)``: small ones for rare and strong days, large ones for many weak ones."""

STEPS = np.array([(q, share) for q in (0.05, 0.1, 0.2, 0.35, 0.5) for share in (0.5, 0.7, 0.9) if share > q])
"""(q, share) of bets that a share of the days lies below q: for days that outdo the old ones but not one another."""

BETS = len(EXPONENTS) + len(STEPS)

DAYS_A_YEAR = 365.25

HORIZON = 14
"""A series of which even so many extreme days in a row could tell nothing is too short to be judged."""

Direction = Literal["up", "down"]
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Day:
    """One observed day: its value, and its kind, among whose earlier days it is ranked."""

    day: date
    value: float
    kind: Hashable = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """A shift, told on ``day``."""

    day: date
    since: date
    """The first day of the stretch that told it."""
    onset: date
    """The likeliest first day of the shift."""
    direction: Direction
    years: float
    """What the bound says: a series that never shifts looks like this once in so many years, or more rarely."""
    before: float
    """The mean of the days before the onset, since the watch began or the last shift was told."""
    after: float
    """The mean of the days from the onset to the day it was told."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a series says."""

    alarms: tuple[Alarm, ...]
    since: date | None
    """The first day of the stretch that is watched for the next shift."""
    years: float
    """How rare the stretch's last day is, in the words of ``Alarm.years``."""
    least: int | None
    """Days, each as extreme as can be, after which a shift could be told; None: more than `HORIZON`, it can't tell."""


def judge(days: Sequence[Day], *, years: float, seed: str) -> Verdict:
    """The shifts of a series, days in order; after each the watch begins anew, with nothing learnt.

    ``years``: a series that never shifts is told of once in so many years of observed days, or more rarely. ``seed``
    names the series: equal ranks are broken by a hash of it and the day, so that the same series gives the same answer.
    """
    threshold = years * DAYS_A_YEAR
    alarms: list[Alarm] = []
    rest = days
    while True:
        # Days that are all alike tell nothing, whatever the hash makes of their ties.
        alike = len({day.value for day in rest}) < 2
        told, statistics = (None, np.zeros(2 * BETS)) if alike else _run(ranks(rest, seed), threshold)
        if told is None:
            break
        values = [day.value for day in rest[: told + 1]]
        direction: Direction = "up" if int(np.argmax(statistics)) < BETS else "down"
        onset = _onset(values, direction)
        alarms.append(
            Alarm(
                day=rest[told].day, since=rest[0].day, onset=rest[onset].day, direction=direction,
                years=_years(statistics), before=_mean(values[:onset]), after=_mean(values[onset:]),
            )
        )  # fmt: skip
        rest = rest[told + 1 :]
    return Verdict(
        alarms=tuple(alarms),
        since=rest[0].day if rest else None,
        years=_years(statistics),
        least=_least([day.kind for day in rest], threshold),
    )


def ranks(days: Sequence[Day], seed: str) -> Array:
    """(days,) The smoothed conformal p-value of each day: the share of its kind's days so far that are greater."""
    earlier: dict[Hashable, list[float]] = {}
    found = np.empty(len(days))
    for n, day in enumerate(days):
        known = earlier.setdefault(day.kind, [])
        low, high = bisect_left(known, day.value), bisect_right(known, day.value)
        tied = high - low + 1
        found[n] = (len(known) - high + _chance(seed, day.day) * tied) / (len(known) + 1)
        known.insert(high, day.value)
    return found


def _chance(seed: str, day: date) -> float:
    """A number in (0, 1) that belongs to this day of this series."""
    digest = blake2b(f"{seed} {day.isoformat()}".encode(), digest_size=6).digest()
    return (int.from_bytes(digest, "big") + 0.5) / (1 << 48)


def _bets(shares: Array) -> Array:
    """(days, 2 * BETS) Logarithms of what each bet earns: first those on a rise, then those on a fall."""
    quantile, share = STEPS.T
    sides = []
    for side in (shares, 1.0 - shares):
        column = side[:, None]
        powers = np.log(EXPONENTS) + (EXPONENTS - 1.0) * np.log(column)
        below, above = np.log(share / quantile), np.log((1.0 - share) / (1.0 - quantile))
        sides += [powers, np.where(column < quantile, below, above)]
    return np.hstack(sides)


def _run(shares: Array, threshold: float) -> tuple[int | None, Array]:
    """The first day on which the mean of the statistics is over a threshold; (2 * BETS,) the statistics of the last."""
    statistics = np.zeros(2 * BETS)
    for n, earned in enumerate(np.exp(_bets(shares))):
        statistics = earned * (statistics + 1.0)
        if statistics.mean() >= threshold:
            return n, statistics
    return None, statistics


def _onset(values: Sequence[float], direction: Direction) -> int:
    """The first day of the likeliest split of a stretch: the one whose sides' ranks differ most for their sizes.

    That is the estimate of Pettitt (1979), "A non-parametric approach to the change-point problem", Applied Statistics
    28(2), standardised, since a shift is seen soon after it begins.
    """
    size = len(values)
    if size < 2:
        return 0
    order = sorted(values)
    middle = np.array([(bisect_left(order, v) + bisect_right(order, v) + 1) / 2 for v in values])
    before = np.arange(1, size)
    lead = before * (size + 1) / 2 - np.cumsum(middle)[:-1]
    rise = (lead if direction == "up" else -lead) / np.sqrt(before * (size - before))
    return int(np.argmax(rise)) + 1


def _least(kinds: Sequence[Hashable], threshold: float) -> int | None:
    """How many days at the head of their kind's ranks, the same kinds as of late, would tell a shift."""
    if not kinds:
        return None
    known: dict[Hashable, int] = {}
    for kind in kinds:
        known[kind] = known.get(kind, 0) + 1
    fresh: dict[Hashable, int] = {}
    shares = np.empty(HORIZON)
    lately = kinds[-HORIZON:]
    for n in range(HORIZON):
        kind = lately[n % len(lately)]
        # They are tied with one another: the later ones tell less.
        shares[n] = (fresh.get(kind, 0) + 1) / 2 / (known[kind] + fresh.get(kind, 0) + 1)
        fresh[kind] = fresh.get(kind, 0) + 1
    told, _ = _run(shares, threshold)
    return None if told is None else told + 1


def _years(statistics: Array) -> float:
    return round(float(statistics.mean()) / DAYS_A_YEAR, 4)


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
