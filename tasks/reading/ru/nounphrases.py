"""The words of a source: the noun phrase around its head."""

from __future__ import annotations

from dataclasses import dataclass

from ..tokens import Token
from .clauses import COMMA, DASH, Grammar, is_finite
from .cues import plain


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens ``[first, last)`` that name a source, ``head`` among them. ``place``: it stands after «в» («в МИД»)."""

    first: int
    last: int
    head: int
    place: bool = False


def phrase(g: Grammar, head: int, stop: int | None = None) -> Mention:
    """The noun phrase of ``head`` without the clauses that trail it.

    «представитель МИД Мария Захарова, которая прилетела в Минск» → «представитель МИД Мария Захарова»
    """
    noun = g.tokens[head + 1] if g.tokens[head].pos == "ADJ" and head + 1 < len(g.tokens) else None
    if noun is not None and noun.head == head and noun.pos == "PROPN" and noun.feats.get("Case") == "Nom":
        head = noun.i  # «Узбекское Минобороны»: the tree may hang the noun on its adjective
        first, last = g.left[head - 1], g.right[head - 1] + 1
    else:
        first, last = g.left[head], g.right[head] + 1
    if stop is not None:
        last = min(last, max(stop, head + 1))
    if last - first > 60:  # no phrase is that long: the parse has run away
        first, last = max(first, head - 5), min(last, head + 15)
    for k in sorted(g.tokens[head].children):
        child = g.tokens[k]
        relation = child.rel.split(":")[0]
        if k > head and relation in {"acl", "advcl", "ccomp", "parataxis", "conj", "csubj", "appos"}:
            # A mark far to the left may hang on the clause: it begins with its first word.
            begin = min([k, *(g.left[c] for c in child.children if g.tokens[c].pos != "PUNCT")])
            clausal = is_finite(child) or relation in {"acl", "advcl", "ccomp", "parataxis", "csubj"}
            if clausal and begin > head and g.right[k] + 1 >= last - 1:
                last = min(last, begin)
        elif k < head and is_finite(child) and g.right[k] < head:
            first = max(first, g.right[k] + 1)
    for k in range(head - 1, first - 1, -1):
        token = g.tokens[k]
        joined = token.text in COMMA and _joins(g.tokens[k + 1])
        if joined or token.pos == "SCONJ" or token.text in DASH or token.text == ":" or is_finite(token):
            first = k + 1
            break
    while first < head and (_beside(g.tokens[first], g.tokens[head]) or _joins(g.tokens[first])):
        first += 1
    for name in g.names_from(last - 1):  # «в сообщении С. Белова»: the tree cuts initials off
        last = name.last if name.first < last and len(g.tokens[last - 1].text) == 1 else last
        break
    first, last = g.trim(first, last)
    if not first <= head < last:
        first, last = head, head + 1
    return Mention(first, last, head)


def _joins(token: Token) -> bool:
    return token.pos in {"CCONJ", "SCONJ"} or plain(token.text) == "однако"


def _beside(token: Token, head: Token) -> bool:
    """Whether a noun before a subject is whom it told: «сообщило журналистам доверенное лицо»."""
    addressee = token.pos in {"NOUN", "PROPN"} and token.feats.get("Case") == "Dat"
    return addressee and head.feats.get("Case", "Nom") == "Nom" and token.rel != "flat"
