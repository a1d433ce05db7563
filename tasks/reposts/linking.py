"""What one article has of earlier ones, as links to the earliest known origin of each of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from . import changes, comparing, stripping
from .articles import Article
from .comparing import Kind, Match, Weights
from .words import Hashes

MOST = 4
"""Origins of one copy that are told."""


@dataclass(frozen=True)
class Origin:
    """An earlier article: its number, and its words as uint32 [n]."""

    number: int
    words: Hashes


@dataclass(frozen=True)
class Link:
    """A copy's link to the article ``origin``, which is the earliest known to have what they share."""

    origin: int
    kind: Kind
    shared: float
    match: Match = field(repr=False)


def links(words: Hashes, weights: Weights, quoted: Weights, origins: Iterable[Origin]) -> list[Link]:
    """Links to ``origins``, which come in the order in which they appeared.

    Whatever the copy has is the first one's that has it: a later article is linked only for what no earlier one has, or
    as the origin of the whole. ``weights`` and ``quoted`` are float32 [n]: 0 for boilerplate, less in quotations.
    """
    out: list[Link] = []
    weight = weights * quoted
    left = weight.copy()
    whole = False
    for origin in origins:
        if len(out) == MOST or (whole and left.sum() < comparing.PASSAGE):
            break
        match = comparing.match(words, origin.words, weight)
        kind = comparing.kind(match)
        if kind == "whole" and not whole:
            whole = True
        elif kind is not None and comparing.lifted(comparing.weighed(match.passages, left)):
            kind = "partial"
        else:
            continue
        out.append(Link(origin.number, kind, round(match.shared, 4), match))
        for passage in match.passages:
            left[passage[0].copy : passage[-1].copy + passage[-1].length] = 0
    return out


def details(copy: Article, origin: Article, link: Link) -> dict[str, Any]:
    """JSON-ready: what the copy changed (see `changes.changes`), and statements whose source is gone (``stripped``)."""
    return {
        **changes.changes(copy, origin, link.match, link.kind),
        "stripped": stripping.stripped(copy, origin, link.match),
    }
