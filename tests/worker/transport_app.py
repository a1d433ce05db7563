"""A Celery application over the transport alone: what its tests give their workers to do."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

from celery import Celery

from worker import transport

app = Celery("transport-tests", broker=os.environ.get("TEST_BROKER", "redis://127.0.0.1:1/0"))
app.conf.update(
    broker_transport_options=json.loads(os.environ.get("TEST_OPTIONS", "{}")),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_default_queue="work",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=int(os.environ.get("TEST_PREFETCH", "1")),
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_send_task_events=False,
)
transport.install(app)


def write(*words: object) -> None:
    """One line to the log of what ran; written at once and whole."""
    line = " ".join(map(str, words)) + "\n"
    descriptor = os.open(Path(os.environ["TEST_LOG"]), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line.encode())
    os.close(descriptor)


@app.task
def mark(name: str, seconds: float = 0.0) -> None:
    write("start", name, os.getpid())
    time.sleep(seconds)
    write("end", name, os.getpid())


@app.task
def keep(text: str) -> None:
    write("text", text)


@app.task
def poison(name: str) -> None:
    write("start", name, os.getpid())
    os.killpg(os.getpgid(0), signal.SIGKILL)
