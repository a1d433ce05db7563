"""Heads that form a tree: what is left to do where each word's best head leads in a ring.

The syntax network scores every word as the head of every other, and the best head of each mostly makes a tree. In one
sentence of seventeen it doesn't: words hang on each other in a ring that no path leaves. There the best tree of all is
taken: Chu and Liu (1965), Edmonds (1967), "Optimum branchings", Journal of Research of the National Bureau of Standards
71B, 233-240; for parsing: McDonald et al. (2005), HLT-EMNLP, 523-530.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .forms import Ints

Scores = NDArray[np.floating[Any]]


def in_rings(heads: Ints) -> Ints:
    """Indices of words from which no path leads to a root; ``heads`` are indices, a root's is its own."""
    above = heads
    for _ in range(len(heads).bit_length()):
        above = above[above]
    return np.flatnonzero(heads[above] != above)


def best(scores: Scores) -> Ints:
    """The head of each word in the tree of the highest sum of scores, (n,).

    ``scores`` are of words by heads, (n, n + 1): column 0 is no head at all, column k the k-th word, counted from 1; so
    are the heads that are found. What a word scores as its own head counts as a score for none.
    """
    words = len(scores)
    table = np.full((words + 1, words + 1), -np.inf)
    table[1:] = scores
    own = np.arange(1, words + 1)
    table[own, 0] = np.maximum(table[own, 0], table[own, own])
    table[own, own] = -np.inf
    return _branching(table)[1:]


def _branching(scores: Scores) -> Ints:
    """Heads of all nodes, the root (node 0) its own; ``scores`` are of nodes by heads."""
    heads = scores.argmax(1)
    heads[0] = 0
    ring = _ring(heads)
    if not ring:
        return heads
    members = np.array(ring)
    outside = np.ones(len(heads), np.bool_)
    outside[members] = False
    rest = np.flatnonzero(outside)
    others = scores[rest]
    # The ring becomes one node, the last: who enters it pays for the tie that breaks; who leaves it leaves at its best.
    entering = scores[members][:, rest] - scores[members, heads[members]][:, None]
    leaving = others[:, members]
    smaller = np.full((len(rest) + 1, len(rest) + 1), -np.inf)
    smaller[:-1, :-1] = others[:, rest]
    smaller[-1, :-1] = entering.max(0)
    smaller[:-1, -1] = leaving.max(1)
    found = _branching(smaller)
    outer = found[:-1]
    heads[rest] = np.where(outer < len(rest), np.append(rest, -1)[outer], members[leaving.argmax(1)])
    heads[members[entering[:, found[-1]].argmax()]] = rest[found[-1]]
    heads[0] = 0
    return heads


def _ring(heads: Ints) -> list[int]:
    """The nodes of one ring, empty where there is none."""
    state = [0] * len(heads)  # the walk on which a node was met
    state[0] = -1
    follow = heads.tolist()
    for start in range(1, len(follow)):
        node = start
        while not state[node]:
            state[node] = start
            node = follow[node]
        if state[node] == start:
            ring = [node]
            while follow[ring[-1]] != node:
                ring.append(follow[ring[-1]])
            return ring
    return []
