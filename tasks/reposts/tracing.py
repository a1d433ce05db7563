"""Tracing: each appearance of an article is linked to the earliest known origin of what it says.

`catch_up` takes the appearances that were not looked at, first all of them into the index, then each to its links. What
an appearance is linked to is a function of what the archive holds, not of the order in which it came: an original that
turns up late has those that are later than it traced anew. Each batch is one transaction, so that a crash repeats
nothing, and one process traces at a time.
"""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from tasks.archive import database
from tasks.archive.tables import appearances, fingerprints

from . import changes, comparing, index, linking, naming, recording, shelf, shingles
from .articles import Article
from .entering import enter, entered
from .index import Entry
from .linking import Origin
from .recording import Repost
from .shelf import Appearance, Fingerprint, Shelf

BATCH = 32
"""Appearances in one transaction, which at SQLite keeps other writers waiting."""


def catch_up(archive: Engine, *, seconds: float = math.inf, now: datetime | None = None) -> int:
    """Traces what was not traced, for about so many ``seconds``; how many appearances were.

    Returns at once where another process is at it. Raises ArchiveUnavailable.
    """
    held, end = Shelf(), time.monotonic() + seconds
    after: int | None = 0
    while after is not None:
        with database.writing(archive) as connection:
            if not database.alone(connection, "trace"):
                return 0
            after = enter(connection, held, after, BATCH)
        if time.monotonic() > end:
            return 0
    done = 0
    while time.monotonic() <= end:
        with database.writing(archive) as connection:
            traced = 0
            if database.alone(connection, "trace"):
                traced = _trace(connection, held, BATCH, now or datetime.now(UTC))
        if not traced:
            break
        done += traced
    return done


def _trace(connection: Connection, held: Shelf, limit: int, now: datetime) -> int:
    """Links the next appearances; how many."""
    rows = entered(connection, limit)
    if not rows:
        return 0
    chosen = fingerprints.c.document.in_({row.document for row in rows})
    mine = {f.document: f for f in shelf.load(connection, chosen).values()}
    # None of a document that has no reading any more, and can't be compared.
    articles = held.articles(connection, {document: f.reading for document, f in mine.items()})
    copied = _copied(connection, held, mine, articles)
    found: list[tuple[Appearance, list[Repost]]] = []
    for row in rows:
        of = mine.get(row.document)
        if of is None:
            found.append((row, []))
            continue
        article = articles[row.document]
        reposts = _everywhere(row, of, article, copied[row.document])
        found.append((row, [*reposts, *_named(connection, held, row, article)]))
    events = recording.record(connection, found, now)
    stripped = {of.reading: any(r.stripped for _, r in copied[document]) for document, of in mine.items()}
    recording.flag(connection, stripped)
    traced = sa.update(appearances).where(appearances.c.id.in_([row.id for row in rows])).values(traced_at=now)
    connection.execute(traced)
    recording.tell(connection, events, now)
    return len(rows)


def _copied(
    connection: Connection, held: Shelf, mine: dict[str, Fingerprint], articles: dict[str, Article]
) -> dict[str, list[tuple[str | None, Repost]]]:
    """By document: what its text has of earlier ones, each with the origin's headline."""
    keys = {document: shingles.keys(of.words).tolist() for document, of in mine.items()}
    table = index.Table(connection, {key for each in keys.values() for key in each})
    candidates = {
        document: table.candidates(keys[document], Entry(index.milliseconds(of.first.at), of.number))
        for document, of in mine.items()
    }
    wanted = {number for each in candidates.values() for number in each}
    others = shelf.load(connection, fingerprints.c.id.in_(wanted)) if wanted else {}
    out: dict[str, list[tuple[str | None, Repost]]] = {document: [] for document in mine}
    for document, of in mine.items():
        earlier = sorted(
            (o for n in candidates[document] if _may_copy(of, o := others[n])), key=lambda o: o.first.order
        )
        if not earlier:
            continue
        copy = articles[document]
        quoted = comparing.weights(copy.words, copy.text)
        origins = (Origin(o.number, o.words) for o in earlier)
        for link in linking.links(of.words, table.weights(of.words), quoted, origins):
            first = others[link.origin].first
            original = held.article(connection, others[link.origin])
            told = linking.details(copy, original, link)
            out[document].append((original.headline(first.title), Repost(first, link.kind, link.shared, told)))
    return out


def _may_copy(copy: Fingerprint, origin: Fingerprint) -> bool:
    """Whether the origin is earlier, and no other version of the same page."""
    same_page = copy.first.url is not None and copy.first.url == origin.first.url
    return origin.first.order < copy.first.order and not same_page


def _everywhere(
    row: Appearance, of: Fingerprint, article: Article, copied: list[tuple[str | None, Repost]]
) -> list[Repost]:
    """The reposts of one appearance: its document's; of one where the text had been seen before, that place's."""
    if row.id != of.first.id:
        # Its parts are told of the first appearance alone.
        copied = [each for each in copied if each[1].kind == "whole"]
        copied = copied or [(article.headline(of.first.title), Repost(of.first, "whole", 1.0, {"stripped": []}))]
    mine = article.headline(row.title)
    return [
        Repost(r.origin, r.kind, r.shared, {"headline": changes.headline(mine, theirs), **r.changes})
        for theirs, r in copied
    ]


def _named(connection: Connection, held: Shelf, row: Appearance, article: Article) -> list[Repost]:
    """What the appearance itself says it has from an outlet or channel, where that one's article is known."""
    out: dict[int, Repost] = {}
    own = naming.key(row.outlet or "")
    for name, words in naming.cited(article, row.forwarded_from).items():
        numbers = index.latest_of(connection, name, row.at) if name != own else []
        if not numbers:
            continue
        known = shelf.load(connection, fingerprints.c.id.in_(numbers))
        earlier = sorted((of for of in known.values() if of.document != row.document), key=lambda of: of.first.order)
        earlier = [of for of in earlier if of.first.order < row.order]
        candidates = ((n, naming.content_words(held.article(connection, of).text)) for n, of in enumerate(earlier))
        best = naming.likeliest(words, candidates)
        if best is not None:
            first = earlier[best[0]].first
            changed: dict[str, Any] = {"name": first.outlet}
            out.setdefault(first.id, Repost(first, "named", round(best[1], 4), changed))
    return list(out.values())
