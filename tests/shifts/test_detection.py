"""Shifts are seen soon, and false alarms stay within their bound."""

from __future__ import annotations

import random
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.shifts import detection, series
from tasks.shifts.detection import Day, judge

from .press import START, day


def days(values: list[float], kinds: list[int] | None = None) -> list[Day]:
    return [Day(day(n), value, kinds[n] if kinds else None) for n, value in enumerate(values)]


def counts(seed: int, *stretches: tuple[int, float]) -> list[Day]:
    """Overdispersed counts: stretches of so many days with such a mean."""
    chance = np.random.default_rng(seed)
    found = [float(chance.poisson(mean * chance.gamma(2.0, 0.5))) for length, mean in stretches for _ in range(length)]
    return days(found)


def test_a_rise_and_a_fall_are_told_within_weeks_with_their_direction_and_onset() -> None:
    for stretches, direction in ((((200, 0.5), (40, 4.0)), "up"), (((200, 6.0), (60, 0.3)), "down")):
        alarm = judge(counts(1, *stretches), years=10, seed="a").alarms[0]
        assert alarm.direction == direction
        assert day(200) <= alarm.day <= day(230)
        assert abs((alarm.onset - day(200)).days) <= 4
        assert (alarm.before < alarm.after) == (direction == "up")


def test_after_a_shift_the_watch_begins_anew_and_tells_the_way_back() -> None:
    verdict = judge(counts(2, (150, 0.3), (100, 5.0), (100, 0.2)), years=10, seed="a")
    assert [alarm.direction for alarm in verdict.alarms] == ["up", "down"]
    assert verdict.since == verdict.alarms[1].day + timedelta(days=1)


def test_false_alarms_are_no_more_than_the_bound_whatever_the_counts_are_like() -> None:
    chance, years, runs = np.random.default_rng(3), 2.0, 16
    distributions = [
        lambda: float(chance.poisson(0.1)), lambda: float(chance.negative_binomial(0.4, 0.1)),
        lambda: float(chance.choice([0.0, 0.0, 0.0, 9.0])), lambda: float(chance.pareto(1.1)),
    ]  # fmt: skip
    for draw in distributions:
        told = sum(len(judge(days([draw() for _ in range(730)]), years=years, seed=f"{n}").alarms) for n in range(runs))
        # 16 runs of two years each: a bound of 16 alarms; twice the bound's standard deviation above it is chance.
        assert told <= runs + 2 * runs**0.5


def test_ranks_of_days_that_never_shift_are_even_and_independent() -> None:
    ranks = detection.ranks(days([float(random.Random(n).random() < 0.1) for n in range(4000)]), "a")
    assert abs(ranks.mean() - 0.5) < 0.02
    assert abs(np.corrcoef(ranks[:-1], ranks[1:])[0, 1]) < 0.05
    assert abs((ranks < 0.1).mean() - 0.1) < 0.02


def test_the_weeks_rhythm_is_no_shift() -> None:
    week = [5.0, 6.0, 5.0, 6.0, 5.0, 0.0, 1.0]
    values = {day(n): week[n % 7] + n % 3 for n in range(700)}
    read = {day(n): 40 if n % 7 < 5 else 12 for n in range(700)}
    assert not judge(series.everyday(values, read, {}, day(700)), years=10, seed="a").alarms


def test_a_new_feed_that_doubles_what_is_read_is_no_shift() -> None:
    chance = np.random.default_rng(5)
    read = {day(n): 30 if n < 300 else 75 for n in range(600)}
    values = {d: float(chance.poisson(number / 30)) for d, number in read.items()}
    assert not judge(series.everyday(values, read, {}, day(600)), years=10, seed="a").alarms
    assert judge([Day(d, values[d]) for d in read], years=10, seed="a").alarms


def test_too_few_days_are_said_to_be_too_few() -> None:
    assert judge([], years=10, seed="a").least is None
    assert judge(counts(1, (5, 1.0)), years=10, seed="a").least is None
    least = judge(counts(1, (120, 1.0)), years=10, seed="a").least
    assert least is not None
    assert least <= 10
    assert not judge(counts(1, (5, 0.0), (4, 50.0)), years=10, seed="a").alarms


def test_the_same_series_always_gives_the_same_verdict() -> None:
    again = [judge(counts(7, (100, 0.5), (40, 3.0)), years=10, seed="KAZ GBR") for _ in range(2)]
    assert again[0] == again[1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1e9), max_size=60), st.floats(0.1, 1000))
def test_any_series_has_a_verdict(values: list[float], years: float) -> None:
    verdict = judge(days(values), years=years, seed="a")
    assert all(START <= alarm.since <= alarm.onset <= alarm.day <= date(2027, 1, 1) for alarm in verdict.alarms)
