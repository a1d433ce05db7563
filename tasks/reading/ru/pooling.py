"""A second reader of what a sentence shows of those it names: small networks in which words act together.

``stance`` adds up the votes of words, each by itself. Here a word, its bearing on the spot and the spot itself meet in
one hidden layer, and what comes of it is pooled over the sentence: by attention, by maximum and by sum. Several
networks of one shape, trained from unlike beginnings, are averaged (mean of log-probabilities).
``tests.benchmarks.attitudes --train`` makes the weights. Numpy only, float32; n words, k spots, m pairs of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .bearings import KINDS, POS, RELATIONS, TURNED, Bearings, Spot, Words, far_class
from .forms import Floats, Ints

HEADS = 4
"""Heads of attention, each over its share of the hidden features."""
FAR = 8
"""Added to the class of a distance, which is negative to the left."""
CLIMB = 5
"""Steps through the tree beyond which farther ones are as far."""
BEARINGS = {"up": 6, "down": 6, "rises": 40, "falls": 40, "case": 40, "role": 16, "away": 16}
"""What is known of the bearing of a word on a spot, and for how many values there is room."""
WORDS = {"groups": 32, "turned": 2, "pos": len(POS), "relations": len(RELATIONS) + 1}
"""The same of a word beside its lemma and vector."""
TOGETHER = {"ways": ("gate", "way"), "said": ("attention", "telling")}
"""Layers over the same input, made one product."""
LOUD = np.float32(3)
"""What vectors, of length 1 at most, are multiplied by, and sums divided by."""

_KIND = {name: k for k, name in enumerate(KINDS)}


class Inputs(NamedTuple):
    """Sentences and the spots in them as whole numbers and vectors."""

    vectors: Floats
    """(n, d)."""
    lemmas: Ints
    """(n,): counted from 1; 0 of one that is not known."""
    words: dict[str, Ints]
    """Of ``WORDS``, each (n,)."""
    bearings: dict[str, Ints]
    """Of ``BEARINGS``, each (m,)."""
    word: Ints
    spot: Ints
    """(m,)."""
    starts: Ints
    """(k,): where the pairs of each spot begin."""
    inside: Ints
    """Its own words, spot by spot."""
    first: Ints
    """(k,): where each spot's own words begin in ``inside``."""
    kinds: Ints
    """(k,)."""


def inputs(words: Words, of: Bearings, spots: Sequence[Spot], vectors: Floats) -> Inputs:
    """What the networks see of spots and the words of their sentences."""
    lengths = np.array([at.last - at.first for at in spots])
    first = np.cumsum(lengths) - lengths
    # A spot's first word stands as far from its head here as in the parse.
    begin = of.heads - np.array([at.head - at.first for at in spots])
    inside = np.arange(lengths.sum()) + np.repeat(begin - first, lengths)
    known, grouped = words.lemmas >= 0, words.groups >= 0
    return Inputs(
        vectors * LOUD,
        np.where(known, words.lemmas % TURNED + 1, 0),
        {
            "groups": np.where(grouped, words.groups % TURNED + 1, 0),
            "turned": (words.sign < 0).astype(np.int64),
            "pos": words.pos,
            "relations": words.relations,
        },
        {
            "up": np.minimum(of.up, CLIMB), "down": np.minimum(of.down, CLIMB), "rises": of.rises, "falls": of.falls,
            "case": of.case, "role": of.role, "away": np.sign(of.away) * far_class(np.abs(of.away)) + FAR,
        },
        of.word, of.spot, of.starts[:-1], inside, first, np.array([_KIND[at.kind] for at in spots]),
    )  # fmt: skip


class Read(NamedTuple):
    """Log-probabilities, as ``stance.Answer`` orders them; not normalised where they are means of several networks'."""

    stance: Floats
    """(k, 3)."""
    telling: Floats
    """(m, 3)."""


class Networks:
    """Several networks whose weights stand one upon the other, (networks, …) each; all are asked in one pass."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        w = self.w = dict(weights)
        for name, parts in TOGETHER.items():
            for kind in ("weight", "bias"):
                w[f"{name}.{kind}"] = np.concatenate([w.pop(f"{part}.{kind}") for part in parts], axis=-1)

    def _dense(self, x: Floats, name: str) -> Floats:
        out: Floats = np.matmul(x, self.w[f"{name}.weight"])
        out += self.w[f"{name}.bias"][:, None]
        return out

    def __call__(self, x: Inputs) -> Read:
        """The mean of what each reads."""
        w = self.w
        count, _, size = w["meeting.weight"].shape
        parts = [np.broadcast_to(x.vectors, (count, *x.vectors.shape)), w["lemmas"].take(x.lemmas, axis=1)]
        parts += [w[name].take(x.words[name], axis=1) for name in WORDS]
        words = self._dense(np.concatenate(parts, axis=2), "word")
        np.maximum(words, 0, out=words)
        own = np.add.reduceat(words.take(x.inside, axis=1), x.first, axis=1)
        own /= np.diff(np.append(x.first, len(x.inside)))[:, None].astype(np.float32)
        bearing = np.zeros((count, len(x.word), w["up"].shape[2]), np.float32)
        for name in BEARINGS:
            bearing += w[name].take(x.bearings[name], axis=1)
        way = self._dense(np.ascontiguousarray(bearing[:, :, HEADS:]), "ways")
        hidden = self._dense(words, "meeting").take(x.word, axis=1)
        hidden *= way[:, :, :size]
        hidden += way[:, :, size:]
        hidden += self._dense(own, "own").take(x.spot, axis=1)
        np.maximum(hidden, 0, out=hidden)
        said = self._dense(hidden, "said")
        weight = said[:, :, :HEADS] + bearing[:, :, :HEADS]
        weight = np.exp(weight - np.maximum.reduceat(weight, x.starts, axis=1).take(x.spot, axis=1))
        weight /= np.add.reduceat(weight, x.starts, axis=1).take(x.spot, axis=1)
        most = np.maximum.reduceat(hidden, x.starts, axis=1)
        total = np.add.reduceat(hidden, x.starts, axis=1)
        total /= LOUD * np.sqrt(np.diff(np.append(x.starts, len(x.word)))[:, None].astype(np.float32))
        heads = hidden.reshape(count, -1, HEADS, size // HEADS)
        heads *= weight[:, :, :, None]
        seen = np.add.reduceat(hidden, x.starts, axis=1)
        pooled = self._dense(np.concatenate([own, seen, most, total, w["kinds"].take(x.kinds, axis=1)], 2), "pooled")
        np.maximum(pooled, 0, out=pooled)
        return Read(_mean(self._dense(pooled, "stance")), _mean(said[:, :, HEADS:]))


def _mean(x: Floats) -> Floats:
    """Of the log-probabilities of all networks, (networks, rows, 3)."""
    x = x - x.max(2, keepdims=True)
    out: Floats = (x - np.log(np.exp(x).sum(2, keepdims=True))).mean(0)
    return out
