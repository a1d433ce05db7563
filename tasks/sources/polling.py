"""One poll of a source: gather, leave out what is known, submit the rest, note how the source stands.

Polling twice submits once: an item's job has the same id whenever it is polled, and is accepted once by the ledger. An
item is marked as seen once its job is accepted, so whatever a poll that dies has left undone, the next one does.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from tasks.reading.documents import Rejected
from tasks.sources import alarms
from tasks.sources.export import NotAnExport
from tasks.sources.feeds import NotAFeed
from tasks.sources.gathering import Candidate, Gathered, Unreadable, gather
from tasks.sources.registry import Sources, State
from tasks.sources.source import LOCAL, Item, Source
from tasks.web.faults import NotYet, Refused, Unavailable
from worker import telemetry
from worker.jobs import Job
from worker.ledger import QueueFull

FAULTS = (Refused, Unavailable, Unreadable, NotAFeed, NotAnExport, Rejected, OSError)
"""What a poll may end in that is the source's doing."""
BATCH = 100
"""Items that are looked up and submitted in one step."""
SECONDS = 40.0
"""A poll submits for so long, and leaves the rest for the next one."""
BACKOFF_CAP = 86_400.0
"""Seconds, the longest rest of a source that fails."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll came to: ``done``, ``unchanged``, ``failed``, ``running`` (elsewhere), ``resting``, ``put off``,
    ``full`` (the queue) or ``gone``; items that were looked at, and how many of them were submitted."""

    word: str
    found: int = 0
    submitted: int = 0


def poll(sources: Sources, source_id: str, worker: str) -> Polled:
    """Polls a source, unless it is being polled, rests, or is gone. Raises BrokerUnavailable."""
    source = sources.get(source_id)
    if source is None or source.paused:
        sources.plan.remove(f"source:{source_id}")
        return Polled("gone")
    with sources.locked(source_id, worker) as mine, telemetry.bound(source=source.sender):
        if not mine:
            telemetry.log().info("not polled: the poll before it is still running")
            return Polled("running")
        state, now = sources.state(source_id), sources.now()
        if state.resting is not None and now < state.resting:
            return Polled("resting")
        polled = _poll(sources, source, state, now)
        _watch(sources, source, state, now)
        telemetry.log().info(
            "polled", answer=polled.word, found=polled.found, submitted=polled.submitted, error=state.error or None
        )
        return polled


def _poll(sources: Sources, source: Source, state: State, now: datetime) -> Polled:
    before = state.model_copy(deep=True)
    state.polled, state.polls = now, state.polls + 1
    try:
        gathered = gather(source, before, sources.ledger, now)
        polled = _submit(sources, source, state, gathered, now)
    except NotYet:
        sources.save(source.id, before)
        return Polled("put off")
    except QueueFull as error:
        telemetry.log().warning("the queue is full: the rest comes with the next poll", error=str(error))
        state.more = True
        sources.save(source.id, state)
        return Polled("full")
    except FAULTS as error:
        _failed(state, source, error, now)
        sources.save(source.id, state)
        return Polled("failed")
    state.failures, state.code, state.error, state.resting = 0, "", "", None
    sources.save(source.id, state)
    if state.more and source.kind in LOCAL:
        # Files need no rest between two looks.
        sources.schedule(source, at_once=True)
    return polled


def _submit(sources: Sources, source: Source, state: State, gathered: Gathered, now: datetime) -> Polled:
    state.read_as = gathered.kind
    if gathered.unchanged:
        state.etag, state.modified, state.digest = gathered.etag, gathered.modified, gathered.digest
        return Polled("unchanged")
    state.title = gathered.title or state.title
    end: float | None = None
    found = submitted = 0
    skipped = gathered.skipped
    state.more = False
    moments: list[datetime] = []
    for batch in _batches(gathered.candidates):
        found += len(batch)
        room = source.limit - submitted
        # Passing over what was taken before is not counted: a large export is to come to its end.
        end = end or time.monotonic() + SECONDS
        if room <= 0 or time.monotonic() > end:
            state.more = True
            break
        chosen, jobs, without, full = _chosen(sources, source, batch, room)
        skipped += without
        sources.ledger.accept(jobs)
        submitted += len(jobs)
        if source.kind not in LOCAL:
            # What has to be fetched is told of when it was.
            texts = {job.id: job.article.text for job in jobs if job.article.text is not None}
            alarms.note_bodies(sources.ledger, source.id, texts)
        moments += [job.article.published or now for job in jobs]
        sources.saw(source, (c.mark for c in chosen if c.noted), now)
        for candidate in chosen:
            if candidate.place is not None:
                chat, number = candidate.place
                state.places[chat] = max(state.places.get(chat, 0), number)
        if full:
            state.more = True
            break
    if not state.more:
        # What tells of a change is believed once everything of this state of the source is taken.
        state.etag, state.modified, state.digest = gathered.etag, gathered.modified, gathered.digest
        state.places |= gathered.places
    state.found = found
    state.submitted += submitted
    state.skipped = skipped
    state.pauses, state.newest = alarms.note_pauses(state.pauses, state.newest, moments)
    return Polled("done", found, submitted)


def _chosen(
    sources: Sources, source: Source, batch: list[Candidate], room: int
) -> tuple[list[Candidate], list[Job], int, bool]:
    """Of a batch: the candidates that are dealt with, jobs for those that are not known, how many hold nothing, and
    whether there was no room for all."""
    dealt: list[Candidate] = []
    jobs: list[Job] = []
    without = 0
    for candidate, unseen in zip(batch, sources.unseen(source.id, [c.mark for c in batch]), strict=True):
        if unseen:
            if len(jobs) >= room:
                return dealt, jobs, without, True
            try:
                item: Item | None = candidate.open()
            except Rejected as error:
                # It stays as it is: it is not read again until it changes.
                telemetry.log().warning("an item can't be read", code=error.code)
                dealt.append(candidate)
                without += 1
                continue
            if item is None:
                continue
            jobs.append(item.job(source))
        dealt.append(candidate)
    return dealt, jobs, without, False


def _batches(candidates: Iterator[Candidate]) -> Iterator[list[Candidate]]:
    while batch := list(islice(candidates, BATCH)):
        yield batch


def _failed(
    state: State, source: Source, error: Exception, now: datetime, random_: Callable[[], float] = random.random
) -> None:
    """Backs off: twice as long after every failure, with jitter, and as long as the server asks for at least."""
    state.failures += 1
    state.code = str(getattr(error, "code", "") or type(error).__name__)
    state.error = str(error)[:500]
    rest = min(BACKOFF_CAP, source.interval * 2.0 ** min(state.failures - 1, 20)) * (0.5 + 0.4 * random_())
    state.resting = now + timedelta(seconds=max(rest, float(getattr(error, "after", 0.0))))
    telemetry.log().warning("the source failed", code=state.code, error=state.error, failures=state.failures)


def _watch(sources: Sources, source: Source, state: State, now: datetime) -> None:
    """Raises and clears the source's alarms."""
    ledger = sources.ledger
    failing = state.failures >= alarms.FAILURES
    alarms.settle(ledger, source, "failing", f"{state.failures} polls failed: {state.error}" if failing else "", now)
    if source.kind != "telegram-export" and not state.failures:
        quiet = (now - (state.newest or source.added)).total_seconds()
        silent = quiet > alarms.patience(state.pauses, source.interval)
        why = f"nothing came for {quiet / 3600:.0f} h{_rhythm(state)}" if silent else ""
        alarms.settle(ledger, source, "silent", why, now)
    bodies = alarms.bodies_of(ledger, source.id)
    stands = bool(ledger.ask(lambda: ledger.client.hexists(ledger.key("alarmed"), f"{source.id} layout")))
    changed = alarms.layout_changed(bodies, stands)
    why = "its last articles are empty or alike, as they were not before" if changed else ""
    alarms.settle(ledger, source, "layout", why, now)


def _rhythm(state: State) -> str:
    longest = max(state.pauses.values(), default=0.0)
    return f", and it paused {longest / 3600:.1f} h at most in the days before" if longest else ""
