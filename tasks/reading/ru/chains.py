"""Which verb another goes on: a coordinate verb, a gerund; and whether a post's name agrees with its verb."""

from __future__ import annotations

from ..tokens import Token
from .agreement import agrees
from .clauses import COMMA, Grammar, is_finite
from .cues import plain


def named_so(g: Grammar, verb: Token, post: Token) -> bool:
    """Whether the name behind a post agrees with the verb: «заявила пресс-секретарь Анна Белова»."""
    return any(c.pos == "PROPN" and agrees(verb, c) and "Gender" in c.feats for c in g.children(post.i, "appos"))


def beside_gerund(g: Grammar, verb: Token) -> int:
    """«Союз может распасться, отметила Белова, сославшись…»: the verb put in right before a gerund, if one is."""
    said = (c for c in g.children(verb.head, "parataxis") if verb.head < c.i < verb.i and is_finite(c))
    last = max((c.i for c in said if any(g.children(c.i, "nsubj"))), default=verb.head)
    return last if verb.feats.get("VerbForm") == "Conv" else verb.head


def above(g: Grammar, verb: Token) -> int:
    """What a coordinate verb goes on: the verb over the clause that a comma ends, whatever the tree says.

    «Захарова отметила, что республика терпит, и выразила надежду»: one subject's verbs have no comma before «и».
    """
    before = next(iter(g.children(verb.i, "cc")), None)
    if before is None or plain(before.text) != "и" or g.tokens[before.i - 1].text not in COMMA:
        return verb.head
    up = verb.head
    while up >= 0 and g.tokens[up].rel != "ccomp":
        up = g.tokens[up].head
    return g.tokens[up].head if up >= 0 else verb.head
