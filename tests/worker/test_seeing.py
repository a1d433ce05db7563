"""Logs, metrics, health and traces say what a worker does, and never what an article says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.faults.processes import free_port
from tests.worker.conftest import ROOT, fresh, until, variables, worker
from worker import telemetry
from worker.jobs import Article
from worker.ledger import Ledger
from worker.producer import connected, result, submit


@pytest.fixture
def measured(server: str) -> Iterator[Ledger]:
    with connected(fresh(server, metrics_port=free_port(), canary_seconds=2.0, attempts=2)) as ledger:
        yield ledger


def test_health_holds_only_while_canaries_come_through(measured: Ledger) -> None:
    assert telemetry.health(measured.settings) == "no worker is running"
    with worker(measured.settings, processes=1) as process:
        until(lambda: telemetry.health(measured.settings) == "")
        os.killpg(process.pid, signal.SIGSTOP)
        until(lambda: "last canary came" in telemetry.health(measured.settings) or not measured.workers())
        os.killpg(process.pid, signal.SIGCONT)
        until(lambda: telemetry.health(measured.settings) == "")


def test_health_of_a_broker_that_is_away_is_told_soon() -> None:
    trouble = telemetry.health(fresh(f"redis://:hush@127.0.0.1:{free_port()}/0", connect_seconds=0.5))
    assert "does not answer" in trouble
    assert "hush" not in trouble


def test_metrics_count_what_happened(measured: Ledger) -> None:
    with worker(measured.settings, processes=1):
        for text in ("ok", "ok", "reject", "pass", "kill"):
            result(submit(Article(text=text)), timeout=60)
        waiting = submit(Article(text="wait for ever"))
        until(lambda: measured.measure()["read"].running == 1)
        submit(Article(text="ok"))
        with urlopen(f"http://127.0.0.1:{measured.settings.metrics_port}/metrics") as answer:
            lines = answer.read().decode().splitlines()
        measured.cancel([waiting])
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert values['chancery_jobs_total{state="succeeded"}'] == "2.0"
    assert values['chancery_jobs_total{state="rejected"}'] == "1.0"
    assert values['chancery_jobs_total{state="quarantined"}'] == "2.0"
    assert values["chancery_accepted_total"] == "7.0"
    assert values["chancery_retries_total"] == "1.0"
    assert values["chancery_losses_total"] == "2.0"
    assert values["chancery_quarantine"] == "2.0"
    assert values['chancery_queue_running{queue="read"}'] == "1.0"
    assert values['chancery_queue_waiting{queue="read"}'] == "1.0"
    assert float(values['chancery_queue_oldest_waiting_seconds{queue="read"}']) > 0
    assert values['chancery_stage_seconds_count{stage="obey"}'] == "4.0"


def test_log_lines_are_json_with_job_source_and_document_and_without_the_article(server: str, tmp_path: Path) -> None:
    chosen, file = fresh(server, log_level="debug"), tmp_path / "log"
    with connected(chosen), worker(chosen, processes=1, log=file):
        ids = [submit(Article(text=f"{word} ТАЙНОЕ СЛОВО", title="ТАЙНОЕ"), source="/desk") for word in ("ok", "fault")]
        outcomes = [result(job_id, timeout=60) for job_id in ids]
    log = file.read_text()
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    ended = {line["job"]: line for line in lines if line["event"] == "ended"}
    for job_id, outcome in zip(ids, outcomes, strict=True):
        assert ended[job_id]["source"] == "/desk"
        assert ended[job_id]["state"] == outcome.state
        assert ended[job_id]["document"] == outcome.document
    assert any("exception" in line and line["job"] == ids[1] for line in lines)
    assert "ТАЙНОЕ" not in log
    password = server.split("@")[0].rpartition(":")[2]
    assert password not in log


def test_a_trace_goes_from_the_producer_through_the_worker() -> None:
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from worker import tracing
    from worker.jobs import Job

    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(provider)
    with trace.get_tracer("test").start_as_current_span("desk") as desk:
        job = Job(article=Article(text="Текст"), trace=tracing.trace_context())
    with tracing.span(job, "tasks.read"):
        pass
    (attempt,) = [span for span in spans.get_finished_spans() if span.name == "tasks.read"]
    assert attempt.parent
    assert attempt.parent.span_id == desk.get_span_context().span_id
    assert "Текст" not in attempt.to_json()
    provider.shutdown()


def test_two_schedulers_send_each_periodic_job_once(server: str) -> None:
    chosen = fresh(server)
    command = [sys.executable, "-m", "celery", "-A", "worker.app", "beat"]
    with connected(chosen) as ledger:
        beats = [subprocess.Popen(command, cwd=ROOT, env=os.environ | variables(chosen)) for _ in range(2)]
        try:
            until(lambda: ledger.client.xlen(ledger.key("record:0")) >= 1, 120)
            entries: Any = ledger.client.xrange(ledger.key("record:0"))
            # One alone, unless this process stood still: the shortest interval is two seconds.
            times: dict[str, list[int]] = {}
            for entry, fields in entries:
                times.setdefault(json.loads(fields[b"h"])["headers"]["task"], []).append(int(entry.partition(b"-")[0]))
            assert all(later - earlier > 1000 for sent in times.values() for earlier, later in pairwise(sent))
        finally:
            for beat in beats:
                beat.terminate()
            for beat in beats:
                beat.wait(30)
