"""A whole deployment on one machine: it restarts what dies, logs in one place, and stops clean."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.worker.conftest import ROOT, until
from tests.worker.test_embedded import command_line, processes
from worker import embedded
from worker.jobs import Article, id_of_event
from worker.producer import connected, record, result, submit
from worker.settings import Settings
from worker.supervisor import keep

UP = """
import sys
from worker.settings import load
from worker.supervisor import everything, keep
settings = load()
keep(settings.data_dir, everything(settings), sys.stderr.buffer, grace=30.0, lasting=True)
"""


@contextmanager
def up(data_dir: Path) -> Iterator[tuple[subprocess.Popen[bytes], Settings]]:
    """A deployment, and the settings that reach it."""
    data_dir.mkdir()
    with (data_dir / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", UP], cwd=ROOT, stderr=said,
            env=os.environ | {
                "CHANCERY_DATA_DIR": str(data_dir), "CHANCERY_READ_PROCESSES": "1", "CHANCERY_FETCH_THREADS": "1",
            },
        )  # fmt: skip
    try:
        embedded.Places(data_dir).prepare()
        until(lambda: embedded.running(Settings(data_dir=data_dir)) or process.poll() is not None, 60)
        here = embedded.running(Settings(data_dir=data_dir))
        assert here
        yield process, here
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(120)
        finally:
            process.kill()
            process.wait()
        until(lambda: not processes(data_dir), 60)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.timeout(600)
def test_a_deployment_reads_restarts_what_dies_and_stops_clean(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with up(data_dir) as (process, here), connected(here) as ledger:
        until(lambda: len(ledger.workers()) == 3, 120)
        assert (
            result(submit(Article(text="Посол Казахстана заявил об этом в Лондоне.")), timeout=60).state == "succeeded"
        )

        event = {"specversion": "1.0", "id": "1", "source": "/desk", "type": "chancery.article.submitted.v1"}
        ledger.client.xadd(ledger.key("intake"), {"event": json.dumps(event | {"data": {"text": "Да."}})})
        until(lambda: ledger.record(id_of_event("/desk", "1")))
        assert result(id_of_event("/desk", "1"), timeout=60).state == "succeeded"

        # A second deployment, or a session, finds the first and says so, or shares it.
        with embedded.session(Settings(data_dir=data_dir)) as shared:
            assert shared.settings.url == here.url
        with pytest.raises(embedded.EmbeddedError, match="another process runs its broker"):
            keep(data_dir, [], sys.stderr.buffer, grace=1.0, lasting=True)

        workers = [pid for pid in processes(data_dir) if b"--queues\0read\0" in command_line(pid)]
        before = set(ledger.workers())
        (master,) = (pid for pid in workers if parent(pid) not in workers)
        os.kill(master, signal.SIGKILL)
        job_id = submit(Article(text="Ещё одна новость из Астаны."))
        assert result(job_id, timeout=90).state == "succeeded"
        assert set(ledger.workers()) - before
        assert record(job_id).state == "succeeded"
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0
    said = (data_dir / "said").read_text()
    assert {"read", "fetch", "record", "intake", "beat"} <= {line.split(" ")[0] for line in said.splitlines()}
    assert "exited (-9)" in said
    assert "Астаны" not in said
