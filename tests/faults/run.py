"""A fault run: the load goes on while processes die, the broker restarts, freezes, fills up and is cut off."""

from __future__ import annotations

import contextlib
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from redis import Redis
from redis.exceptions import RedisError

from tasks.archive import database
from tasks.archive.tables import outbox, readings
from tests.faults.load import Load, comparable, undisturbed, undisturbed_id
from tests.faults.processes import Broker, Process, wait_until
from tests.faults.proxy import Proxy
from worker.jobs import TERMINAL
from worker.ledger import BrokerUnavailable, Ledger
from worker.settings import Settings
from worker.supervisor import beat, intake

#: Seconds in which work goes on after a fault, where nothing else keeps the machine busy.
RECOVERY = 30.0
#: Seconds after which it is not waited for any more.
PATIENCE = 240.0


@dataclass
class Row:
    """What one kind of fault did."""

    injected: int = 0
    #: Seconds, and how many other faults there were meanwhile.
    recoveries: list[tuple[float, int]] = field(default_factory=list)

    @property
    def alone(self) -> list[float]:
        return sorted(seconds for seconds, others in self.recoveries if not others)

    @property
    def amid(self) -> list[float]:
        return sorted(seconds for seconds, others in self.recoveries if others)


@dataclass
class Report:
    """What came of every job."""

    seed: int
    seconds: float
    rows: dict[str, Row]
    states: Counter[str]
    lost: list[str]
    doubled: list[str]
    stuck: list[str]
    wrong: list[str]
    innocent: list[str]
    refusals: int
    exits: list[str]
    slow: list[str]

    @property
    def accepted(self) -> int:
        return sum(self.states.values()) + len(self.lost) + len(self.stuck)

    def table(self) -> str:
        lines = [
            f"seed {self.seed}, {self.seconds / 60:.1f} min: {self.accepted} jobs accepted = "
            + " + ".join(f"{self.states[state]} {state}" for state in sorted(TERMINAL))
            + f"; {len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.stuck)} stuck, {len(self.wrong)} wrong "
            f"readings, {len(self.innocent)} quarantined without fault of theirs; {self.refusals} submissions refused "
            "and sent again",
            "",
            "Seconds to recovery, from the kill or the end of the outage: by itself / amid other faults",
            f"{'fault':<22}{'injected':>9}{'longest':>17}{'median':>17}",
        ]
        for name, row in sorted(self.rows.items()):
            both = (row.alone, row.amid)
            longest = " / ".join(f"{times[-1]:.1f}" if times else "-" for times in both)
            median = " / ".join(f"{times[len(times) // 2]:.1f}" if times else "-" for times in both)
            lines.append(f"{name:<22}{row.injected:>9}{longest:>17}{median:>17}")
        lines += [f"unasked exit: {line}" for line in self.exits] + [f"slow: {line}" for line in self.slow]
        lines += [f"lost: {job}" for job in self.lost] + [f"stuck: {job}" for job in self.stuck]
        lines += [f"doubled: {job}" for job in self.doubled] + [f"innocent: {job}" for job in self.innocent]
        return "\n".join(lines)


class Run:
    """The processes of a small deployment, the load, and the faults."""

    def __init__(self, folder: Path, seed: int, workers: int = 2, processes: int = 2) -> None:
        self.folder, self.seed, self.processes = folder, seed, processes
        self.chance = random.Random(seed)
        self.broker = Broker(folder / "broker")
        self.children: dict[str, Process] = {}
        self.proxy = Proxy(self.broker.port, seed)
        self.direct = Settings(broker_url=self.broker.url)
        self.ledger = Ledger(self.direct)
        self.env = {
            "CHANCERY_BROKER_URL": f"redis://127.0.0.1:{self.proxy.port}/0", "CHANCERY_LOG_FORMAT": "json",
            "CHANCERY_DATA_DIR": str(folder / "data"),
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        }  # fmt: skip
        self.load = Load(Settings(broker_url=self.env["CHANCERY_BROKER_URL"]), seed)
        self.rows: dict[str, Row] = {}
        self.exits: list[str] = []
        self.slow: list[str] = []
        #: When a fault began.
        self.injections: list[float] = []
        self.watching: list[threading.Thread] = []
        self.expected_exits: set[int] = set()
        self.lock = threading.Lock()
        #: Held while a process is replaced.
        self.replacing = threading.RLock()
        self.over = threading.Event()
        self.workers = workers
        #: Seconds that may pass after a fault before work goes on.
        self.recovery = RECOVERY

    def start(self) -> None:
        for i in range(self.workers):
            self._start(f"worker{i}")
        for name in ("intake0", "intake1", "beat"):
            self._start(name)
        wait_until(lambda: len(self.ledger.workers()) >= self.workers, 120, "the workers are ready")

    def _command(self, name: str) -> list[str]:
        if name.startswith("worker"):
            return [
                sys.executable, "-m", "celery", "--app", "tests.faults.app", "--quiet", "worker", "--queues", "read",
                "--pool", "prefork", "--concurrency", str(self.processes), "--hostname", f"{name}@%h",
                "--without-gossip", "--without-mingle",
            ]  # fmt: skip
        return intake() if name.startswith("intake") else beat()

    def _start(self, name: str) -> Process:
        self.children[name] = Process(self._command(name), self.folder / f"{name}.log", self.env)
        return self.children[name]

    # Faults: each does its harm, undoes what must be undone, and says how to tell that work has gone on.

    def kill_worker(self) -> Callable[[], Any]:
        name = self._any("worker")
        held = self._running_on(self.children[name].pid)
        self._replace(name)
        return lambda: self._taken_up(held)

    def kill_child(self) -> Callable[[], Any]:
        process = self.children[self._any("worker")]
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        held = self._running_on(process.pid)
        if children:
            Process.signal_pid(int(self.chance.choice(children)), signal.SIGKILL)
        return lambda: self._taken_up(held)

    def kill_intake(self) -> Callable[[], Any]:
        self._replace(self._any("intake"))
        return self._intake_is_empty

    def kill_beat(self) -> Callable[[], Any]:
        self._replace("beat")
        return lambda: self.children["beat"].alive

    def freeze_worker(self) -> Callable[[], Any]:
        process = self.children[self._any("worker")]
        held = self._running_on(process.pid)
        process.signal_group(signal.SIGSTOP)
        time.sleep(self.chance.uniform(2, 25))
        process.signal_group(signal.SIGCONT)
        return lambda: self._taken_up(held)

    def roll_workers(self) -> Callable[[], Any]:
        for name in [name for name in self.children if name.startswith("worker")]:
            self._wait_until_ready(self.children[name])
            with self.replacing:
                process = self.children[name]
                self.expected_exits.add(process.pid)
            code = process.stop(150)
            # Poison may kill it just then, and its successor, told to stop before it is ready, ends at once.
            if code not in (0, -signal.SIGKILL, -signal.SIGTERM):
                self.exits.append(f"{name} ended with {code} when it was told to stop")
            self._start(name)
        return self._outcome_after_now()

    def restart_broker(self) -> Callable[[], Any]:
        self.broker.restart(self.chance.uniform(0, 4))
        return self._outcome_after_now()

    def freeze_broker(self) -> Callable[[], Any]:
        self.broker.freeze()
        time.sleep(self.chance.uniform(1, 20))
        self.broker.thaw()
        return self._outcome_after_now()

    def cut_connections(self) -> Callable[[], Any]:
        self.proxy.cut(self.chance.choice((1, 3, 8)))
        time.sleep(1)
        return self._outcome_after_now()

    def silence_network(self) -> Callable[[], Any]:
        self.proxy.silence()
        time.sleep(self.chance.uniform(1, 20))
        self.proxy.speak()
        return self._outcome_after_now()

    def fill_broker(self) -> Callable[[], Any]:
        client = self.broker.client
        used = cast(dict[str, int], client.info("memory"))["used_memory"]
        client.config_set("maxmemory", max(1, used - 100_000))
        time.sleep(self.chance.uniform(1, 8))
        client.config_set("maxmemory", 0)
        return self._outcome_after_now()

    # What they need

    def _replace(self, name: str) -> None:
        with self.replacing:
            self.expected_exits.add(self.children[name].pid)
            self.children[name].kill()
            self._start(name)

    def _wait_until_ready(self, process: Process) -> None:
        with contextlib.suppress(AssertionError):
            wait_until(lambda: self._has_heartbeat(process.pid), 30, "the worker is ready")

    def _has_heartbeat(self, pid: int) -> bool:
        """Whether the worker of this process has a heartbeat in the ledger."""
        try:
            return any(f".{pid}." in name for name in self.ledger.workers())
        except BrokerUnavailable:
            return False

    def _any(self, kind: str) -> str:
        return self.chance.choice([name for name in self.children if name.startswith(kind)])

    def _running_on(self, pid: int) -> dict[str, int]:
        """Jobs that a worker is at, with the number of their attempts."""
        ids = [job.decode() for job in cast(list[bytes], self.broker.client.zrange(self.ledger.key("running"), 0, -1))]
        return {
            record.id: record.attempts
            for record in self.ledger.records(ids)
            if record and record.state == "running" and f".{pid}." in record.worker
        }

    def _taken_up(self, held: dict[str, int]) -> bool:
        records = self.ledger.records(list(held))
        return all(record and (record.state in TERMINAL or record.attempts > held[record.id]) for record in records)

    def _intake_is_empty(self) -> bool:
        pending = cast(dict[str, int], self.broker.client.xpending(self.ledger.key("intake"), "chancery"))
        return not pending["pending"] or self.load.stopped.is_set()

    def _outcome_after_now(self) -> Callable[[], Any]:
        before = self._outcomes()
        return lambda: self._outcomes() > before or not sum(self.ledger.depths().values())

    def _outcomes(self) -> int:
        return self.broker.client.zcard(self.ledger.key("ended"))

    # The run

    FAULTS = (
        "kill_worker", "kill_worker", "kill_child", "kill_intake", "kill_beat", "freeze_worker", "roll_workers",
        "restart_broker", "freeze_broker", "cut_connections", "silence_network", "fill_broker",
    )  # fmt: skip

    def go(self, seconds: float, pause: tuple[float, float], faults: tuple[str, ...] = FAULTS) -> Report:
        """Injects faults for so long, at random, each kind at least once if there is time; then waits for the end."""
        began = time.monotonic()
        loading = threading.Thread(target=self.load.run, name="load", daemon=True)
        loading.start()
        threading.Thread(target=self._supervise, name="supervisor", daemon=True).start()
        order: list[str] = []
        while time.monotonic() - began < seconds and not self.load.stopped.is_set():
            if not order:
                order = list(faults)
                self.chance.shuffle(order)
            time.sleep(self.chance.uniform(*pause))
            self._inject(order.pop())
        self.load.stopped.set()
        loading.join(120)
        for watching in self.watching:
            watching.join(PATIENCE + 10)
        self._drain()
        return self._check(time.monotonic() - began)

    def _inject(self, fault: str) -> None:
        row = self.rows.setdefault(fault, Row())
        row.injected += 1
        began = time.monotonic()
        self.injections.append(began)
        recovered = getattr(self, fault)()
        # A kill's clock starts with the kill, that of an outage when it is over.
        start = began if fault.startswith("kill") else time.monotonic()

        def watch() -> None:
            while time.monotonic() - start < PATIENCE:
                try:
                    if recovered():
                        break
                except (RedisError, BrokerUnavailable, OSError):
                    pass
                time.sleep(0.1)
            end = time.monotonic()
            # One shortly before still has its effects: a lease that it broke runs out for so long.
            others = sum(start - RECOVERY / 2 < at < end for at in self.injections if at != began)
            with self.lock:
                row.recoveries.append((end - start, others))
                if end - start > self.recovery * (1 + others):
                    self.slow.append(f"{fault}, {others} others, {datetime.now(UTC):%H:%M:%S}: {end - start:.1f} s")

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        self.watching.append(watching)

    def _supervise(self) -> None:
        """Starts again what died by itself, as a supervisor would: poison does that; anything else is a finding."""
        while not self.over.wait(0.5):
            with self.replacing:
                for name, process in list(self.children.items()):
                    if process.alive or process.pid in self.expected_exits:
                        continue
                    if name == "beat":
                        # It ends when the broker is away too long; its supervisor is part of how it runs.
                        self.rows.setdefault("beat started again", Row()).injected += 1
                    elif process.exit_code != -signal.SIGKILL:
                        self.exits.append(f"{name} ended by itself with {process.exit_code}; see {process.log}")
                    self._start(name)

    def _drain(self) -> None:
        end = time.monotonic() + 240
        quiet = 0
        while time.monotonic() < end and quiet < 3:
            open_jobs = sum(self.ledger.depths().values())
            unread = cast(dict[str, int], self.broker.client.xpending(self.ledger.key("intake"), "chancery"))["pending"]
            quiet = quiet + 1 if not open_jobs and not unread and self._nothing_new() else 0
            time.sleep(1)

    def _nothing_new(self) -> bool:
        groups = self.broker.client.xinfo_groups(self.ledger.key("intake"))
        return all(group["lag"] in (0, None) for group in groups)

    def _check(self, seconds: float) -> Report:
        client: Redis = self.broker.client
        told = Counter(
            fields[b"job"].decode() for _, fields in cast(list[Any], client.xrange(self.ledger.key("outcomes")))
        )
        states: Counter[str] = Counter()
        lost, stuck, wrong, innocent = [], [], [], []
        ids = list(self.load.accepted)
        expected: dict[int, str] = {}
        for start in range(0, len(ids), 200):
            part = ids[start : start + 200]
            for job, record, outcome in zip(part, self.ledger.records(part), self.ledger.outcomes(part), strict=True):
                number = self.load.accepted[job]
                if record is None:
                    lost.append(job)
                elif record.state not in TERMINAL or outcome is None or not told[job]:
                    stuck.append(f"{job} {record.state}, {told[job]} events")
                else:
                    states[record.state] += 1
                    if record.state == "succeeded" and number is not None and outcome.reading is not None:
                        if number not in expected:
                            expected[number] = undisturbed(number)
                        if comparable(outcome.reading) != expected[number]:
                            wrong.append(job)
                    elif record.state == "succeeded":
                        wrong.append(job)
                    if record.state == "quarantined" and job not in self.load.poison:
                        innocent.append(f"{job} {record.code}: {record.message}")
                    if record.state == "rejected" and number is not None:
                        wrong.append(job)
        wrong += self._kept_otherwise({undisturbed_id(number) for number in expected})
        doubled = [f"{job} told {n} times" for job, n in told.items() if n > 1]
        unexpected = [job for job in told if job not in self.load.accepted]
        return Report(
            self.seed, seconds, self.rows, states, lost, doubled + [f"{job} never sent" for job in unexpected], stuck,
            wrong, innocent, self.load.refusals, self.exits, self.slow,
        )  # fmt: skip

    def _kept_otherwise(self, documents: set[str]) -> list[str]:
        """Which of the documents that were read the archive does not have once, with one event that tells of it."""
        kept, told = Counter[str](), Counter[str]()
        with database.reading(database.engine(Settings(data_dir=self.folder / "data"))) as connection:
            kept.update(connection.scalars(sa.select(readings.c.document)))
            told.update(connection.scalars(sa.select(outbox.c.subject)))
        database.close()
        return [
            f"{document} is kept {kept[document]} and told {told[document]} times"
            for document in sorted(documents)
            if (kept[document], told[document]) != (1, 1)
        ]

    def stop(self) -> None:
        self.load.stopped.set()
        self.over.set()
        self.replacing.acquire()
        for process in self.children.values():
            process.signal_group(signal.SIGCONT)
            process.kill()
        self.proxy.stop()
        self.broker.stop()
