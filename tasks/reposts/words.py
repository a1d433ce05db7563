"""The words of an article as tracing compares them: casefolded, ё as е, without punctuation, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import rensa
from numpy.typing import NDArray

LONGEST = 20_000
"""Words of an article that are compared; what follows them is left out, so that work and storage have a bound."""

_WORD = re.compile(r"\w+")

Hashes = NDArray[np.uint32]


@dataclass(frozen=True)
class Words:
    """Words in reading order: ``hashes`` uint32 [n], ``places`` their ``(start, stop)`` in code points of the text."""

    hashes: Hashes
    places: list[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.places)


NONE = Words(np.zeros(0, np.uint32), [])


def split(text: str, spans: Iterable[tuple[int, int]]) -> Words:
    """The words of ``text`` inside ``spans`` (the blocks that are the article's own), in order."""
    forms: list[str] = []
    places: list[tuple[int, int]] = []
    for start, stop in spans:
        for found in _WORD.finditer(text, start, stop):
            forms.append(found[0])
            places.append(found.span())
    # All at once: word by word it takes as long as all the rest.
    return Words(hashed(plain(" ".join(forms[:LONGEST])).split(" ")), places[:LONGEST]) if forms else NONE


def plain(word: str) -> str:
    """A word without what copyists and typesetters change: case and the dots of ё."""
    return word.casefold().replace("ё", "е")


def hashed(forms: list[str]) -> Hashes:
    """uint32 [n], a hash of each form: the same on every machine, for rensa's hash is its own and unseeded."""
    # A list of one set is what rensa takes; it keeps order and repetitions.
    return np.array(rensa.RMinHash.hash_token_sets([forms])[0], dtype=np.uint64).astype(np.uint32)
