"""Tokens, sentences, tags, dependency heads and names of a text: what every later stage shares."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .ru.morphology import lemma


@dataclass(slots=True)
class Token:
    """One token of a parse.

    ``head`` is an index into ``Parse.tokens`` (-1 for a root), ``sentence`` one into ``Parse.sentences``; ``feats``
    are Universal Dependencies features, ``pos`` and ``rel`` its tags and relations. Tokens of one tag share ``feats``.
    ``lemma`` is the dictionary form, lower case, е for ё, chosen to agree with the tag.
    """

    i: int
    start: int
    stop: int
    text: str
    sentence: int
    pos: str
    feats: Mapping[str, str]
    head: int
    rel: str
    children: list[int]
    lemma: str

    def retagged(self, pos: str, feats: Mapping[str, str]) -> Token:
        """The same word under another tag, with the dictionary form that agrees with it."""
        return replace(self, pos=pos, feats=feats, lemma=lemma(self.text, pos, feats))


@dataclass(slots=True)
class Sentence:
    """``[start, stop)`` in code points; ``first`` to ``last`` (exclusive) index ``Parse.tokens``."""

    start: int
    stop: int
    first: int
    last: int


@dataclass(slots=True)
class NameSpan:
    """A name found by the tagger: ``kind`` is PER, LOC or ORG; ``first`` to ``last`` (exclusive) its tokens."""

    start: int
    stop: int
    first: int
    last: int
    kind: str


@dataclass(slots=True)
class Parse:
    """A parsed text; every offset is in code points of ``text``.

    ``starts`` and ``stops`` are those of the tokens, to search in. ``shape`` is what ``ru.clauses`` made of the parse.
    """

    text: str
    tokens: list[Token]
    sentences: list[Sentence]
    names: list[NameSpan]
    starts: list[int]
    stops: list[int]
    shape: tuple[Parse, list[int], list[int]] | None = field(default=None, init=False, repr=False, compare=False)

    def places(self, start: int, stop: int) -> range:
        """The indexes of the tokens that lie in ``[start, stop)``."""
        return range(bisect_left(self.starts, start), bisect_right(self.stops, stop))

    def within(self, start: int, stop: int) -> list[Token]:
        """The tokens that lie in ``[start, stop)``."""
        inside = self.places(start, stop)
        return self.tokens[inside.start : inside.stop]


def parse(text: str, paragraphs: Sequence[tuple[int, int]]) -> Parse:
    """Parse Russian ``text``. No sentence crosses the edge of a paragraph; text outside paragraphs is not parsed."""
    from .ru.engine import engine

    return engine().parse(text, paragraphs)
