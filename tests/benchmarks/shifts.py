"""How soon shifts are seen and how often none is taken for one, beside a plain z-score and a moving average.

``python -m tests.benchmarks.shifts [--runs N] [--years Y]``: simulated streams of daily weights with a known shift, 180
days after the archive began, and streams without any. Counts are overdispersed (gamma-Poisson, variance twice to three
times the mean), with the press's week (at weekends a third less is told and half as much read) and days that hang
together where it says so. "told" is the share of the shifts told within 60 days; "delay" the median of their days;
"false" are alarms a year of the streams that don't shift, whose bound is 1 / Y.

Rivals, as desks use them, each silent for 14 days after an alarm: ``z > 3``, a day three standard deviations from the
mean of the 28 before it; ``average``, a week of twice or half what the four before it had. They count reposts, which
the shipped series don't. ``z tuned`` counts by origin, too; its threshold is set, on streams of the very kind that it
then meets, to the false alarms that the bound allows: no desk could do that, and it shows what the bound costs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from rich.console import Console
from rich.table import Table

from tasks.shifts import series
from tasks.shifts.detection import judge

START, ONSET, WITHIN = date(2020, 1, 6), 180, 60
WEEK = np.array([1.05, 1.1, 1.1, 1.1, 1.05, 0.8, 0.8])
Values = np.ndarray[Any, np.dtype[np.float64]]
Rule = Callable[["Stream", float, int], list[int]]


@dataclass(frozen=True)
class Stream:
    """Daily weights of a pair and what was read."""

    values: Values
    read: Values


@dataclass(frozen=True)
class Kind:
    """What a stream is like."""

    name: str
    rate: float
    """Statements a day before the shift."""
    factor: float = 1.0
    """By which the rate is multiplied from the onset on."""
    ramp: int = 0
    """Days over which it gets there."""
    memory: float = 0.0
    """Correlation of a day's rate with the day's before, of a log-normal rate (deviation 0.5)."""
    storm: bool = False
    """Ten days on which one statement is reposted fifty times a day: as counted, by origin, it is one statement."""
    feeds: float = 1.0
    """By which what is read, and with it what is told, grows at the onset."""


SHIFTS = (
    Kind("0.05 a day to 0.5", 0.05, 10.0), Kind("0.05 a day to 1.5", 0.05, 30.0), Kind("0.2 a day to 1", 0.2, 5.0),
    Kind("1 a day to 3", 1.0, 3.0), Kind("5 a day to 10", 5.0, 2.0), Kind("5 a day to 1", 5.0, 0.2),
    Kind("1 a day to 3, over 60 days", 1.0, 3.0, ramp=60), Kind("1 a day to 3, in a storm", 1.0, 3.0, storm=True),
)  # fmt: skip
STILL = (
    Kind("0.05 a day", 0.05), Kind("0.2 a day", 0.2), Kind("1 a day", 1.0), Kind("5 a day", 5.0),
    Kind("1 a day, storms of reposts", 1.0, storm=True), Kind("1 a day, twice the feeds", 1.0, feeds=2.0),
    Kind("1 a day, days correlated 0.3", 1.0, memory=0.3), Kind("1 a day, days correlated 0.6", 1.0, memory=0.6),
    Kind("5 a day, days correlated 0.6", 5.0, memory=0.6),
)  # fmt: skip


def stream(kind: Kind, days: int, chance: np.random.Generator, *, copies: bool) -> Stream:
    """A stream of so many days; ``copies``: reposts are counted, as one does who does not trace them."""
    week = WEEK[np.arange(days) % 7]
    path = np.ones(days)
    path[ONSET:] = kind.factor
    if kind.ramp:
        path[ONSET : ONSET + kind.ramp] = np.linspace(1.0, kind.factor, kind.ramp)
    latent = np.zeros(days)
    for n in range(1, days):
        latent[n] = kind.memory * latent[n - 1] + np.sqrt(1 - kind.memory**2) * chance.normal() * 0.5
    spread = np.exp(latent - 0.125) if kind.memory else 1.0
    more = np.where(np.arange(days) >= ONSET, kind.feeds, 1.0)
    counts = chance.poisson(kind.rate * path * week * spread * more * chance.gamma(2.0, 0.5, days)).astype(float)
    if kind.storm:
        # A storm every half year, the first well before the shift.
        for first in range(90, days, 182):
            counts[first : first + 10] += 50 if copies else 0
            counts[first] += 1
    read = 60 * np.where(np.arange(days) % 7 > 4, 0.5, 1.0) * more * chance.uniform(0.9, 1.1, days)
    return Stream(counts * 4.75, read)


def conformal(given: Stream, years: float, seed: int) -> list[int]:
    """The shipped test, as the archive's series go through it."""
    days = [START + timedelta(n) for n in range(len(given.values))]
    read = {day: int(number) for day, number in zip(days, given.read, strict=True)}
    values = {day: float(value) for day, value in zip(days, given.values, strict=True)}
    verdict = judge(series.everyday(values, read, {}, days[-1]), years=years, seed=str(seed))
    return [(alarm.day - START).days for alarm in verdict.alarms]


def z_score(given: Stream, limit: float) -> list[int]:
    """Days further from the mean of the 28 before them than so many of their standard deviations."""
    before = sliding_window_view(given.values, 28)[:-1]
    distance = np.abs(given.values[28:] - before.mean(axis=1)) / np.maximum(before.std(axis=1), 1e-9)
    return _spaced(np.flatnonzero(distance > limit) + 28)


def average(given: Stream, _years: float, _seed: int) -> list[int]:
    """A week of twice, or half, what the four weeks before it had on average."""
    lately = sliding_window_view(given.values, 7)[28:].mean(axis=1)
    before = sliding_window_view(given.values, 28)[:-7].mean(axis=1)
    return _spaced(np.flatnonzero((lately > before * 2) | (lately < before / 2)) + 34)


def _spaced(days: np.ndarray[Any, np.dtype[np.intp]]) -> list[int]:
    found: list[int] = []
    for day in days:
        if not found or day - found[-1] > 14:
            found.append(int(day))
    return found


def tuned(kind: Kind, years: float) -> Rule:
    """A z-score whose threshold keeps the bound on streams of this kind that don't shift."""
    still = replace(kind, factor=1.0, feeds=1.0)
    streams = [stream(still, 1826, np.random.default_rng([run, 99]), copies=False) for run in range(40)]
    bound = len(streams) * 1826 / 365.25 / years
    # Where four weeks are often empty, one statement is infinitely far from them, and no threshold will do.
    limits = np.arange(3.0, 50.0, 0.5)
    limit = next((z for z in limits if sum(len(z_score(each, z)) for each in streams) <= bound), 1e99)
    return lambda given, _years, _seed: z_score(given, limit)


def rules(kind: Kind, years: float) -> dict[str, tuple[Rule, bool]]:
    """By name: the rule, and whether it counts copies."""
    return {
        "chancery": (conformal, False), "z > 3": (lambda given, _years, _seed: z_score(given, 3.0), True),
        "average": (average, True), "z tuned": (tuned(kind, years), False),
    }  # fmt: skip


def detected(kind: Kind, rule: Rule, runs: int, years: float, *, copies: bool) -> tuple[float, float]:
    """Share told within `WITHIN` days of the onset, median delay of those."""
    delays = []
    for run in range(runs):
        given = stream(kind, ONSET + WITHIN, np.random.default_rng([run, 3]), copies=copies)
        delays += [alarm - ONSET for alarm in rule(given, years, run) if alarm >= ONSET][:1]
    return len(delays) / runs, float(np.median(delays)) if delays else float("nan")


def false_alarms(kind: Kind, rule: Rule, runs: int, years: float, *, copies: bool) -> tuple[float, float]:
    """Alarms a year of streams without a shift, and the standard error."""
    days = 1826
    found = [
        len(rule(stream(kind, days, np.random.default_rng([run, 7]), copies=copies), years, run)) / (days / 365.25)
        for run in range(runs)
    ]
    return float(np.mean(found)), float(np.std(found) / np.sqrt(runs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--years", type=float, default=10.0)
    chosen = parser.parse_args()
    console = Console(width=130)
    for title, kinds in (("Shifts: told within 60 days, median delay", SHIFTS), ("No shift: alarms a year", STILL)):
        table = Table("stream", "chancery", "z > 3", "average", "z tuned", title=title)
        for kind in kinds:
            row = []
            for rule, copies in rules(kind, chosen.years).values():
                if kinds is SHIFTS:
                    told, delay = detected(kind, rule, chosen.runs, chosen.years, copies=copies)
                    row.append(f"{told:4.0%} {delay:3.0f} d")
                else:
                    mean, error = false_alarms(kind, rule, max(chosen.runs // 2, 2), chosen.years, copies=copies)
                    row.append(f"{mean:.2f} ± {error:.2f}")
            table.add_row(kind.name, *row)
        console.print(table)
    console.print(f"The bound for chancery: {1 / chosen.years:g} alarms a year where days don't hang together.")


if __name__ == "__main__":
    main()
