"""Tokens, sentences, tags, dependency heads and names of a text: what every later stage shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .ru.morphology import lemma


@dataclass(slots=True)
class Token:
    """One token of a parse.

    ``head`` is an index into ``Parse.tokens`` (-1 for a root), ``sentence`` one into ``Parse.sentences``; ``feats``
    are Universal Dependencies features, ``pos`` and ``rel`` its tags and relations. Tokens of one tag share ``feats``.
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
    children: list[int] = field(default_factory=list)
    _lemma: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def lemma(self) -> str:
        """Dictionary form, lower case, е for ё, chosen to agree with the tag."""
        if self._lemma is None:
            self._lemma = lemma(self.text, self.pos, self.feats)
        return self._lemma


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
    """A parsed text; every offset is in code points of ``text``. ``shape`` is what ``ru.clauses`` made of it."""

    text: str
    tokens: list[Token]
    sentences: list[Sentence]
    names: list[NameSpan]
    shape: tuple[Parse, list[int], list[int]] | None = field(default=None, init=False, repr=False, compare=False)

    def within(self, start: int, stop: int) -> Iterator[Token]:
        """The tokens that lie in ``[start, stop)``."""
        return (t for t in self.tokens if t.start >= start and t.stop <= stop)


def parse(text: str, paragraphs: Sequence[tuple[int, int]]) -> Parse:
    """Parse Russian ``text``. No sentence crosses the edge of a paragraph; text outside paragraphs is not parsed."""
    from .ru.engine import engine

    return engine().parse(text, paragraphs)
