"""Putting appearances into the index, and having traced anew what that concerns."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.archive.tables import appearances, bands, fingerprints, readings

from . import index, naming, shelf, shingles
from .articles import Article
from .index import Entry
from .shelf import APPEARANCE, AT, Appearance, Fingerprint, Shelf

_ENTERED = appearances.alias("entered")
"""The first appearance of a document, as the index has it."""

_MISSING = sa.or_(
    fingerprints.c.id.is_(None), fingerprints.c.reading != readings.c.id, fingerprints.c.at > AT,
    sa.and_(fingerprints.c.at == AT, _ENTERED.c.key > appearances.c.key),
)  # fmt: skip
"""Whether the index does not have an appearance's document, or not as it is read or first appeared."""


def untraced(*more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Untraced appearances in the order in which they came, beside their documents' latest readings."""
    latest = sa.and_(readings.c.document == appearances.c.document, readings.c.latest)
    joined = appearances.outerjoin(readings, latest)
    joined = joined.outerjoin(fingerprints, fingerprints.c.document == appearances.c.document)
    joined = joined.outerjoin(_ENTERED, _ENTERED.c.id == fingerprints.c.appearance)
    waiting = sa.select(*APPEARANCE, *more).select_from(joined).where(appearances.c.traced_at.is_(None))
    return waiting.order_by(appearances.c.id)


def entered(connection: Connection, limit: int) -> list[Appearance]:
    """The next untraced appearances whose turn it is: those that came after the last look at the index must wait.

    With them those that have no reading (any more) and can be in no index.
    """
    query = untraced().where(sa.or_(readings.c.id.is_(None), sa.not_(_MISSING))).limit(limit)
    return [Appearance(*tuple(row)) for row in connection.execute(query)]


def enter(connection: Connection, held: Shelf, after: int, limit: int) -> int | None:
    """Puts the untraced appearances beyond number ``after`` into the index, at most ``limit``; the number of the last
    one, None where there is none.
    """
    query = untraced(readings.c.id.label("reading")).where(readings.c.id.is_not(None), _MISSING)
    query = query.where(appearances.c.id > after).limit(limit)
    rows = {}
    read: dict[str, int] = {}
    for *fields, reading in connection.execute(query):
        row = Appearance(*fields)
        rows[row.id], read[row.document] = row, reading
    if not rows:
        return None
    chosen = fingerprints.c.document.in_(read)
    known = {of.document: of for of in shelf.load(connection, chosen).values()}
    first_of = {document: of.first for document, of in known.items()}
    for row in rows.values():
        first_of[row.document] = min(first_of.get(row.document, row), row, key=lambda a: a.order)
    articles = held.articles(connection, read)
    # What is linked to a document that is entered anew must look again; after this, nothing says what that is.
    index.mark(connection, [of.number for of in known.values()])
    numbers = _entered(connection, first_of, read, articles, known)
    keys = {document: shingles.keys(article.words.hashes).tolist() for document, article in articles.items()}
    table = index.Table(connection, {key for each in keys.values() for key in each})
    affected: set[int] = set()
    for document, first in first_of.items():
        # A later version of a page repeats what the page says: it is no second article of its outlet.
        outlet = index.outlet_hash(first.outlet) if first.version == 1 else 0
        affected |= table.add(keys[document], Entry(index.milliseconds(first.at), numbers[document], outlet))
    table.write()
    names: list[tuple[int, Entry]] = []
    for document, first in first_of.items():
        entry = Entry(index.milliseconds(first.at), numbers[document])
        publisher = naming.key(first.outlet or "")
        names += [(index.citing(name), entry) for name in naming.cited(articles[document], first.forwarded_from)]
        if publisher:
            names.append((index.published_by(publisher), entry))
            affected.update(index.citers_of(connection, publisher, first.at))
    index.add(connection, names)
    index.mark(connection, affected)
    return max(rows)


def _entered(
    connection: Connection,
    first_of: dict[str, Appearance],
    read: dict[str, int],
    articles: dict[str, Article],
    known: dict[str, Fingerprint],
) -> dict[str, int]:
    """The numbers of the documents' fingerprints, written as of their first appearances and without keys."""
    numbers: dict[str, int] = {}
    new: dict[str, dict[str, object]] = {}
    for document, first in first_of.items():
        words = articles[document].words.hashes.tobytes()
        values = {"appearance": first.id, "at": first.at, "reading": read[document], "words": words}
        if document not in known:
            new[document] = {"document": document, **values}
            continue
        number = numbers[document] = known[document].number
        connection.execute(sa.update(fingerprints).where(fingerprints.c.id == number).values(**values))
        connection.execute(sa.delete(bands).where(bands.c.fingerprint == number))
    if new:
        inserted = sa.insert(fingerprints).returning(fingerprints.c.id, sort_by_parameter_order=True)
        numbers |= zip(new, connection.scalars(inserted, list(new.values())), strict=True)
    return numbers
