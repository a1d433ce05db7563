"""Whether one service of this host does its work, for the health check of its container."""

from __future__ import annotations

import socket
from typing import Any, Literal, cast

import redis

from worker.intake import GROUP
from worker.jobs import QUEUES
from worker.ledger import BrokerUnavailable, Ledger
from worker.settings import Settings

Role = Literal["fetch", "read", "record", "intake", "beat"]
_SILENT_MS = 30_000
"""An intake asks for events every two seconds, and every ten at least when the queues are full."""


def trouble(settings: Settings, role: Role) -> str:
    """What is wrong with the role on this host, or nothing."""
    ledger = Ledger(settings, patience=0.0)
    try:
        if role in QUEUES:
            return _worker(ledger, role)
        return _intake(ledger) if role == "intake" else _beat(ledger)
    except BrokerUnavailable as error:
        return str(error)
    finally:
        ledger.client.close()


def _here(name: bytes) -> bool:
    return name.decode().startswith(f"{socket.gethostname()}.")


def _worker(ledger: Ledger, queue: str) -> str:
    slots = cast(dict[bytes, bytes], ledger.ask(lambda: ledger.client.hgetall(ledger.key("slots"))))
    mine = {worker for served, _, worker in (key.partition(b" ") for key in slots) if served == queue.encode()}
    beating = {worker.encode() for worker in ledger.workers()}
    if not any(_here(worker) for worker in mine & beating):
        return f"no worker of the {queue} queue on this host has a heartbeat"
    age = ledger.measure()[queue].canary
    if age is None:
        return f"no canary has come through the {queue} queue yet"
    if age > ledger.settings.canary_seconds:
        return f"the {queue} queue is not being consumed: its last canary came {age:.0f} s ago"
    return ""


def _intake(ledger: Ledger) -> str:
    try:
        readers = cast(Any, ledger.ask(lambda: ledger.client.xinfo_consumers(ledger.key("intake"), GROUP)))
    except redis.exceptions.ResponseError as error:
        return f"no intake has read yet: {error}"
    if not any(_here(reader["name"]) and reader["idle"] < _SILENT_MS for reader in readers):
        return "no intake on this host reads events"
    return ""


def _beat(ledger: Ledger) -> str:
    # Several may run, on any host; the lock is renewed by the one that sends.
    if not ledger.ask(lambda: ledger.client.exists(ledger.key("beat::lock"))):
        return "no scheduler holds the lock"
    return ""
