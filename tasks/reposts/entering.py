"""Putting appearances into the index, and having traced anew what that concerns."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.archive.tables import appearances, bands, fingerprints, readings

from . import index, naming, shelf, shingles
from .articles import Article
from .index import Entry
from .shelf import APPEARANCE, AT, Appearance, Fingerprint, Shelf


def enter(connection: Connection, held: Shelf, after: int, limit: int) -> int | None:
    """Puts the untraced appearances beyond number ``after`` into the index, at most ``limit``; the number of the last
    one, None where there is none.
    """
    entered = appearances.alias("entered")
    query = (
        sa.select(*APPEARANCE, readings.c.id.label("reading"))
        .join(readings, sa.and_(readings.c.document == appearances.c.document, readings.c.latest))
        .outerjoin(fingerprints, fingerprints.c.document == appearances.c.document)
        .outerjoin(entered, entered.c.id == fingerprints.c.appearance)
        .where(
            appearances.c.traced_at.is_(None), appearances.c.id > after,
            sa.or_(
                fingerprints.c.id.is_(None), fingerprints.c.reading != readings.c.id, fingerprints.c.at > AT,
                sa.and_(fingerprints.c.at == AT, entered.c.key > appearances.c.key),
            ),
        )
        .order_by(appearances.c.id).limit(limit)
    )  # fmt: skip
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
    numbers = {
        document: _enter(connection, first, read[document], articles[document], known.get(document))
        for document, first in first_of.items()
    }
    keys = {document: shingles.keys(article.words.hashes).tolist() for document, article in articles.items()}
    table = index.Table(connection, {key for each in keys.values() for key in each})
    affected: set[int] = set()
    for document, first in first_of.items():
        # A later version of a page repeats what the page says: it is no second article of its outlet.
        outlet = index.outlet_hash(first.outlet) if first.version == 1 else 0
        affected |= table.add(keys[document], Entry(index.milliseconds(first.at), numbers[document], outlet))
    table.write()
    for document, first in first_of.items():
        affected |= _name(connection, first, numbers[document], articles[document])
    index.mark(connection, affected)
    return max(rows)


def _enter(connection: Connection, first: Appearance, reading: int, article: Article, known: Fingerprint | None) -> int:
    """The number of the document's fingerprint, written as of its first appearance and without keys."""
    values = {"appearance": first.id, "at": first.at, "reading": reading, "words": article.words.hashes.tobytes()}
    if known is None:
        inserted = sa.insert(fingerprints).values(document=first.document, **values).returning(fingerprints.c.id)
        return int(connection.scalars(inserted).one())
    connection.execute(sa.update(fingerprints).where(fingerprints.c.id == known.number).values(**values))
    connection.execute(sa.delete(bands).where(bands.c.fingerprint == known.number))
    return known.number


def _name(connection: Connection, first: Appearance, number: int, article: Article) -> set[int]:
    """Enters who published an article and whom it cites; the numbers of those that may cite it and came before it."""
    entry = Entry(index.milliseconds(first.at), number)
    names = [index.citing(name) for name in naming.cited(article, first.forwarded_from)]
    outlet = naming.key(first.outlet or "")
    index.add(connection, [(key, entry) for key in (*names, *([index.published_by(outlet)] if outlet else []))])
    return set(index.citers_of(connection, outlet, first.at)) if outlet else set()
