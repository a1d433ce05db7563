"""Asking the archive for reposts: what was found lately, and everything that goes back to one origin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.archive.tables import appearances, reposts

from . import shelf
from .recording import public
from .shelf import APPEARANCE, Appearance

MOST = 1000
"""Reposts that one question is answered with."""

DEEPEST = 20
"""Copies of copies of copies that are followed, up and down."""


def recent(connection: Connection, since: datetime | None, limit: int = MOST) -> list[dict[str, Any]]:
    """JSON-ready: ``limit`` reposts found last, of copies that appeared since this moment; the latest copy first."""
    query = sa.select(reposts).join(appearances, appearances.c.id == reposts.c.copy)
    if since is not None:
        # None is found before it appeared, and by this there is an index.
        query = query.where(reposts.c.found_at >= since, shelf.AT.op(">=")(since))
    rows = connection.execute(query.order_by(reposts.c.found_at.desc(), reposts.c.id.desc()).limit(limit)).all()
    return sorted(_told(connection, rows), key=lambda each: each["copy"]["at"], reverse=True)


def spread(connection: Connection, wanted: str, since: datetime | None = None) -> list[dict[str, Any]] | None:
    """JSON-ready: what the document of this id or URL was copied from, and all that goes back to the same origins.

    In the order in which the copies appeared, at most MOST; None where the archive has no such document.
    """
    same = appearances.c.document == wanted if wanted.startswith("sha256:") else appearances.c.url == wanted
    start = set(connection.scalars(sa.select(appearances.c.id).where(same)))
    if not start:
        return None
    rows: dict[int, Any] = {}
    up = _followed(connection, start, reposts.c.copy, "origin", rows)
    _followed(connection, start | up, reposts.c.origin, "copy", rows)
    told = _told(connection, rows.values())
    told = [each for each in told if since is None or each["copy"]["at"] >= since.isoformat()]
    return sorted(told, key=lambda each: (each["copy"]["at"], each["copy"]["appearance"], each["origin"]["at"]))


def _followed(
    connection: Connection, start: set[int], by: sa.Column[Any], onward: str, rows: dict[int, Any]
) -> set[int]:
    """Appearances that the links lead to from ``start``; the links are added to ``rows``."""
    seen, edge = set(start), set(start)
    for _ in range(DEEPEST):
        query = sa.select(reposts).where(by.in_(edge)).order_by(reposts.c.id).limit(MOST)
        found = {row.id: row for row in connection.execute(query)} if edge else {}
        rows |= found
        edge = {getattr(row, onward) for row in found.values()} - seen
        seen |= edge
        if not edge or len(rows) >= MOST:
            break
    return seen


def _told(connection: Connection, rows: Iterable[Any]) -> list[dict[str, Any]]:
    rows = list(rows)[:MOST]
    ends = {number for row in rows for number in (row.copy, row.origin)}
    query = sa.select(*APPEARANCE).where(appearances.c.id.in_(ends))
    known = {row.id: public(Appearance(*tuple(row))) for row in connection.execute(query)} if ends else {}
    return [
        {
            "copy": known[row.copy], "origin": known[row.origin], "kind": row.kind, "shared": row.shared,
            "stripped": row.stripped, "changes": row.changes, "found_at": row.found_at.isoformat(),
        }
        for row in rows
    ]  # fmt: skip
