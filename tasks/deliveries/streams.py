"""Events to a stream at the broker, for whoever reads streams."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import redis

from worker import telemetry

from .cloudevents import Event

_ALARMS = 10_000
"""Kept in the stream of alarms, about."""


def publish(client: redis.Redis, stream: str, events: Sequence[Event], kept: int) -> None:
    """Adds events to the stream, all of them or none, in their order; the stream keeps about the last ``kept``.

    An entry has the fields ``id`` and ``type``, to choose by, and ``event``, the CloudEvent in JSON. What was added
    and not answered for in time is added again by the next try: readers know an event again by its id. Raises
    redis.exceptions.RedisError.
    """
    with client.pipeline(transaction=True) as pipe:
        for event in events:
            fields: dict[str, str | bytes] = {"id": event.message, "type": event.type, "event": event.body()}
            pipe.xadd(stream, fields, maxlen=kept, approximate=True)  # type: ignore[arg-type]
        pipe.execute()


def alarm(client: redis.Redis, stream: str, subscription: str, why: str, now: datetime) -> None:
    """Tells those who look after the deployment that a subscription is paused.

    An alarm that the broker can't take is only in the log.
    """
    event = {
        "subscription": subscription, "kind": "paused", "state": "raised", "why": why,
        "time": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    try:
        client.xadd(stream, {"event": json.dumps(event, ensure_ascii=False)}, maxlen=_ALARMS, approximate=True)
    except redis.exceptions.RedisError as error:
        telemetry.log().warning("an alarm could not be raised", subscription=subscription, error=str(error))
