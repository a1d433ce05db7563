"""The base class of the tasks that do jobs: at-least-once in, exactly-once effect.

A task's body takes a `Job` and answers with a `Done`, or with a `Forward` to another queue. It ends a job by raising
`Reject`; everything else it raises counts as a passing fault, tried again until the attempts or the time are spent, and
quarantined then. The message that brought the job is acknowledged once the ledger holds what came of it.
"""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from billiard.einfo import ExceptionWithTraceback
from billiard.exceptions import WorkerLostError
from celery import Task
from celery.exceptions import Reject as RejectMessage
from celery.exceptions import SoftTimeLimitExceeded
from celery.worker.request import Request
from celery.worker.state import task_ready

from worker import telemetry, tracing
from worker.jobs import Job, Outcome
from worker.ledger import BrokerUnavailable, Grant, Ledger, backoff, rejected
from worker.settings import Settings, settings


class Reject(Exception):
    """The input is bad and stays so: the job ends, and is never tried again."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Passing(Exception):
    """A fault that may pass; `after` asks for at least so many seconds before the next try.

    Where it is `free`, nothing was tried yet: the attempt is not counted, and the job comes back after just so long.
    """

    def __init__(self, code: str, message: str, after: float = 0.0, *, free: bool = False) -> None:
        super().__init__(code, message, after)
        self.code, self.message, self.after, self.free = code, message, after, free

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


@dataclass(frozen=True)
class Done:
    """A job's work, done: the id of what was read, and the reading as JSON-ready data."""

    document: str
    reading: dict[str, Any]


@dataclass(frozen=True)
class Forward:
    """A job whose next step belongs to another queue."""

    job: Job
    queue: str


@dataclass
class Clock:
    """Seconds of work by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 6)


class Attempt:
    """One attempt at a job: what the task's body may see and say of it."""

    def __init__(self, job: Job, grant: Grant, ledger: Ledger) -> None:
        self.job, self.number, self.tries = job, grant.attempt, grant.tries
        self.started = datetime.now(UTC)
        self.clock = Clock()
        self._ledger = ledger

    def stage(self, name: str) -> Any:
        """Times a stage of the work under this name."""
        return self.clock.stage(name)

    def waited(self) -> dict[str, float]:
        """Seconds from submission to this attempt."""
        return {"wait": max(0.0, round((self.started - self.job.submitted).total_seconds(), 6))}

    def say(self, stage: str) -> None:
        """Lets those who watch the job know which stage it is in. For work of seconds: it is a round trip."""
        self._ledger.stage(self.job.id, self.number, stage)


def incarnation() -> str:
    """The name of this worker process and no other, at any time: a restarted worker is another worker."""
    return f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}"


WORKER = incarnation()
"""This worker's name in the ledger; a pool's children inherit their parent's."""

given_up: set[str] = set()
"""Jobs whose end this worker could not tell the ledger: its pulse says so once the broker is back."""

_ledgers: dict[int, Ledger] = {}


def ledger(current: Settings | None = None) -> Ledger:
    """This process's ledger. A forked child makes its own connection."""
    pid = os.getpid()
    if pid not in _ledgers:
        _ledgers.clear()
        chosen = current or settings()
        # A worker whose attempt has outlived its lease writes nothing any more, so it need not try for longer.
        _ledgers[pid] = Ledger(chosen, chosen.lease_seconds)
    return _ledgers[pid]


class JobRequest(Request):
    """Tells the ledger when the process that ran a job is gone; the ledger decides what becomes of the job."""

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:
        error = exc_info.exception
        if isinstance(error, ExceptionWithTraceback):
            error = error.exc
        gone = isinstance(error, (WorkerLostError, SystemExit, KeyboardInterrupt))
        if gone and not (self._already_cancelled or self._already_revoked):
            self._process_gone(str(error))
            task_ready(self)
            # The ledger has put the job back already: this copy of the message is spent.
            self.acknowledge()
            return None
        if isinstance(error, RejectMessage):
            given_up.add(self.id)
        return super().on_failure(exc_info, send_failed_event, return_ok)

    def on_timeout(self, soft: bool, timeout: float) -> Any:
        if not soft:
            self._process_gone(f"hard time limit of {timeout} s")
        return super().on_timeout(soft, timeout)

    def _process_gone(self, reason: str) -> None:
        telemetry.log().warning("worker process lost", job=self.id, reason=reason)
        try:
            ledger().lost(self.id, WORKER)
        except BrokerUnavailable:
            # Its lease runs out, and the sweep does the same.
            telemetry.log().warning("the ledger could not be told", job=self.id)


class JobTask(Task):
    """A Celery task whose argument is a job's id and whose body gets the job."""

    abstract = True
    acks_late = True
    acks_on_failure_or_timeout = True
    reject_on_worker_lost = True
    ignore_result = True
    max_retries = 0
    Request = "worker.delivery:JobRequest"
    warm_up: Callable[[], None] | None = None
    """Run once in the parent, before the pool forks, by workers that consume this task's queue."""

    def __call__(self, job_id: str) -> str:
        book = ledger()
        with telemetry.bound(job=job_id):
            try:
                return self._attempt(book, job_id)
            except BrokerUnavailable as error:
                # What was begun is given up by the parent; what was not comes again with the message.
                telemetry.log().error("the attempt is lost: the ledger could not be asked", error=str(error))
                raise RejectMessage("the ledger could not be asked", requeue=True) from None

    def _attempt(self, book: Ledger, job_id: str) -> str:
        grant = book.begin(job_id, WORKER)
        if isinstance(grant, str):
            telemetry.log().info("nothing to do", why=grant)
            return grant
        try:
            job = book.open(job_id, grant.body)
        except ValueError as error:
            outcome = rejected(job_id, "quarantined", "not-a-job", f"what the ledger holds is no job: {error}")
            return self._finish(book, grant, outcome)
        attempt = Attempt(job, grant, book)
        with telemetry.bound(source=job.source, attempt=attempt.number), tracing.span(job, self.name):
            try:
                answer = self.run(job, attempt)
            except Reject as error:
                answer = rejected(job.id, "rejected", error.code, error.message)
            except SoftTimeLimitExceeded:
                return self._again(attempt, grant, "time-limit", f"not done within {self.soft_time_limit} s", 0.0)
            except Passing as error:
                if error.free:
                    return self._later(attempt, error)
                return self._again(attempt, grant, error.code, error.message, error.after)
            except Exception as error:
                telemetry.log().exception("the attempt failed")
                return self._again(attempt, grant, type(error).__name__, _words(error), 0.0)
            if isinstance(answer, Forward):
                book.forward(answer.job, attempt.number, answer.queue)
                return "forwarded"
            if isinstance(answer, Done):
                answer = Outcome(job=job.id, state="succeeded", document=answer.document, reading=answer.reading)
            return self._finish(book, grant, answer, attempt)

    def _again(self, attempt: Attempt, grant: Grant, code: str, reason: str, after: float) -> str:
        chosen, book, job = settings(), ledger(), attempt.job
        age = (datetime.now(UTC) - job.submitted).total_seconds()
        if attempt.tries >= chosen.attempts or (age >= chosen.retry_age_seconds and attempt.tries > 1):
            why = f"after {attempt.tries} attempts: {reason}"
            return self._finish(book, grant, rejected(job.id, "quarantined", code, why), attempt)
        delay = max(after, backoff(attempt.tries, chosen.retry_base_seconds, chosen.retry_cap_seconds))
        telemetry.log().warning("tried again", code=code, reason=reason, delay=round(delay, 1))
        return "retried" if book.retry(job.id, attempt.number, delay, code, reason) else "late"

    def _later(self, attempt: Attempt, wait: Passing) -> str:
        telemetry.log().info("put off", code=wait.code, reason=wait.message, delay=round(wait.after, 1))
        done = ledger().retry(attempt.job.id, attempt.number, wait.after, wait.code, wait.message, free=True)
        return "put off" if done else "late"

    def _finish(self, book: Ledger, grant: Grant, outcome: Outcome, attempt: Attempt | None = None) -> str:
        if attempt:
            outcome = outcome.model_copy(
                update={
                    "attempts": attempt.number, "submitted": attempt.job.submitted, "started": attempt.started,
                    "ended": datetime.now(UTC), "worker": WORKER, "seconds": attempt.clock.seconds | attempt.waited(),
                }
            )  # fmt: skip
        word = book.finish(grant.attempt, outcome)
        telemetry.log().info(
            "ended", state=outcome.state, code=outcome.code, document=outcome.document, answer=word,
            seconds=outcome.seconds,
        )  # fmt: skip
        return word


def _words(error: BaseException) -> str:
    """An error's message without what it was about: an article's text has no place in an outcome's reason."""
    return str(error)[:300] or type(error).__name__
