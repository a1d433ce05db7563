"""The index that articles are found by, in the archive, where every worker sees it: ``fingerprints`` and ``bands``.

A row of ``bands`` says that an article has a key (``shingles.keys``). Of each key the KEPT earliest articles are held,
so that a text with ten thousand copies costs a new copy no more than one with ten, and what a copy is compared with
does not depend on the order in which the articles came. A key that BOILERPLATE articles of one outlet have is its
boilerplate: it finds nothing, and the words around it do not count.
"""

from __future__ import annotations

import bisect
import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.archive.outbox import inserted_once
from tasks.archive.tables import appearances, bands, fingerprints, reposts

from . import naming, shingles
from .comparing import Weights
from .words import Hashes

KEPT = 64
"""Articles that are held of one key, the earliest."""

BOILERPLATE = 8
"""Articles of one outlet that have a key, from which on it is no sign of a repost. Versions of one page count once."""

COMPARED = 32
"""Articles that one is compared with at most: half of them the earliest, half those that share most keys."""

CITING = 1000
"""Articles that are looked at anew when one that they may cite turns up late."""

_AT_ONCE = 5000
"""Values in one query: SQLite takes 32,766, PostgreSQL 65,535."""


@dataclass(frozen=True, order=True)
class Entry:
    """One article that has a key; in the order in which articles appeared (``at`` in ms since 1970)."""

    at: int
    fingerprint: int
    outlet: int = 0


class Table:
    """The rows of ``bands`` for some keys, read at once; what is added and dropped is written at the end."""

    def __init__(self, connection: Connection, keys: Iterable[int]) -> None:
        self.connection = connection
        self.rows: dict[int, list[Entry]] = {key: [] for key in keys}
        for some in _some(self.rows):
            query = sa.select(bands).where(bands.c.value.in_(some))
            for value, at, fingerprint, outlet in connection.execute(query):
                self.rows[value].append(Entry(at, fingerprint, outlet))
        for entries in self.rows.values():
            entries.sort()
        self._boilerplate: dict[int, bool] = {}
        self._added: dict[tuple[int, Entry], None] = {}
        self._dropped: dict[tuple[int, Entry], None] = {}

    def boilerplate(self, key: int) -> bool:
        """Whether this key is some outlet's boilerplate."""
        if key not in self._boilerplate:
            most = 0
            if len(self.rows[key]) >= BOILERPLATE:
                most = max(Counter(e.outlet for e in self.rows[key] if e.outlet).values(), default=0)
            self._boilerplate[key] = most >= BOILERPLATE
        return self._boilerplate[key]

    def add(self, keys: Iterable[int], entry: Entry) -> set[int]:
        """Adds an article; the numbers of those whose reposts may now be others, because it is earlier than they are
        or because a key that they share has become boilerplate.
        """
        affected: set[int] = set()
        for key in keys:
            entries = self.rows[key]
            if self.boilerplate(key):
                continue
            affected.update(e.fingerprint for e in entries if e.at >= entry.at)
            if len(entries) >= KEPT:
                if entry > entries[-1]:
                    continue
                self._drop(key, entries.pop())
            bisect.insort(entries, entry)
            self._boilerplate.pop(key, None)
            self._added[key, entry] = None
            if self.boilerplate(key):
                affected.update(e.fingerprint for e in entries)
        return affected - {entry.fingerprint}

    def _drop(self, key: int, entry: Entry) -> None:
        if self._added.pop((key, entry), 0) is not None:
            self._dropped[key, entry] = None

    def write(self) -> None:
        """Writes what was added and dropped."""
        for key, entry in self._dropped:
            self.connection.execute(
                sa.delete(bands).where(
                    bands.c.value == key, bands.c.at == entry.at, bands.c.fingerprint == entry.fingerprint
                )
            )
        add(self.connection, self._added)

    def candidates(self, keys: Iterable[int], entry: Entry) -> list[int]:
        """Numbers of the articles no later than this one to compare it with, at most COMPARED."""
        hits: Counter[int] = Counter()
        at: dict[int, int] = {}
        for key in keys:
            if self.boilerplate(key):
                continue
            for other in self.rows[key]:
                if other.at <= entry.at and other.fingerprint != entry.fingerprint:
                    hits[other.fingerprint] += 1
                    at[other.fingerprint] = other.at
        earliest = sorted((n for n in hits if hits[n] > 1), key=lambda n: (at[n], -hits[n], n))[: COMPARED // 2]
        likest = sorted(hits, key=lambda n: (-hits[n], at[n], n))
        return list(dict.fromkeys([*earliest, *likest]))[:COMPARED]

    def weights(self, words: Hashes) -> Weights:
        """float32 [n]: 0 for the words that are boilerplate, going by the nearest winnowed shingle, else 1."""
        out = np.ones(len(words), np.float32)
        found = shingles.shingles(words)
        if not len(found):
            return out
        places = shingles.winnowed(found)
        empty = np.array([self.boilerplate(key) for key in found[places].view(np.int64).tolist()])
        if empty.any():
            nearest = np.searchsorted((places[1:] + places[:-1]) / 2, np.arange(len(words)))
            out[empty[nearest]] = 0
        return out


def add(connection: Connection, rows: Collection[tuple[int, Entry]]) -> None:
    """Adds rows of ``bands``, those that are not there."""
    if rows:
        connection.execute(
            inserted_once(connection, bands),
            [{"value": key, "at": e.at, "fingerprint": e.fingerprint, "outlet": e.outlet} for key, e in rows],
        )


def mark(connection: Connection, numbers: Iterable[int]) -> None:
    """Has these articles traced anew, everywhere they appeared, and what was found to be copied from them."""
    for some in _some(sorted(set(numbers))):
        chosen = fingerprints.c.id.in_(some)
        again = sa.update(appearances).where(appearances.c.traced_at.is_not(None)).values(traced_at=None)
        connection.execute(again.where(appearances.c.document.in_(sa.select(fingerprints.c.document).where(chosen))))
        first = sa.select(fingerprints.c.appearance).where(chosen)
        copied = sa.select(reposts.c.copy).where(reposts.c.origin.in_(first))
        connection.execute(again.where(appearances.c.id.in_(copied)))


def published_by(outlet: str) -> int:
    """The key that all articles of an outlet have."""
    return _named("by", outlet)


def citing(name: str) -> int:
    """The key of all articles that name an outlet or channel as a source."""
    return _named("cites", name)


def latest_of(connection: Connection, name: str, until: datetime) -> list[int]:
    """Numbers of the latest articles of an outlet no later than ``until``, earliest first."""
    last = milliseconds(until)
    since = milliseconds(until - naming.WITHIN)
    query = (
        sa.select(bands.c.fingerprint)
        .where(bands.c.value == published_by(name), bands.c.at.between(since, last))
        .order_by(bands.c.at.desc(), bands.c.fingerprint.desc()).limit(naming.LATEST)
    )  # fmt: skip
    return list(connection.scalars(query))[::-1]


def citers_of(connection: Connection, name: str, since: datetime) -> list[int]:
    """Numbers of articles that may cite what an outlet published at ``since``."""
    first, last = milliseconds(since), milliseconds(since + naming.WITHIN)
    query = sa.select(bands.c.fingerprint).where(bands.c.value == citing(name), bands.c.at.between(first, last))
    return list(connection.scalars(query.order_by(bands.c.at).limit(CITING)))


def outlet_hash(outlet: str | None) -> int:
    """A number for an outlet's name, 0 where it has none."""
    name = naming.key(outlet or "")
    return _named("outlet", name) if name else 0


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return round(moment.timestamp() * 1000)


def _named(role: str, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{role}\0{name}".encode()).digest()[:8], "big", signed=True)


def _some(values: Iterable[int]) -> Iterator[list[int]]:
    values = list(values)
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))
