"""A made-up press: readings of texts without a reader, kept in an archive, and what tracing makes of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from tasks.archive import database, keeping
from tasks.archive.tables import appearances, outbox, reposts
from tasks.reading.record import Reading, document_id

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

_SYLLABLES = ("ба", "во", "гри", "де", "жу", "зо", "ка", "ле", "мно", "ни", "по", "ра", "сто", "ту", "фи", "хо", "ща")


def prose(seed: int, words: int = 120) -> str:
    """Words that no other text has, in sentences of ten."""
    chance = random.Random(seed)
    made = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(words)]
    sentences = [" ".join(made[at : at + 10]).capitalize() + "." for at in range(0, words, 10)]
    return " ".join(sentences)


def reading(
    text: str,
    outlet: str | None = None,
    minutes: float = 0,
    *,
    said: tuple[tuple[str, str, str], ...] = (),
    **more: Any,
) -> Reading:
    """A reading of a text that is all body, published so many minutes after noon; ``said``: (words, source, kind)."""
    names = list(dict.fromkeys((name, kind) for _, name, kind in said))
    published = NOON + timedelta(minutes=minutes)
    return Reading.model_validate(
        {
            "document": {
                "id": document_id(text), "text": text, "outlet": outlet, "published": published,
                "received": NOON + timedelta(days=1), **more,
            },
            "reader": {"version": "1.0"},
            "language": {"code": "ru", "confidence": 1.0},
            "blocks": [{"span": (0, len(text)), "kind": "body"}],
            "sources": [{"id": f"s{n}", "name": name, "kind": kind} for n, (name, kind) in enumerate(names)],
            "attributions": [
                {
                    "id": f"a{n}", "kind": "indirect", "source": f"s{names.index((name, kind))}", "confidence": 0.9,
                    "content": [(text.index(words), text.index(words) + len(words))],
                }
                for n, (words, name, kind) in enumerate(said)
            ],
            "provenance": {"own_voice": 1.0, "flags": ["no-source"]},
            "stages": {"blocks": "ok"},
        }
    )  # fmt: skip


def keep(archive: Engine, *readings: Reading, forwarded_from: str | None = None) -> None:
    with database.writing(archive) as connection:
        for each in readings:
            keeping.keep(connection, each, forwarded_from=forwarded_from)


def links(archive: Engine) -> dict[tuple[str, str, str], Any]:
    """By (copy's outlet, origin's outlet, kind): the rows of ``reposts``."""
    copy, origin = appearances.alias("copied"), appearances.alias("original")
    query = (
        sa.select(copy.c.outlet, origin.c.outlet, *reposts.c)
        .join_from(reposts, copy, copy.c.id == reposts.c.copy)
        .join(origin, origin.c.id == reposts.c.origin)
    )
    with database.reading(archive) as connection:
        return {(row[0], row[1], row.kind): row for row in connection.execute(query)}


def told(archive: Engine) -> list[Any]:
    """The data of the events on reposts, in order."""
    query = sa.select(outbox.c.data).where(outbox.c.type == "chancery.repost.v1").order_by(outbox.c.seq)
    with database.reading(archive) as connection:
        return list(connection.scalars(query))
