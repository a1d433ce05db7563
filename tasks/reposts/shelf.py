"""Articles and fingerprints as the archive holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.archive.tables import appearances, documents, fingerprints, readings

from .articles import Article
from .words import Hashes

HELD = 256
"""Articles that are held unpacked."""

AT = sa.case(
    (appearances.c.published < appearances.c.received, appearances.c.published), else_=appearances.c.received
).label("at")
"""When an appearance appeared: as published, but what claims to be of the future is as old as its receipt."""

APPEARANCE = (
    appearances.c.id, appearances.c.document, appearances.c.url, appearances.c.outlet, appearances.c.title,
    appearances.c.published, appearances.c.version, appearances.c.forwarded_from, appearances.c.key, AT,
)  # fmt: skip


@dataclass(frozen=True)
class Appearance:
    """A place where a text was seen: the columns of APPEARANCE, in their order."""

    id: int
    document: str
    url: str | None
    outlet: str | None
    title: str | None
    published: datetime | None
    version: int
    forwarded_from: str | None
    key: str
    at: datetime

    @property
    def order(self) -> tuple[datetime, str]:
        """What says which of two is the earlier."""
        return self.at, self.key


@dataclass(frozen=True)
class Fingerprint:
    """A document in the index: its reading, its words as uint32 [n], and its first appearance."""

    number: int
    document: str
    reading: int
    words: Hashes
    first: Appearance


def load(connection: Connection, chosen: sa.ColumnElement[bool]) -> dict[int, Fingerprint]:
    """Fingerprints by their numbers."""
    query = sa.select(*APPEARANCE, fingerprints.c.id, fingerprints.c.reading, fingerprints.c.words)
    rows = connection.execute(
        query.join_from(fingerprints, appearances, fingerprints.c.appearance == appearances.c.id).where(chosen)
    ).all()
    out = {}
    for *first, number, reading, words in rows:
        seen = Appearance(*first)
        out[number] = Fingerprint(number, seen.document, reading, np.frombuffer(words, np.uint32), seen)
    return out


class Shelf:
    """Articles that were used lately."""

    def __init__(self) -> None:
        self._articles: dict[int, Article] = {}

    def articles(self, connection: Connection, wanted: Mapping[str, int]) -> dict[str, Article]:
        """By document: the articles of these readings."""
        missing = [reading for reading in wanted.values() if reading not in self._articles]
        if len(self._articles) + len(missing) > HELD:
            self._articles.clear()
            missing = list(wanted.values())
        if missing:
            query = sa.select(readings.c.id, readings.c.body, documents.c.text).join_from(readings, documents)
            for row in connection.execute(query.where(readings.c.id.in_(missing))):
                self._articles[row.id] = Article(row.text, row.body)
        return {document: self._articles[reading] for document, reading in wanted.items()}

    def article(self, connection: Connection, of: Fingerprint) -> Article:
        """The article of a fingerprint."""
        return self.articles(connection, {of.document: of.reading})[of.document]
