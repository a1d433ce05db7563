"""Schedulers under faults: whether every run that is due is sent, once.

    python -m tests.faults.beats --long        # a line a fault, each six times; about nine minutes

Two real schedulers, a real broker whose clock can be set (libfaketime under the broker: schedulers go by its clock) and
entries of a few seconds. What was sent is read off the queue's stream: an entry's message is named after its slot, so
a run that was doubled or left out shows, whoever sent it and when.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import libfaketime
import redis

from tests.faults.processes import Broker, Process, wait_until
from worker.ledger import connect
from worker.schedule import Plan
from worker.settings import Settings

PREFIX = "beats:"


class SetClock(Broker):
    """A broker whose clock is set by a file."""

    def __init__(self, folder: Path) -> None:
        self.clock = folder / "clock"
        folder.mkdir(parents=True)
        self.set_clock(0)
        super().__init__(folder)

    def set_clock(self, seconds: int) -> None:
        self.clock.write_text(f"{seconds:+d}\n")

    def environment(self) -> dict[str, str]:
        library = next(Path(libfaketime.__file__).parent.rglob("libfaketime.so.1"))
        return {
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }  # fmt: skip


@dataclass
class Sent:
    """A message as it came into the queue: the entry, the number of its slot, and when it was seen (monotonic)."""

    entry: str
    slot: int
    seen: float


@dataclass
class Row:
    """What came of one kind of fault: runs that were sent meanwhile, sent twice, or left out, and the longest wait."""

    fault: str
    injected: int = 0
    sent: int = 0
    doubled: int = 0
    left_out: int = 0
    late: float = 0.0


@dataclass
class Beats:
    """Two schedulers at one broker, and what they have sent."""

    folder: Path
    entries: dict[str, float]
    lease: float = 2.0
    started: dict[str, datetime] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    _after: str = "0"
    _names: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.broker = SetClock(self.folder / "broker")
        self.settings = Settings.model_validate(
            {
                "broker_url": self.broker.url, "key_prefix": PREFIX, "lease_seconds": self.lease,
                "pulse_seconds": self.lease / 5, "zone": "Europe/Berlin",
            }
        )  # fmt: skip
        self.client = connect(self.settings)
        self.plan = Plan(self.client, PREFIX)
        now = self.plan.now()
        for name, every in self.entries.items():
            self.started[name] = now
            self.plan.put(name, "tests.nothing", [name], every, queue="fetch", last=now)
            for slot in range(-round(7200 / every), round(90_000 / every)):
                moment = now + slot * timedelta(seconds=every)
                run = uuid.uuid5(uuid.NAMESPACE_URL, f"beat:{name}#{moment.astimezone(UTC).isoformat()}")
                self._names[str(run)] = (name, slot)
        for _ in range(2):
            self.start()

    def start(self) -> None:
        environment = {
            "CHANCERY_BROKER_URL": self.broker.url, "CHANCERY_KEY_PREFIX": PREFIX, "CHANCERY_ZONE": "Europe/Berlin",
            "CHANCERY_LEASE_SECONDS": str(self.lease), "CHANCERY_PULSE_SECONDS": str(self.lease / 5),
        }  # fmt: skip
        command = [sys.executable, "-m", "celery", "--app", "worker.app", "--quiet", "beat", "--loglevel", "INFO"]
        log = self.folder / f"beat-{len(list(self.folder.glob('beat-*')))}.log"
        self.processes.append(Process(command, log, environment))

    def leader(self) -> Process:
        """The scheduler that holds the lock: the one that said last that it got it."""

        def look() -> Process | None:
            found = [process for process in self.processes if process.alive and "Acquired lock" in process.text()]
            return max(found, key=lambda process: process.log.stat().st_mtime_ns, default=None)

        return cast(Process, wait_until(look, 60, "a scheduler leads"))

    def look(self) -> list[Sent]:
        """Reads what was sent since the last look."""
        found: Any = []
        with suppress(redis.exceptions.RedisError):
            found = self.client.xrange(f"{PREFIX}fetch:0", f"({self._after}" if self._after != "0" else "-")
        fresh = []
        for entry, fields in found:
            self._after = entry.decode()
            headers = json.loads(fields[b"h"])["headers"]
            if headers["task"] == "tests.nothing":
                name, slot = self._names[headers["id"]]
                fresh.append(Sent(name, slot, time.monotonic()))
        self.sent += fresh
        return fresh

    def watch(self, enough: Callable[[list[Sent]], bool], seconds: float = 60.0) -> list[Sent]:
        """Looks until there is enough of what was sent since now."""
        found: list[Sent] = []

        def look() -> bool:
            found.extend(self.look())
            return enough(found)

        wait_until(look, seconds, "enough was sent", every=0.02)
        return found

    def rounds(self, count: int) -> Callable[[list[Sent]], bool]:
        """Whether every entry was sent so often."""
        return lambda found: all(sum(each.entry == name for each in found) >= count for name in self.entries)

    def judge(self, row: Row, found: list[Sent], stepped: int = 0) -> None:
        """Adds to a row what a fault has done, by the slots of each entry before and after it; ``stepped`` is by how
        many seconds the clock was set: forward, what lies between is to run once; back, the next slot is to come."""
        before = {each.entry: each for each in self.sent[: len(self.sent) - len(found)]}
        row.injected += 1
        row.sent += len(found)
        for name, every in self.entries.items():
            last = before.get(name)
            slots = round(stepped / every)
            for each in (each for each in found if each.entry == name):
                if last is not None:
                    ahead = each.slot - last.slot
                    row.late = max(row.late, each.seen - last.seen - every)
                    if slots and abs(ahead - slots) <= 2 + row.late / every:
                        ahead, slots = 1, 0
                    row.doubled += ahead <= 0
                    row.left_out += max(0, ahead - 1)
                last = each

    def stop(self) -> None:
        for process in self.processes:
            if process.alive:
                process.signal(signal.SIGCONT)
                process.kill()
        self.client.close()
        self.broker.stop()


@contextmanager
def beats(folder: Path, entries: dict[str, float], lease: float = 2.0) -> Iterator[Beats]:
    """Two schedulers, up and sending."""
    made = Beats(folder, entries, lease)
    try:
        made.watch(made.rounds(1), 120)
        yield made
    finally:
        made.stop()


def kill_leader(run: Beats, row: Row) -> None:
    leader = run.leader()
    leader.kill()
    run.processes.remove(leader)
    run.start()
    run.judge(row, run.watch(run.rounds(1)))


def freeze_leader(run: Beats, row: Row) -> None:
    """Stands still for longer than its lease, and goes on beside its successor."""
    leader = run.leader()
    leader.signal(signal.SIGSTOP)
    found = run.watch(run.rounds(1))
    leader.signal(signal.SIGCONT)
    run.judge(row, found + run.watch(run.rounds(1)))


def restart_broker(run: Beats, row: Row) -> None:
    run.broker.kill()
    time.sleep(random.uniform(0.0, 1.5))
    run.broker.start()
    run.judge(row, run.watch(run.rounds(1)))


def step(seconds: int) -> Callable[[Beats, Row], None]:
    def act(run: Beats, row: Row) -> None:
        before = int(run.broker.clock.read_text())
        run.broker.set_clock(before + seconds)
        run.judge(row, run.watch(run.rounds(2)), stepped=seconds)

    return act


FAULTS: dict[str, Callable[[Beats, Row], None]] = {
    "leading scheduler killed (SIGKILL)": kill_leader,
    "leading scheduler frozen beyond its lease, then thawed": freeze_leader,
    "broker killed and started again": restart_broker,
    "clock put forward by an hour": step(3600),
    "clock put back by an hour": step(-3600),
    "clock put forward by 40 s": step(40),
    "clock put back by 40 s": step(-40),
}


def run(folder: Path, faults: list[str], entries: dict[str, float], lease: float) -> dict[str, Row]:
    """Injects faults one after the other, each watched until every entry has run again."""
    rows: dict[str, Row] = {}
    with beats(folder, entries, lease) as running:
        for fault in faults:
            FAULTS[fault](running, rows.setdefault(fault, Row(fault)))
    return rows


def table(rows: dict[str, Row]) -> str:
    lines = ["| fault | times | runs sent | sent twice | left out | longest delay |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.fault} | {row.injected} | {row.sent} | {row.doubled} | {row.left_out} | {max(0.0, row.late):.1f} s |"
        for row in rows.values()
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", action="store_true", help="each fault several times")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    faults = [*FAULTS] * (6 if arguments.long else 1)
    random.shuffle(faults)
    # Longer than it takes to be noticed and to take over: then nothing may be left out.
    entries = {f"entry-{n}": 7.0 + n / 2 for n in range(6)}
    with tempfile.TemporaryDirectory() as folder:
        print(table(run(Path(folder) / "run", faults, entries, 2.0)))


if __name__ == "__main__":
    main()
