"""A host is visited in turns, by all workers together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from tasks.web.faults import NotYet, Unavailable
from tasks.web.hosts import Hosts
from tests.worker.conftest import until
from worker.ledger import Ledger

Ledgers = Callable[..., Ledger]
HOST = "example.com"


def test_no_more_visitors_are_let_in_than_there_are_places(ledgers: Ledgers) -> None:
    ledger = ledgers(host_fetches=3)
    inside, most, lock = 0, 0, threading.Lock()

    def visitor(number: int) -> None:
        nonlocal inside, most
        hosts = Hosts(ledger)
        for visit in range(5):
            name = f"{number}.{visit}"
            while True:
                try:
                    hosts.enter(HOST, name, 0.0, 1.0)
                    break
                except NotYet:
                    time.sleep(0.002)
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.002)
            with lock:
                inside -= 1
            hosts.leave(HOST, name)

    threads = [threading.Thread(target=visitor, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most <= 3
    hosts = Hosts(ledger)
    assert [hosts.enter("example.org", f"v{n}", 0.0, 0.0) for n in range(3)] == [0.0] * 3
    with pytest.raises(NotYet):
        hosts.enter("example.org", "fourth", 0.0, 0.0)


def test_visits_begin_a_delay_apart(ledgers: Ledgers) -> None:
    hosts = Hosts(ledgers(host_fetches=100))
    waits = [hosts.enter(HOST, f"v{i}", 10.0, 1000.0) for i in range(5)]
    assert waits[0] == 0.0
    assert all(5 < later - earlier < 10.1 for earlier, later in pairwise(waits))
    assert hosts.enter("example.org", "v9", 10.0, 0.0) == 0.0, "another host has its own turns"


def test_who_was_sent_away_has_its_turn_before_those_who_came_later(ledgers: Ledgers) -> None:
    hosts = Hosts(ledgers(host_fetches=1))
    hosts.enter(HOST, "inside", 1.5, 0.0)
    with pytest.raises(NotYet) as first:
        hosts.enter(HOST, "first", 1.5, 0.0)
    with pytest.raises(NotYet) as second:
        hosts.enter(HOST, "second", 1.5, 0.0)
    assert 0 < first.value.after < second.value.after
    hosts.leave(HOST, "inside")
    until(lambda: entered(hosts, "first", 1.5))
    with pytest.raises(NotYet):
        hosts.enter(HOST, "newcomer", 1.5, 0.0)


def entered(hosts: Hosts, visitor: str, delay: float) -> bool:
    try:
        hosts.enter(HOST, visitor, delay, 0.0)
    except NotYet:
        return False
    return True


def test_asking_twice_is_having_one_turn(ledgers: Ledgers) -> None:
    hosts = Hosts(ledgers(host_fetches=1))
    assert hosts.enter(HOST, "a", 0.0, 0.0) == hosts.enter(HOST, "a", 0.0, 0.0) == 0.0
    hosts.leave(HOST, "a")
    hosts.leave(HOST, "a")
    assert hosts.enter(HOST, "b", 0.0, 0.0) == 0.0


def test_the_turn_of_a_worker_that_died_ends_by_itself(ledgers: Ledgers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.web.hosts.LEASE", 0.2)
    hosts = Hosts(ledgers(host_fetches=1, fetch_seconds=0.1))
    hosts.enter(HOST, "died", 0.0, 0.0)
    until(lambda: entered(hosts, "next", 0.0))


def test_a_host_that_has_enough_is_left_alone_for_as_long_as_it_asks(ledgers: Ledgers) -> None:
    hosts = Hosts(ledgers())
    hosts.enter(HOST, "a", 0.0, 0.0)
    hosts.fail(HOST, "a", Unavailable("http", "429", 120.0, 429))
    for visitor in ("a", "b"):
        with pytest.raises(NotYet) as wait:
            hosts.enter(HOST, visitor, 0.0, 5.0)
        assert wait.value.resting
        # Who comes second has its turn a visit's time after the first.
        assert 110 < wait.value.after <= 130


def test_a_storm_of_refusals_is_answered_by_longer_rests(ledgers: Ledgers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.web.hosts.REST", 100.0)
    ledger = ledgers()
    hosts = Hosts(ledger)

    def refused() -> float:
        """Seconds for which the host rests when it refuses another visitor, whose time has come."""
        ledger.client.hdel(ledger.key(f"host:{HOST}"), "rest")
        assert entered(hosts, "visitor", 0.0)
        hosts.fail(HOST, "visitor", Unavailable("http", "503", 0.0, 503))
        with pytest.raises(NotYet) as wait:
            hosts.enter(HOST, "visitor", 0.0, 0.0)
        ledger.client.delete(ledger.key(f"host:{HOST}:line"))
        return wait.value.after

    rests = [refused() for _ in range(4)]
    assert all(later > 1.5 * earlier for earlier, later in pairwise(rests))
    ledger.client.hdel(ledger.key(f"host:{HOST}"), "rest")
    assert entered(hosts, "well", 0.0)
    hosts.leave(HOST, "well")
    assert refused() <= 100.0, "a visit that went well ends the storm"


def test_one_failure_is_no_storm(ledgers: Ledgers) -> None:
    hosts = Hosts(ledgers())
    for i in range(2):
        hosts.enter(HOST, f"v{i}", 0.0, 0.0)
        hosts.fail(HOST, f"v{i}", Unavailable("slow", "too slow"))
    assert entered(hosts, "next", 0.0)
    hosts.fail(HOST, "next", Unavailable("slow", "too slow"))
    assert not entered(hosts, "another", 0.0)


def test_nothing_of_a_host_is_kept_for_ever(ledgers: Ledgers) -> None:
    ledger = ledgers(host_fetches=1)
    hosts = Hosts(ledger)
    hosts.enter(HOST, "a", 1.0, 0.0)
    with pytest.raises(NotYet):
        hosts.enter(HOST, "b", 1.0, 0.0)
    hosts.fail(HOST, "a", Unavailable("http", "429", 60.0, 429))
    keys = ledger.client.keys(f"{ledger.prefix}host:*")
    assert keys
    assert all(0 < ledger.client.ttl(key) < 10_000 for key in keys)


def test_a_line_is_as_long_as_visits_take(ledgers: Ledgers) -> None:
    hosts = Hosts(ledgers(host_fetches=1))
    hosts.enter(HOST, "long", 0.0, 0.0)
    time.sleep(0.5)
    hosts.leave(HOST, "long")
    hosts.enter(HOST, "another", 0.0, 0.0)
    waits = []
    for i in range(4):
        with pytest.raises(NotYet) as wait:
            hosts.enter(HOST, f"v{i}", 0.0, 0.1)
        waits.append(wait.value.after)
    assert waits[-1] - waits[0] > 0.3


def test_a_long_line_is_worked_off_and_nobody_asks_all_the_time(ledgers: Ledgers) -> None:
    """Forty visitors of a host that takes its time, each of whom comes again when it was told to."""
    hosts, took = Hosts(ledgers(host_fetches=2)), 0.06
    due = [(0.0, i) for i in range(40)]
    inside: list[tuple[float, int]] = []
    done: list[int] = []
    asked, start = 0, time.monotonic()
    while due or inside:
        now = time.monotonic() - start
        for visit in [visit for visit in inside if visit[0] <= now]:
            inside.remove(visit)
            hosts.leave(HOST, f"v{visit[1]}")
            done.append(visit[1])
        for visit in sorted(visit for visit in due if visit[0] <= now):
            due.remove(visit)
            asked += 1
            try:
                wait = hosts.enter(HOST, f"v{visit[1]}", 0.02, 0.01)
                inside.append((time.monotonic() - start + wait + took, visit[1]))
            except NotYet as fault:
                due.append((time.monotonic() - start + fault.after, visit[1]))
        time.sleep(0.002)
    assert sorted(done) == list(range(40))
    assert asked < 40 * 25
