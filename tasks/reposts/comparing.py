"""What one text has of another: runs of the same words, joined to passages, and how much of the copy they make.

Runs are found as in greedy string tiling (Wise, 1993), but from the copy's first word to its last and without going
back, which takes time in proportion to the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .shingles import SHINGLE, shingles
from .words import Hashes, Words

GAP = 8
"""Words between two runs that still make one passage: a changed name, number or clause."""

PASSAGE = 24
"""Words in common that make a passage a repost: more than a quotation that two reporters both heard."""

SENTENCE, SEVERAL = 12, 30
"""Words of a passage that is no mere turn of phrase, and how many of them in all make a repost."""

TURN = 5
"""Words in common that say nothing: «о том, что в ближайшее время»."""

FEWEST = 8
"""Words of the longest passage of a copy as a whole: «Что известно к этому часу» is nobody's."""

WHOLE = 0.6
"""Part of the copy from which on it is a copy as a whole, with little of its own."""

_PLACES = 8
"""Places of one shingle in the origin that are tried: a refrain costs no more."""

_QUOTED = 0.25
"""What a quoted word counts for in a passage: reporters who heard the same words did not copy one another."""

_QUOTATION = re.compile(r"«[^»]{30,1500}»|“[^”]{30,1500}”|„[^“”]{30,1500}[“”]|\"[^\"\n]{30,1500}\"")

Weights = NDArray[np.float32]
Kind = Literal["whole", "partial"]


@dataclass(frozen=True)
class Run:
    """``length`` words that stand in both texts: from word ``copy`` in the one, from word ``origin`` in the other."""

    copy: int
    origin: int
    length: int


@dataclass(frozen=True)
class Match:
    """What a copy has of an origin."""

    passages: list[list[Run]]
    shared: float
    """Part of the copy's words that they hold, boilerplate left out."""
    longest: float
    """Words of the longest passage, each by its weight."""
    several: float
    """Words of all passages that are no mere turn of phrase, each by its weight."""


def runs(copy: Hashes, origin: Hashes) -> list[Run]:
    """Runs of at least SHINGLE words that stand in both, in the copy's order, none overlapping in the copy."""
    mine, theirs = shingles(copy), shingles(origin)
    if min(len(copy), len(origin)) < SHINGLE:
        return []
    common = np.flatnonzero(np.isin(mine, theirs))
    if not len(common):
        return []
    where: dict[int, list[int]] = {}
    for place in np.flatnonzero(np.isin(theirs, mine[common])).tolist():
        places = where.setdefault(int(theirs[place]), [])
        if len(places) < _PLACES:
            places.append(place)
    out: list[Run] = []
    at, behind = 0, 0
    for start in common.tolist():
        if start < at:
            continue
        # The longest, and of equals the one that goes on where the last run ended.
        length, _, place = max(
            (_length(copy, origin, start, place), -abs(place - behind), place) for place in where[int(mine[start])]
        )
        out.append(Run(start, place, length))
        at, behind = start + length, place + length
    return out


def _length(copy: Hashes, origin: Hashes, start: int, place: int) -> int:
    most = min(len(copy) - start, len(origin) - place)
    unlike = np.flatnonzero(copy[start : start + most] != origin[place : place + most])
    return int(unlike[0]) if len(unlike) else most


def passages(found: list[Run]) -> list[list[Run]]:
    """Runs joined where little was changed between them and their order is the origin's."""
    out: list[list[Run]] = []
    for run in found:
        if out:
            last = out[-1][-1]
            between = run.origin - last.origin - last.length
            if run.copy - last.copy - last.length <= GAP and 0 <= between <= GAP:
                out[-1].append(run)
                continue
        out.append([run])
    return out


def weights(copy: Words, text: str) -> Weights:
    """float32 [n]: what each word of the copy counts for in a passage; less in a quotation of some length."""
    out = np.ones(len(copy), np.float32)
    starts = np.array([start for start, _ in copy.places])
    for found in _QUOTATION.finditer(text):
        first, last = np.searchsorted(starts, found.span())
        out[first:last] = _QUOTED
    return out


def match(copy: Hashes, origin: Hashes, weight: Weights) -> Match:
    """The passages that the copy has of the origin; ``weight`` float32 [n] says what its words count for, 0 to 1."""
    found = passages(runs(copy, origin))
    return weighed([p for p in found if sum(run.length for run in p) > TURN], weight)


def weighed(found: list[list[Run]], weight: Weights) -> Match:
    """A match of these passages."""
    counted = weight > 0
    longest = several = shared = 0.0
    for passage in found:
        parts = [slice(run.copy, run.copy + run.length) for run in passage]
        size = sum(float(weight[part].sum()) for part in parts)
        longest = max(longest, size)
        several += size if size >= SENTENCE else 0
        shared += sum(int(counted[part].sum()) for part in parts)
    return Match(found, shared / max(1, int(counted.sum())), longest, several)


def kind(match: Match) -> Kind | None:
    """Whether the copy is one, as a whole or in a part of it; None where the texts only have turns in common."""
    if match.shared >= WHOLE and match.longest >= FEWEST:
        return "whole"
    return "partial" if lifted(match) else None


def lifted(match: Match) -> bool:
    """Whether the passages are more than turns of phrase and words that both may have heard."""
    return match.longest >= PASSAGE or match.several >= SEVERAL
