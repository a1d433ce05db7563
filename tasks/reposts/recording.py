"""What was found, written: rows of ``reposts``, the flag of a reading whose text dropped a source, and what is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.archive import outbox
from tasks.archive.tables import appearances, readings, reposts

from .shelf import Appearance

STRIPPED = "attribution-stripped"


@dataclass(frozen=True)
class Repost:
    """What one appearance has of another; ``changes`` is JSON-ready (`linking.details`, and ``headline``)."""

    origin: Appearance
    kind: Literal["whole", "partial", "named"]
    shared: float
    changes: dict[str, Any]

    @property
    def stripped(self) -> bool:
        """Whether a statement of the origin has lost its source."""
        return bool(self.changes.get("stripped"))


@dataclass(frozen=True)
class Event:
    """One event for the outbox."""

    id: str
    subject: str
    data: dict[str, Any]


def record(connection: Connection, found: list[tuple[Appearance, list[Repost]]], now: datetime) -> list[Event]:
    """Makes the rows of these copies what was found, touching only those that differ; what is to be told."""
    kept: dict[tuple[int, int, str], Any] = {}
    for row in connection.execute(sa.select(reposts).where(reposts.c.copy.in_([copy.id for copy, _ in found]))):
        kept[row.copy, row.origin, row.kind] = row
    events = []
    for copy, each in found:
        for repost in each:
            values = {"shared": repost.shared, "stripped": repost.stripped, "changes": repost.changes}
            old = kept.pop((copy.id, repost.origin.id, repost.kind), None)
            if old is None:
                key = {"copy": copy.id, "origin": repost.origin.id, "kind": repost.kind}
                connection.execute(sa.insert(reposts).values(**key, **values, found_at=now))
            elif all(getattr(old, name) == value for name, value in values.items()):
                continue
            else:
                chosen = sa.update(reposts).where(reposts.c.id == old.id)
                connection.execute(chosen.values(**values, watched_at=None))
            events.append(_event(copy, repost))
    if kept:
        connection.execute(sa.delete(reposts).where(reposts.c.id.in_([row.id for row in kept.values()])))
        # A row that is gone can't say so itself: what was counted by it is counted anew.
        orphans = sa.update(appearances).where(appearances.c.id.in_({row.copy for row in kept.values()}))
        connection.execute(orphans.values(watched_at=None))
    return events


def flag(connection: Connection, stripped: dict[int, bool]) -> None:
    """Sets the flag of readings whose text dropped a source, and takes it from those that did not, by their numbers."""
    flags = connection.execute(sa.select(readings.c.id, readings.c.flags).where(readings.c.id.in_(stripped))).all()
    for number, old in flags:
        if (STRIPPED in old) == stripped[number]:
            continue
        new = [*old, STRIPPED] if stripped[number] else [name for name in old if name != STRIPPED]
        body = connection.scalars(sa.select(readings.c.body).where(readings.c.id == number)).one()
        body["provenance"]["flags"] = new
        connection.execute(sa.update(readings).where(readings.c.id == number).values(flags=new, body=body))


def tell(connection: Connection, events: list[Event], now: datetime) -> None:
    """Puts events into the outbox; the last thing that a transaction does."""
    for event in events:
        outbox.add(connection, event.id, "chancery.repost.v1", event.subject, event.data, now=now)


def public(appearance: Appearance) -> dict[str, Any]:
    """An appearance, JSON-ready: where and when it was seen."""
    return {
        "appearance": appearance.id, "document": appearance.document, "url": appearance.url,
        "outlet": appearance.outlet, "title": appearance.title,
        "published": appearance.published.isoformat() if appearance.published else None,
        "at": appearance.at.isoformat(),
    }  # fmt: skip


def _event(copy: Appearance, repost: Repost) -> Event:
    """Told once for a copy and its origin, and again only where a source was found to be gone, or found again."""
    changes = repost.changes
    return Event(
        "/".join(("repost", copy.key, repost.origin.key, repost.kind, *(["stripped"] if repost.stripped else []))),
        copy.document,
        {
            "copy": public(copy), "origin": public(repost.origin), "kind": repost.kind, "shared": repost.shared,
            "stripped": changes.get("stripped", []), "headline": changes.get("headline"),
            "replaced": changes.get("replaced", []),
        },
    )  # fmt: skip
