"""The sources of a deployment and how each stands, at the broker.

Keys, behind the deployment's prefix P; ``<id>`` is a source's:

    P sources              hash    id -> the source as JSON
    P source:<id>          string  its state as JSON, written by whoever holds its lock
    P source:<id>:seen     zset    mark of an item -> when it was last there; the latest `SEEN` are kept
    P source:<id>:bodies   list    the last bodies that were read of it, as `alarms.note_bodies` has them
    P source:<id>:lock     string  the worker that polls it and a token; goes with the worker's heartbeat, or in time
    P alarmed              hash    <id> <kind of alarm> -> since when and why, as JSON
    P alarms               stream  an event an alarm raised or cleared, the latest `alarms.EVENTS`

Each has an entry of the schedule (worker/schedule.py), ``source:<id>``, but for those that are paused.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tasks.sources.source import LOCAL, NoSource, Source
from worker.ledger import Ledger
from worker.schedule import Plan, slot_before

SEEN, SEEN_LOCAL = 10_000, 250_000
"""Marks that are kept of a source: of the network, of files."""
LOCK_SECONDS = 300
"""After which a poll counts as hung, whatever its worker says."""

#: KEYS the lock, the heartbeats; ARGV worker, token, seconds. 1 where the lock is had.
CLAIM = """
local holder = redis.call('GET', KEYS[1])
if holder then
  local good = redis.call('ZSCORE', KEYS[2], holder:match('^(%S+)'))
  if good and tonumber(good) > tonumber(redis.call('TIME')[1]) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'EX', ARGV[3])
return 1
"""

#: KEYS the lock; ARGV worker, token.
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] .. ' ' .. ARGV[2] then redis.call('DEL', KEYS[1]) end"


class State(BaseModel):
    """How a source stands after its last poll. Times are the broker's."""

    model_config = ConfigDict(extra="ignore")

    polled: AwareDatetime | None = None
    resting: AwareDatetime | None = Field(default=None, description="not polled before: it failed")
    failures: int = Field(default=0, description="polls in a row that failed")
    code: str = ""
    error: str = ""
    read_as: str = Field(default="", description="what it turned out to be: feed, page, …")
    title: str | None = None
    etag: str | None = None
    modified: str | None = None
    digest: str | None = Field(default=None, description="of what came last, where its server tells no change")
    more: bool = Field(default=False, description="the last poll left items for the next one")
    polls: int = 0
    found: int = Field(default=0, description="items that were there when it last changed")
    submitted: int = Field(default=0, description="items in all")
    skipped: int = Field(default=0, description="of those, that held nothing to read")
    newest: AwareDatetime | None = Field(default=None, description="when its latest item was published, or else seen")
    pauses: dict[str, float] = Field(default_factory=dict, description="longest pause between items by day, seconds")
    places: dict[str, int] = Field(default_factory=dict, description="number of the last post by channel")


class Sources:
    """The sources at the ledger's broker. Every method may raise BrokerUnavailable."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.client = ledger.client
        self.plan = Plan(ledger.client, ledger.prefix)

    def key(self, source: str, part: str = "") -> str:
        """A key of a source's."""
        return self.ledger.key(f"source:{source}{part and ':' + part}")

    # The list

    def all(self) -> list[Source]:
        """Every source, in the order they were added."""
        found = cast(dict[bytes, bytes], self.ledger.ask(lambda: self.client.hgetall(self.ledger.key("sources"))))
        return sorted((Source.model_validate_json(each) for each in found.values()), key=lambda s: (s.added, s.id))

    def get(self, source_id: str) -> Source | None:
        """The source of an id."""
        found = cast(Any, self.ledger.ask(lambda: self.client.hget(self.ledger.key("sources"), source_id)))
        return Source.model_validate_json(found) if found else None

    def named(self, name: str) -> Source:
        """The source that a user means by its id or the beginning of that, its address or outlet. Raises NoSource."""
        every = self.all()
        for same in (
            lambda s: s.id == name,
            lambda s: s.address == name or s.address.rstrip("/") == name.rstrip("/"),
            lambda s: s.outlet == name,
            lambda s: len(name) >= 3 and s.id.startswith(name),
        ):
            found = [source for source in every if same(source)]
            if len(found) == 1:
                return found[0]
            if found:
                raise NoSource(f"{name!r} may be any of {', '.join(s.id for s in found[:10])}: give one's id")
        raise NoSource(f"no source is called {name!r}: `chancery source list` shows those there are")

    def put(self, source: Source, *, at_once: bool) -> None:
        """Adds a source, or changes the one of its id; ``at_once``: its first poll does not wait for its slot."""
        body = source.model_dump_json(exclude_none=True)
        self.ledger.ask(lambda: self.client.hset(self.ledger.key("sources"), source.id, body))
        self.schedule(source, at_once=at_once)

    def schedule(self, source: Source, *, at_once: bool = False) -> None:
        """Sets a source's entry in the schedule, or takes it out where the source is paused."""
        name = f"source:{source.id}"
        if source.paused:
            self.ledger.ask(lambda: self.plan.remove(name))
            return
        last = slot_before(name, source.interval, self.now())
        if at_once:
            last -= timedelta(seconds=source.interval)
        self.ledger.ask(
            lambda: self.plan.put(name, "tasks.poll", [source.id], source.interval, queue="fetch", last=last)
        )

    def remove(self, source: Source) -> None:
        """Takes a source out, with all that is known of it; jobs on their way go on."""
        self.ledger.ask(lambda: self.plan.remove(f"source:{source.id}"))
        alarms = [f"{source.id} {kind}" for kind in self.alarms().get(source.id, {})]

        def gone() -> None:
            with self.client.pipeline() as pipe:
                pipe.hdel(self.ledger.key("sources"), source.id)
                pipe.delete(*(self.key(source.id, part) for part in ("", "seen", "bodies", "lock")))
                if alarms:
                    pipe.hdel(self.ledger.key("alarmed"), *alarms)
                pipe.execute()

        self.ledger.ask(gone)

    # State

    def now(self) -> datetime:
        """The broker's time."""
        return self.ledger.ask(self.plan.now)

    def state(self, source_id: str) -> State:
        """How a source stands."""
        return self.states([source_id])[0]

    def states(self, source_ids: Sequence[str]) -> list[State]:
        """How sources stand, in their order."""
        if not source_ids:
            return []
        found = cast(Any, self.ledger.ask(lambda: self.client.mget([self.key(each) for each in source_ids])))
        return [State.model_validate_json(each) if each else State() for each in found]

    def save(self, source_id: str, state: State) -> None:
        """Writes a state down, unless the source was removed meanwhile."""
        if self.ledger.ask(lambda: self.client.hexists(self.ledger.key("sources"), source_id)):
            body = state.model_dump_json(exclude_defaults=True)
            self.ledger.ask(lambda: self.client.set(self.key(source_id), body))

    def alarms(self) -> dict[str, dict[str, str]]:
        """By source: its alarms, as their kind with why and since when in JSON."""
        found = cast(dict[bytes, bytes], self.ledger.ask(lambda: self.client.hgetall(self.ledger.key("alarmed"))))
        by_source: dict[str, dict[str, str]] = {}
        for name, why in found.items():
            source, _, kind = name.decode().partition(" ")
            by_source.setdefault(source, {})[kind] = why.decode()
        return by_source

    # Polling

    @contextmanager
    def locked(self, source_id: str, worker: str) -> Iterator[bool]:
        """Whether the poll of this source is this worker's while the block lasts; not where another one polls it."""
        lock, token = self.key(source_id, "lock"), secrets.token_hex(8)
        claim, release = self.client.register_script(CLAIM), self.client.register_script(RELEASE)
        keys = [lock, self.ledger.key("workers")]
        arguments: list[str | int] = [worker, token, LOCK_SECONDS]
        mine = bool(self.ledger.ask(lambda: claim(keys=keys, args=arguments)))
        try:
            yield mine
        finally:
            if mine:
                self.ledger.ask(lambda: release(keys=[lock], args=[worker, token]))

    def unseen(self, source_id: str, marks: Sequence[bytes]) -> list[bool]:
        """Of each mark, whether it is not known."""
        if not marks:
            return []
        scores = cast(
            Any, self.ledger.ask(lambda: self.client.zmscore(self.key(source_id, "seen"), cast(Any, list(marks))))
        )
        return [score is None for score in scores]

    def saw(self, source: Source, marks: Iterable[bytes], now: datetime) -> None:
        """Notes that these were there."""
        scores = dict.fromkeys(marks, now.timestamp())
        if not scores:
            return
        key = self.key(source.id, "seen")
        kept = SEEN_LOCAL if source.kind in LOCAL else SEEN

        def note() -> None:
            with self.client.pipeline() as pipe:
                pipe.zadd(key, cast(Any, scores))
                pipe.zremrangebyrank(key, 0, -kept - 1)
                pipe.execute()

        self.ledger.ask(note)
