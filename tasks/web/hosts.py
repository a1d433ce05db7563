"""Turns at a host, kept at the broker for all workers together; the head of `hosts.lua` documents the keys."""

from __future__ import annotations

from pathlib import Path

from tasks.web.faults import NotYet, Unavailable
from worker.ledger import Ledger

PATIENCE = 3.0
"""Seconds that a visitor waits for its turn in its thread; for more it is sent away. Jobs come back about as often."""
LEASE = 30.0
"""Seconds beyond a fetch's own limit after which the turn of a dead worker is free again."""
REST, REST_CAP = 15.0, 3600.0
"""Seconds of rest after the first failure that counts, and at most; doubled with each in a row."""

_SCRIPT = Path(__file__).with_suffix(".lua").read_text(encoding="utf-8")
_ENOUGH = (429, 503)
"""Statuses by which a host says that it has enough."""


class Hosts:
    """The turns at all hosts. Every method may raise BrokerUnavailable."""

    def __init__(self, ledger: Ledger) -> None:
        self.settings = ledger.settings
        self._ledger = ledger
        self._script = ledger.client.register_script(_SCRIPT)

    def enter(self, host: str, visitor: str, delay: float, patience: float) -> float:
        """Takes the visitor's turn; how many seconds it has to wait before it goes in, at most ``patience``.

        Raises:
            NotYet: its turn is later; a visitor that comes back ``after`` so long goes before later ones.
        """
        answer = self._run("enter", host, visitor, delay, self.settings.host_fetches, patience)
        if answer[0] == b"1":
            return float(answer[1])
        if answer[2] == b"rest":
            raise NotYet("host-rests", f"{host} failed and is left alone", float(answer[1]), resting=True)
        raise NotYet("host-busy", f"{host} has the visitors it is to have", float(answer[1]), resting=False)

    def leave(self, host: str, visitor: str) -> None:
        """The visit is over, and the host answered as it should."""
        self._run("leave", host, visitor)

    def fail(self, host: str, visitor: str, fault: Unavailable) -> None:
        """The visit failed: the host rests as long as it asked for, or once that happened several times in a row."""
        enough = fault.status in _ENOUGH or fault.after > 0
        self._run("fail", host, visitor, fault.after, int(enough), REST, REST_CAP)

    def _run(self, command: str, host: str, visitor: str, *arguments: float) -> list[bytes]:
        key = self._ledger.key(f"host:{host}")
        keys = [key, f"{key}:busy", f"{key}:line"]
        lease = self.settings.fetch_seconds + LEASE
        return self._ledger.ask(lambda: self._script(keys=keys, args=[command, visitor, lease, *arguments]))
