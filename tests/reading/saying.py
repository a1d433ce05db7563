"""What the attribution tests ask of a text: who says what with which word."""

from __future__ import annotations

from typing import NamedTuple

from tasks.reading import attributions, tokens
from tasks.reading.attributions import Span
from tasks.reading.record import Actor, Attribution, Block, Source


class Said(NamedTuple):
    """One attribution in words: content (pieces joined by « … »), cue, mention and name of the source."""

    kind: str
    content: str
    cue: str | None
    mention: str | None
    source: str
    source_kind: str


def lines(text: str) -> list[Span]:
    """Every line that holds something, as a paragraph."""
    out, at = [], 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            out.append((at, at + len(line.rstrip())))
        at += len(line)
    return out


def read(
    text: str, blocks: list[Block] | None = None, actors: list[Actor] | None = None
) -> tuple[list[Source], list[Attribution]]:
    """Sources and attributions of ``text``, all of it body where ``blocks`` says nothing else."""
    given = blocks or [Block(span=(0, len(text)), kind="body")]
    return attributions.find(tokens.parse(text, lines(text)), given, actors or [])


def said(text: str, blocks: list[Block] | None = None) -> list[Said]:
    """The attributions of ``text`` in words, in the order of the reading."""
    sources, found = read(text, blocks)
    by_id = {s.id: s for s in sources}

    def words(span: Span | None) -> str | None:
        return None if span is None else text[span[0] : span[1]]

    out = []
    for a in found:
        source = by_id[str(a.source)]
        content = " … ".join(text[x:y] for x, y in a.content)
        out.append(Said(a.kind, content, words(a.cue), words(a.source_span), source.name, source.kind))
    return out


def one(text: str) -> Said:
    """The only attribution of ``text``."""
    found = said(text)
    assert len(found) == 1, found
    return found[0]
