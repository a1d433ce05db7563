"""What each surface form adds to the first layer of slovnet's networks, computed once and kept in a bounded table."""

from __future__ import annotations

import gzip
import tarfile
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from slovnet.shape import word_shape

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

ROWS = 8_192
"""Rows of the table; at 9.2 kB each it takes 75 MB when full."""
WORDS = ROWS // 2 - 1
"""The most words that may be asked for at once: so many are kept when the table is full."""
SURFACES = 4 * ROWS
"""Words remembered by their letters; unknown ones share a row, so there may be more words than rows."""
BLOCK = 16
"""Products are made of a multiple of so many rows, which is a multiple of what any BLAS kernel takes at once."""
AT_ONCE = 16 * BLOCK
"""Forms computed in one product at most."""
PREFIX = 32
"""Bytes of a word that are compared for all words at once; 16 Cyrillic letters."""
COMMON = 2_000
"""Words that ``Words.common`` holds, the most frequent first; together half of what news consists of."""
SURFACE = 64
"""Longer words are looked up anew each time."""


class Words:
    """navec's vocabulary and vectors: word → id → 300 numbers, product-quantised (100 parts of 3 numbers, 256 codes).

    The words are sorted but for ``<unk>`` and ``<pad>`` at the end, so they stay one string of bytes, searched by
    halves, with their first letters beside in an array: that takes a third of the memory of a dict, and a forked child
    that looks up words copies none of it. The vectors' indexes stay in the file and are mapped: all processes share
    them.
    """

    def __init__(self, letters: bytes, indexes: NDArray[np.uint8], codes: Floats) -> None:
        self.letters, self.indexes = letters, indexes
        self.prefixes = np.array(letters.split(b"\n")[:-2], f"S{PREFIX}")
        breaks = np.flatnonzero(np.frombuffer(letters, np.uint8) == ord("\n"))
        self.ends = array("I", np.append(breaks, len(letters)).astype(np.uint32).tobytes())
        self.known = len(self.ends) - 2
        self.common: list[str] = []
        parts, centroids, _ = codes.shape
        self.codes = codes.reshape(parts * centroids, -1)
        self.offsets = np.arange(0, parts * centroids, centroids)

    @classmethod
    def load(cls, path: Path) -> Words:
        """Read the archive ``path`` as the navec package does (its own loader computes norms that only it needs)."""
        with tarfile.open(path) as tar:
            vocab, pq = tar.getmember("vocab.bin"), tar.getmember("pq.bin")
            packed = tar.extractfile(vocab)
            assert packed is not None
            raw = gzip.decompress(packed.read())
        size = int(np.frombuffer(raw, np.uint32, 1)[0])
        vectors, dim, parts, codes = (int(n) for n in np.fromfile(path, np.uint32, 4, offset=pq.offset_data))
        begin = pq.offset_data + 16
        indexes = np.memmap(path, np.uint8, "r", begin, (vectors, parts))
        table = np.fromfile(path, np.float32, parts * codes * (dim // parts), offset=begin + vectors * parts)
        words = cls(raw[4 + 4 * size :], indexes, table.reshape(parts, codes, dim // parts))
        frequent = np.argsort(np.frombuffer(raw, np.uint32, size, 4), kind="stable")[: -COMMON - 1 : -1]
        words.common = [words.word(k).decode() for k in frequent.tolist()]
        return words

    def word(self, k: int) -> bytes:
        """The word with the id ``k``, in UTF-8, whose order is that of code points."""
        return self.letters[self.ends[k - 1] + 1 if k else 0 : self.ends[k]]

    def ids(self, words: Sequence[str]) -> list[int]:
        """The ids of lower-case words; that of ``<unk>`` for those that have none."""
        letters = [word.encode("utf-8", "surrogatepass") for word in words]
        places = np.searchsorted(self.prefixes, np.array(letters, f"S{PREFIX}")).tolist()
        return [
            k if (k := self._place(word, place)) < self.known and self.word(k) == word else self.known
            for word, place in zip(letters, places, strict=True)
        ]

    def _place(self, letters: bytes, place: int) -> int:
        if len(letters) <= PREFIX:
            return place
        return bisect_left(range(self.known), letters, lo=place, key=self.word)

    def vectors(self, ids: Sequence[int]) -> Floats:
        """(len(ids), 300)."""
        return self.codes.take(self.indexes[list(ids)] + self.offsets, axis=0).reshape(len(ids), -1)


class Forms:
    """A table of ``ROWS`` rows of ``width`` numbers, a row a surface form (word and shape); row 0 is zero.

    ``word`` (300, width) and ``shapes`` (shapes, width) are the first layer's weights, those of the shapes already
    multiplied by their embeddings. A form's row does not depend, to the last bit, on what else is computed or was
    read: products have a multiple of ``BLOCK`` rows, so that the linear algebra library computes each row in a full
    tile of its kernel, by the same steps wherever it stands.
    """

    def __init__(self, words: Words, word: Floats, shapes: Floats, shape_ids: dict[str, int]) -> None:
        self.words, self.word, self.shapes, self.shape_ids = words, word, shapes, shape_ids
        self.table = np.zeros((ROWS, word.shape[1]), np.float32)
        self.surfaces: dict[str, int] = {}
        self.rows: dict[tuple[int, int], int] = {}
        self.clock = self.held = 1
        self.used = np.zeros(ROWS, np.int64)

    def ids(self, words: Sequence[str]) -> Ints:
        """The rows of ``words``, of which at most ``WORDS`` may differ; they hold until the next call."""
        found = list(map(self.surfaces.get, words))
        if None in found:
            found = self._learn(words)
        ids = np.array(found, np.int64)
        self.clock += 1
        self.used[ids] = self.clock
        return ids

    def hold(self) -> None:
        """Keep the forms that are in the table for good; at most half of it."""
        self.held = min(len(self.rows), WORDS) + 1

    def forget(self) -> None:
        """Keep only the forms that are held, and of the others those used last, so that half the table is free."""
        self.used[0] = self.used[1 : self.held] = self.clock + 1
        size = len(self.rows) + 1
        kept = np.sort(np.argsort(-self.used[:size], kind="stable")[: WORDS + 1])
        for k in range(0, len(kept), 256):  # rows only move down, so blocks do not overwrite what is still to move
            block = kept[k : k + 256]
            if block[-1] >= k + len(block):
                self.table[k : k + len(block)] = self.table[block]
        self.used[: len(kept)] = self.used[kept]
        moved = dict(zip(kept.tolist(), range(len(kept)), strict=True))
        self.rows = {key: moved[row] for key, row in self.rows.items() if row in moved}
        self.surfaces = {word: moved[row] for word, row in self.surfaces.items() if row in moved}

    def _learn(self, words: Sequence[str]) -> list[int | None]:
        keys, fresh = self._missing(words)
        if len(self.rows) + len(fresh) >= ROWS:
            self.forget()
            keys, fresh = self._missing(words)
        if len(self.surfaces) + len(keys) > SURFACES:
            self.surfaces.clear()
            keys, fresh = self._missing(words)
        for k in range(0, len(fresh), AT_ONCE):
            self._compute(fresh[k : k + AT_ONCE])
        self.surfaces.update((word, self.rows[key]) for word, key in keys.items() if len(word) <= SURFACE)
        return [self.surfaces[w] if w in self.surfaces else self.rows[keys[w]] for w in words]

    def _missing(self, words: Sequence[str]) -> tuple[dict[str, tuple[int, int]], list[tuple[int, int]]]:
        """What the networks see of the words that are not remembered (word and shape), and what is not in the table."""
        new = list(dict.fromkeys(word for word in words if word not in self.surfaces))
        shapes = (self.shape_ids[word_shape(word)] for word in new)
        keys = dict(zip(new, zip(self.words.ids([word.lower() for word in new]), shapes, strict=True), strict=True))
        return keys, list(dict.fromkeys(key for key in keys.values() if key not in self.rows))

    def _compute(self, keys: list[tuple[int, int]]) -> None:
        first = len(self.rows) + 1
        words, shapes = zip(*keys, strict=True)
        block = np.zeros((-len(keys) % BLOCK + len(keys), self.word.shape[0]), np.float32)
        block[: len(keys)] = self.words.vectors(words)
        product = block @ self.word
        np.add(product[: len(keys)], self.shapes[list(shapes)], out=self.table[first : first + len(keys)])
        self.rows.update(zip(keys, range(first, first + len(keys)), strict=True))
