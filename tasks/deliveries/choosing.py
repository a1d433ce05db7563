"""The events behind a cursor, each with whether a subscription wants it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from tasks.archive.keeping import with_text
from tasks.archive.tables import documents, outbox, readings
from tasks.reading.record import READ_BLOCKS

from .cloudevents import Event
from .filters import Facets, Filter, facets

BATCH = 200
"""Events that are read at a time."""


def events(connection: Connection, wanted: Filter, cursor: int) -> list[tuple[Event, bool]]:
    """The next events behind the cursor, each with whether it is wanted; none where there are no more."""
    columns = (outbox.c.position, outbox.c.id, outbox.c.type, outbox.c.subject, outbox.c.time, outbox.c.data)
    query = select(*columns).where(outbox.c.position > cursor).order_by(outbox.c.position).limit(BATCH)
    found = [Event(*row) for row in connection.execute(query).all()]
    return [(event, wanted.wants(_facets(connection, event, wanted))) for event in found]


def first_wanted(connection: Connection, wanted: Filter, cursor: int) -> Event | None:
    """The next event behind the cursor that is wanted."""
    while batch := events(connection, wanted, cursor):
        for event, good in batch:
            if good:
                return event
        cursor = batch[-1][0].position
    return None


def _facets(connection: Connection, event: Event, wanted: Filter) -> Facets:
    """What an event speaks of: what it says itself, and where that is asked for, what its article says."""
    asked = wanted.words or (event.type == "chancery.repost.v1" and (wanted.pairs or wanted.actors or wanted.sources))
    article = _article(connection, event.data) if asked else None
    if article is None:
        return facets(event.type, event.data, () if wanted.words else None)
    text = article["document"]["text"]
    body = "\n".join(text[slice(*block["span"])] for block in article["blocks"] if block["kind"] in READ_BLOCKS)
    spoken = {
        "pairs": [(each["actor"], each["recipient"]) for each in article["events"]],
        "actors": [each["id"] for each in article["actors"] if each["kind"] in {"state", "bloc"}],
        "sources": article["sources"],
    }
    return facets(event.type, spoken | event.data, [body] if wanted.words else None)


def _article(connection: Connection, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The reading that an event tells of; of a repost, the latest of the copy's text. None where there is none."""
    query = select(readings.c.body, documents.c.text).join_from(readings, documents)
    if isinstance(data.get("reading"), int):
        query = query.where(readings.c.id == data["reading"])
    elif isinstance(data.get("copy"), Mapping):
        query = query.where(readings.c.document == data["copy"].get("document"), readings.c.latest)
    else:
        return None
    row = connection.execute(query).first()
    return with_text(row.body, row.text) if row else None
