"""Each job's record, beside the queue: the promise of which Celery's messages are the fast path.

A job is written here before any message about it exists, and every transition is one atomic step of `ledger.lua`, whose
head documents every key. The message that Celery carries holds a job's id and nothing else; the article lies in the
ledger once, compressed. The clock is the broker's, so hosts need not agree on the time.

Who may run a job is said by its attempt number, raised before work starts: a copy that comes late, or belongs to a
worker that was taken for dead, writes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker.jobs import QUEUES, VERSION, Job, Outcome, Progress, Record, TerminalState, unpack
from worker.script import script
from worker.settings import Settings

_BATCH_JOBS, _BATCH_BYTES = 100, 4_000_000
"""Of what is written down in one step."""
_TAKES_IN = ("accept", "refuse")

T = TypeVar("T")


class BrokerUnavailable(Exception):
    """The broker can't be reached or does not answer."""


class QueueFull(Exception):
    """The queue holds as many open jobs as it may, or the broker's memory is spent: try again later."""


@dataclass(frozen=True)
class Grant:
    """Leave to run a job: the attempt's number, and how many there were since it was accepted or replayed."""

    attempt: int
    tries: int
    body: bytes


@dataclass(frozen=True)
class Measure:
    """How a queue stands: its open jobs, those that wait and run, and the age of the oldest that waits (seconds); the
    jobs its workers can run at a time, and the age of its canary (seconds; None if none ever came through)."""

    open: int
    waiting: int
    running: int
    oldest: float
    slots: int
    canary: float | None


def connect(settings: Settings) -> redis.Redis:
    """A client that bounds every wait. It never tries again by itself: `Ledger.ask` does, with an end to it."""
    return redis.Redis.from_url(
        settings.url,
        socket_timeout=settings.connect_seconds,
        socket_connect_timeout=settings.connect_seconds,
        socket_keepalive=True,
        health_check_interval=15,
        retry=Retry(NoBackoff(), 0),
        client_name="chancery",
    )


class Ledger:
    """The ledger at one broker. Every method may raise BrokerUnavailable; those that add, QueueFull."""

    def __init__(self, settings: Settings, patience: float | None = None) -> None:
        """A question is asked again for ``patience`` seconds, or as long as a producer tries, before it is given up."""
        self.settings = settings
        self.prefix = settings.key_prefix
        self.patience = settings.submit_seconds if patience is None else patience
        self.client = connect(settings)
        source = script(settings)
        self._taking_in = self.client.register_script(source)
        # A full broker takes nothing in, and goes on working off: what was accepted must be able to end.
        self._working_off = self.client.register_script(f"#!lua flags=allow-oom\n{source}")

    def key(self, name: str) -> str:
        """A key of the ledger's by its name in `ledger.lua`."""
        return self.prefix + name

    def _run(self, command: str, *arguments: str | bytes | float) -> Any:
        script = self._taking_in if command in _TAKES_IN else self._working_off
        return self.ask(lambda: script(keys=[self.prefix], args=[command, *arguments]))

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a question to the broker, its errors put into this module's.

        It may be asked twice, so asking twice must come to the same.
        """
        end = time.monotonic() + self.patience
        tries = 0
        while True:
            try:
                return question()
            except redis.exceptions.AuthenticationError as error:
                raise BrokerUnavailable(f"the broker at {self.settings.public_url} lets nobody in: {error}") from error
            except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
                tries += 1
                wait = backoff(tries, 0.2, 1.0)
                if time.monotonic() + wait >= end:
                    where = self.settings.public_url
                    raise BrokerUnavailable(f"the broker at {where} does not answer: {error}") from error
                time.sleep(wait)
            except redis.exceptions.ResponseError as error:
                if isinstance(error, redis.exceptions.OutOfMemoryError) or "OOM" in str(error):
                    raise QueueFull(
                        "the broker's memory is spent: nothing is taken until jobs have been worked off"
                    ) from error
                raise

    def _seal(self, job: Job) -> bytes:
        body = job.pack()
        return self._signature(job.id, body) + body

    def _signature(self, job_id: str, body: bytes) -> bytes:
        key = self.settings.signing_key
        if key is None:
            return b""
        return hmac.digest(key.get_secret_value().encode(), job_id.encode() + body, "sha256")

    def open(self, job_id: str, body: bytes) -> Job:
        """The job that the ledger keeps under this id. Raises ValueError where it is none, or is not signed."""
        if self.settings.signing_key is not None:
            size = hashlib.sha256().digest_size
            signature, body = body[:size], body[size:]
            if not hmac.compare_digest(signature, self._signature(job_id, body)):
                raise ValueError("it is not signed with the key of this deployment")
        job = unpack(body)
        if job.id != job_id:
            raise ValueError(f"it is another job, {job.id}")
        return job

    # In

    def accept(self, jobs: Iterable[Job]) -> int:
        """Writes jobs down and sends them on their way; how many of them it did not know.

        Raises QueueFull at the first that finds no room: those before it are accepted, and giving all of them again is
        safe, since a job that is known is not accepted twice.
        """
        fresh = 0
        for queue, batch in _batches((job.queue, job, self._seal(job)) for job in jobs):
            arguments: list[str | bytes | float] = [queue]
            for job, body in batch:
                deadline = job.deadline.timestamp() if job.deadline else ""
                arguments += (
                    job.id, job.priority, job.source, job.version, f"tasks.{job.task}", job.submitted.isoformat(),
                    deadline, body,
                )  # fmt: skip
            answers = self._run("accept", *arguments)
            fresh += answers.count(1)
            if -1 in answers:
                raise QueueFull(
                    f"the {queue} queue is full: {answers.count(-1)} of these {len(batch)} jobs were not taken; "
                    "try again when some have been worked off, or raise CHANCERY_QUEUE_CAP"
                )
        return fresh

    def refuse(self, job_id: str, source: str, code: str, reason: str) -> bool:
        """An outcome for what never became a job, so that its sender can look it up; False where there is a job."""
        return bool(self._run("refuse", job_id, source, VERSION, code, reason[:2000]))

    def cancel(self, job_ids: Sequence[str]) -> list[str]:
        """By job: its state after this; ``running`` where it ends as soon as its worker hears of it, or ``unknown``."""
        return [answer.decode() for batch in _slices(job_ids, 1000) for answer in self._run("cancel", *batch)]

    # Work

    def begin(self, job_id: str, worker: str) -> Grant | str:
        """Leave to run the job, or a word for why there is nothing to do: unknown, stale, newer, apart."""
        token = secrets.token_hex(8)
        answer = self._run("begin", job_id, worker, self.settings.lease_seconds, VERSION, token)
        if answer[0] != b"run":
            return cast(bytes, answer[0]).decode()
        return Grant(attempt=answer[1], tries=answer[2], body=answer[3])

    def finish(self, attempt: int, outcome: Outcome) -> Literal["done", "cancelled", "late"]:
        """The one outcome of the job, with its event and counters; ``late`` where another attempt took over."""
        arguments = (
            outcome.job,
            attempt,
            outcome.state,
            outcome.code,
            outcome.message,
            outcome.model_dump_json(exclude_none=True),
        )
        return self._run("finish", *arguments, outcome.document or "", json.dumps(outcome.seconds)).decode()

    def retry(self, job_id: str, attempt: int, delay: float, code: str, reason: str, *, free: bool = False) -> bool:
        """Runs the job again after ``delay`` seconds; False where another attempt took over.

        A ``free`` attempt is not one of the tries that a job has.
        """
        return bool(self._run("retry", job_id, attempt, delay, code, reason[:2000], int(free)) == b"done")

    def forward(self, job: Job, attempt: int, queue: str) -> bool:
        """The job goes on in another queue, as it is given; False where another attempt took over."""
        return bool(self._run("forward", job.id, attempt, queue, self._seal(job)) == b"done")

    def stage(self, job_id: str, attempt: int, stage: str) -> None:
        """Says which stage of the work the attempt is in."""
        self._run("stage", job_id, attempt, stage)

    # Workers

    def renew(self, worker: str, slots: Mapping[str, int], job_ids: Sequence[str]) -> list[str]:
        """Keeps a worker and what it runs alive for another lease; answers with the jobs that were cancelled."""
        answer = self._run("renew", worker, self.settings.lease_seconds, json.dumps(dict(slots)), *job_ids)
        return [job_id.decode() for job_id in answer]

    def lost(self, job_id: str, worker: str) -> bool:
        """The process that had the job has died: it runs again, or is quarantined. False where it was not there."""
        return bool(self._run("lost", job_id, worker))

    def give_up(self, worker: str, job_ids: Sequence[str]) -> None:
        """The worker could not tell what became of these jobs, and does them no more: they run again."""
        self._run("give_up", worker, *job_ids)

    def leave(self, worker: str) -> int:
        """A worker stops in good order; how many jobs it hands back."""
        return int(self._run("leave", worker))

    def sweep(self) -> int:
        """The reconciler: restarts what is overdue. Harmless at any time and from anywhere; how many it restarted."""
        # In which a worker that the broker was away from is sure to have renewed.
        grace = 2 * self.settings.pulse_seconds + self.settings.connect_seconds
        return int(self._run("sweep", self.settings.lease_seconds, self.settings.overdue_seconds, grace))

    # Quarantine

    def replay(self, job_id: str) -> bool:
        """Out of quarantine and into its queue again; False where it is not there."""
        return bool(self._run("replay", job_id))

    def drop(self, job_id: str) -> bool:
        """Out of quarantine for good; False where it is not there."""
        return bool(self._run("drop", job_id))

    def quarantined(self, limit: int = 1000) -> list[str]:
        """Ids of the jobs in quarantine, oldest first."""
        ids = self.ask(lambda: self.client.zrange(self.key("quarantine"), 0, limit - 1))
        return [job_id.decode() for job_id in cast(list[bytes], ids)]

    def quarantine_size(self) -> int:
        """How many jobs are in quarantine."""
        return self._size("quarantine")

    # Looking

    def record(self, job_id: str) -> Record | None:
        """What is known of a job."""
        return self.records([job_id])[0]

    def records(self, job_ids: Sequence[str]) -> list[Record | None]:
        """What is known of jobs, in their order; None where nothing is."""

        def read() -> list[dict[bytes, bytes]]:
            with self.client.pipeline(transaction=False) as pipe:
                for job_id in job_ids:
                    pipe.hgetall(self.key(f"job:{job_id}"))
                return cast(list[dict[bytes, bytes]], pipe.execute())

        return [_record(job_id, fields) for job_id, fields in zip(job_ids, self.ask(read), strict=True)]

    def progress(self, job_ids: Sequence[str]) -> list[Progress | None]:
        """Where jobs stand, in their order; None for an unknown one."""
        shown = set(Progress.model_fields) - {"job"}
        return [
            Progress(job=record.id, **record.model_dump(include=shown)) if record else None
            for record in self.records(job_ids)
        ]

    def body(self, job_id: str) -> bytes | None:
        """The packed job, while it is open or in quarantine."""
        return cast(bytes | None, self.ask(lambda: self.client.get(self.key(f"body:{job_id}"))))

    def outcomes(self, job_ids: Sequence[str]) -> list[Outcome | None]:
        """The outcomes of jobs, in their order; None where there is none, or it has expired."""
        found: list[Outcome | None] = []
        for batch in _slices(job_ids, 200):
            keys = [self.key(f"celery-task-meta-{job_id}") for job_id in batch]
            metas = cast(list[bytes | None], self.ask(lambda keys=keys: self.client.mget(keys)))  # type: ignore[misc]
            found += [Outcome.model_validate(json.loads(meta)["result"]) if meta else None for meta in metas]
        return found

    def open_jobs(self, limit: int = 1000) -> list[str]:
        """Ids of the jobs that have no outcome, oldest first by queue."""
        ids: list[bytes] = []
        for queue in QUEUES:
            ids += cast(list[bytes], self.ask(lambda q=queue: self.client.zrange(self.key(f"open:{q}"), 0, limit - 1)))  # type: ignore[misc]
        return [job_id.decode() for job_id in ids][:limit]

    def ended_jobs(self, limit: int = 1000) -> list[str]:
        """Ids of the jobs that ended, latest first."""
        ids = self.ask(lambda: self.client.zrevrange(self.key("ended"), 0, limit - 1))
        return [job_id.decode() for job_id in cast(list[bytes], ids)]

    def counts(self) -> dict[str, int]:
        """Jobs accepted, and by terminal state; retries, waits, losses, resends."""
        found = cast(dict[bytes, bytes], self.ask(lambda: self.client.hgetall(self.key("counts"))))
        return {name.decode(): int(n) for name, n in found.items()}

    def depths(self) -> dict[str, int]:
        """Open jobs by queue."""
        return {q: self._size(f"open:{q}") for q in QUEUES}

    def _size(self, name: str) -> int:
        return self.ask(lambda: self.client.zcard(self.key(name)))

    def measure(self) -> dict[str, Measure]:
        """How each queue stands."""
        found = json.loads(self._run("measure"))
        return {queue: Measure(**values) for queue, values in found.items()}

    def stages(self) -> dict[str, tuple[float, int]]:
        """By stage of the work: seconds spent in it, and how often."""
        found = cast(dict[bytes, bytes], self.ask(lambda: self.client.hgetall(self.key("stages"))))
        times = {name.decode(): float(value) for name, value in found.items()}
        return {name: (seconds, int(times.get(f"{name}:n", 0))) for name, seconds in times.items() if name[-2:] != ":n"}

    def sing(self, queue: str) -> None:
        """A canary came through the queue."""
        self._run("sing", queue)

    def broker_faults(self) -> list[str]:
        """What at the broker's settings would lose jobs; nothing where it may not be asked."""
        try:
            memory = self.ask(lambda: self.client.info("memory"))
            persistence = self.ask(lambda: self.client.info("persistence"))
        except (BrokerUnavailable, redis.exceptions.ResponseError):
            return []
        faults = []
        if (policy := memory.get("maxmemory_policy", "noeviction")) != "noeviction":
            faults.append(f"maxmemory-policy is {policy}: set it to noeviction, or jobs vanish when memory runs out")
        if not persistence.get("aof_enabled", 1):
            faults.append("appendonly is off: turn it on, or a restart loses what was accepted since the last snapshot")
        return faults

    def workers(self) -> list[str]:
        """Workers whose heartbeat is good."""
        now = self.ask(self.client.time)[0]
        names = self.ask(lambda: self.client.zrangebyscore(self.key("workers"), now, "+inf"))
        return [name.decode() for name in cast(list[bytes], names)]


def backoff(tries: int, base: float, cap: float, random_: Callable[[], float] = random.random) -> float:
    """Seconds to wait after this many tries: exponential with full jitter (Brooker, AWS Architecture Blog, 2015)."""
    return random_() * min(cap, base * 2.0 ** min(tries - 1, 40))


def rejected(job_id: str, state: TerminalState, code: str, reason: str) -> Outcome:
    """An outcome without a reading."""
    return Outcome(job=job_id, state=state, code=code, message=reason[:2000])


def _record(job_id: str, fields: dict[bytes, bytes]) -> Record | None:
    if not fields:
        return None
    return Record.model_validate({"id": job_id} | {name.decode(): value.decode() for name, value in fields.items()})


def _slices(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _batches(jobs: Iterable[tuple[str, Job, bytes]]) -> Iterator[tuple[str, list[tuple[Job, bytes]]]]:
    """Jobs with their bodies by queue, few enough at a time."""
    batches: dict[str, list[tuple[Job, bytes]]] = {}
    sizes = dict.fromkeys(QUEUES, 0)
    for queue, job, body in jobs:
        batches.setdefault(queue, []).append((job, body))
        sizes[queue] += len(body)
        if len(batches[queue]) == _BATCH_JOBS or sizes[queue] > _BATCH_BYTES:
            sizes[queue] = 0
            yield queue, batches.pop(queue)
    yield from batches.items()
