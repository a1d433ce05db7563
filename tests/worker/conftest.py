"""A real broker for the session, a key prefix of its own for every test, and real workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from worker import producer
from worker.embedded import Places, broker
from worker.ledger import Ledger
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
FAST = {
    "pulse_seconds": 0.4, "lease_seconds": 2.0, "overdue_seconds": 3.0, "retry_base_seconds": 0.05, "attempts": 3,
    "submit_seconds": 5.0,
}  # fmt: skip


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Waits for a condition to hold."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.02)


def variables(chosen: Settings) -> dict[str, str]:
    """The environment that gives a process these settings."""
    values = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in chosen.model_dump(mode="json", exclude_unset=True).items()
    }
    if chosen.signing_key:
        values["signing_key"] = chosen.signing_key.get_secret_value()
    return {f"CHANCERY_{name.upper()}": value for name, value in values.items()}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a broker."""
    places = Places(tmp_path_factory.mktemp("broker"))
    places.prepare()
    with broker(places) as url:
        yield url


def fresh(server: str, **more: object) -> Settings:
    """Quick settings at a broker, with keys of their own."""
    return Settings.model_validate({"broker_url": server, "key_prefix": f"t{uuid.uuid4().hex[:8]}:", **FAST, **more})


@pytest.fixture
def chosen(server: str) -> Settings:
    """Settings of this test alone."""
    return fresh(server)


@pytest.fixture
def ledger(chosen: Settings) -> Iterator[Ledger]:
    """This test's ledger; the producer's functions use it."""
    with producer.connected(chosen) as found:
        yield found


@contextmanager
def worker(
    chosen: Settings,
    *,
    processes: int = 2,
    app: str = "tests.worker.obedient",
    queues: str = "read",
    pool: str = "prefork",
    log: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A running worker. It is stopped in good order, if the test has not killed it. ``log``: where it writes, if not
    with the test.
    """
    ledger = Ledger(chosen)
    before = set(ledger.workers())
    with log.open("wb") if log else nullcontext() as output:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "celery", "-A", app, "--quiet", "worker", "-Q", queues, "-P", pool,
                "-c", str(processes), "-n", f"{uuid.uuid4().hex[:6]}@test", "--without-gossip", "--without-mingle",
            ],
            cwd=ROOT, env=os.environ | variables(chosen) | {"CHANCERY_LOG_FORMAT": "json"}, process_group=0,
            stderr=output,
        )  # fmt: skip
    try:
        until(lambda: set(ledger.workers()) - before or process.poll() is not None, 120)
        assert process.poll() is None, "the worker did not start"
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(60)
            finally:
                process.kill()
                process.wait()
        ledger.client.close()
