"""Surnames alone that the tagger missed, of those whom the article has in full: «Анна Коэль», then «Коэль»."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..tokens import NameSpan, Token
from .clauses import Grammar, holds

SHORTEST = 4
"""Letters of a surname that nothing else is likely to be."""


def surnames(
    g: Grammar, names: Sequence[NameSpan], readable: Sequence[tuple[int, int]], known: Callable[[str], bool]
) -> Iterator[NameSpan]:
    """Words that stand outside ``names`` and are a surname of which ``known`` is true, with no name beside them."""
    tokens = g.tokens
    taken = {i for n in names for i in range(n.first, n.last)}
    for t in tokens:
        if t.pos != "PROPN" or len(t.text) < SHORTEST or t.i in taken or not _may_be(t) or not known(t.text):
            continue
        beside = (tokens[k] for k in (t.i - 1, t.i + 1) if 0 <= k < len(tokens) and tokens[k].sentence == t.sentence)
        apart = not any(_named(b) or b.text in '«»"„“”-.' for b in beside if b.stop >= t.start - 1)
        if apart and holds(readable, t.start, t.stop):
            yield NameSpan(t.start, t.stop, t.i, t.i + 1, "PER")


def _may_be(t: Token) -> bool:
    return t.text.istitle() and t.feats.get("Number", "Sing") == "Sing" and t.feats.get("Animacy") != "Inan"


def _named(t: Token) -> bool:
    return t.pos in {"PROPN", "X"} and t.text[:1].isupper()
