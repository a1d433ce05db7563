"""A private broker and workers are shared by all who use a data directory, and gone with the last of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from tests.worker.conftest import ROOT, until
from worker import embedded
from worker.jobs import Article
from worker.producer import connected, record, submit
from worker.settings import Settings

USER = """
import signal, sys
from pathlib import Path
from worker import embedded
from worker.settings import Settings
# Whoever starts tests in the background may have SIGINT ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    with embedded.session(Settings(data_dir=Path(sys.argv[1])), processes=1) as here:
        print(here.settings.url, flush=True)
        sys.stdin.read()
except KeyboardInterrupt:
    sys.exit(130)
"""


def processes(data_dir: Path) -> list[int]:
    """Every process that belongs to this data directory: its keeper, and all that descends from it."""
    parents: dict[int, int] = {}
    roots: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                about = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                inside = (entry / "cwd").readlink()
            except OSError:
                continue
            if stat[0] == "Z" or int(entry.name) == os.getpid():
                continue
            parents[int(entry.name)] = int(stat[1])
            if str(data_dir).encode() in about or data_dir in inside.parents:
                roots.add(int(entry.name))
    return sorted(roots)


def command_line(pid: int) -> bytes:
    """Of a process; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def user(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that uses the data directory's broker, and the broker's URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"CHANCERY_DATA_DIR": str(data_dir)},
    )  # fmt: skip
    try:
        assert process.stdout
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        with process:
            pass


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "a directory"
    until(lambda: not processes(tmp_path), 60)


@pytest.mark.parametrize("how", ["end of input", "SIGINT", "SIGTERM", "SIGKILL"])
def test_nothing_is_left_running_however_its_user_ends(data_dir: Path, how: str) -> None:
    with user(data_dir) as (process, url):
        assert redis.Redis.from_url(url).ping()
        assert len(processes(data_dir)) >= 3
        if how == "end of input":
            assert process.stdin
            process.stdin.close()
        else:
            process.send_signal(signal.Signals[how])
        process.wait(90)
        if how in {"end of input", "SIGINT"}:
            assert processes(data_dir) == []
    until(lambda: not processes(data_dir), 60)


def test_nothing_is_left_running_when_the_keeper_is_killed(data_dir: Path) -> None:
    with user(data_dir):
        (keeper,) = (pid for pid in processes(data_dir) if b"worker.supervisor" in command_line(pid))
        os.kill(keeper, signal.SIGKILL)
        until(lambda: len(processes(data_dir)) <= 1, 30)
        # What the killed one left behind does not stop the next.
        with user(data_dir) as (_, url):
            assert redis.Redis.from_url(url).ping()


def test_two_users_share_a_broker_and_the_last_one_closes_it(data_dir: Path) -> None:
    with user(data_dir) as (first, url), user(data_dir) as (second, same):
        assert url == same
        for process in (first, second):
            assert redis.Redis.from_url(url).ping()
            assert process.stdin
            process.stdin.close()
            process.wait(90)
        with pytest.raises(redis.exceptions.ConnectionError):
            redis.Redis.from_url(url).ping()


def test_ten_who_come_at_once_start_one_broker(data_dir: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", USER, str(data_dir)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    try:
        urls = {process.stdout.readline() for process in started if process.stdout}
        assert len(urls) == 1
    finally:
        for process in started:
            with process:
                process.communicate(timeout=180)
    assert [process.returncode for process in started] == [0] * 6


def test_what_was_accepted_is_there_when_the_broker_comes_back(data_dir: Path) -> None:
    chosen = Settings(data_dir=data_dir)
    with embedded.session(chosen, processes=1) as here, connected(here.settings) as ledger:
        until(ledger.workers, 60)
        job_id = submit(Article(text="Текст"), id="7c9e6679-7425-40de-944b-e07fc1f90ae7")
        time.sleep(1.1)  # the append-only file is written every second
    with embedded.session(chosen, processes=1) as here, connected(here.settings):
        assert record(job_id).id == job_id


def test_only_its_owner_can_read_the_password(data_dir: Path) -> None:
    with user(data_dir) as (_, url):
        password = url.split("@")[0].rpartition(":")[2]
        places = embedded.Places(data_dir)
        assert places.endpoint.stat().st_mode & 0o077 == 0
        assert places.data_dir.joinpath("run").stat().st_mode & 0o077 == 0
        for pid in processes(data_dir):
            assert password.encode() not in command_line(pid)
        with pytest.raises(redis.exceptions.AuthenticationError):
            redis.Redis.from_url(url.replace(password, "x")).ping()


def test_a_data_directory_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(embedded.EmbeddedError, match="CHANCERY_DATA_DIR"), embedded.session(Settings(data_dir=file)):
        pass
