"""Votes learned in two ways and averaged: freely, and by whole groups of keys, lest many rare keys drown what all say.

By groups: first each key is valued alone, by how much oftener than elsewhere the answer is bad, or good, where it
stands, and vectors by ridge regression. Values are summed by group, a template of keys or a sight of vectors, and a
logistic regression weighs the sums (stacked generalisation: Wolpert 1992, doi 10.1016/S0893-6080(05)80023-1). What it
learns from is valued by the sentences of other folds, as unknown ones will be. All steps are linear, so that what comes
out is again one vote for each key and each dimension, at no cost to whoever asks. n rows: spots, or pairs of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import linalg, sparse
from sklearn.linear_model import LogisticRegression

from tests.benchmarks.stance_data import Floats

RARE = 3.0
"""Rows that are added to those where a key stands, with answers as frequent as in all."""
RIDGE = 300.0
SPREAD = 0.3
"""Deviation to which sums are scaled, against 1 of a key."""
SIGNS = (0, 2)
"""The answers that columns are valued for."""


class Block(NamedTuple):
    """Columns that are summed by group: of keys, sparse, or of vectors."""

    matrix: Any
    """(n, columns)."""
    group: Any
    """(columns,): numbered from 0."""
    own: Any
    """Numbers of the columns that are weighed one by one beside the sums."""


class Inputs(NamedTuple):
    """What answers are learned from."""

    blocks: Sequence[Block]
    heard: Floats
    """(n, …): weighed freely only."""
    echo: Floats
    """(n, …): weighed in both ways."""
    folds: Any
    """(n,)."""


class Votes(NamedTuple):
    """For each of three answers."""

    blocks: list[Floats]
    """Of each (columns, 3)."""
    heard: Floats
    echo: Floats
    bias: Floats


class Seen(NamedTuple):
    """What some rows teach: how many they are, with which answers, and of each block what ``_counted`` has it."""

    rows: int
    shown: Floats
    blocks: list[tuple[Any, Any]]


class Sums:
    """Values of columns, summed by group; those of a row as the rows of other folds teach them."""

    def __init__(self, x: Inputs, answers: Any) -> None:
        self.blocks = x.blocks
        shown = np.stack([answers == sign for sign in SIGNS], 1).astype(np.float32)
        places = {k: np.flatnonzero(x.folds == k) for k in sorted(set(x.folds.tolist()))}
        self.known = {
            k: Seen(len(rows), shown[rows].sum(0), [_counted(block.matrix[rows], shown[rows]) for block in x.blocks])
            for k, rows in places.items()
        }
        parts = {k: self._summed(rows, self._values([o for o in places if o != k])) for k, rows in places.items()}
        said = np.empty((len(answers), next(iter(parts.values())).shape[1]), np.float32)
        for k, rows in places.items():
            said[rows] = parts[k]
        self.mean, self.deviation = said.mean(0), said.std(0) / SPREAD + 1e-6
        self.features: Floats = (said - self.mean) / self.deviation
        """(n, 2 * groups)."""

    def unfolded(self, weights: Floats) -> tuple[list[Floats], Floats]:
        """Weights of ``features`` as those of every block's columns, by the values that all folds teach, and a bias."""
        weights = weights / self.deviation[:, None]
        out, at = [], 0
        for block, values in zip(self.blocks, self._values(list(self.known)), strict=True):
            size = int(block.group.max()) + 1
            of_group = weights[at : at + 2 * size].reshape(2, size, -1)
            out.append(np.einsum("nc,cno->no", values, of_group[:, block.group]))
            at += 2 * size
        return out, -(self.mean @ weights)

    def _values(self, folds: Sequence[int]) -> list[Floats]:
        """Of each block (columns, 2), as ``folds`` teach them."""
        seen = [self.known[k] for k in folds]
        share = sum(part.shown for part in seen) / sum(part.rows for part in seen)
        out = []
        for b, block in enumerate(self.blocks):
            first, products = (sum(part) for part in zip(*(part.blocks[b] for part in seen), strict=True))
            if sparse.issparse(block.matrix):
                found = ((products + RARE * share) / (first[:, None] + RARE) - share) / np.sqrt(share * (1 - share))
            else:
                squares = first.astype(np.float64)
                squares[np.diag_indices(len(squares) - 1)] += RIDGE
                found = linalg.solve(squares, products, assume_a="pos")[:-1]
            out.append(found.astype(np.float32))
        return out

    def _summed(self, rows: Any, values: Sequence[Floats]) -> Floats:
        out = []
        for block, columns in zip(self.blocks, values, strict=True):
            for value in columns.T:
                summing = sparse.csr_matrix((value, (np.arange(len(value)), block.group)))
                summed = block.matrix[rows] @ summing
                out.append(summed.toarray() if sparse.issparse(summed) else summed)
        return np.hstack(out)


def _counted(matrix: Any, shown: Floats) -> tuple[Any, Any]:
    """What values are learned from: how often a key stands and with which answers; squares and products of vectors."""
    if sparse.issparse(matrix):
        there = (matrix != 0).astype(np.float32)
        return np.asarray(there.sum(0)).ravel(), there.T @ shown
    wide = np.hstack([matrix, np.ones((len(matrix), 1), np.float32)])
    return wide.T @ wide, wide.T @ shown


def regression(x: Any, y: Any, strength: float) -> tuple[Floats, Floats]:
    """(features, 3) and (3,)."""
    fitted = LogisticRegression(C=strength, max_iter=200, tol=3e-3).fit(x, y)
    assert fitted.classes_.tolist() == [0, 1, 2]
    return fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)


def votes(x: Inputs, answers: Any, strength: float, by_groups: float) -> Votes:
    """What ``answers`` (n,) of 0, 1 and 2 teach; the inverses of the two regressions' penalties."""
    sums = Sums(x, answers)
    matrices = [block.matrix for block in x.blocks]
    free = [*matrices, x.heard, x.echo, sums.features]
    own = [block.matrix[:, block.own] for block in x.blocks if len(block.own)]
    grouped = [sums.features, x.echo, *own]
    stacked = sparse.hstack([sparse.csr_matrix(part) for part in free]).tocsr()
    weights, bias = regression(stacked, answers, strength)
    *of_blocks, heard, echo, of_sums = _parted(weights, free)
    weights, more = regression(
        np.hstack([part.toarray() if sparse.issparse(part) else part for part in grouped]), answers, by_groups
    )
    by_sums, echo_too, *placed = _parted(weights, grouped)
    unfolded, shift = sums.unfolded(of_sums + by_sums)
    out = [one + other for one, other in zip(of_blocks, unfolded, strict=True)]
    for votes_of, block in zip(out, x.blocks, strict=True):
        if len(block.own):
            votes_of[block.own] += placed.pop(0)
    half = np.float32(0.5)
    return Votes([part * half for part in out], heard * half, (echo + echo_too) * half, (bias + more + shift) * half)


def _parted(weights: Floats, parts: Sequence[Any]) -> list[Floats]:
    return np.split(weights, np.cumsum([part.shape[1] for part in parts])[:-1])
