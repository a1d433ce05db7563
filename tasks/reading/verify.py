"""Whether a reading holds: every span, text and hash in it checked against its own document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from .record import READ_BLOCKS, Reading, document_id

Span = tuple[int, int]


def problems(reading: Reading) -> list[str]:
    """What is wrong with a reading, one line each, naming the part; empty where all of it holds.

    Checked are: the document's id is the hash of its text; blocks cover the text in order; every mention's text is
    what stands at its span; evidence of every kind lies in the title or body and holds a word; ids are unique and
    every id that a part refers to exists; an attribution within another lies in no ring.
    """
    return [*_document(reading), *_blocks(reading), *_mentions(reading), *_spans(reading), *_references(reading)]


def _document(reading: Reading) -> Iterator[str]:
    expected = document_id(reading.document.text)
    if reading.document.id != expected:
        yield f"document: its id is {reading.document.id}, its text hashes to {expected}"


def _blocks(reading: Reading) -> Iterator[str]:
    at = 0
    for n, block in enumerate(reading.blocks):
        start, stop = block.span
        if start < at:
            yield f"block {n} ({block.kind}): begins at {start}, inside the one before it"
        elif reading.document.text[at:start].strip():
            yield f"block {n} ({block.kind}): the text from {at} to {start} is in no block"
        if block.kind not in READ_BLOCKS and not block.why:
            yield f"block {n} ({block.kind}): is cut without a why"
        at = max(at, stop)
    if reading.document.text[at:].strip():
        yield f"blocks: the text from {at} on is in no block"
    if at > len(reading.document.text):
        yield f"blocks: they end at {at}, the text at {len(reading.document.text)}"


def _mentions(reading: Reading) -> Iterator[str]:
    for actor in reading.actors:
        for mention in actor.mentions:
            found = reading.document.text[slice(*mention.span)]
            if found != mention.text:
                yield f"actor {actor.id}: says {mention.text!r} at {mention.span}, where the text has {found!r}"


def _spans(reading: Reading) -> Iterator[str]:
    read = [b.span for b in reading.blocks if b.kind in READ_BLOCKS]
    for name, spans in _evidence(reading):
        for start, stop in spans:
            if not any(a <= start and stop <= b for a, b in read):
                yield f"{name}: ({start}, {stop}) lies outside the title and body"
            elif not reading.document.text[start:stop].strip():
                yield f"{name}: ({start}, {stop}) holds no words"


def _evidence(reading: Reading) -> Iterator[tuple[str, list[Span]]]:
    for actor in reading.actors:
        yield f"actor {actor.id}", [m.span for m in actor.mentions]
    for said in reading.attributions:
        edges = [span for span in (said.cue, said.source_span) if span is not None]
        yield f"attribution {said.id}", [*said.content, *edges]
    for event in reading.events:
        yield f"event {event.id}", event.evidence
    for attitude in reading.attitudes:
        yield f"attitude {attitude.id}", attitude.evidence


def _references(reading: Reading) -> Iterator[str]:
    actors = {a.id for a in reading.actors}
    sources = {s.id for s in reading.sources}
    attributions = {a.id: a for a in reading.attributions}
    for kind, ids in (
        ("actor", [a.id for a in reading.actors]),
        ("source", [s.id for s in reading.sources]),
        ("attribution", [a.id for a in reading.attributions]),
        ("event", [e.id for e in reading.events]),
        ("attitude", [a.id for a in reading.attitudes]),
    ):
        yield from (f"{kind} {name}: {n} of them have this id" for name, n in Counter(ids).items() if n > 1)
    for said in reading.attributions:
        yield from _missing(f"attribution {said.id}", "source", [said.source], sources)
        yield from _missing(f"attribution {said.id}", "attribution", [said.within], attributions)
        above, seen = said.within, {said.id}
        while above in attributions and above not in seen:
            seen.add(above)
            above = attributions[above].within
        if above in seen:
            yield f"attribution {said.id}: lies within itself"
    # A state stands for its officials and bodies: sources and events may name one that no mention names by itself.
    parties = (
        actors | {a.state for a in reading.actors if a.state} | {m for a in reading.actors for m in a.members or ()}
    )
    for source in reading.sources:
        yield from _missing(f"source {source.id}", "actor", [source.actor], parties)
    for event in reading.events:
        yield from _missing(f"event {event.id}", "actor", [event.actor, event.recipient], parties)
        yield from _missing(f"event {event.id}", "attribution", [event.attribution], attributions)
    for attitude in reading.attitudes:
        known = parties | {"AUTHOR", "UNKNOWN"}
        yield from _missing(f"attitude {attitude.id}", "actor", [attitude.holder, attitude.target], known)
        yield from _missing(f"attitude {attitude.id}", "attribution", [attitude.attribution], attributions)
    yield from _missing("provenance", "source", [*reading.provenance.shares, reading.provenance.sole_source], sources)


def _missing(name: str, kind: str, ids: Iterable[str | None], known: Iterable[str]) -> Iterator[str]:
    for wanted in ids:
        if wanted is not None and wanted not in known:
            yield f"{name}: refers to the {kind} {wanted}, which the reading does not have"
