"""Nothing is lost and nothing goes out of order, whoever is killed in whatever moment."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, func, select, update
from standardwebhooks import Webhook

from tasks.archive.database import reading, writing
from tasks.archive.tables import outbox, readings
from tasks.archive.tables import subscriptions as table
from tasks.deliveries import relay, subscriptions
from tasks.deliveries.filters import Filter
from tests.archive.databases import left_alone
from tests.worker.conftest import ROOT, until, variables
from worker.settings import Settings

from .conftest import Receiver


@contextmanager
def running(chosen: Settings, *arguments: str) -> Iterator[Callable[[], None]]:
    """A process that is killed in the end, and by a call, which puts another in its place; none ends by itself."""
    processes: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        for process in processes:
            assert process.poll() is None, "it should have gone on"
            process.kill()
            process.wait()
        processes.clear()

    def again() -> None:
        kill()
        command = [sys.executable, "-m", "tests.deliveries.processes", *arguments]
        processes.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | variables(chosen)))

    try:
        again()
        yield again
    finally:
        kill()


@pytest.mark.timeout(1800)
def test_no_kill_of_who_keeps_or_delivers_loses_an_event_or_puts_it_out_of_order(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver, long: bool
) -> None:
    dice = random.Random(20261122)
    with writing(archive) as connection:
        key = subscriptions.add(connection, "desk", receiver.url, Filter(), now=datetime.now(UTC), everything=True)

    def kept() -> int:
        with reading(archive) as connection:
            return connection.execute(select(func.count()).select_from(readings)).scalar_one()

    with running(chosen, "deliver") as deliverer:
        for n in range(10 if long else 1):
            with running(chosen, "keep", str(1_000_000 * n)):
                before = kept(), len(receiver.log)
                wanted = dice.randint(3, 30)
                until(lambda: kept() > before[0] + wanted and len(receiver.log) > before[1] + wanted, 120)  # noqa: B023
            deliverer()
            with writing(archive) as connection:
                # As if the lease of the dead deliverer had run out.
                connection.execute(update(table).values(leased_until=datetime.now(UTC) - timedelta(seconds=1)))
    until(lambda: left_alone(archive))
    until(lambda: not relay.catch_up(archive, broker, chosen) and behind(archive) == 0)

    with reading(archive) as connection:
        placed = connection.execute(select(outbox.c.id).order_by(outbox.c.position)).scalars().all()
        documents = set(connection.execute(select(readings.c.document)).scalars())
    heard = [json.loads(each.body)["id"] for each in receiver.log]
    entries: Any = broker.xrange(chosen.key_prefix + "events")
    streamed = [json.loads(fields[b"event"])["id"] for _, fields in entries]
    assert len(placed) == len(documents)
    for told in (heard, streamed):
        assert list(dict.fromkeys(told)) == placed
    assert key is not None
    for each in receiver.log:
        Webhook(key).verify(each.body, each.headers)


def behind(archive: Engine) -> int:
    with reading(archive) as connection:
        return max(subscriptions.waiting(connection, each) for each in subscriptions.every(connection))


@pytest.mark.parametrize("archive_settings", ["sqlite"], indirect=True)
def test_a_deliverer_that_stood_still_leaves_the_field_to_the_next(
    archive: Engine, broker: redis.Redis, chosen: Settings, receiver: Receiver
) -> None:
    """Its lease ran out while it waited for an answer; what it then writes down counts for nothing."""
    chosen = chosen.model_copy(update={"webhook_seconds": 0.1, "pulse_seconds": 0.01, "lease_seconds": 0.03})
    with writing(archive) as connection:
        subscriptions.add(connection, "desk", receiver.url, Filter(), now=datetime.now(UTC), everything=True)
        now = datetime.now(UTC)
        held = subscriptions.lease(connection, "desk", now, 0.0)
    assert held is not None
    token, _ = held
    with writing(archive) as connection:
        taken_over = subscriptions.lease(connection, "desk", datetime.now(UTC), 60.0)
    assert taken_over is not None
    with writing(archive) as connection:
        assert not subscriptions.advance(connection, "desk", token, 9, datetime.now(UTC), taken=True)
        assert not subscriptions.release(connection, "desk", token, state="paused")
        assert subscriptions.get(connection, "desk").cursor == 0
        assert subscriptions.advance(connection, "desk", taken_over[0], 9, datetime.now(UTC), taken=True)
