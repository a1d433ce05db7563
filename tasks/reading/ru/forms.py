"""What each surface form adds to the first layer of slovnet's networks, computed once and kept in a bounded table."""

from __future__ import annotations

import gzip
import tarfile
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from slovnet.shape import word_shape

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

ROWS = 6_144
"""Rows of the table; at 9.2 kB each it takes 57 MB when full."""
BLOCK = 32
"""Forms computed in one product, always exactly so many."""
SURFACE = 64
"""Longer words are looked up anew each time."""


class Words:
    """navec's vocabulary and vectors: word → id → 300 numbers, product-quantised (100 parts of 3 numbers, 256 codes).

    The words are sorted but for ``<unk>`` and ``<pad>`` at the end, so a search by halves serves and needs no dict; the
    vectors' indexes stay in the file and are mapped, so that all processes share them.
    """

    def __init__(self, words: list[str], indexes: NDArray[np.uint8], codes: Floats) -> None:
        self.words, self.indexes, self.codes = words, indexes, codes
        self.known = len(words) - 2
        self.parts = np.arange(codes.shape[0])

    @classmethod
    def load(cls, path: Path) -> Words:
        """Read the archive ``path`` as the navec package does (its own loader computes norms that only it needs)."""
        with tarfile.open(path) as tar:
            vocab, pq = tar.getmember("vocab.bin"), tar.getmember("pq.bin")
            packed = tar.extractfile(vocab)
            assert packed is not None
            raw = gzip.decompress(packed.read())
        size = int(np.frombuffer(raw, np.uint32, 1)[0])
        words = raw[4 + 4 * size :].decode().splitlines()
        vectors, dim, parts, codes = (int(n) for n in np.fromfile(path, np.uint32, 4, offset=pq.offset_data))
        begin = pq.offset_data + 16
        indexes = np.memmap(path, np.uint8, "r", begin, (vectors, parts))
        table = np.fromfile(path, np.float32, parts * codes * (dim // parts), offset=begin + vectors * parts)
        return cls(words, indexes, table.reshape(parts, codes, dim // parts))

    def id(self, word: str) -> int:
        """The id of a lower-case word; that of ``<unk>`` if it has none."""
        k = bisect_left(self.words, word, 0, self.known)
        return k if k < self.known and self.words[k] == word else self.known

    def vectors(self, ids: Sequence[int]) -> Floats:
        """(len(ids), 300)."""
        return self.codes[self.parts, self.indexes[ids]].reshape(len(ids), -1)


class Forms:
    """A table of ``ROWS`` rows of ``width`` numbers, a row a surface form (word and shape); row 0 is zero.

    ``word`` (300, width) and ``shapes`` (shapes, width) are the first layer's weights, those of the shapes already
    multiplied by their embeddings. A form's row does not depend, to the last bit, on what else is computed or was
    read: products are made in blocks of ``BLOCK`` rows, so that the linear algebra library takes one path for all.
    """

    def __init__(self, words: Words, word: Floats, shapes: Floats, shape_ids: dict[str, int]) -> None:
        self.words, self.word, self.shapes, self.shape_ids = words, word, shapes, shape_ids
        self.table = np.zeros((ROWS, word.shape[1]), np.float32)
        self.surfaces: dict[str, int] = {}
        self.rows: dict[tuple[int, int], int] = {}

    def ids(self, words: Sequence[str]) -> Ints:
        """The rows of ``words``, fewer than ``ROWS``; they hold until the next call."""
        found = list(map(self.surfaces.get, words))
        if None in found:
            found = self._learn(words)
        return np.array(found, np.int64)

    def _learn(self, words: Sequence[str]) -> list[int | None]:
        keys = {w: self.rows_key(w) for w in words if w not in self.surfaces}
        fresh = list(dict.fromkeys(k for k in keys.values() if k not in self.rows))
        if len(self.rows) + len(fresh) >= ROWS or len(self.surfaces) + len(keys) > 4 * ROWS:
            self.surfaces.clear()
            self.rows.clear()
            keys = {w: self.rows_key(w) for w in words}
            fresh = list(dict.fromkeys(keys.values()))
        for k in range(0, len(fresh), BLOCK):
            self._compute(fresh[k : k + BLOCK])
        found: list[int | None] = []
        for word in words:
            row = self.surfaces.get(word)
            if row is None:
                row = self.rows[keys[word]]
                if len(word) <= SURFACE:
                    self.surfaces[word] = row
            found.append(row)
        return found

    def rows_key(self, word: str) -> tuple[int, int]:
        """What the networks see of a word: its id and its shape's."""
        return self.words.id(word.lower()), self.shape_ids[word_shape(word)]

    def _compute(self, keys: list[tuple[int, int]]) -> None:
        first = len(self.rows) + 1
        block = np.zeros((BLOCK, self.word.shape[0]), np.float32)
        block[: len(keys)] = self.words.vectors([word for word, _ in keys])
        product = block @ self.word
        np.add(product[: len(keys)], self.shapes[[s for _, s in keys]], out=self.table[first : first + len(keys)])
        for row, key in enumerate(keys, first):
            self.rows[key] = row
