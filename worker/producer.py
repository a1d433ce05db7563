"""What upstream Python imports: submit articles, wait for outcomes, watch, cancel.

    from worker.producer import Article, submit, result

    job_id = submit(Article(text="…", outlet="…"))
    print(result(job_id, timeout=60).reading)

Nothing of a language model is loaded. The broker is that of ``CHANCERY_BROKER_URL``, or the one given by `connected`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from worker import tracing
from worker.jobs import TERMINAL, Article, Job, Outcome, Priority, Progress, Record
from worker.ledger import BrokerUnavailable, Ledger, QueueFull
from worker.settings import Settings, settings

__all__ = [
    "Article", "BrokerUnavailable", "Job", "NoSuchJob", "Outcome", "Progress", "QueueFull", "StillOpen", "cancel",
    "connected", "record", "result", "submit", "submit_many", "watch",
]  # fmt: skip

_LOOK_SECONDS = 5.0
"""Between looks at the ledger itself while watching, in case events were trimmed or lost with a restart."""


class NoSuchJob(Exception):
    """The ledger knows no job of this id: it was never accepted here, or its record has expired."""


class StillOpen(TimeoutError):
    """The job has no outcome yet, and the time to wait for it is over. The job goes on."""


_ledger: ContextVar[Ledger | None] = ContextVar("ledger", default=None)
_default: dict[str, Ledger] = {}


@contextmanager
def connected(to: Settings) -> Iterator[Ledger]:
    """Every function of this module talks to the broker of these settings inside the block."""
    ledger = Ledger(to)
    token = _ledger.set(ledger)
    try:
        yield ledger
    finally:
        _ledger.reset(token)
        ledger.client.close()


def _here() -> Ledger:
    ledger = _ledger.get()
    if ledger is not None:
        return ledger
    current = settings()
    return _default.setdefault(current.url, Ledger(current))


def submit(article: Article | Job, *, source: str = "python", priority: Priority = "bulk", **options: Any) -> str:
    """Accepts one article; its job's id. Options are those of `Job`: id, deadline.

    Once this returns, the job ends in exactly one outcome. Raises QueueFull, or BrokerUnavailable within
    ``CHANCERY_SUBMIT_SECONDS``; then the job may or may not have been accepted, and submitting the same `Job` again is
    safe.
    """
    job = article if isinstance(article, Job) else _job(article, source, priority, tracing.trace_context(), options)
    _here().accept([job])
    return job.id


def submit_many(articles: Iterable[Article | Job], *, source: str = "python", priority: Priority = "bulk") -> list[str]:
    """Accepts many articles in few steps; their jobs' ids, in order.

    Where the queue fills up on the way it raises QueueFull, whose jobs before were accepted.
    """
    ids: list[str] = []
    trace = tracing.trace_context()

    def jobs() -> Iterator[Job]:
        for article in articles:
            job = article if isinstance(article, Job) else _job(article, source, priority, trace, {})
            ids.append(job.id)
            yield job

    _here().accept(jobs())
    return ids


def result(job_id: str, timeout: float | None = None) -> Outcome:
    """The outcome of a job, waited for. Raises StillOpen after ``timeout`` seconds, and NoSuchJob."""
    for event in watch([job_id], timeout=timeout, progress=False):
        if isinstance(event, Outcome):
            return event
    raise StillOpen(f"job {job_id} has no outcome after {timeout} s")


def watch(
    job_ids: Sequence[str], *, timeout: float | None = None, progress: bool = True
) -> Iterator[Outcome | Progress]:
    """Outcomes as they come, and progress between; ends when every job has its outcome, or after ``timeout`` seconds.

    Raises NoSuchJob for an id the ledger does not know. A broker that restarts is waited for.
    """
    ledger = _here()
    end = None if timeout is None else time.monotonic() + timeout
    pending = dict.fromkeys(job_ids, "")
    position = _position(ledger)
    looked, ended = -1e9, list[str]()
    while pending:
        now = time.monotonic()
        if now - looked >= _LOOK_SECONDS + len(pending) / 1000:
            looked = now
            fresh = list(pending)
        else:
            fresh = [job_id for job_id in ended if job_id in pending]
        yield from _outcomes(ledger, fresh, pending)
        if progress:
            yield from _progress(ledger, pending)
        if not pending or (end is not None and time.monotonic() >= end):
            return
        wait = 0.5 if progress else 2.0
        if end is not None:
            wait = min(wait, max(0.001, end - time.monotonic()))
        position, ended = _ended_since(ledger, position, wait)


def cancel(*job_ids: str) -> list[str]:
    """Cancels jobs; by job its state: ``cancelled``, ``running`` where it is being stopped, or how it had ended.

    Raises NoSuchJob.
    """
    states = _here().cancel(job_ids)
    for job_id, state in zip(job_ids, states, strict=True):
        if state == "unknown":
            raise NoSuchJob(f"no job {job_id}")
    return states


def record(job_id: str) -> Record:
    """What is known of a job. Raises NoSuchJob."""
    found = _here().record(job_id)
    if found is None:
        raise NoSuchJob(f"no job {job_id}")
    return found


def _job(article: Article, source: str, priority: Priority, trace: dict[str, str], options: dict[str, Any]) -> Job:
    return Job(article=article, source=source, priority=priority, trace=trace, **options)


def _outcomes(ledger: Ledger, job_ids: Sequence[str], pending: dict[str, str]) -> Iterator[Outcome]:
    missing = []
    for start in range(0, len(job_ids), 100):
        batch = job_ids[start : start + 100]
        for job_id, outcome in zip(batch, ledger.outcomes(batch), strict=True):
            if outcome is None:
                missing.append(job_id)
            else:
                del pending[job_id]
                yield outcome
    for job_id, known in zip(missing, ledger.records(missing), strict=True):
        if known is None:
            raise NoSuchJob(f"no job {job_id}")
        if known.state in TERMINAL:
            # It ended, or its outcome has expired: then the record is what is left.
            again = ledger.outcomes([job_id])[0]
            del pending[job_id]
            yield again or Outcome(job=job_id, state=cast(Any, known.state), code=known.code, message=known.message)


def _progress(ledger: Ledger, pending: dict[str, str]) -> Iterator[Progress]:
    ahead = list(pending)[:500]
    for job_id, event in zip(ahead, ledger.progress(ahead), strict=True):
        if event is not None and event.state not in TERMINAL:
            mark = f"{event.state} {event.stage} {event.attempts}"
            if pending[job_id] != mark:
                pending[job_id] = mark
                yield event


def _position(ledger: Ledger) -> str:
    last = cast(list[Any], ledger.ask(lambda: ledger.client.xrevrange(ledger.key("outcomes"), count=1)))
    return cast(bytes, last[0][0]).decode() if last else "0"


def _ended_since(ledger: Ledger, position: str, wait: float) -> tuple[str, list[str]]:
    answer = cast(
        Any,
        ledger.ask(
            lambda: ledger.client.xread({ledger.key("outcomes"): position}, count=1000, block=max(1, int(wait * 1000)))
        ),
    )
    if not answer:
        return position, []
    entries = next(iter(answer.values()))[0] if isinstance(answer, dict) else answer[0][1]
    return entries[-1][0].decode(), [fields[b"job"].decode() for _, fields in entries]
