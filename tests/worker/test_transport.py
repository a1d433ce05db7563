"""The transport's promises, kept by real workers on a real broker."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from celery import Celery
from kombu import pools
from kombu.transport import redis as stock
from kombu.transport import virtual
from kombu.utils.collections import eqhash
from redis import Redis

from tests.faults.processes import Broker, Process, celery_worker, wait_until
from tests.worker import transport_app
from worker import channel, transport

Start = Callable[..., Process]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    running = Broker(tmp_path / "broker")
    yield running
    running.stop()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "ran"
    path.touch()
    return path


@pytest.fixture
def start(broker: Broker, tmp_path: Path, log: Path) -> Iterator[Start]:
    """Starts workers on the broker and waits until they consume."""
    started: list[Process] = []

    def worker(*options: str, name: str = "one", wait: bool = True, url: str = "", **transport_options: Any) -> Process:
        env = {
            "TEST_BROKER": url or broker.url,
            "TEST_LOG": str(log),
            "TEST_OPTIONS": json.dumps(transport_options),
            "TEST_PREFETCH": os.environ.get("TEST_PREFETCH", "1"),
        }
        options = options or ("-P", "prefork", "-c", "2")
        process = celery_worker(
            "tests.worker.transport_app", tmp_path / f"{name}.log", env, "--without-gossip", "--without-mingle",
            *options, name=name,
        )  # fmt: skip
        started.append(process)
        if wait:
            wait_until(lambda: " ready." in process.text(), 60, f"{name} is ready")
        return process

    yield worker
    for process in started:
        process.kill()


@pytest.fixture
def app(broker: Broker) -> Iterator[Celery]:
    application = transport_app.app
    application.conf.broker_url = application.conf.broker_read_url = application.conf.broker_write_url = broker.url
    yield application
    application.pool.force_close_all()
    application._pool = None
    application.amqp._producer_pool = None
    # Kombu keeps what was closed under its address, and a later test's broker may be given the same port.
    address = eqhash(application.connection_for_write())
    for group in (pools.connections, pools.producers):
        group.pop(address, None)


def lines(log: Path) -> list[list[str]]:
    return [line.split(" ", 2) for line in log.read_text().splitlines()]


def names(log: Path, what: str) -> Counter[str]:
    return Counter(words[1] for words in lines(log) if words[0] == what)


def waiting(client: Redis, prefix: str = "") -> int:
    return sum(client.xlen(f"{prefix}work:{step}") for step in (0, 9))


def test_what_a_killed_worker_held_runs_within_thirty_seconds(app: Celery, start: Start, log: Path) -> None:
    first = start(name="first")
    for i in range(8):
        transport_app.mark.delay(f"job{i}", 2)
    wait_until(lambda: names(log, "start"), 60, "a job has begun")
    first.kill()
    start(name="second")
    ready = time.monotonic()
    wait_until(lambda: len(names(log, "end")) == 8, 60, "all eight have ended")
    assert time.monotonic() - ready < 30
    assert set(names(log, "end").values()) == {1}


@pytest.mark.parametrize("pool", ["prefork", "solo", "threads"])
def test_a_task_longer_than_the_idle_limit_runs_once(
    app: Celery, broker: Broker, start: Start, log: Path, pool: str
) -> None:
    for name in ("one", "two"):
        start("-P", pool, "-c", "1", name=name, idle_limit=2)
    transport_app.mark.delay("long", 7)
    wait_until(lambda: names(log, "end"), 60, "the task has ended")
    wait_until(lambda: waiting(broker.client) == 0, 60, "the task is acknowledged")
    assert names(log, "start") == {"long": 1}


def test_a_countdown_beyond_the_idle_limit_runs_once_and_in_time(
    app: Celery, broker: Broker, start: Start, log: Path
) -> None:
    for name in ("one", "two"):
        start("-P", "solo", name=name, idle_limit=2)
    sent = time.monotonic()
    transport_app.mark.apply_async(("later",), countdown=7)
    for i in range(5):
        transport_app.mark.delay(f"meanwhile{i}")
    wait_until(lambda: len(names(log, "end")) == 5, 60, "others run while it waits")
    wait_until(lambda: names(log, "end")["later"], 60, "it has run")
    assert time.monotonic() - sent > 6.5
    wait_until(lambda: waiting(broker.client) == 0, 60, "it is acknowledged")
    assert names(log, "start")["later"] == 1


@pytest.mark.parametrize("pool", ["prefork", "solo", "threads"])
def test_a_worker_outlives_a_killed_broker_and_runs_everything(
    app: Celery, broker: Broker, start: Start, log: Path, pool: str
) -> None:
    worker = start("-P", pool, "-c", "2", idle_limit=5)
    for i in range(40):
        transport_app.mark.delay(f"job{i}", 0.3)
    transport_app.mark.apply_async(("later",), countdown=9)
    wait_until(lambda: len(names(log, "end")) >= 4, 60, "some have run")
    broker.restart(down=1)
    back = time.monotonic()
    before = len(names(log, "end"))
    wait_until(lambda: len(names(log, "end")) > before + 2, 60, "it goes on consuming")
    assert time.monotonic() - back < 30
    wait_until(lambda: len(names(log, "end")) == 41, 60, "all have run")
    wait_until(lambda: waiting(broker.client) == 0, 60, "all are acknowledged")
    assert worker.alive
    assert "NoneType" not in worker.text()


def test_a_broker_that_was_long_away_is_found_within_seconds(
    app: Celery, broker: Broker, start: Start, log: Path
) -> None:
    worker = start("-P", "solo")
    transport_app.mark.apply_async(("before",))
    wait_until(lambda: names(log, "end")["before"], 60, "one has run")
    broker.restart(down=14)
    transport_app.mark.apply_async(("after",))
    wait_until(lambda: names(log, "end")["after"], 60, "another has run")
    # kombu's own looks would come 2, 4, 6, 8 and 10 seconds after one another.
    waits = [float(found) for found in re.findall(r"Trying again in ([\d.]+) seconds?", worker.text())]
    assert len(waits) > 3
    assert max(waits) < 5


def test_a_task_that_runs_while_the_broker_restarts_is_acknowledged_and_not_run_again(
    app: Celery, broker: Broker, start: Start, log: Path
) -> None:
    start(idle_limit=3)
    transport_app.mark.delay("long", 12)
    wait_until(lambda: names(log, "start"), 60, "it has begun")
    broker.restart(down=2)
    wait_until(lambda: names(log, "end"), 60, "it has ended")
    wait_until(lambda: waiting(broker.client) == 0, 60, "it is acknowledged")
    assert names(log, "start") == {"long": 1}


def test_a_broker_that_comes_back_without_its_data_is_consumed_again(
    app: Celery, broker: Broker, start: Start, log: Path
) -> None:
    worker = start()
    transport_app.mark.delay("before")
    wait_until(lambda: names(log, "end"), 60, "one has run")
    broker.client.flushall()
    transport_app.mark.delay("after")
    wait_until(lambda: names(log, "end")["after"], 60, "another has run")
    assert worker.alive


def test_a_worker_that_starts_while_the_broker_is_full_consumes_all_the_same(
    app: Celery, broker: Broker, start: Start, log: Path
) -> None:
    transport_app.mark.delay("one")
    broker.client.config_set("maxmemory", 1)
    worker = start("-P", "solo")
    wait_until(lambda: names(log, "end")["one"], 60, "what waited has run")
    broker.client.flushall()
    other = start("-P", "solo", name="two", wait=False)
    wait_until(lambda: "Trying to re-establish" in other.text(), 60, "one that finds no queues waits for room")
    broker.client.config_set("maxmemory", 0)
    wait_until(lambda: " ready." in other.text(), 60, "it goes on")
    assert worker.alive
    assert other.alive


def test_a_frozen_broker_does_not_set_off_double_runs(app: Celery, broker: Broker, start: Start, log: Path) -> None:
    for name in ("one", "two"):
        start("-c", "1", name=name, idle_limit=4, health_check_interval=2)
    for i in range(2):
        transport_app.mark.delay(f"long{i}", 14)
    wait_until(lambda: len(names(log, "start")) == 2, 60, "both run")
    broker.freeze()
    time.sleep(6)  # longer than the idle limit: what is broken here is time itself
    broker.thaw()
    wait_until(lambda: len(names(log, "end")) == 2, 60, "both have ended")
    wait_until(lambda: waiting(broker.client) == 0, 60, "both are acknowledged")
    assert set(names(log, "start").values()) == {1}


def test_a_job_that_kills_its_workers_is_set_aside_after_the_second(
    app: Celery, broker: Broker, start: Start, log: Path
) -> None:
    transport_app.poison.delay("poison")
    for name in ("first", "second"):
        worker = start("-P", "solo", name=name, wait=False, idle_limit=2)
        wait_until(lambda: not worker.alive, 60, f"{name} is killed")  # noqa: B023
    third = start("-P", "solo", name="third", idle_limit=2)
    transport_app.mark.delay("good")
    wait_until(lambda: broker.client.xlen("work:malformed"), 60, "the poison is set aside")
    wait_until(lambda: names(log, "end")["good"], 60, "the good one has run")
    assert third.alive
    assert names(log, "start")["poison"] == 2
    [(_, entry)] = cast("Any", broker.client.xrange("work:malformed"))
    assert b"2 workers died" in entry[b"reason"]
    assert json.loads(entry[b"original:h"])["headers"]["task"].endswith("poison")


def test_a_stop_finishes_what_runs_and_hands_back_the_rest_at_once(
    app: Celery, broker: Broker, start: Start, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_PREFETCH", "8")
    first = start("-P", "solo", name="first", idle_limit=600)
    for i in range(8):
        transport_app.mark.delay(f"job{i}", 1)
    wait_until(lambda: names(log, "start"), 60, "one runs")
    assert first.stop() == 0
    done = names(log, "end")
    assert 0 < len(done) < 8
    assert done == names(log, "start")
    assert waiting(broker.client) == 8 - len(done)
    assert all(not group["pending"] or group["consumers"] for group in broker.client.xinfo_groups("work:0"))
    # An idle limit of ten minutes: only what was handed back can come so soon.
    # The second one's looks begin once it has been steady for two beats; its own limit sets their length.
    start("-P", "solo", name="second", idle_limit=5)
    wait_until(lambda: len(names(log, "end")) == 8, 60, "the second runs the rest")
    assert set(names(log, "end").values()) == {1}


def test_urgent_messages_go_first_and_the_others_are_not_starved(app: Celery, start: Start, log: Path) -> None:
    for i in range(30):
        transport_app.mark.apply_async((f"bulk{i}",), priority=9)
    for i in range(30):
        transport_app.mark.apply_async((f"urgent{i}",), priority=0)
    start("-P", "solo")
    wait_until(lambda: len(names(log, "end")) == 60, 60, "all have run")
    order = [words[1][:4] for words in lines(log) if words[0] == "start"]
    assert order[:30].count("urge") >= 22
    assert order[:30].count("bulk") >= 3


def test_inspect_control_lengths_and_purge_work_as_ever(app: Celery, broker: Broker, start: Start, log: Path) -> None:
    worker = start()
    # A worker hears no question before it has subscribed, which may be after it says that it is ready.
    [queues] = wait_until(
        lambda: app.control.inspect(timeout=3).active_queues(), 60, "it says what it consumes"
    ).values()
    assert [queue["name"] for queue in queues] == ["work"]
    assert wait_until(lambda: app.control.ping(timeout=3), 60, "it answers")
    assert wait_until(lambda: app.control.cancel_consumer("work", reply=True, timeout=3), 60, "it consumes no more")
    for i in range(5):
        transport_app.mark.delay(str(i))
    with app.connection_for_read() as connection:
        assert connection.default_channel.queue_declare("work", passive=True).message_count == 5
    assert broker.client.llen("work") == 5
    assert wait_until(lambda: app.control.add_consumer("work", reply=True, timeout=3), 60, "it consumes again")
    wait_until(lambda: len(names(log, "end")) == 5, 60, "the five have run")
    wait_until(lambda: broker.client.llen("work") == 0, 60, "the length that Flower asks for has followed")
    assert worker.stop() == 0
    for i in range(7):
        transport_app.mark.delay(str(i))
    assert app.control.purge() == 7
    assert waiting(broker.client) == 0


def test_flower_shows_how_many_messages_wait(app: Celery, broker: Broker) -> None:
    flower = pytest.importorskip("flower.utils.broker", reason="Flower is not installed (uv sync --group monitoring)")
    before = app.conf.broker_transport_options
    app.conf.broker_transport_options = {"global_keyprefix": "mine:"}
    try:
        with app.connection_for_read() as connection:
            asked = flower.Broker(
                connection.as_uri(include_password=True), broker_options=app.conf.broker_transport_options
            )
        for i in range(4):
            transport_app.mark.delay(str(i))
        [queue] = asyncio.run(_finished(asked.queues(["work"])))
    finally:
        app.conf.broker_transport_options = before
    assert queue["messages"] == 4


async def _finished(future: Any) -> Any:
    return await future


def test_every_key_stands_behind_the_global_prefix(app: Celery, broker: Broker, start: Start, log: Path) -> None:
    start(global_keyprefix="mine:")
    before = app.conf.broker_transport_options
    app.conf.broker_transport_options = {"global_keyprefix": "mine:"}
    try:
        transport_app.mark.delay("one")
        wait_until(lambda: names(log, "end"), 60, "it has run")
        assert wait_until(lambda: app.control.inspect(timeout=3).ping(), 60, "it answers")
    finally:
        app.conf.broker_transport_options = before
    assert {key.split(b":")[0] for key in broker.client.scan_iter()} == {b"mine"}


def test_a_consumer_that_holds_nothing_is_deleted_when_its_worker_stops(
    app: Celery, broker: Broker, start: Start
) -> None:
    worker = start()
    wait_until(lambda: broker.client.xinfo_consumers("work:0", "chancery"), 60, "it reads")
    assert worker.stop() == 0
    assert broker.client.xinfo_consumers("work:0", "chancery") == []


def test_russian_text_takes_two_bytes_a_letter_at_the_broker(
    app: Celery, broker: Broker, start: Start, log: Path
) -> None:
    text = "Совет министров обсудил поправки к соглашению о транзите и отложил решение до весны. " * 40
    transport_app.keep.apply_async((text,), argsrepr="", kwargsrepr="")
    [(_, fields)] = cast("Any", broker.client.xrange("work:0"))
    assert sum(map(len, fields.values())) < 1.1 * len(text.encode()) + 500
    start("-P", "solo")
    wait_until(lambda: names(log, "text"), 60, "it has arrived")
    assert log.read_text() == f"text {text}\n"


def test_text_with_half_a_surrogate_pair_arrives_as_it_was_sent(app: Celery, start: Start, log: Path) -> None:
    transport_app.mark.delay("\ud83d")
    start("-P", "solo", wait=False)
    # The task cannot write half a pair to its log; that it was tried shows that the message crossed.
    wait_until(lambda: "surrogates not allowed" in (log.parent / "one.log").read_text(), 60, "the task has run")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (channel.QoS, virtual.QoS),
        (channel.Channel, stock.Channel),
        (channel.Message, virtual.Message),
        (transport.Poller, stock.MultiChannelPoller),
    ],
)
def test_overridden_methods_still_have_the_signatures_of_kombu(ours: type, theirs: type) -> None:
    for name, method in vars(ours).items():
        original = getattr(theirs, name, None)
        if name == "__init__" or not inspect.isfunction(method) or original is None:
            continue
        wanted = inspect.signature(original).parameters
        taken = inspect.signature(method).parameters
        positional = [p.name for p in taken.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
        open_ended = any(p.kind is p.VAR_POSITIONAL for p in taken.values())
        expected = [p.name for p in wanted.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
        assert positional == expected[: len(positional)], name
        assert len(positional) == len(expected) or open_ended, name


@pytest.mark.parametrize(
    "name",
    [
        "_brpop_start", "_brpop_read", "_get", "_put", "_size", "_purge", "_delete", "_has_queue", "_new_queue",
        "_queue_bind", "_basic_cancel", "_flush_brpop_reauth", "_connparams", "_in_poll", "_brpop_sent_at", "_expires",
        "_queue_cycle", "active_queues", "priority", "handlers", "conn_or_acquire", "pool",
    ],
)  # fmt: skip
def test_what_the_channel_reaches_into_is_still_there(name: str) -> None:
    assert name in inspect.getsource(stock.Channel)


def test_the_worker_ends_at_once_when_told_to_quit(app: Celery, broker: Broker, start: Start, log: Path) -> None:
    worker = start("-P", "solo", idle_limit=600)
    transport_app.mark.delay("long", 300)
    wait_until(lambda: names(log, "start"), 60, "it runs")
    worker.signal(signal.SIGQUIT)
    worker.signal(signal.SIGQUIT)
    wait_until(lambda: not worker.alive, 60, "the worker has ended")
