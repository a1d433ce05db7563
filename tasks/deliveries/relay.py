"""From the outbox to those who subscribed: at least once, in order by subscription, none held up by another.

A row of the outbox is committed with what it tells of, or not at all, so no crash comes between the two. Its ``seq``
says in which order rows were begun, not in which they became visible (PostgreSQL hands numbers out before commit), so a
cursor over it could pass a row that is still to come. Rows get their ``position`` here, once they can be seen, under a
lock; cursors go over positions.

Each subscription has a lease while it is delivered to. Its cursor is written after what it says, so a deliverer that
dies leaves events that are told again, under the same ids, and none that is not told.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import redis
from sqlalchemy import Engine, func, literal, select, update

from tasks.archive.database import alone, reading, writing
from tasks.archive.tables import outbox
from worker import telemetry
from worker.ledger import backoff
from worker.settings import Settings

from . import choosing, streams, subscriptions
from .cloudevents import Event
from .subscriptions import Subscription
from .webhooks import Answer, send

RUN_SECONDS = 15.0
"""A run begins no delivery after so long: the queue has other work."""
_SAVE_SECONDS = 0.5
"""The cursor is written so often: what was delivered since is delivered again if the deliverer dies."""
_STREAM_WAIT = 30.0
"""The longest wait before the stream is tried again: its broker is our own."""
_AT_A_TIME = 8
"""Subscriptions that are delivered to at a time."""
_UNPLACED = select(outbox.c.seq).where(outbox.c.position.is_(None))


@dataclass
class Run:
    """One run of the deliverer: what it works with, until when (monotonic seconds), and events told by subscription."""

    engine: Engine
    client: redis.Redis
    settings: Settings
    end: float
    told: dict[str, int]

    @property
    def lease(self) -> float:
        """Seconds that a subscription is held without a word: one try, and room for the rest."""
        return self.settings.webhook_seconds + self.settings.lease_seconds

    def key(self, name: str) -> str:
        """A key at the broker."""
        return self.settings.key_prefix + name


def catch_up(engine: Engine, client: redis.Redis, chosen: Settings, seconds: float = RUN_SECONDS) -> int:
    """Delivers what is due to every subscription, for about so many seconds; how many deliveries there were."""
    place(engine)
    with reading(engine) as connection:
        known = subscriptions.find(connection, subscriptions.STREAM)
        names = subscriptions.due(connection, datetime.now(UTC))
    if known is None:
        with writing(engine) as connection:
            subscriptions.ensure_stream(connection, datetime.now(UTC))
            names = subscriptions.due(connection, datetime.now(UTC))
    if not names:
        return 0
    run = Run(engine, client, chosen, time.monotonic() + seconds, dict.fromkeys(names, 0))
    with ThreadPoolExecutor(min(len(names), _AT_A_TIME), thread_name_prefix="deliver") as threads:
        for name, turn in [(name, threads.submit(_turn, run, name)) for name in names]:
            try:
                turn.result()
            except Exception:
                telemetry.log().exception("a delivery failed", subscription=name)
    return sum(run.told.values())


def place(engine: Engine) -> int:
    """Gives the events that have become visible their positions, in the order of their ``seq``; how many there were."""
    with reading(engine) as connection:
        if connection.execute(_UNPLACED.limit(1)).first() is None:
            return 0
    with writing(engine) as connection:
        if not alone(connection, "outbox"):
            return 0
        last = subscriptions.last_position(connection)
        rank = (literal(last) + func.row_number().over(order_by=outbox.c.seq)).label("rank")
        fresh = select(outbox.c.seq, rank).where(outbox.c.position.is_(None)).subquery()
        placed = update(outbox).where(outbox.c.seq == fresh.c.seq).values(position=fresh.c.rank)
        return connection.execute(placed).rowcount


def _turn(run: Run, name: str) -> None:
    """Delivers to one subscription what it is due, if nobody else is at it."""
    with writing(run.engine) as connection:
        held = subscriptions.lease(connection, name, datetime.now(UTC), run.lease)
    if held is None:
        return
    token, subscription = held
    values: dict[str, Any] = {}
    try:
        deliver = _to_stream if subscription.url is None else _to_webhook
        values = deliver(run, token, subscription)
    finally:
        # A lease that is not given back runs out by itself; one that is lets the next run go on at once.
        _release(run, name, token, values)


def _to_stream(run: Run, token: str, subscription: Subscription) -> dict[str, Any]:
    """Batch after batch to the stream; what is to be written down where one is not taken."""
    cursor = subscription.cursor
    while time.monotonic() < run.end and (batch := _next(run, subscription, cursor)):
        events = [event for event, wanted in batch if wanted]
        try:
            if events:
                streams.publish(run.client, run.key("events"), events, run.settings.delivered_events)
        except redis.exceptions.RedisError as error:
            return _failed(run, subscription, Answer("failed", f"{type(error).__name__}: {error}"[:300]))
        cursor = batch[-1][0].position
        run.told[subscription.name] += len(events)
        if not _advance(run, subscription.name, token, cursor, taken=bool(events)):
            break
    return {}


def _to_webhook(run: Run, token: str, subscription: Subscription) -> dict[str, Any]:
    """Event after event to a receiver; what is to be written down where one is not taken."""
    cursor, taken, saved = subscription.cursor, False, time.monotonic()

    def save() -> bool:
        nonlocal saved
        saved = time.monotonic()
        return _advance(run, subscription.name, token, cursor, taken=taken)

    while time.monotonic() < run.end and (batch := _next(run, subscription, cursor)):
        for event, wanted in batch:
            # Past its lease (the process stood still), somebody else may be at it.
            if time.monotonic() > min(run.end, saved + run.settings.lease_seconds):
                break
            if wanted:
                now = datetime.now(UTC)
                answer = send(subscription.url or "", event, subscription.keys(now), now, run.settings)
                if answer.state != "taken":
                    before = replace(subscription, failures=0) if taken else subscription
                    return _failed(run, before, answer) if save() else {}
                taken = True
                run.told[subscription.name] += 1
            cursor = event.position
            if time.monotonic() - saved > _SAVE_SECONDS and not save():
                return {}
        if not save():
            return {}
    return {}


def _next(run: Run, subscription: Subscription, cursor: int) -> list[tuple[Event, bool]]:
    with reading(run.engine) as connection:
        return choosing.events(connection, subscription.filter, cursor)


def _advance(run: Run, name: str, token: str, cursor: int, *, taken: bool) -> bool:
    until = datetime.now(UTC) + timedelta(seconds=run.lease)
    with writing(run.engine) as connection:
        return subscriptions.advance(connection, name, token, cursor, until, taken=taken)


def _release(run: Run, name: str, token: str, values: dict[str, Any]) -> None:
    with writing(run.engine) as connection:
        held = subscriptions.release(connection, name, token, **values)
    if held and values.get("state") == "paused":
        telemetry.log().error("a subscription is paused", subscription=name, why=values["why"])
        streams.alarm(run.client, run.key("alarms"), name, values["why"], datetime.now(UTC))
    elif held and values:
        telemetry.log().warning("an event is not taken", subscription=name, why=values["why"], tries=values["failures"])


def _failed(run: Run, subscription: Subscription, answer: Answer) -> dict[str, Any]:
    """What a try that failed makes of a subscription: another try, later each time, or a pause for good.

    The stream is never paused: a broker that is away is what its readers hear nothing through either.
    """
    now, chosen = datetime.now(UTC), run.settings
    failures = subscription.failures + 1
    since = subscription.failing_since if subscription.failures and subscription.failing_since else now
    delay = max(answer.after, backoff(failures, chosen.webhook_retry_seconds, chosen.webhook_retry_cap_seconds))
    values = {
        "failures": failures, "failing_since": since, "due": now + timedelta(seconds=delay), "why": answer.why,
    }  # fmt: skip
    if subscription.url is None:
        return values | {"due": now + timedelta(seconds=min(delay, _STREAM_WAIT))}
    if answer.state == "gone":
        return values | {"state": "paused", "why": "410 Gone: the receiver wants no more", "due": None}
    if (now - since).total_seconds() >= chosen.webhook_patience_seconds:
        why = f"nothing was taken in {failures} tries since {since:%Y-%m-%d %H:%M} UTC; last: {answer.why}"
        return values | {"state": "paused", "why": why, "due": None}
    return values
