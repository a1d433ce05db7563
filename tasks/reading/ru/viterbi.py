"""The best path of tags through a linear-chain CRF, for many sequences at once.

Most words of a text are so clearly in no name that no neighbour could change it. At such a word the sequence falls into
two that can be decoded apart, so that what is left are short stretches around names, all walked side by side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

MARGIN = 1e-3
"""By how much a tag must be certain, in scores of some tens: far more than rounding can add up to."""


def certain(emissions: Floats, transitions: Floats, tag: int) -> NDArray[np.bool_]:
    """Where ``tag`` is on the best path whatever the neighbours' tags are; ``emissions`` is (words, tags).

    Putting ``tag`` in the place of another costs at most the greatest difference of the transitions into it and out
    of it; a word whose emissions make up for that keeps it on every best path.
    """
    into = np.maximum(0, (transitions - transitions[:, [tag]]).max(0))
    onward = np.maximum(0, (transitions - transitions[tag]).max(1))
    loss = emissions + (into + onward + np.float32(MARGIN))
    loss[:, tag] = -np.inf
    return emissions[:, tag] > loss.max(1)


def decode(emissions: Floats, lengths: Ints, transitions: Floats, common: int) -> Ints:
    """The best tags of sequences that stand one after another.

    ``emissions`` is (words, tags), ``lengths`` the words of each sequence, ``transitions`` (from, to); ``common`` is a
    tag that most words have. Returns one tag a word.
    """
    tags = np.full(len(emissions), common)
    open_ = ~certain(emissions, transitions, common)
    where = np.flatnonzero(open_)
    if not where.size:
        return tags
    edges = np.zeros(len(emissions) + 1, np.bool_)
    edges[np.cumsum(lengths)] = edges[0] = True
    begins = where[edges[where] | ~open_[where - 1]]
    ends = where[edges[where + 1] | ~open_[(where + 1) % len(open_)]] + 1
    order = np.argsort(begins - ends, kind="stable")
    begins, ends = begins[order], ends[order]

    emissions = emissions.copy()
    emissions[begins] += np.where(edges[begins, None], 0, transitions[common])
    emissions[ends - 1] += np.where(edges[ends, None], 0, transitions[:, common])
    sizes = ends - begins
    running = [int(n) for n in np.searchsorted(-sizes, -np.arange(1, sizes[0] + 1), side="right")]

    score = emissions[begins]
    last = np.empty(len(begins), np.int64)
    history: list[Ints] = []
    for step in range(1, sizes[0]):
        n = running[step]
        last[n : len(score)] = score[n:].argmax(1)
        paths = score[:n, :, None] + transitions
        history.append(paths.argmax(1))
        score = paths.max(1) + emissions[begins[:n] + step]
    last[: len(score)] = score.argmax(1)
    for step in range(sizes[0] - 1, -1, -1):
        n = running[step]
        tags[begins[:n] + step] = last[:n]
        if step:
            last[:n] = history[step - 1][np.arange(n), last[:n]]
    return tags
