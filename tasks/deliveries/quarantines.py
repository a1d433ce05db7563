"""Jobs that failed for good are told as events too: from the ledger's stream of outcomes into the outbox.

Deliverers read the stream as one consumer of one group. An entry is acknowledged once its event is committed; one that
is read again, or by two at a time, changes nothing, since a job's event has the job's id.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any

import redis
from sqlalchemy import Engine

from tasks.archive.database import writing
from tasks.archive.outbox import add
from worker.jobs import Record
from worker.ledger import Ledger

GROUP, CONSUMER = "chancery:deliver", "deliver"
_BATCH = 500
_TOLD = {"source", "queue", "code", "message", "attempts", "submitted", "ended"}


def collect(engine: Engine, ledger: Ledger) -> int:
    """Puts the quarantines among the next ended jobs into the outbox; how many jobs were looked at.

    Raises worker.ledger.BrokerUnavailable.
    """
    entries = _entries(ledger)
    quarantined = [fields for _, fields in entries if fields.get(b"state") == b"quarantined"]
    ids = list(dict.fromkeys(fields[b"job"].decode() for fields in quarantined))
    records = ledger.records(ids)
    if ids:
        with writing(engine) as connection:
            for job, record in zip(ids, records, strict=True):
                add(connection, f"quarantined:{job}", "chancery.quarantined.v1", job, _data(job, record))
    if entries:
        numbers = [number for number, _ in entries]
        ledger.ask(lambda: ledger.client.xack(ledger.key("outcomes"), GROUP, *numbers))
    return len(entries)


def _entries(ledger: Ledger) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """What was read before and not acknowledged, or else what is fresh."""
    stream = ledger.key("outcomes")
    for since in ("0", ">"):
        try:
            answer = ledger.ask(partial(ledger.client.xreadgroup, GROUP, CONSUMER, {stream: since}, count=_BATCH))
        except redis.exceptions.ResponseError as error:
            if not str(error).startswith("NOGROUP"):
                raise
            with contextlib.suppress(redis.exceptions.ResponseError):
                ledger.ask(lambda: ledger.client.xgroup_create(stream, GROUP, id="0", mkstream=True))
            return []
        found: Any = answer
        if found:
            entries = next(iter(found.values()))[0] if isinstance(found, dict) else found[0][1]
            if entries:
                return [(number, fields or {}) for number, fields in entries]
    return []


def _data(job: str, record: Record | None) -> dict[str, Any]:
    """What is told of a job; nothing of its article, which stays in quarantine."""
    if record is None:
        return {"job": job}
    return {"job": job} | record.model_dump(mode="json", include=_TOLD)
