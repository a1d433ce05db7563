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
FAR = 1e6
"""More than any run of words can gain."""


def certain(emissions: Floats, lengths: Ints, transitions: Floats, tag: int) -> NDArray[np.bool_]:
    """Where ``tag`` is on the best path; arguments as for ``decode``.

    Suppose a best path has other tags at a word, and take the longest run of others around it. To put ``tag`` in place
    of the whole run changes the score by no more than the sum, over the run, of what any other tag gains there over
    ``tag``, with the best transition into it. Where the best such run through a word still loses, the word has ``tag``.
    """
    firsts = np.cumsum(lengths) - lengths
    steps = transitions.astype(np.float64) - transitions[tag, tag]
    others = np.arange(len(steps)) != tag
    gains = np.array(emissions.T, np.float64, order="C")  # the longest axis last, along which numpy is fast
    gains -= gains[tag].copy()
    gains[tag] = -np.inf
    begin = (gains + steps[tag][:, None]).max(0)
    begin[firsts] = gains[:, firsts].max(0)
    onward = (gains + steps[others].max(0)[:, None]).max(0)
    onward[firsts] = -FAR  # no run crosses the edge of a sequence
    end = np.full(len(emissions), steps[others, tag].max())
    end[firsts + lengths - 1] = 0
    total = np.cumsum(onward)
    before = np.maximum.accumulate(begin - total)
    after = np.maximum.accumulate((total + end)[::-1])[::-1]
    return before + after < -MARGIN


def decode(emissions: Floats, lengths: Ints, transitions: Floats, common: int) -> Ints:
    """The best tags of sequences that stand one after another.

    ``emissions`` is (words, tags), ``lengths`` the words of each sequence, ``transitions`` (from, to); ``common`` is a
    tag that most words have. Returns one tag a word.
    """
    tags = np.full(len(emissions), common)
    open_ = ~certain(emissions, lengths, transitions, common)
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
    history: list[Floats] = []
    onward = np.ascontiguousarray(transitions.T)
    for step in range(1, sizes[0]):
        n = running[step]
        if n < len(score):
            last[n : len(score)] = score[n:].argmax(1)
        paths = score[:n, None] + onward
        history.append(paths)
        score = np.maximum.reduce(paths, 2)
        score += emissions[begins[:n] + step]
    last[: len(score)] = score.argmax(1)
    every = np.arange(len(begins))
    for step in range(sizes[0] - 1, -1, -1):
        n = running[step]
        tags[begins[:n] + step] = last[:n]
        if step:
            last[:n] = history[step - 1][every[:n], last[:n]].argmax(1)
    return tags
