"""Events to a stream at the broker, for whoever reads streams."""

from __future__ import annotations

from collections.abc import Sequence

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


def alarm(client: redis.Redis, stream: str, kind: str, subject: str, why: str) -> None:
    """Tells those who look after the deployment. An alarm that the broker can't take is only in the log."""
    try:
        client.xadd(stream, {"kind": kind, "subject": subject, "why": why}, maxlen=_ALARMS, approximate=True)
    except redis.exceptions.RedisError as error:
        telemetry.log().warning("an alarm could not be raised", kind=kind, subject=subject, error=str(error))
