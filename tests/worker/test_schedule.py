"""Runs come when they are due, in the desk's time, once; entries that are gone leave nothing behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery import Celery
from celery.schedules import crontab, schedule
from redbeat.schedulers import get_redis

from worker.ledger import Ledger
from worker.schedule import Plan, Scheduler, due, following, not_ahead, slot_before
from worker.settings import Settings, SettingsError, load

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)


def runs(when: schedule | crontab, start: datetime, hours: float, step: float) -> list[datetime]:
    """The slots that a scheduler runs which looks every so many seconds."""
    last, now, found = start, start, []
    while now < start + timedelta(hours=hours):
        now += timedelta(seconds=step)
        slot = due(when, last, now, BERLIN)
        if slot is not None:
            found.append(following(when, last, BERLIN))
            last = slot
    return found


@pytest.mark.parametrize("start", [SPRING, AUTUMN], ids=["spring", "autumn"])
@pytest.mark.parametrize("time", ["00:00", "01:59", "02:00", "02:30", "03:00", "07:30", "23:59"])
def test_a_daily_run_comes_once_a_day_through_both_changes_of_clocks(start: datetime, time: str) -> None:
    hour, minute = map(int, time.split(":"))
    found = [each.astimezone(BERLIN) for each in runs(crontab(hour=hour, minute=minute), start, 96, step=900)]
    days = [each.date() for each in found]
    assert len(days) == len(set(days)) == 4
    # On 29 March 2026 no clock in Berlin shows 2:30: what is due then comes an hour later by the clock.
    shown = [f"{each:%H:%M}" for each in found if each.date().isoformat() != "2026-03-29" or hour != 2]
    assert set(shown) == {time}


@pytest.mark.parametrize(("start", "count"), [(SPRING, 96), (AUTUMN, 96)])
def test_an_interval_does_not_heed_changes_of_clocks(start: datetime, count: int) -> None:
    assert len(runs(schedule(timedelta(hours=1)), start, 96, step=60)) == count


def test_an_interval_keeps_its_slots_however_late_it_is_looked_at() -> None:
    every = schedule(timedelta(minutes=10))
    start = datetime(2026, 3, 2, 8, 3, tzinfo=UTC)
    assert due(every, start, start + timedelta(minutes=9, seconds=59)) is None
    assert due(every, start, start + timedelta(minutes=10, seconds=7)) == start + timedelta(minutes=10)
    # Eleven were missed: the last of them is run.
    assert due(every, start, start + timedelta(minutes=118)) == start + timedelta(minutes=110)


def test_a_daily_run_that_was_missed_for_days_comes_once() -> None:
    daily = crontab(hour=7, minute=30)
    now = SPRING + timedelta(days=9)
    slot = due(daily, SPRING, now, BERLIN)
    assert slot == now
    assert following(daily, now, BERLIN) == datetime(2026, 4, 6, 5, 30, tzinfo=UTC)


def test_a_clock_that_was_put_back_neither_repeats_the_last_run_nor_stops_the_schedule() -> None:
    daily, every = crontab(hour=8, minute=0), schedule(timedelta(minutes=10))
    ran = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    back = ran - timedelta(minutes=30)
    assert not_ahead(daily, ran, back, BERLIN) == ran
    assert due(daily, ran, ran + timedelta(seconds=1), BERLIN) is None
    assert not_ahead(every, ran, back) == back
    assert following(every, not_ahead(every, ran, back - timedelta(minutes=3))) <= back + timedelta(minutes=7)
    # A clock that was years ahead.
    assert not_ahead(daily, ran + timedelta(days=900), ran, BERLIN) == ran


def test_entries_of_one_interval_are_spread_over_it_and_keep_their_places() -> None:
    now = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
    places = [(now - slot_before(f"source:{n}", 900, now)).total_seconds() for n in range(300)]
    assert all(0 <= place < 900 for place in places)
    counts = [sum(low <= place < low + 90 for place in places) for low in range(0, 900, 90)]
    assert min(counts) >= 10
    later = now + timedelta(days=3, seconds=17)
    moved = (slot_before("source:1", 900, later) - slot_before("source:1", 900, now)).total_seconds()
    assert moved % 900 == pytest.approx(0, abs=1e-3) or moved % 900 == pytest.approx(900, abs=1e-3)


def test_a_zone_that_does_not_exist_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ("Europe/Atlantis", "../etc/passwd", ""):
        monkeypatch.setenv("CHANCERY_ZONE", wrong)
        with pytest.raises(SettingsError, match=r"CHANCERY_ZONE.*Europe/Berlin"):
            load()


@contextmanager
def scheduler(chosen: Settings, entries: dict[str, Any]) -> Iterator[Scheduler]:
    app = Celery("schedules", set_as_current=False)
    app.conf.update(
        broker_url=chosen.url, broker_transport_options={"global_keyprefix": chosen.key_prefix}, timezone=chosen.zone,
        task_default_queue="record", result_expires=None, beat_schedule=entries, beat_max_loop_interval=1.0,
        redbeat_redis_url=chosen.url, redbeat_redis_options={}, redbeat_key_prefix=chosen.key_prefix + "beat:",
        redbeat_lock_timeout=chosen.lease_seconds,
    )  # fmt: skip
    made = Scheduler(app)
    try:
        yield made
    finally:
        made.close()
        # The application holds redbeat's client in a circle: whose test it falls to when it goes is left to chance.
        get_redis(app).connection_pool.disconnect()


def static(**more: Any) -> dict[str, Any]:
    return {"task": "tests.nothing", "schedule": 60.0, "options": {"queue": "fetch", "expires": 60}, **more}


def messages(ledger: Ledger) -> list[dict[str, Any]]:
    found: Any = ledger.client.xrange(ledger.key("fetch:0"))
    return [json.loads(fields[b"h"]) | {"body": json.loads(fields[b"b"])} for _, fields in found]


def test_a_run_that_was_missed_many_times_is_sent_once_and_expires_with_its_interval(ledger: Ledger) -> None:
    plan = Plan(ledger.client, ledger.prefix)
    start = plan.now() - timedelta(seconds=601)
    plan.put("often", "tests.nothing", ["x"], 60.0, queue="fetch", last=start)
    with scheduler(ledger.settings, {}) as one:
        for _ in range(3):
            one.tick()
    (message,) = messages(ledger)
    assert (message["headers"]["task"], message["body"]) == ("tests.nothing", [["x"], {}, {}])
    left = datetime.fromisoformat(message["headers"]["expires"]) - plan.now()
    assert timedelta(0) < left <= timedelta(seconds=60)
    (entry,) = plan.entries()
    assert entry.last
    assert timedelta(0) <= plan.now() - entry.last < timedelta(seconds=60)
    assert entry.next == start + timedelta(seconds=660)
    assert entry.when == "every 1 min"


def test_of_two_schedulers_the_one_that_holds_the_lock_sends_and_the_other_goes_on_when_it_leaves(
    ledger: Ledger,
) -> None:
    plan = Plan(ledger.client, ledger.prefix)
    plan.put("often", "tests.nothing", [], 60.0, queue="fetch", last=plan.now() - timedelta(seconds=61))
    lasting = ledger.settings.model_copy(update={"lease_seconds": 60.0})
    with scheduler(lasting, {}) as other:
        with scheduler(lasting, {}) as one:
            one.tick()
            assert plan.fires()
            plan.put("often", "tests.nothing", [], 60.0, queue="fetch", last=plan.now() - timedelta(seconds=61))
            other.tick()
            assert len(messages(ledger)) == 1
        other.tick()
        assert len(messages(ledger)) == 2


def test_a_scheduler_that_has_lost_its_lock_sends_nothing(ledger: Ledger) -> None:
    plan = Plan(ledger.client, ledger.prefix)
    with scheduler(ledger.settings, {}) as one:
        one.tick()
        ledger.client.set(ledger.key("beat::lock"), "another", ex=60)
        plan.put("often", "tests.nothing", [], 60.0, queue="fetch", last=plan.now() - timedelta(seconds=61))
        one.tick()
        assert messages(ledger) == []


def test_a_static_entry_that_was_renamed_or_changed_leaves_no_other_behind(ledger: Ledger) -> None:
    plan = Plan(ledger.client, ledger.prefix)
    kept = {"kept": static(), "daily": static(schedule=crontab(hour=7, minute=30))}
    with scheduler(ledger.settings, kept | {"old-name": static()}) as one:
        one.tick()
    plan.put("source:x", "tasks.poll", ["x"], 60.0, queue="fetch", last=plan.now())
    with scheduler(ledger.settings, kept | {"new-name": static(), "kept": static(schedule=90.0)}) as one:
        one.tick()
    assert {entry.name for entry in plan.entries()} == {"kept", "daily", "new-name", "source:x"}
    assert {entry.name: entry.when for entry in plan.entries()}["kept"] == "every 90 s"
    assert {entry.name: entry.when for entry in plan.entries()}["daily"] == "daily at 07:30"
    assert not ledger.client.exists(ledger.key("beat:old-name"))
    assert ledger.client.smembers(ledger.key("beat::statics")) == {b"kept", b"daily", b"new-name"}


def test_an_entry_that_can_not_be_read_stops_no_other(ledger: Ledger) -> None:
    plan = Plan(ledger.client, ledger.prefix)
    last = plan.now() - timedelta(seconds=61)
    for name in ("broken", "gone", "whole"):
        plan.put(name, "tests.nothing", [], 60.0, queue="fetch", last=last)
    ledger.client.hset(ledger.key("beat:broken"), "definition", "{")
    ledger.client.delete(ledger.key("beat:gone"))
    with scheduler(ledger.settings, {}) as one:
        one.tick()
    assert len(messages(ledger)) == 1
    assert [entry.name for entry in plan.entries()] == ["whole"]
    assert ledger.client.zscore(ledger.key("beat::schedule"), ledger.key("beat:gone")) is None
