"""The way in for every language: a stream of CloudEvents becomes jobs.

Any number of intakes read ``chancery:intake`` as one consumer group. An entry is acknowledged once its job is in the
ledger, or it lies in ``chancery:intake:dead`` with the reason; the job's id follows from the event's ``source`` and
``id``, so an event that is read twice is one job. The stream is trimmed only behind what every group has acknowledged.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import redis

from worker import telemetry
from worker.delivery import incarnation
from worker.events import ArticleSubmitted, Refused, parse
from worker.jobs import Job
from worker.ledger import BrokerUnavailable, Ledger, QueueFull
from worker.settings import Settings, SettingsError, settings

GROUP = "chancery"
_BATCH = 32
_BLOCK_SECONDS = 2.0
_DELIVERIES = 3
"""An entry that was given out so often without being acknowledged has killed its intakes, and is set aside unread."""
_DEAD_ENTRIES = 10_000
_DEAD_BYTES = 1_000_000
"""Of an original that is kept with its reason; of a larger one the head is."""
_WAIT_SECONDS = 0.5


class Entry(NamedTuple):
    """An entry of the stream."""

    id: bytes
    fields: dict[bytes, bytes] | None


class Intake:
    """One reader of the stream."""

    def __init__(self, chosen: Settings, name: str | None = None) -> None:
        self.ledger = Ledger(chosen, patience=5.0)
        self.client = self.ledger.client
        self.name = name or incarnation()
        self.stream, self.dead = self.ledger.key("intake"), self.ledger.key("intake:dead")
        self.lease = chosen.lease_seconds
        self.stopping = threading.Event()
        # What was read and is not acknowledged yet.
        self._held: list[Entry] = []

    def run(self) -> None:
        """Reads until `stopping` is set. A broker that is away, or full, is waited for, longer each time."""
        wait = _WAIT_SECONDS
        while not self.stopping.is_set():
            try:
                self.step()
                wait = _WAIT_SECONDS
            except (QueueFull, BrokerUnavailable) as error:
                telemetry.log().warning("the intake waits", reason=str(error), seconds=wait)
                self.stopping.wait(wait)
                # What is held is renewed at every try, so tries come more often than leases end.
                wait = min(wait * 2, self.lease / 3)
            except Exception:
                telemetry.log().exception("the intake failed at a batch")
                self.stopping.wait(wait)

    def step(self, block: float = _BLOCK_SECONDS) -> int:
        """Reads one batch and acknowledges it; how many entries it had. Raises QueueFull and BrokerUnavailable."""
        try:
            if self._held:
                self._renew()
            else:
                self._held = self._taken_over() or self._fresh(block)
        except redis.exceptions.ResponseError as error:
            if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
                raise
            self._make_group()
            return 0
        taken = len(self._held)
        if taken:
            self._take(self._held)
            self._held = []
            self._trim()
        return taken

    def leave(self) -> None:
        """Takes this reader off the group, unless it still holds something."""
        if not self.client.xpending_range(self.stream, GROUP, "-", "+", 1, self.name):
            self.client.xgroup_delconsumer(self.stream, GROUP, self.name)

    def _make_group(self) -> None:
        try:
            self.ledger.ask(lambda: self.client.xgroup_create(self.stream, GROUP, id="0", mkstream=True))
        except redis.exceptions.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    def _taken_over(self) -> list[Entry]:
        """An entry that a dead reader held. One at a time, so that one that is deadly does not take others with it."""
        claim: Any = self.ledger.ask(
            lambda: self.client.xautoclaim(self.stream, GROUP, self.name, int(self.lease * 1000), count=1)
        )
        return [Entry(id_, fields) for id_, fields in claim[1]]

    def _fresh(self, block: float) -> list[Entry]:
        milliseconds = max(1, int(block * 1000))
        answer: Any = self.ledger.ask(
            lambda: self.client.xreadgroup(GROUP, self.name, {self.stream: ">"}, count=_BATCH, block=milliseconds)
        )
        if not answer:
            return []
        found = next(iter(answer.values()))[0] if isinstance(answer, dict) else answer[0][1]
        return [Entry(id_, fields) for id_, fields in found]

    def _renew(self) -> None:
        ids: list[Any] = [entry.id for entry in self._held]
        self.ledger.ask(lambda: self.client.xclaim(self.stream, GROUP, self.name, 0, ids, justid=True))

    def _take(self, entries: Sequence[Entry]) -> None:
        jobs: list[Job] = []
        cancelled: list[str] = []
        refused: list[tuple[Entry, Refused]] = []
        for entry in entries:
            try:
                if len(entries) == 1 and self._deliveries(entry) > _DELIVERIES:
                    raise Refused("deadly", f"{_DELIVERIES} intakes stopped while they held it")
                event = parse(_event(entry))
            except Refused as error:
                refused.append((entry, error))
                continue
            if isinstance(event, ArticleSubmitted):
                jobs.append(event.job())
            else:
                cancelled.append(event.data.job_id)
        self.ledger.accept(jobs)
        if cancelled:
            self.ledger.cancel(cancelled)
        for entry, refusal in refused:
            telemetry.log().warning("an event is refused", entry=entry.id.decode(), code=refusal.code)
            if refusal.job_id:
                self.ledger.refuse(refusal.job_id, refusal.source or "", refusal.code, str(refusal))
        self._acknowledge(entries, refused)
        telemetry.log().info("events taken", jobs=len(jobs), cancelled=len(cancelled), refused=len(refused))

    def _acknowledge(self, entries: Sequence[Entry], refused: Sequence[tuple[Entry, Refused]]) -> None:
        def write() -> None:
            with self.client.pipeline(transaction=True) as pipe:
                for entry, error in refused:
                    original = _event(entry, b"")
                    pipe.xadd(
                        self.dead,
                        {
                            "code": error.code, "reason": str(error), "entry": entry.id, "job": error.job_id or "",
                            "bytes": len(original), "event": original[:_DEAD_BYTES],
                        },
                        maxlen=_DEAD_ENTRIES,
                        approximate=True,
                    )  # fmt: skip
                pipe.xack(self.stream, GROUP, *[entry.id for entry in entries])
                pipe.execute()

        self.ledger.ask(write)

    def _deliveries(self, entry: Entry) -> int:
        found: Any = self.ledger.ask(lambda: self.client.xpending_range(self.stream, GROUP, entry.id, entry.id, 1))
        return int(found[0]["times_delivered"]) if found else 1

    def _trim(self) -> None:
        """Drops the entries that every group on the stream has acknowledged, and nothing else."""

        def trim() -> None:
            needed = []
            for group in cast(Any, self.client.xinfo_groups(self.stream)):
                pending: Any = self.client.xpending(self.stream, group["name"])
                needed.append(_place(pending["min"]) if pending["pending"] else _after(group["last-delivered-id"]))
            first = "-".join(str(part) for part in min(needed))
            self.client.xtrim(self.stream, minid=first, approximate=False)

        self.ledger.ask(trim)


def _event(entry: Entry, otherwise: bytes | None = None) -> bytes:
    """The event in an entry's field ``event``; without such a field the whole entry, or Refused."""
    fields = entry.fields or {}
    if b"event" in fields:
        return fields[b"event"]
    if otherwise is None:
        names = ", ".join(sorted(name[:40].decode(errors="replace") for name in fields)[:10]) or "nothing"
        raise Refused("no-event", f"the entry has {names}, and not the field event with a CloudEvent in it")
    return b"\n".join(name + b": " + value for name, value in fields.items())


def _place(id_: bytes) -> tuple[int, int]:
    milliseconds, _, number = id_.partition(b"-")
    return int(milliseconds), int(number)


def _after(id_: bytes) -> tuple[int, int]:
    milliseconds, number = _place(id_)
    return milliseconds, number + 1


def main() -> int:
    """Runs an intake until SIGTERM or SIGINT; the batch in hand is finished."""
    try:
        chosen = settings()
        telemetry.configure(chosen)
        intake = Intake(chosen)
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201 - there is no log yet
        return 2
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: intake.stopping.set())
    telemetry.log().info("the intake reads", stream=intake.stream, broker=chosen.public_url)
    intake.run()
    try:
        intake.leave()
    except redis.exceptions.RedisError as error:
        telemetry.log().warning("the group could not be left", error=str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
