"""A broker and workers as children of one process, which starts them, restarts those that die, and stops them all.

    python -m worker.supervisor DATA_DIR --processes 2      # the keeper of an embedded broker, until nobody uses it

`chancery up` is the same in the foreground with more children, and until it is told to stop. Nothing outlives the
supervisor: its children ask the kernel to be killed with it.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from worker import embedded, orphans
from worker.settings import Settings

POOLS = {"fetch": "threads", "read": "prefork", "record": "prefork"}
"""What a queue's jobs run in: threads where they wait on the network, processes where they burn CPU."""

_RESTART_SECONDS = (0.5, 30.0)
"""Wait before a child that died is started again: at first, and at most."""
_STEADY_SECONDS = 60.0
"""A child that ran this long starts with a clean record."""


@dataclass
class Child:
    """A process to keep running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    wait: float = field(default=_RESTART_SECONDS[0])


class Stop(Exception):
    """The supervisor was told to stop."""


def command(queues: str, pool: str, slots: int) -> list[str]:
    """The command line of a worker of these queues (comma-separated)."""
    name = queues.replace(",", "-")
    return [
        sys.executable, "-m", "celery", "--app", "worker.app", "--quiet", "worker", "--queues", queues, "--pool", pool,
        "--concurrency", str(slots), "--hostname", f"{name}-{os.getpid()}@%h", "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def beat() -> list[str]:
    """The command line of the scheduler; its lock keeps a second one idle."""
    return [sys.executable, "-m", "celery", "--app", "worker.app", "--quiet", "beat"]


def intake() -> list[str]:
    """The command line of the intake."""
    return [sys.executable, "-m", "worker.intake"]


class Supervisor:
    """Keeps children running and merges what they say into one log."""

    def __init__(self, children: Sequence[Child], environment: Mapping[str, str], log: IO[bytes], grace: float) -> None:
        self.children, self.environment, self.log, self.grace = list(children), dict(environment), log, grace
        self._outputs = selectors.DefaultSelector()
        self._rests: dict[str, bytes] = {}

    def run(self, still_wanted: Callable[[], bool]) -> None:
        """Runs the children until they are not wanted any more, or a signal says stop (then it raises Stop)."""
        try:
            while still_wanted():
                now = time.monotonic()
                for child in self.children:
                    self._attend(child, now)
                self._read(0.2)
        finally:
            self.stop()

    def stop(self) -> None:
        """Asks the children to finish, in order, each within the grace time, and kills those that do not."""
        alive = [child for child in self.children if child.process and child.process.poll() is None]
        for child in alive:
            assert child.process
            child.process.terminate()
        end = time.monotonic() + self.grace
        while (alive := [c for c in alive if c.process and c.process.poll() is None]) and time.monotonic() < end:
            self._read(0.05)
        for child in alive:
            assert child.process
            self._say(child.name, b"did not stop in time and is killed")
            child.process.kill()
            child.process.wait()
        self._read(0.0)

    def _attend(self, child: Child, now: float) -> None:
        if child.process is None and now >= child.due:
            child.process = subprocess.Popen(
                child.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, preexec_fn=orphans.bound_to_parent(signal.SIGKILL), process_group=0,
            )  # fmt: skip
            child.started = now
            assert child.process.stdout
            os.set_blocking(child.process.stdout.fileno(), False)
            self._outputs.register(child.process.stdout, selectors.EVENT_READ, child)
        elif child.process is not None and child.process.poll() is not None:
            if now - child.started > _STEADY_SECONDS:
                child.wait = _RESTART_SECONDS[0]
            self._read(0.0)
            self._say(child.name, f"exited ({child.process.returncode}); starts again in {child.wait:g} s".encode())
            self._close(child)
            child.process, child.due = None, now + child.wait
            child.wait = min(child.wait * 2, _RESTART_SECONDS[1])

    def _close(self, child: Child) -> None:
        assert child.process
        assert child.process.stdout
        if child.process.stdout in self._outputs.get_map():
            self._outputs.unregister(child.process.stdout)
        child.process.stdout.close()

    def _read(self, seconds: float) -> None:
        if not self._outputs.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._outputs.select(seconds):
            child: Child = key.data
            data = os.read(key.fd, 65536)
            if not data:
                self._outputs.unregister(key.fileobj)
                continue
            *lines, rest = (self._rests.get(child.name, b"") + data).split(b"\n")
            self._rests[child.name] = rest[-65536:]
            for line in lines:
                self._say(child.name, line)

    def _say(self, name: str, line: bytes) -> None:
        if line.strip():
            self.log.write(f"{name:<7} ".encode() + line + b"\n")
            self.log.flush()


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """SIGTERM and SIGINT raise Stop inside the block; a second one is ignored while it is being obeyed."""

    def obey(number: int, _: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise Stop(signal.Signals(number).name)

    before = {number: signal.signal(number, obey) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def environment(url: str) -> dict[str, str]:
    """The environment of a child that uses the broker at this URL."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("CHANCERY_BROKER_URL", "CHANCERY_BROKER_PASSWORD", "CHANCERY_BROKER_USER"))
    }
    return kept | {"CHANCERY_BROKER_URL": url, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def keep(data_dir: Path, children: Sequence[Child], log: IO[bytes], *, grace: float, lasting: bool) -> None:
    """Runs a broker for this data directory and its children: while somebody uses it, or, lasting, until told to stop.

    Raises embedded.EmbeddedError where the directory has a keeper already, or the broker does not start.
    """
    places = embedded.Places(data_dir)
    with (
        stopped_by_signals(),
        embedded.locked(places.keeper, fcntl.LOCK_EX | fcntl.LOCK_NB, "another process runs its broker"),
    ):
        try:
            with embedded.broker(places) as url, embedded.announced(places, url, lasting=lasting):
                supervisor = Supervisor(children, environment(url), log, grace)
                supervisor.run(lambda: lasting or embedded.in_use(places))
        except Stop:
            pass


def everything(settings: Settings) -> list[Child]:
    """A whole deployment on one machine: a worker a queue, the intake and the scheduler."""
    slots = {"fetch": settings.fetch_threads, "read": settings.read_processes, "record": settings.record_processes}
    workers = [Child(queue, command(queue, POOLS[queue], slots[queue])) for queue in POOLS]
    return [*workers, Child("intake", intake()), Child("beat", beat())]


def main() -> int:
    """The keeper's command line; 0 once nobody uses it."""
    parser = argparse.ArgumentParser(prog="python -m worker.supervisor", description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    worker = Child("read", command("read,fetch", "prefork", arguments.processes))
    try:
        keep(arguments.data_dir, [worker], sys.stderr.buffer, grace=10.0, lasting=False)
    except embedded.EmbeddedError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the one who started it reads this
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
