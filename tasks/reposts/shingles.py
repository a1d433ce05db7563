"""What an article is looked up by: bands of its MinHash for copies of the whole, winnowed shingles for lifted parts.

Bands (locality-sensitive hashing): Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, 3.4. Winnowing: Schleimer,
Wilkerson & Aiken, SIGMOD 2003: of each window of shingles the least hash is kept, so that two texts that share a run of
``WINDOW + SHINGLE - 1`` words share a key for certain.
"""

from __future__ import annotations

import numpy as np
import rensa
from numpy.typing import NDArray

from .words import Hashes

SHINGLE = 4
"""Words of a shingle. Measured (see tests/benchmarks/reposts.py): five and six find fewer copies with changed words."""

BANDS, ROWS = 12, 3
"""Of the MinHash: two texts whose shingles have a Jaccard similarity of 0.5 share a band with probability 0.8, of 0.1
0.01. They matter for posts of a few words, which have one winnowed shingle or two.
"""

WINDOW = 16
"""Shingles of which one is kept: half as many keys again as with 24, and the last copies that keys can find."""

MOST = 256
"""Winnowed keys of one article; a longer article has wider windows, whose keys are some of the narrow ones'."""

_SEED = 4711

Keys = NDArray[np.int64]
Shingles = NDArray[np.uint64]


def shingles(words: Hashes, length: int = SHINGLE) -> Shingles:
    """uint64 [n - length + 1]: a hash of each run of ``length`` words; a shorter text is one shingle."""
    if not len(words):
        return np.zeros(0, np.uint64)
    length = min(length, len(words))
    count = len(words) - length + 1
    mixed = np.zeros(count, np.uint64)
    for offset in range(length):
        mixed = _mixed(mixed + words[offset : offset + count].astype(np.uint64))
    return mixed


def _mixed(value: Shingles) -> Shingles:
    """SplitMix64's finaliser (Steele, Lea & Flood, OOPSLA 2014): every bit of the result depends on every bit."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def keys(words: Hashes) -> Keys:
    """int64 [m], distinct, sorted: what an article is indexed by and looked up by; none for a text without words."""
    found = shingles(words)
    if not len(found):
        return np.zeros(0, np.int64)
    return np.unique(np.concatenate([bands(found), found[winnowed(found)]])).view(np.int64)


def bands(found: Shingles) -> Shingles:
    """uint64 [BANDS]: each ROWS values of the MinHash as one hash, that of different bands never the same."""
    digest = rensa.RMinHash.digest_matrix_from_flat_token_hashes(found, [0, len(found)], BANDS * ROWS, _SEED)
    rows = np.array(digest.to_rows()[0], np.uint64).reshape(BANDS, ROWS)
    mixed = np.arange(BANDS, dtype=np.uint64)
    for row in rows.T:
        mixed = _mixed(mixed + row)
    return mixed


def winnowed(found: Shingles) -> NDArray[np.intp]:
    """Positions of the shingles that are kept, rising: the last of the least of every window."""
    window = max(WINDOW, -(-2 * len(found) // MOST))
    if len(found) <= window:
        return np.array([len(found) - 1 - int(np.argmin(found[::-1]))])
    windows = np.lib.stride_tricks.sliding_window_view(found, window)
    last = window - 1 - np.argmin(windows[:, ::-1], axis=1)
    return np.unique(np.arange(len(windows)) + last)
