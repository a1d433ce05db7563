"""Two who are named together and act as one: «Вера и Илья Лугины», «Трамп и Путин», «полиция и МЧС»."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from ..tokens import NameSpan, Token
from . import names
from .acting import acts
from .cues import plain, word_set
from .memory import Identity, Memory
from .mentions import Mention
from .people import People, Person
from .stems import stem

RELATIVES = word_set("relatives")


def pairs(people: People) -> Iterator[tuple[NameSpan, NameSpan]]:
    """Two people named together: «Вера и Илья Лугины»."""
    for a, b in pairwise(people.names):
        if a.kind == b.kind == "PER" and a.last + 1 == b.first and plain(people.g.tokens[a.last].text) == "и":
            yield a, b


def together(people: People, token: int) -> tuple[int, list[Person]] | None:
    """Two people named last before ``token`` who are one subject, and where: «Трамп и Путин встретились»."""
    at = bisect_left(people.starts, token)
    for k in range(at - 1, max(0, at - 10), -1):
        n, other = people.names[k], people.names[k - 1]
        t = people.g.tokens[n.first]
        both = n.first in people.by_token and other.first in people.by_token
        joined = both and t.rel == "conj" and other.first <= t.head < other.last
        if joined and acts(people.g, other):
            return n.start, [people.by_token[other.first], people.by_token[n.first]]
    return None


def bodies(people: People, token: int) -> tuple[int, str] | None:
    """Two bodies named last before ``token`` who are one subject, and where: «полиция и МЧС опровергли»."""
    at = bisect_left(people.starts, token)
    for k in range(at - 1, max(0, at - 6), -1):
        n, other = people.names[k], people.names[k - 1]
        joined = n.kind == other.kind == "ORG" and other.last + 1 == n.first
        if joined and plain(people.g.tokens[other.last].text) == "и" and acts(people.g, other):
            return n.start, people.g.parse.text[other.start : n.stop]
    return None


def family(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """«дети Анны Лугиной»: the two whom the article names by that surname in the plural, «Вера и Илья Лугины»."""
    plural = head.feats.get("Number") == "Plur" and plain(head.lemma) in RELATIVES
    owner = next((n for n in memory.people.names_between(mention.head, mention.last) if n.kind == "PER"), None)
    if not plural or owner is None:
        return None
    surname = stem(memory.g.tokens[owner.last - 1].text)[:-1]
    for first, last in pairs(memory.people):
        theirs = memory.g.tokens[last.last - 1].text
        if theirs[-1:] in "еы" and stem(theirs).startswith(surname):
            both = Mention(first.first, last.last, first.first)
            return Identity(names.phrase(memory.g, both), "person", gender="Plur")
    return None
