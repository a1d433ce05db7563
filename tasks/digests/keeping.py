"""Digests that were told: kept, told again where late articles or corrections changed them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from tasks.archive import outbox
from tasks.archive.database import reading, writing
from tasks.archive.tables import digests
from tasks.reposts import tracing
from tasks.shifts import watching

from .collecting import at, collect
from .plain import text
from .record import Digest

CATCH_UP_DAYS = 7
"""Days back that a scheduler that was away makes up for."""


def make(
    archive: Engine, first: date, last: date, zone: str, *, only: Sequence[tuple[str, str]] = ()
) -> Digest:  # fmt: skip
    """The digest of these days from what the archive holds; where it holds none of their articles any more, as kept."""
    with reading(archive) as connection:
        digest = collect(connection, first, last, zone, only)
        return digest if digest.articles else kept(connection, key(digest)) or digest


def last_day(connection: Connection, zone: str) -> date | None:
    """The last day that the archive has an article of."""
    newest = connection.execute(sa.select(sa.func.max(at()))).scalar()
    return newest.astimezone(ZoneInfo(zone)).date() if newest else None


def tell(archive: Engine, digest: Digest, now: datetime) -> bool:
    """Keeps a digest and tells subscribers of it, in one transaction; False where it was told just so before."""
    body, name = digest.model_dump(mode="json"), key(digest)
    with writing(archive) as connection:
        found = connection.execute(sa.select(digests).where(digests.c.key == name)).first()
        if found is not None and found.body == body:
            return False
        revision = found.revision + 1 if found else 1
        values = {"first": digest.first, "last": digest.last, "made": now, "revision": revision, "body": body}
        if found:
            connection.execute(sa.update(digests).where(digests.c.key == name).values(values))
        else:
            connection.execute(sa.insert(digests).values(key=name, **values))
        id_ = f"digest/{name}" if revision == 1 else f"digest/{name}#{revision}"
        outbox.add(connection, id_, "chancery.digest.v1", name, announcement(digest, revision), now=now)
    return True


def kept(connection: Connection, name: str) -> Digest | None:
    """The digest that was kept under this key, in its last revision."""
    body = connection.execute(sa.select(digests.c.body).where(digests.c.key == name)).scalar()
    return Digest.model_validate(body) if body else None


def key(digest: Digest) -> str:
    """What a digest is known by: its days, and the pairs that it keeps to."""
    days = f"{digest.first}" if digest.first == digest.last else f"{digest.first}/{digest.last}"
    return "/".join([days, *sorted("-".join(sorted(pair)) for pair in digest.only)])


def due(archive: Engine, zone: str, now: datetime) -> list[date]:
    """Days whose digest is to be made: those since the last kept one that are over, and that one again."""
    yesterday = now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    single = digests.c.first == digests.c.last
    with reading(archive) as connection:
        last = connection.execute(sa.select(sa.func.max(digests.c.last)).where(single)).scalar()
    first = max(last, yesterday - timedelta(days=CATCH_UP_DAYS)) if last else yesterday
    return [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]


def announcement(digest: Digest, revision: int) -> dict[str, Any]:
    """What subscribers are told: its numbers, its pairs and its text."""
    return {
        "first": digest.first.isoformat(), "last": digest.last.isoformat(), "revision": revision,
        "articles": digest.articles, "statements": digest.statements, "shifts": len(digest.shifts),
        "reposts": digest.reposts, "pairs": [[pair.first, pair.second] for pair in digest.pairs], "text": text(digest),
    }  # fmt: skip


def caught_up(archive: Engine, years: float, now: datetime, seconds: float) -> bool:
    """Traces and counts what has come in since; False where that is not done within about so many seconds."""
    tracing.catch_up(archive, seconds=seconds / 2, now=now)
    return watching.catch_up(archive, years=years, now=now, seconds=seconds / 2).complete
