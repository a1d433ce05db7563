"""What a sentence says for or against those it names: a linear model in which every word votes.

A word's vote depends on which word it is, on its group in ``polarity.toml`` or its navec vector, and on how it bears on
the one spoken of (``bearings``). Sums of votes answer: is one shown badly, neither or well; is that the author's view
or nobody's; what does one participant hold of another; and which words say so. How good or bad a word sounds at all is
learned beforehand from words that annotators marked as the expression of a view. Multinomial logistic regression;
``tests.benchmarks.attitudes --train`` makes the weights. Numpy only, float32; n words, k spots, m pairs of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..tokens import Parse
from . import bearings, polarity
from .bearings import Bearings, Keys, Spot, Words
from .engine import engine
from .forms import BLOCK, Floats, Ints

WEIGHTS = Path(__file__).with_name("stance.npz")
GROUPS, STANDING, TELLING, BETWEEN = 20, 40, 60, 100
"""Numbers of the first template of each kind of key; those of words begin at 0."""
STANCE, BY, TARGET, HOLDER = slice(0, 3), slice(3, 6), slice(6, 9), slice(9, 12)
"""Columns of a spot's votes: how it is shown; whose view that is; its part as target and as holder of one."""
KEYED = ("spot", "telling", "between")
"""What keys vote on: spots, pairs of a spot and a word, and pairs of spots."""
COLUMNS = 12
DENSE = 6
"""Of these, columns that vectors vote for."""
MIX = np.uint64(0x9E3779B97F4A7C15)
"""What names are multiplied by to be strewn over slots."""
KEPT = 8192
"""Words whose vectors are kept, so that common ones are looked up once."""
SMOOTH = 0.5
"""Added to the weight of all words of a sight, so that few words say little."""


def unit_vectors(words: Sequence[str]) -> Floats:
    """(n, 300): navec's vectors of lower-case words, of length 1."""
    known = engine().networks.forms.words
    vectors = known.vectors(known.ids(words))
    vectors /= np.maximum(np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, None], 1e-6)
    return vectors


class Vectors:
    """The vectors of words from their ``mean`` (300,) along ``axes`` (300, d).

    A word's does not depend on what else is asked for or was (see ``forms.Forms``).
    """

    def __init__(self, mean: Floats, axes: Floats) -> None:
        self.mean, self.axes = mean, axes
        self.rows: dict[str, int] = {}
        self.table = np.empty((KEPT, axes.shape[1]), np.float32)

    def __call__(self, words: Sequence[str]) -> Floats:
        """(n, d), of lower-case words, at most ``KEPT`` of them unlike."""
        unlike = dict.fromkeys(words)
        missing = [word for word in unlike if word not in self.rows]
        if len(self.rows) + len(missing) > KEPT:
            self.rows.clear()
            missing = list(unlike)
        if missing:
            self._learn(missing)
        return self.table.take(list(map(self.rows.__getitem__, words)), axis=0)

    def _learn(self, words: list[str]) -> None:
        first = len(self.rows)
        block = np.zeros((-len(words) % BLOCK + len(words), len(self.mean)), np.float32)
        np.subtract(unit_vectors(words), self.mean, out=block[: len(words)])
        self.table[first : first + len(words)] = np.matmul(block, self.axes)[: len(words)]
        self.rows.update(zip(words, range(first, first + len(words)), strict=True))


class Lexicon(NamedTuple):
    """How the words of a sentence are read before any question is asked."""

    vocabulary: dict[str, int]
    vectors: Vectors
    sound: Floats
    """(features, 2): how bad and how good a word sounds; rows as ``sounding`` makes them."""


class Seen(NamedTuple):
    """Sentences and the spots in them, as the model sees them."""

    words: Words
    of: Bearings
    spots: list[Spot]
    links: list[list[polarity.Link]]
    shown: list[float]
    """What frames say of each spot."""
    vectors: Floats
    """(n, d)."""
    sound: Floats
    """(n, 2): at least 0."""
    sights: Floats
    """(m, sights)."""


class Answer(NamedTuple):
    """Probabilities, a row a spot; and of each word of its sentence (``seen.of.starts``) that it expresses a view."""

    stance: Floats
    """(k, 3): badly, neither, well."""
    by: Floats
    """(k, 3): the view is a participant's, nobody's, the author's."""
    expression: Floats
    """(m, 3): of no view, of a bad one, of a good one."""
    votes: Floats
    """(k, COLUMNS)."""


def sounding(seen: Words, vectors: Floats) -> Floats:
    """(n, features): what a word's own sound is read from."""
    n, groups = len(vectors), len(polarity.lexicon().groups)
    known = np.flatnonzero(seen.groups >= 0)
    turned, group = np.divmod(seen.groups[known], bearings.TURNED)
    out = np.zeros((n, 2 * groups + len(bearings.POS) + 1), np.float32)
    out[known, 2 * group + turned] = 1
    out[np.arange(n), 2 * groups + seen.pos] = 1
    out[:, -1] = 1
    above = np.vstack([vectors, np.zeros((1, vectors.shape[1]), np.float32)])[seen.chains[:-1, 1]]
    return np.hstack([vectors, above / 2, out])


def see(
    parse: Parse, spots: Sequence[Spot], lexicon: Lexicon, links: Sequence[list[polarity.Link]] | None = None
) -> Seen:
    """The sentences of ``spots`` and how their words bear on them; ``links`` are those of ``polarity``, where known."""
    sentences = sorted({parse.tokens[at.head].sentence for at in spots})
    seen = bearings.words(parse, sentences, lexicon.vocabulary)
    links = [polarity.links(parse.tokens, at.head) for at in spots] if links is None else links
    of = bearings.bearings(parse, seen, spots, links)
    vectors = lexicon.vectors(seen.texts)
    sound = np.matmul(sounding(seen, vectors), lexicon.sound)
    np.maximum(sound, 0, out=sound)
    shown = [polarity.shown(parse.tokens, found) for found in links]
    return Seen(seen, of, list(spots), list(links), shown, vectors, sound, bearings.sights(seen, of))


def spot_keys(parse: Parse, seen: Seen) -> Keys:
    """The keys of each spot."""
    words, of = seen.words, seen.of
    parts = (
        bearings.keys(of, (words.lemmas, words.groups), (0, GROUPS)),
        bearings.standing(parse, words, seen.spots, seen.shown, STANDING),
    )
    return bearings.joined(parts)


def summed(seen: Seen) -> Floats:
    """(k, sights, d): the vectors of each spot's words by each sight, a weighted mean."""
    out = np.empty((len(seen.spots), seen.sights.shape[1], seen.vectors.shape[1]), np.float32)
    weight = np.add.reduceat(np.abs(seen.sights), seen.of.starts[:-1], axis=0) + SMOOTH
    for k, (a, b) in enumerate(zip(seen.of.starts[:-1].tolist(), seen.of.starts[1:].tolist(), strict=True)):
        low = int(seen.of.word[a])
        np.matmul(seen.sights[a:b].T, seen.vectors[low : low + b - a], out=out[k])
    out /= weight[:, :, None]
    return out


def heard(seen: Seen) -> Floats:
    """(k, 4 * sights): sums and maxima of the words' sound by each sight."""
    sound, starts = seen.sound[seen.of.word], seen.of.starts[:-1]
    bad, good = seen.sights * sound[:, :1], seen.sights * sound[:, 1:]
    parts = [gather.reduceat(by, starts, axis=0) for gather in (np.add, np.maximum) for by in (bad, good)]
    return np.stack(parts, 2).reshape(len(starts), -1)


def echo(telling: Floats, of: Bearings) -> Floats:
    """(k, 8): how surely, and how much, a spot's sentence says something bad or good of it; from (m, 3)."""
    most = np.maximum.reduceat(telling[:, 1:], of.starts[:-1], axis=0)
    total = np.add.reduceat(telling[:, 1:], of.starts[:-1], axis=0)
    return np.hstack([most, total, np.log(most + 0.01), np.log(total + 0.05)])


class Table:
    """Votes of whole numbers, found by hashing (Fibonacci's, with linear probing): (n,) and (n, columns).

    A last row, of zeros, stands for all that are not here.
    """

    def __init__(self, names: Any, votes: Floats) -> None:
        self.names = np.append(names, -1)
        self.votes = np.vstack([votes, np.zeros((1, votes.shape[1]), np.float32)])
        bits = len(names).bit_length() + 2
        self.shift, self.mask = np.uint64(64 - bits), (1 << bits) - 1
        self.slots = np.full(1 << bits, len(names), np.int32)
        left, at = np.arange(len(names), dtype=np.int32), self._slot(names)
        while len(left):
            free = self.slots[at] == len(names)
            self.slots[at[free]] = left[free]
            lost = self.slots[at] != left
            left, at = left[lost], (at[lost] + 1) & self.mask

    def _slot(self, names: Any) -> Any:
        return (names.astype(np.uint64) * MIX >> self.shift).astype(np.int64)

    def rows(self, names: Any) -> Ints:
        """The row of each of ``names`` (n,)."""
        at = self._slot(names)
        rows: Ints = self.slots.take(at)
        left = ((self.names.take(rows) != names) & (rows < len(self.names) - 1)).nonzero()[0]
        while len(left):
            at[left] = (at[left] + 1) & self.mask
            rows[left] = self.slots[at[left]]
            left = left[(rows[left] < len(self.names) - 1) & (self.names[rows[left]] != names[left])]
        return rows


class Model:
    """The weights by name, and what they answer."""

    def __init__(self, weights: Mapping[str, Any]) -> None:
        vocabulary = weights["vocabulary"].tobytes().decode("utf-8").split("\n")
        read = {k: v.astype(np.float32) for k, v in weights.items() if v.dtype == np.float16}
        self.lexicon = Lexicon(
            {word: k for k, word in enumerate(vocabulary)}, Vectors(read["mean"], read["axes"]), read["sound"]
        )
        self.tables = {name: Table(weights[f"{name}.keys"], read[f"{name}.votes"]) for name in KEYED}
        self.dense, self.heard, self.told, self.echo = (read[name] for name in ("dense", "heard", "told", "echo"))
        self.bias = {name: read[f"{name}.bias"] for name in KEYED}
        self.judges = {name[len("judge.") :]: array for name, array in weights.items() if name.startswith("judge.")}

    def votes(self, name: str, keys: Keys, count: int) -> Floats:
        """(count, columns): the summed votes of keys by their rows."""
        table = self.tables[name]
        rows, names, values = keys
        cast = np.zeros((count, len(names)), np.float32)
        cast[rows, np.arange(len(names))] = values
        return cast @ table.votes.take(table.rows(names), axis=0) + self.bias[name]

    def telling(self, keys: Ints) -> Floats:
        """(m, 3): the summed votes of keys, (templates, m)."""
        table = self.tables["telling"]
        cast = table.votes.take(table.rows(keys.ravel()), axis=0).reshape(*keys.shape, -1)
        return np.add.reduce(cast, 0) + self.bias["telling"]

    def ask(
        self, parse: Parse, spots: Sequence[Spot], links: Sequence[list[polarity.Link]] | None = None
    ) -> tuple[Seen, Answer]:
        """What their sentences say of spots; for ``links`` see ``see``."""
        seen = see(parse, spots, self.lexicon, links)
        votes = self.votes("spot", spot_keys(parse, seen), len(spots))
        votes[:, :DENSE] += summed(seen).reshape(len(spots), -1) @ self.dense
        votes += heard(seen) @ self.heard
        telling = self.telling(bearings.telling(seen.words, seen.of, TELLING))
        telling = softmax(telling + seen.sound[seen.of.word] @ self.told)
        votes += echo(telling, seen.of) @ self.echo
        return seen, Answer(softmax(votes[:, STANCE]), softmax(votes[:, BY]), telling, votes)

    def between(self, seen: Seen, answer: Answer, pairs: Sequence[tuple[int, int]]) -> Floats:
        """(len(pairs), 3): the holder is against the target, neither, for it; pairs of numbers of spots."""
        keys = bearings.between(seen.words, seen.of, seen.spots, pairs, BETWEEN)
        holder, target = (list(part) for part in zip(*pairs, strict=True))
        own = answer.votes[target, TARGET] + answer.votes[holder, HOLDER]
        return softmax(own + self.votes("between", keys, len(pairs)))


def softmax(x: Floats) -> Floats:
    x = np.exp(x - x.max(1, keepdims=True))
    out: Floats = x / x.sum(1, keepdims=True)
    return out


@lru_cache(maxsize=1)
def model() -> Model:
    """The weights that come with the package."""
    with np.load(WEIGHTS) as weights:
        return Model(dict(weights))
