"""The ledger's script, with what it must know of the settings written into it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from worker.jobs import QUEUES
from worker.settings import Settings

_SOURCE = Path(__file__).with_name("ledger.lua").read_text(encoding="utf-8")
_JSON = "application/json"
_NEWER_SECONDS = 30.0
"""After which a job of a newer version is offered again."""


def message(queue: str, task: str) -> str:
    """The envelope of the Celery message that stands for a job, as JSON with ``@JOB@`` left to fill in.

    The body that goes with it is ``[["@JOB@"],{},{}]``.
    """
    return json.dumps(envelope(queue, task, "@JOB@", ["@JOB@"]), separators=(",", ":"))


def envelope(queue: str, task: str, message_id: str, args: Sequence[Any]) -> dict[str, Any]:
    """The envelope of a Celery message, as `worker.envelope` describes it, for what is sent by a script.

    It is what Celery's own protocol 2 would publish through `worker.transport`, less the parts that say nothing.
    """
    headers = {"lang": "py", "task": task, "id": message_id, "root_id": message_id, "argsrepr": repr(tuple(args))[:100]}
    properties = {"correlation_id": message_id, "delivery_mode": 2, "priority": 0, "delivery_info": _route(queue)}
    return {"headers": headers, "properties": properties, "content-type": _JSON, "content-encoding": "utf-8"}


def _route(queue: str) -> dict[str, str]:
    return {"exchange": "", "routing_key": queue}


def script(settings: Settings) -> str:
    """`ledger.lua` with what it must know of the settings written into it."""
    policy = {
        "queues": QUEUES, "messages": {q: message(q, f"tasks.{q}") for q in QUEUES},
        "window": settings.window, "bulk_share": settings.bulk_share, "rates": settings.rate_limits,
        "caps": {"bulk": settings.queue_cap, "interactive": settings.interactive_cap}, "losses": settings.losses,
        "keep_outcome": settings.outcome_seconds, "keep_record": settings.record_seconds, "newer": _NEWER_SECONDS,
        "outcomes": settings.outcome_events, "canary": settings.canary_seconds / 4,
        "canary_message": message("record", "worker.canary"),
    }  # fmt: skip
    return _SOURCE.replace("--[[policy]] {}", _lua(policy))


def _lua(value: object) -> str:
    """Data as a literal of Lua."""
    match value:
        case str():
            # By bytes, so that nothing in it can end the string.
            return '"' + "".join(chr(b) if b < 128 and chr(b).isalnum() else f"\\{b:03d}" for b in value.encode()) + '"'
        case Mapping():
            return "{" + ",".join(f"[{_lua(key)}]={_lua(item)}" for key, item in value.items()) + "}"
        case Sequence():
            return "{" + ",".join(map(_lua, value)) + "}"
        case _:
            return repr(value)
