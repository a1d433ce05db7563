"""What the event tests ask of a text: what passed between whom, and with which status."""

from __future__ import annotations

from datetime import UTC, datetime

from tasks.reading import actors, attributions, blocks, events, tokens
from tasks.reading.record import Event


def passed(text: str, published: str | None = None) -> list[Event]:
    """The events of ``text``, an article published on that day (ISO 8601)."""
    day = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
    paragraphs = blocks.paragraphs(text)
    parse = tokens.parse(text, paragraphs)
    cut = blocks.separate(text, paragraphs, parse, None)
    who = actors.find(parse, cut, day)
    sources, said = attributions.find(parse, cut, who)
    return events.find(parse, cut, who, said, day, sources)


def brief(text: str) -> list[str]:
    """Each event as «TYPE ACTOR>RECIPIENT status», with «=» for what is mutual (the pair in the alphabet's order)."""
    out = []
    for e in passed(text):
        pair = "=".join(sorted((e.actor, e.recipient))) if e.mutual else f"{e.actor}>{e.recipient}"
        out.append(f"{e.type} {pair} {e.status}")
    return out
