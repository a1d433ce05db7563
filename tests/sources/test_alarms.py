"""When a source counts as silent or changed, by its own past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tasks.sources.alarms import body, layout_changed, note_pauses, patience, unpack

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR = 3600.0


def rhythm(*moments: datetime) -> tuple[dict[str, float], datetime | None]:
    return note_pauses({}, None, moments)


def test_the_rhythm_of_working_days_knows_of_the_weekend() -> None:
    days = [START + timedelta(days=d, hours=h) for d in range(12) if d % 7 < 5 for h in range(9)]
    pauses, newest = rhythm(*days)
    assert newest == days[-1]
    # From Friday 16:00 to Monday 8:00 are 64 hours.
    assert patience(pauses, 900) == 2 * 64 * HOUR


def test_a_wire_that_never_rests_is_missed_within_hours() -> None:
    pauses, _ = rhythm(*(START + timedelta(minutes=20 * n) for n in range(4 * 72)))
    assert patience(pauses, 900) == HOUR
    assert patience(pauses, 7200) == 4 * HOUR


def test_a_source_that_is_hardly_known_is_given_three_days() -> None:
    assert patience({}, 900) == 72 * HOUR
    assert patience(rhythm(START, START + timedelta(minutes=5))[0], 900) == 72 * HOUR
    assert patience({}, 2 * 86400) == 96 * HOUR


def test_pauses_are_forgotten_after_a_fortnight_and_late_items_make_none() -> None:
    pauses, newest = rhythm(START, START + timedelta(days=2))
    pauses, newest = note_pauses(pauses, newest, [START + timedelta(days=1)])
    assert (list(pauses.values()), newest) == ([48 * HOUR], START + timedelta(days=2))
    pauses, newest = note_pauses(pauses, newest, [START + timedelta(days=2 + n) for n in range(1, 15)])
    assert max(pauses.values()) == 24 * HOUR


def article(n: int) -> str:
    words = ["посол", "прибыл", "вернулся", "договор", "зерно", "мост", "граница", "министр", "порт", "газ"]
    return " ".join(words[(n * k + k * k) % 10] + str(n) for k in range(120))


GOOD = [body(f"good{n:04d}", article(n)) for n in range(30)]
EMPTY = [body(f"none{n:04d}", "") for n in range(8)]
NOTICE = "Чтобы читать дальше, включите показ рекламы или оформите подписку на нашем сайте. " * 6
ALIKE = [body(f"same{n:04d}", NOTICE + f"Статья {n}.") for n in range(8)]


@pytest.mark.parametrize("bad", [EMPTY, ALIKE], ids=["empty", "alike"])
def test_bodies_that_are_suddenly_empty_or_alike_raise_the_alarm_until_half_are_good_again(bad: list) -> None:  # type: ignore[type-arg]
    assert not layout_changed(GOOD, False)
    assert not layout_changed(GOOD + bad[:5], False)
    assert layout_changed(GOOD + bad[:6], False)
    assert layout_changed(GOOD + bad + GOOD[:3], True)
    again = [body(f"back{n:04d}", article(100 + n)) for n in range(8)]
    assert layout_changed(GOOD + bad + again[:3], True)
    assert not layout_changed(GOOD + bad + again[:4], True)


def test_a_source_that_was_always_so_has_not_changed() -> None:
    short = [body(f"shrt{n:04d}", f"Коротко: {n}.") for n in range(40)]
    assert not layout_changed(short, False)


def test_a_job_that_is_read_again_is_not_taken_for_a_second_body() -> None:
    again = [body("good0029", article(29))] * 8
    assert not layout_changed(GOOD + again, False)


def test_few_bodies_say_nothing() -> None:
    assert not layout_changed(GOOD[:5] + EMPTY, False)


def test_a_body_comes_back_as_it_was_noted() -> None:
    for each in (*GOOD, *EMPTY):
        assert unpack(each.pack()) == each
