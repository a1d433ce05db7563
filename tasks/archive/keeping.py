"""Keeping a reading, and finding it again.

A *document* is a text; an *appearance* is a place where it was seen: a URL, or else an outlet, title and date. The
archive keeps one reading of a document by each reader, and says of every document which is the latest. What a reading
says of a day (``events.day``) goes by the document's first appearance: the same text elsewhere is a repost, and adds an
appearance alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from tasks.reading.record import READ_BLOCKS, Attitude, Document, Event, Reader, Reading, Span

from . import outbox, words
from .columns import utc
from .database import lock_number
from .outbox import inserted_once
from .tables import actors, appearances, attitudes, attributions, documents, events, readings, sources

_QUOTES = str.maketrans({"ё": "е"} | dict.fromkeys("«»„“”‚‘’\"'`", None))


@dataclass(frozen=True)
class Kept:
    """Where a reading lies; ``new`` where it was not there before."""

    document: str
    appearance: int
    reading: int
    new: bool


def keep(
    connection: Connection,
    reading: Reading,
    *,
    url: str | None = None,
    forwarded_from: str | None = None,
    now: datetime | None = None,
    tell: bool = True,
) -> Kept:
    """Keeps a reading with its document, its appearance and the event that tells of it, in the caller's transaction.

    ``url`` is the canonical form of the document's own, where that differs; without ``tell`` there is no event. Twice
    changes nothing; `database.writing` gives the transaction.
    """
    document, reader = reading.document, reader_key(reading.reader)
    unseen = _enter(connection, document, reading.language.code)
    appearance = first = _place(connection, document, url or document.url, forwarded_from)
    day = document.published or document.received
    if not unseen:
        found = connection.execute(
            sa.select(appearances.c.id, appearances.c.published, appearances.c.received)
            .where(appearances.c.document == document.id).order_by(appearances.c.id).limit(1)
        ).one()  # fmt: skip
        first, day = found.id, found.published or found.received
        # A reader that is put back in place of a newer one: its reading is to be the latest again.
        connection.execute(
            sa.delete(readings)
            .where(readings.c.document == document.id, readings.c.reader == reader, sa.not_(readings.c.latest))
        )  # fmt: skip
    body = reading.to_dict()
    del body["document"]["text"]
    number = connection.scalar(
        inserted_once(connection, readings).values(
            document=document.id, appearance=first, reader=reader, body=body, read_at=now or datetime.now(UTC),
            own_voice=reading.provenance.own_voice, sole_source=reading.provenance.sole_source,
            flags=list(reading.provenance.flags),
        ).returning(readings.c.id)
    )  # fmt: skip
    if number is None:
        number = connection.scalars(
            sa.select(readings.c.id).where(readings.c.document == document.id, readings.c.reader == reader)
        ).one()
        return Kept(document.id, appearance, number, False)
    if not unseen:
        _supersede(connection, document.id, number)
    _keep_parts(connection, reading, number, utc(day).date())
    if tell:
        outbox.add(
            connection, f"{document.id}/{reader}", "chancery.reading.v1", document.id,
            _announcement(reading, number, appearance), now=now,
        )  # fmt: skip
    return Kept(document.id, appearance, number, True)


def appear(
    connection: Connection, document: Document, language: str, *, url: str | None, forwarded_from: str | None = None
) -> int:
    """The number of a document's appearance at a canonical URL, or under its outlet, title and date; added where it is
    new. A changed text of a URL is its next version.
    """
    _enter(connection, document, language)
    return _place(connection, document, url, forwarded_from)


def _enter(connection: Connection, document: Document, language: str) -> bool:
    """Adds a text; False where it is there already."""
    inserted = inserted_once(connection, documents).values(
        id=document.id, text=document.text, language=language, characters=len(document.text),
        first_received=document.received,
    ).returning(documents.c.id)  # fmt: skip
    return connection.scalar(inserted) is not None


def _place(connection: Connection, document: Document, url: str | None, forwarded_from: str | None) -> int:
    """The number of an appearance of a text, added where it is new."""
    title, outlet, forwarded_from = _clean(document.title), _clean(document.outlet), _clean(forwarded_from)
    key = appearance_key(document, url)
    version: Any = 1
    if url is not None:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_number("url " + url))))
        highest = sa.func.coalesce(sa.func.max(appearances.c.version), 0)
        version = sa.select(highest + 1).where(appearances.c.url == url).scalar_subquery()
    number = connection.scalar(
        inserted_once(connection, appearances).values(
            document=document.id, url=url, outlet=outlet, source=document.source, title=title,
            published=document.published, received=document.received, forwarded_from=forwarded_from, key=key,
            version=version,
        ).returning(appearances.c.id)
    )  # fmt: skip
    if number is None:
        number = connection.scalars(sa.select(appearances.c.id).where(appearances.c.key == key)).one()
    return number


def appearance_key(document: Document, url: str | None) -> str:
    """What makes two appearances one: the text and its URL, or where it has none, its outlet, title and date."""
    if url is not None:
        place: list[str | None] = [document.id, url]
    else:
        published = utc(document.published).isoformat() if document.published else None
        place = [document.id, document.source, document.outlet, document.title, published]
    return hashlib.sha256(json.dumps(place).encode()).hexdigest()


def reader_key(reader: Reader) -> str:
    """A reader's name in the archive: version and gazetteer, and a mark of its models."""
    models = hashlib.sha256(json.dumps(sorted(reader.models.items())).encode()).hexdigest()[:8]
    return f"{reader.version}+{reader.gazetteer or 'none'}.{models}"


def load(connection: Connection, number: int) -> dict[str, Any]:
    """The reading of this number, as JSON-ready data. Raises KeyError where there is none."""
    found = connection.execute(
        sa.select(readings.c.body, documents.c.text).join_from(readings, documents).where(readings.c.id == number)
    ).one_or_none()
    if found is None:
        raise KeyError(number)
    return with_text(found.body, found.text)


def with_text(body: dict[str, Any], text: str) -> dict[str, Any]:
    """A kept body and its document's text, as the reading they were made of."""
    return body | {"document": body["document"] | {"text": text}}


def name_key(name: str) -> str:
    """A source's name as it is compared: casefolded, ё as е, without quotation marks, single spaces."""
    return " ".join(name.casefold().translate(_QUOTES).split())


def words_of(text: str, spans: Iterable[Span]) -> str:
    """The words in spans of a text, gaps shown by dots."""
    return " … ".join(text[start:end] for start, end in spans)


def body_text(reading: Reading) -> str:
    """The title and body of an article, without what was cut."""
    text = reading.document.text
    return "\n".join(text[start:end] for start, end in (b.span for b in reading.blocks if b.kind in READ_BLOCKS))


def _supersede(connection: Connection, document: str, number: int) -> None:
    """Makes a reading its document's latest: the others can't be searched any more, and it is traced anew."""
    older = sa.and_(readings.c.document == document, readings.c.id != number, readings.c.latest)
    numbers = connection.scalars(sa.select(readings.c.id).where(older)).all()
    if not numbers:
        return
    connection.execute(sa.update(readings).where(readings.c.id.in_(numbers)).values(latest=False))
    # What it was found to have copied went by the older reading's blocks and sources.
    connection.execute(sa.update(appearances).where(appearances.c.document == document).values(traced_at=None))
    unsearch(connection, numbers)


def unsearch(connection: Connection, numbers: Iterable[int]) -> None:
    """Take readings and their statements out of what can be searched."""
    chosen = list(numbers)
    words.forget(connection, words.body_words, sa.select(readings.c.id).where(readings.c.id.in_(chosen)))
    statements = sa.select(attributions.c.id).where(attributions.c.reading.in_(chosen))
    words.forget(connection, words.statement_words, statements)


def _keep_parts(connection: Connection, reading: Reading, number: int, day: date) -> None:
    text = reading.document.text
    words.write(connection, words.body_words, {number: body_text(reading)})
    mentioned = [
        {
            "reading": number, "actor": a.id, "kind": a.kind, "name": a.name.ru or a.name.en or a.id,
            "mentions": len(a.mentions),
        }
        for a in reading.actors
    ]  # fmt: skip
    if mentioned:
        connection.execute(inserted_once(connection, actors), mentioned)
    source_ids = _inserted(
        connection, sources,
        [
            {
                "reading": number, "key": s.id, "name": s.name, "name_key": name_key(s.name), "kind": s.kind,
                "platform": s.platform, "anonymous": s.anonymous, "actor": s.actor,
            }
            for s in reading.sources
        ],
    )  # fmt: skip
    source_of = dict(zip((s.id for s in reading.sources), source_ids, strict=True))
    contents = [words_of(text, a.content) for a in reading.attributions]
    numbers = _inserted(
        connection, attributions,
        [
            {
                "reading": number, "key": a.id, "kind": a.kind, "content": content,
                "cue": text[slice(*a.cue)] if a.cue else None, "source": source_of.get(a.source or ""),
                "within": a.within, "confidence": a.confidence, "start": a.content[0][0],
            }
            for a, content in zip(reading.attributions, contents, strict=True)
        ],
    )  # fmt: skip
    words.write(connection, words.statement_words, dict(zip(numbers, contents, strict=True)))
    said = _Said(reading, day)
    _inserted(
        connection, events,
        [
            said.row(e, number, _day(e.date))
            | {
                "type": e.type, "quad": e.quad, "actor": e.actor, "recipient": e.recipient, "mutual": e.mutual,
                "status": e.status, "topic": e.topic,
            }
            for e in reading.events
        ],
    )  # fmt: skip
    _inserted(
        connection, attitudes,
        [
            said.row(t, number, None) | {"holder": t.holder, "target": t.target, "polarity": t.polarity}
            for t in reading.attitudes
        ],
    )  # fmt: skip


def _inserted(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> list[int]:
    """Inserts rows; their numbers, in their order."""
    if not rows:
        return []
    statement = sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(statement, rows).all())


class _Said:
    """What events and attitudes share: the day, the words, and the outermost source that vouches for them."""

    def __init__(self, reading: Reading, day: date) -> None:
        self.text, self.otherwise = reading.document.text, day
        self.attributions = {a.id: a for a in reading.attributions}
        self.sources = {s.id: s for s in reading.sources}

    def row(self, part: Event | Attitude, number: int, day: date | None) -> dict[str, Any]:
        """The columns that both tables have."""
        kind, name, anonymous = self.vouches(part.attribution)
        return {
            "reading": number, "key": part.id, "day": day or self.otherwise, "attribution": part.attribution,
            "source_kind": kind, "source_name": name, "anonymous": anonymous,
            "evidence": words_of(self.text, part.evidence), "confidence": part.confidence,
        }  # fmt: skip

    def vouches(self, attribution: str | None) -> tuple[str, str | None, bool]:
        """Kind, name and anonymity of whoever vouches for what this attribution holds."""
        found = self.attributions.get(attribution or "")
        if found is None:
            return "author", None, False
        seen = {found.id}
        while found.within in self.attributions and found.within not in seen:
            found = self.attributions[found.within]
            seen.add(found.id)
        source = self.sources.get(found.source or "")
        return (source.kind, source.name, source.anonymous) if source else ("unnamed", None, True)


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        return None


def _announcement(reading: Reading, number: int, appearance: int) -> dict[str, Any]:
    """What downstream is told: enough to choose by, and where to find the rest (`load`)."""
    document = reading.document
    return {
        "reading": number, "document": document.id, "appearance": appearance, "url": document.url,
        "outlet": _clean(document.outlet), "title": _clean(document.title),
        "published": utc(document.published).isoformat() if document.published else None,
        "received": utc(document.received).isoformat(),
        "reader": reader_key(reading.reader), "language": reading.language.code,
        "own_voice": reading.provenance.own_voice, "flags": list(reading.provenance.flags),
        "actors": [a.id for a in reading.actors if a.kind in {"state", "bloc"}],
        "sources": [s.name for s in reading.sources],
        "pairs": sorted({(e.actor, e.recipient) for e in reading.events}),
    }  # fmt: skip


def _clean(label: str | None) -> str | None:
    """A label without NUL, which PostgreSQL can't hold. (Texts have none: the reader refuses them.)"""
    return label.replace("\x00", "�") if label else label
