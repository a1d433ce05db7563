"""What is told of a source without being asked: that it fails, has fallen silent, or has changed its layout.

An alarm is raised once and cleared once: a line in the log, an event on the stream ``alarms``, a field of ``alarmed``
that `chancery source list` and the metrics show. The rules are here, and know no clock and no broker.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Literal

import numpy as np

from tasks.sources.source import Source
from worker import telemetry
from worker.ledger import Ledger

Kind = Literal["failing", "silent", "layout"]

EVENTS = 10_000
"""Kept in the stream of alarms, about."""
FAILURES = 3
"""Polls in a row that fail before an alarm."""

# Silence --------------------------------------------------------------------------------------------------------------

DAYS, KNOWN_DAYS = 14, 3
"""Days whose pauses are remembered, so that a weekend is among them; and from how many on they tell the rhythm."""
UNKNOWN_SILENCE = 3 * 86_400.0
"""Seconds without an item, of a source whose rhythm is not known."""


def note_pauses(
    pauses: dict[str, float], newest: datetime | None, moments: Sequence[datetime]
) -> tuple[dict[str, float], datetime | None]:
    """The longest pause before an item by the item's day, and the latest item, once items of these moments came."""
    noted = dict(pauses)
    for moment in sorted(moments):
        if newest is not None and moment > newest:
            day = moment.date().isoformat()
            noted[day] = max(noted.get(day, 0.0), (moment - newest).total_seconds())
        newest = moment if newest is None else max(newest, moment)
    if newest is not None:
        first = (newest.date() - timedelta(days=DAYS)).isoformat()
        noted = {day: pause for day, pause in noted.items() if day > first}
    return noted, newest


def patience(pauses: dict[str, float], interval: float) -> float:
    """Seconds without an item after which a source is silent: twice the longest pause of its last days.

    At least an hour and two polls; three days of a source that has published on fewer than `KNOWN_DAYS` days.
    """
    if len({date.fromisoformat(day) for day in pauses}) < KNOWN_DAYS:
        return max(UNKNOWN_SILENCE, 2 * interval)
    return max(2 * max(pauses.values()), 2 * interval, 3600.0)


# Layout ---------------------------------------------------------------------------------------------------------------

BODIES, RECENT, PAST = 100, 8, 12
"""Bodies that are remembered; how many of them are the recent ones, and how many past ones there must be."""
SHORT = 40
"""Characters up to which a body counts as empty."""
_SEEDS = np.random.default_rng(7).integers(1, 2**31, size=(16, 1), dtype=np.uint64) | np.uint64(1)


@dataclass(frozen=True, slots=True)
class Body:
    """The body of an article: of which job, its characters, and a sketch of its words."""

    job: str
    length: int
    sketch: bytes

    def pack(self) -> str:
        return f"{self.job} {self.length} {self.sketch.hex()}"


def body(job: str, text: str) -> Body:
    """What is remembered of a body. The sketch is sixteen minima of hashes over its three-word shingles (MinHash)."""
    words = text.split()[:3000]
    shingles = {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))} if words else set()
    if not shingles:
        return Body(job[:8], 0, b"")
    hashes = np.fromiter((zlib.crc32(shingle.encode("utf-8", "replace")) for shingle in shingles), np.uint64)
    minima = (hashes * _SEEDS % np.uint64(4_294_967_291)).min(axis=1)
    return Body(job[:8], len(text), (minima & np.uint64(255)).astype(np.uint8).tobytes())


def unpack(packed: str) -> Body:
    """A body from `Body.pack`."""
    job, length, sketch = packed.split(" ")
    return Body(job, int(length), bytes.fromhex(sketch))


def layout_changed(bodies: Sequence[Body], alarmed: bool) -> bool:
    """Whether the last bodies (the newest last) are empty or alike, and those before were not.

    Empty is a body under `SHORT` characters or a tenth of the past's median; alike, one that shares most of its words
    with another. Three quarters of the recent ones against a quarter of the past raise the alarm; half clears it.
    """
    latest = list({each.job: each for each in bodies}.values())
    recent, past = latest[-RECENT:], latest[:-RECENT]
    if len(recent) < RECENT or len(past) < PAST:
        return alarmed
    floor = max(SHORT, 0.1 * median(each.length for each in past))
    now = _share(recent, floor)
    return now > 0.5 if alarmed else now >= 0.75 and _share(past, floor) <= 0.25


def _share(bodies: Sequence[Body], floor: float) -> float:
    bad = [each.length < floor or any(_alike(each, other) for other in bodies if other is not each) for each in bodies]
    return sum(bad) / len(bad)


def _alike(one: Body, other: Body) -> bool:
    if not one.sketch or not other.sketch:
        return False
    return sum(a == b for a, b in zip(one.sketch, other.sketch, strict=True)) >= 13


# Raising --------------------------------------------------------------------------------------------------------------


def note_bodies(ledger: Ledger, source_id: str, texts: Mapping[str, str]) -> None:
    """Remembers the bodies that a source's jobs, by id, turned out to have; an empty one where they have none."""
    key = ledger.key(f"source:{source_id}:bodies")
    packed = [body(job, text).pack() for job, text in list(texts.items())[-BODIES:]]

    def note() -> None:
        # One that was removed meanwhile leaves nothing behind.
        if not packed or not ledger.client.hexists(ledger.key("sources"), source_id):
            return
        with ledger.client.pipeline() as pipe:
            pipe.rpush(key, *packed)
            pipe.ltrim(key, -BODIES, -1)
            pipe.execute()

    ledger.ask(note)


def bodies_of(ledger: Ledger, source_id: str) -> list[Body]:
    """The bodies that are remembered of a source, the newest last."""
    found = ledger.ask(lambda: ledger.client.lrange(ledger.key(f"source:{source_id}:bodies"), 0, -1))
    return [unpack(each.decode()) for each in found]  # type: ignore[union-attr]


def settle(ledger: Ledger, source: Source, kind: Kind, why: str, now: datetime) -> None:
    """Raises an alarm, or clears it where there is no ``why``; nothing where it stands so already."""
    field = f"{source.id} {kind}"
    note = json.dumps({"since": now.isoformat(timespec="seconds"), "why": why}, ensure_ascii=False)

    def change() -> bool:
        if why:
            return bool(ledger.client.hsetnx(ledger.key("alarmed"), field, note))
        return bool(ledger.client.hdel(ledger.key("alarmed"), field))

    if not ledger.ask(change):
        return
    event = {
        "source": source.id, "address": source.address, "outlet": source.outlet or "", "kind": kind,
        "state": "raised" if why else "cleared", "why": why, "time": now.isoformat(timespec="seconds"),
    }  # fmt: skip
    ledger.ask(
        lambda: ledger.client.xadd(
            ledger.key("alarms"), {"event": json.dumps(event, ensure_ascii=False)}, maxlen=EVENTS, approximate=True
        )
    )
    say = telemetry.log().warning if why else telemetry.log().info
    say(f"alarm {event['state']}", alarm=kind, source=source.id, address=source.address, why=why)
