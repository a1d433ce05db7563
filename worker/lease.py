"""The lease on what a process has taken from the queues: acknowledged in groups, renewed, handed back, taken over."""

from __future__ import annotations

import atexit
import os
import threading
import uuid
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from kombu.log import get_logger
from redis import Redis
from redis.exceptions import RedisError

from worker.streams import FORGET, GROUP, MIRROR, RELEASE, RENEW, SET_ASIDE, SETTLE, Entry

logger = get_logger(__name__)

_working = threading.Lock()
"""Held by the thread while it works, and across a fork: a child would inherit the locks that it held, of an import or a
log, and wait for them until its time limit kills it."""
os.register_at_fork(before=_working.acquire, after_in_parent=_working.release, after_in_child=_working.release)

#: Seconds that acknowledgements wait for company before they are sent.
GROUPING = 0.01
#: Milliseconds of idle time that put a handed-back entry at the head of what can be taken over.
AT_ONCE = 24 * 3600 * 1000
#: Seconds between two looks at consumers without a process, and how long one has been silent by then.
FORGET_EVERY, FORGET_AFTER = 60, 600
#: Elements that one look at a queue's list adds or removes.
MIRROR_STEP = 10_000


@dataclass(frozen=True)
class _Held:
    stream: str
    id: str
    deliveries: int
    message: weakref.ref[Any]


class Lease:
    """What this process has taken from one broker, kept alive by a thread of its own.

    An entry is held as long as anything in the process still refers to its message: a task that goes on while the
    broker restarts keeps its lease and is acknowledged over the next connection, and what Celery dropped with the
    connection is handed back. The thread works where the main one cannot: solo pools block it for the whole task.

    Arguments:
        connect: makes a client with a socket timeout; called in the process that uses it.
        idle: seconds after which an entry that nobody renews may be taken over.
    """

    def __init__(self, connect: Callable[[], Redis], idle: float) -> None:
        self.idle = idle
        self.interval = idle / 5
        self.consumer = f"{os.uname().nodename}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._client = connect()
        self._held: dict[str, _Held] = {}
        self._settled: deque[tuple[str, str]] = deque()
        self._released: deque[tuple[str, str, int]] = deque()
        self._queues: dict[str, tuple[str, ...]] = {}
        self._wake = threading.Event()
        self._sending = threading.Lock()
        self._stopped = False
        self._beat_at = self._steady_since = monotonic()
        self._forgot_at = monotonic()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def hold(self, entry: Entry, message: Any) -> None:
        """Renew the entry from here on, until it is settled, released or its message is gone."""
        self._held[entry.tag] = _Held(entry.stream, entry.id, entry.deliveries, weakref.ref(message))

    def settle(self, tag: str) -> None:
        """Acknowledge and delete, soon. Nothing happens when another process has taken the entry over."""
        if held := self._held.pop(tag, None):
            self._settled.append((held.stream, held.id))
            self._wake.set()

    def release(self, tag: str) -> None:
        """Hand back for anyone to take, soon."""
        if held := self._held.pop(tag, None):
            self._released.append((held.stream, held.id, held.deliveries - 1))
            self._wake.set()

    def hand_back(self, entry: Entry) -> None:
        """Hand back what was read but never held."""
        self._released.append((entry.stream, entry.id, entry.deliveries - 1))
        self._wake.set()

    def set_aside(self, entry: Entry, reason: str) -> None:
        """Move the entry whole, with the reason, to the queue's stream of malformed messages."""
        self._held.pop(entry.tag, None)
        to = f"{entry.stream.rpartition(':')[0]}:malformed"
        self._client.eval(SET_ASIDE, 2, entry.stream, to, GROUP, entry.id, reason)
        logger.error("Message %s of %s set aside: %s", entry.id, entry.stream, reason)

    def entry(self, tag: str) -> Entry | None:
        """The held entry of a delivery tag, without its fields."""
        held = self._held.get(tag)
        return Entry(held.stream, held.id, held.deliveries, {}) if held else None

    def consumes(self, queue_key: str, streams: tuple[str, ...]) -> None:
        """Look after this queue's list and consumers."""
        self._queues[queue_key] = streams

    def may_take_over(self) -> bool:
        """Whether idle times can be trusted: after a break the living need a moment to renew what they hold."""
        now = monotonic()
        return now - self._beat_at < 2 * self.interval and now - self._steady_since >= 2 * self.interval

    def suspects(self) -> int:
        """How many held entries were taken over from a worker that died."""
        return sum(held.deliveries > 1 for held in list(self._held.values()))

    def look(self) -> None:
        """Let go, soon, of entries whose messages are gone."""
        self._beat_at = min(self._beat_at, monotonic() - self.interval)
        self._wake.set()

    def flush(self) -> None:
        """Send the acknowledgements and hand-backs that wait; they stay in line when the broker does not answer."""
        with self._sending:
            if settled := list(self._settled)[:1000]:
                keys, ids = zip(*settled, strict=True)
                self._client.eval(SETTLE, len(keys), *keys, GROUP, self.consumer, *ids)
                for _ in settled:
                    self._settled.popleft()
            if released := list(self._released)[:1000]:
                keys = tuple(stream for stream, _, _ in released)
                args = [arg for _, id_, deliveries in released for arg in (id_, deliveries)]
                self._client.eval(RELEASE, len(keys), *keys, GROUP, self.consumer, AT_ONCE, *args)
                for _ in released:
                    self._released.popleft()
        if self._settled or self._released:
            self._wake.set()

    def renew(self) -> None:
        """Renew everything held, let go of what nobody refers to, and look after the queues."""
        for tag, held in list(self._held.items()):
            if held.message() is None:
                self.release(tag)
        holding = list(self._held.items())
        for start in range(0, len(holding), 500):
            part = holding[start : start + 500]
            keys = [held.stream for _, held in part]
            for index in self._client.eval(RENEW, len(part), *keys, GROUP, self.consumer, *(h.id for _, h in part)):
                tag, held = part[index - 1]
                if self._held.pop(tag, None):
                    logger.warning("Message %s of %s went to another worker", held.id, held.stream)
        now = monotonic()
        if now - self._beat_at > 2 * self.interval:
            self._steady_since = now
        self._beat_at = now
        for queue_key, streams in list(self._queues.items()):
            self._client.eval(MIRROR, 1 + len(streams), queue_key, *streams, GROUP, MIRROR_STEP)
        if now - self._forgot_at > FORGET_EVERY:
            self._forgot_at = now
            self._forget(FORGET_AFTER * 1000, "")

    def _forget(self, idle: int, consumer: str) -> None:
        streams = [stream for group in self._queues.values() for stream in group]
        if streams:
            self._client.eval(FORGET, len(streams), *streams, GROUP, idle, consumer)

    def _run(self) -> None:
        failing = False
        while not self._stopped:
            due = self._beat_at + self.interval
            if self._wake.wait(max(0.0, due - monotonic())):
                self._wake.clear()
                sleep(GROUPING)
            try:
                with _working:
                    self.flush()
                    if monotonic() >= self._beat_at + self.interval:
                        self.renew()
                failing = False
            except (RedisError, OSError) as error:
                if not failing:
                    logger.warning("The lease cannot be renewed, trying again: %s", error)
                failing = True
                sleep(0.5)
                self._wake.set()

    def close(self) -> None:
        """Send what waits, hand back what is left, leave the group. For the process that made the lease, at its end."""
        if self._stopped or not _leases.get(os.getpid()):
            return
        self._stopped = True
        for tag in list(self._held):
            self.release(tag)
        self._wake.set()
        self._thread.join(timeout=2)
        try:
            while self._settled or self._released:
                self.flush()
            self._forget(FORGET_AFTER * 1000, self.consumer)
        except (RedisError, OSError) as error:
            logger.warning("The broker did not take the last acknowledgements; the jobs will run again: %s", error)


#: By process, then by broker: a fork starts with none of its parent's.
_leases: dict[int, dict[str, Lease]] = {}
_making = threading.Lock()


def lease_at(broker: str, connect: Callable[[], Redis], idle: float) -> Lease:
    """This process's lease at a broker: one, however many connections come and go."""
    with _making:
        mine = _leases.setdefault(os.getpid(), {})
        if broker not in mine:
            mine[broker] = Lease(connect, idle)
        return mine[broker]
