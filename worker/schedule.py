"""What runs when: celery-redbeat's entries at the broker, and a scheduler that sends every run that is due once.

redbeat keeps its entries in Redis and a lock lets one of several schedulers fire; both are as redbeat has them. What is
done otherwise is the firing. redbeat writes down that an entry ran and sends its message after that, so a scheduler
that dies between the two loses the run, and one that was paused beyond its lock's lease fires beside its successor.
Here the check of the lock, the note of the run and the message are one step of a script at the broker.

Keys, behind the deployment's prefix P:

    P beat:<name>       hash    redbeat's entry: definition (what, when, options) and meta (last_run_at, the last slot)
                                in redbeat's JSON; ran: when it was last sent, seconds since 1970
    P beat::schedule    zset    key of an entry -> when it is due next, seconds since 1970
    P beat::statics     set     names of the entries that the application's ``beat_schedule`` had when it was installed
    P beat::lock        string  the scheduler that fires; its lease is ``CHANCERY_LEASE_SECONDS``

The clock is the broker's, so schedulers on several hosts agree on it. A run's time is its slot: an interval's slots are
a whole number of intervals apart whatever the load, and of several slots that were missed the last one alone is run.
"""

from __future__ import annotations

import copy
import json
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, cast

import redis
from celery.schedules import crontab, schedule
from celery.utils.log import get_logger
from redbeat.decoder import RedBeatJSONDecoder, RedBeatJSONEncoder
from redbeat.schedulers import RedBeatScheduler, RedBeatSchedulerEntry, get_redis
from redis.lock import Lock

from worker.script import envelope

logger = get_logger("celery.beat")

_OFTEN = timedelta(seconds=10)
_BATCH = 500
"""Entries fired in one tick, between two renewals of the lock."""

#: KEYS the schedule, the entry, the queue's stream, the lock; ARGV the lock's token, the entry's meta as it was read,
#: its meta after this run, when it is due next, now, the envelope and the body of the message. 1: sent; 0: the entry
#: is gone or was run meanwhile; -1: another scheduler holds the lock.
FIRE = """
if redis.call('GET', KEYS[4]) ~= ARGV[1] then return -1 end
if redis.call('HEXISTS', KEYS[2], 'definition') == 0 or redis.call('HGET', KEYS[2], 'meta') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[2], 'meta', ARGV[3], 'ran', ARGV[5])
redis.call('ZADD', KEYS[1], ARGV[4], KEYS[2])
redis.call('XADD', KEYS[3], '*', 'h', ARGV[6], 'b', ARGV[7])
return 1
"""


def following(when: schedule | crontab, moment: datetime, zone: tzinfo = UTC) -> datetime:
    """The first slot after ``moment``, in UTC; times of day are those of ``zone``.

    A time of day that a change of clocks leaves out comes as much later as the clocks were put forward; one that comes
    twice counts the first time.
    """
    if isinstance(when, crontab):
        cron = copy.copy(when)
        cron.nowfun = lambda: moment.astimezone(zone)
        cron.tz = zone
        return (moment + cron.remaining_estimate(moment)).astimezone(UTC)
    return moment + when.run_every


def due(when: schedule | crontab, last: datetime, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """The slot to run at ``now``, if one has come since ``last``: the latest of an interval's, or else now itself."""
    if following(when, last, zone) > now:
        return None
    if isinstance(when, crontab):
        return now
    return last + math.floor((now - last) / when.run_every) * when.run_every


def not_ahead(when: schedule | crontab, last: datetime, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The last run, as seen from a clock that was put back to ``now``.

    Where the next slot is the one that ran already, that stays so; where several ran that are yet to come, the
    schedule goes on from now.
    """
    if last <= following(when, now, zone):
        return last
    if isinstance(when, crontab):
        return now
    return last - math.ceil((last - now) / when.run_every) * when.run_every


class SlotEntry(RedBeatSchedulerEntry):
    """An entry whose time is its last slot, and nothing that this host's clock says."""

    @property
    def due_at(self) -> datetime:
        return following(self.schedule, self.last_run_at, self.app.timezone)

    @property
    def score(self) -> float:
        return self.due_at.timestamp()


class Scheduler(RedBeatScheduler):
    """redbeat's scheduler: the one that holds the lock installs the static entries and fires; the others wait.

    A broker that does not answer is asked again; the lock is taken up again where it was lost meanwhile.
    """

    Entry = SlotEntry
    lock_key: str | None
    lock: Lock | None
    _lock_key: str

    def __init__(self, app: Any, **options: Any) -> None:
        super().__init__(app, **options)
        # redbeat would wait for the lock before the first tick, deaf to signals and to a broker that restarts.
        self._lock_key, self.lock_key = self.lock_key or "", None
        self._before = datetime.min.replace(tzinfo=UTC)

    def setup_schedule(self) -> None:
        """Nothing yet: whoever gets the lock installs, lest one that waits puts back what a newer version dropped."""

    def tick(self, **_: Any) -> float:
        """Fires what is due; seconds until it is worth looking again."""
        try:
            return self._tick(get_redis(self.app))
        except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError) as error:
            logger.warning("beat: the broker does not answer: %s", error)
            return 1.0

    def _tick(self, client: redis.Redis) -> float:
        if not self._leads(client):
            return float(self.max_interval)
        now = _clock(client)
        if now < self._before:
            logger.warning("beat: the clock was put back by %s", self._before - now)
            self._reckon(client, now)
        self._before = now
        plan = self.app.redbeat_conf.schedule_key
        keys = client.zrangebyscore(plan, 0, now.timestamp(), start=0, num=_BATCH)
        for key in cast(list[str], keys):
            self._fire(client, key, now)
        if len(cast(list[str], keys)) == _BATCH:
            return 0.0
        ahead = cast(Any, client.zrangebyscore(plan, "-inf", "+inf", start=0, num=1, withscores=True))
        wait = ahead[0][1] - now.timestamp() if ahead else math.inf
        return max(0.0, min(wait, float(self.max_interval)))

    def _leads(self, client: redis.Redis) -> bool:
        if self.lock is None:
            self.lock = Lock(client, self._lock_key, timeout=self.lock_timeout, thread_local=False)
        try:
            self.lock.reacquire()
            return True
        except redis.exceptions.LockError:
            if not self.lock.acquire(blocking=False):
                return False
        logger.info("beat: Acquired lock")
        super().setup_schedule()
        self._before = _clock(client)
        self._reckon(client, self._before)
        return True

    def _reckon(self, client: redis.Redis, now: datetime) -> None:
        """Sets anew when each entry is due, by the clock as it is."""
        for key in cast(list[str], client.zrange(self.app.redbeat_conf.schedule_key, 0, -1)):
            entry = self._load(client, key, now)
            if entry is not None:
                last = not_ahead(entry.schedule, entry.last_run_at, now, self.app.timezone)
                if last != entry.last_run_at:
                    entry.reschedule(last)
                else:
                    client.zadd(self.app.redbeat_conf.schedule_key, {key: entry.score})

    def _load(self, client: redis.Redis, key: str, now: datetime) -> SlotEntry | None:
        try:
            entry = SlotEntry.from_key(key, app=self.app)
            entry.last_run_at = entry.last_run_at or now
            return cast(SlotEntry, entry)
        except KeyError:
            client.zrem(self.app.redbeat_conf.schedule_key, key)
        except (ValueError, TypeError) as error:
            logger.error("beat: %s is no entry and is left alone for an hour: %s", key, error)
            client.zadd(self.app.redbeat_conf.schedule_key, {key: now.timestamp() + 3600})
        return None

    def _fire(self, client: redis.Redis, key: str, now: datetime) -> None:
        meta = cast(str | None, client.hget(key, "meta")) or ""
        entry = self._load(client, key, now)
        if entry is None:
            return
        slot = due(entry.schedule, entry.last_run_at, now, self.app.timezone)
        if slot is None:
            client.zadd(self.app.redbeat_conf.schedule_key, {key: entry.score})
            return
        run = str(uuid.uuid5(uuid.NAMESPACE_URL, f"beat:{entry.name}#{slot.isoformat()}"))
        queue = entry.options.get("queue", self.app.conf.task_default_queue)
        head = envelope(queue, entry.task, run, entry.args or ())
        body = json.dumps([entry.args or [], entry.kwargs or {}, {}])
        expires = entry.options.get("expires")
        if expires is not None:
            head["headers"]["expires"] = (now + timedelta(seconds=float(expires))).isoformat()
        token = self.lock.local.token if self.lock else b""
        prefix = self.app.conf.broker_transport_options["global_keyprefix"]
        answer = client.register_script(FIRE)(
            keys=[self.app.redbeat_conf.schedule_key, key, f"{prefix}{queue}:0", self._lock_key],
            args=[
                token, meta, _json({"last_run_at": slot.astimezone(UTC)}),
                following(entry.schedule, slot, self.app.timezone).timestamp(), now.timestamp(),
                json.dumps(head), body,
            ],
        )  # fmt: skip
        if answer == 1:
            # What runs every few seconds would fill the log.
            often = not isinstance(entry.schedule, crontab) and entry.schedule.run_every < _OFTEN
            say = logger.debug if often else logger.info
            say("Scheduler: Sending due task %s (%s)", entry.name, entry.task)


@dataclass(frozen=True)
class Planned:
    """An entry as it stands: its task and arguments, when it runs in words, when it ran last, and its next slot."""

    name: str
    task: str
    args: tuple[Any, ...]
    when: str
    last: datetime | None
    next: datetime


class Plan:
    """The entries at a broker, for those who add some and look at them; the scheduler need not run."""

    def __init__(self, client: redis.Redis, key_prefix: str) -> None:
        self.client, self.prefix = client, key_prefix + "beat:"

    def put(self, name: str, task: str, args: Sequence[Any], every: float, *, queue: str, last: datetime) -> None:
        """Adds an entry that runs every so many seconds, or changes it; ``last`` is the slot before its first.

        Its messages expire when the next slot comes.
        """
        definition = {
            "name": name, "task": task, "args": list(args), "kwargs": {}, "enabled": True,
            "options": {"queue": queue, "expires": every}, "schedule": schedule(timedelta(seconds=every)),
        }  # fmt: skip
        key = self.prefix + name
        with self.client.pipeline() as pipe:
            pipe.hset(key, mapping={"definition": _json(definition), "meta": _json({"last_run_at": last})})
            pipe.zadd(self.prefix + ":schedule", {key: last.timestamp() + every})
            pipe.execute()

    def remove(self, name: str) -> None:
        """Takes an entry out, if it is there."""
        with self.client.pipeline() as pipe:
            pipe.zrem(self.prefix + ":schedule", self.prefix + name)
            pipe.delete(self.prefix + name)
            pipe.execute()

    def now(self) -> datetime:
        """The broker's time."""
        return _clock(self.client)

    def fires(self) -> bool:
        """Whether a scheduler is up."""
        return bool(self.client.exists(self.prefix + ":lock"))

    def entries(self, zone: tzinfo = UTC) -> list[Planned]:
        """Every entry that can be read, by when it is due."""
        keys = cast(list[bytes], self.client.zrange(self.prefix + ":schedule", 0, -1))
        found = []
        for start in range(0, len(keys), _BATCH):
            with self.client.pipeline(transaction=False) as pipe:
                for key in keys[start : start + _BATCH]:
                    pipe.hmget(key, "definition", "meta", "ran")
                rows = pipe.execute()
            found += [planned for row in rows if (planned := _planned(row, zone)) is not None]
        return sorted(found, key=lambda planned: (planned.next, planned.name))


def slot_before(name: str, every: float, now: datetime) -> datetime:
    """The last slot of an entry that runs every so many seconds, at a phase of its own that its name sets.

    So a thousand sources of one interval are spread over it, and each keeps its place through restarts.
    """
    phase = uuid.uuid5(uuid.NAMESPACE_URL, name).int / 2**128 * every
    seconds = math.floor((now.timestamp() - phase) / every) * every + phase
    return datetime.fromtimestamp(seconds, UTC)


def _planned(row: Sequence[bytes | None], zone: tzinfo) -> Planned | None:
    if row[0] is None or row[1] is None:
        return None
    try:
        definition: Mapping[str, Any] = json.loads(row[0], cls=RedBeatJSONDecoder)
        when = definition["schedule"]
        last = json.loads(row[1], cls=RedBeatJSONDecoder)["last_run_at"]
        return Planned(
            definition["name"], definition["task"], tuple(definition["args"] or ()), _words(when),
            datetime.fromtimestamp(float(row[2]), UTC) if row[2] else None,
            following(when, last, zone),
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _words(when: schedule | crontab) -> str:
    if not isinstance(when, crontab):
        return f"every {_span(when.run_every.total_seconds())}"
    fields = [when._orig_minute, when._orig_hour, when._orig_day_of_month, when._orig_month_of_year]
    minute, hour, *days = map(str, fields)
    if minute.isdecimal() and hour.isdecimal() and {*days, str(when._orig_day_of_week)} == {"*"}:
        return f"daily at {int(hour):02d}:{int(minute):02d}"
    return " ".join([minute, hour, *days, str(when._orig_day_of_week)])


def _span(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:g} s"


def _clock(client: redis.Redis) -> datetime:
    seconds, microseconds = client.time()
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)


def _json(value: Any) -> str:
    return json.dumps(value, cls=RedBeatJSONEncoder)
