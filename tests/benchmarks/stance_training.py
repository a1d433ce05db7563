"""Trains the model of ``tasks/reading/ru/stance.py``: needs scikit-learn, from the dependency group ``train``.

How a word sounds is learned first (ridge regression on the words that ruopinionne marks as the expression of a view).
Whoever learns from sentences reads their sound by words of other sentences, as will be so when unknown ones are read.
So it is with the words that tell of a spot, a multinomial logistic regression with a quadratic penalty. How a spot is
shown, whose view that is, and what one holds of another are then learned as ``stance_stacking`` has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from tasks.reading.ru import bearings, polarity, stance
from tasks.reading.ru.bearings import Keys
from tests.benchmarks import stance_stacking as stacking
from tests.benchmarks.stance_data import FOLDS, UNKNOWN, Floats, Text
from tests.benchmarks.stance_stacking import Block, regression

VECTORS = 100
"""Principal components kept of navec's 300."""
RIDGE = 20.0
LEAST = 2
"""Pairs of a spot and a word in which a key must stand to tell of the spot; texts of a word that gets a number."""
STRENGTH = {"stance": 0.02, "by": 0.01, "between": 0.05, "telling": 0.05}
"""Inverse of the penalty of each regression."""
BY_GROUPS = {"stance": 0.02, "by": 0.01, "between": 0.02}
"""Likewise of those over whole groups of keys."""
LOUD = 0.3
"""Deviation to which what is heard is scaled, against 1 of a key."""
CLEAR = 0.5
"""Likewise of what the telling words say."""
TEMPLATE = bearings.SHIFT + bearings.CODES
"""Bits of a key below the number of its template."""
EVERY = 3
"""Of pairs between whom nothing is said, and of words that tell nothing, one in so many is learned from."""


class Facts(NamedTuple):
    """A text as the model sees it before anything is learned."""

    text: Text
    seen: stance.Seen
    sounding: Floats
    keys: Keys
    telling: Keys
    between: Keys | None
    summed: Floats
    """(k, sights * d)."""


class Columns:
    """Keys that stand in at least ``least`` rows, and matrices over them."""

    def __init__(self, found: Iterable[Keys], least: int = LEAST) -> None:
        counts: Counter[int] = Counter()
        for rows, names, _ in found:
            counts.update(np.unique(np.stack([rows, names]), axis=1)[1].tolist())
        self.names = np.array(sorted(name for name, count in counts.items() if count >= least), np.int64)

    def matrix(self, found: Sequence[Keys], sizes: Sequence[int]) -> Any:
        """(sum of sizes, keys), in compressed rows."""
        starts = np.append(0, np.cumsum(sizes))
        rows, names, values = (
            np.concatenate(part)
            for part in zip(*((r + s, n, v) for (r, n, v), s in zip(found, starts, strict=False)), strict=True)
        )
        place = np.minimum(np.searchsorted(self.names, names), len(self.names) - 1)
        known = self.names[place] == names
        shape = (int(starts[-1]), len(self.names))
        return sparse.coo_matrix((values[known], (rows[known], place[known])), shape).tocsr()


def lexicon(texts: Sequence[Text]) -> stance.Lexicon:
    """The vocabulary and the axes of the vectors: they need no answers, only texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({t.lemma for t in text.parse.tokens})
    vocabulary = {word: k for k, word in enumerate(sorted(w for w, n in counts.items() if n >= LEAST))}
    vectors = stance.unit_vectors([token.text.lower() for t in texts[::5] for token in t.parse.tokens])
    mean = vectors.mean(0)
    values, axes = np.linalg.eigh((vectors - mean).T @ (vectors - mean))
    del values
    vectors_of = stance.Vectors(mean, axes[:, ::-1][:, :VECTORS].astype(np.float32))
    return stance.Lexicon(vocabulary, vectors_of, np.zeros((0, 2), np.float32))


def facts(text: Text, known: stance.Lexicon) -> Facts:
    """What the model sees of a text that names somebody."""
    size = 2 * VECTORS + 2 * len(polarity.lexicon().groups) + len(bearings.POS) + 1
    seen = stance.see(text.parse, text.spots, known._replace(sound=np.zeros((size, 2), np.float32)))
    pairs = text.pairs and bearings.between(seen.words, seen.of, seen.spots, text.pairs, stance.BETWEEN)
    return Facts(
        text,
        seen,
        stance.sounding(seen.words, seen.vectors),
        stance.spot_keys(text.parse, seen),
        _by_pair(bearings.telling(seen.words, seen.of, stance.TELLING)),
        pairs or None,
        stance.summed(seen).reshape(len(text.spots), -1),
    )


def _by_pair(names: Any) -> Keys:
    """The keys of pairs that ``bearings.telling`` gives."""
    pairs = (names >= 0).nonzero()[1]
    return pairs, names[names >= 0], np.ones(len(pairs), np.float32)


def marked(found: Facts) -> Any:
    """(n, 2): whether each word is of the expression of a bad and of a good view."""
    said = found.text.sound
    words = found.seen.words
    assert said is not None
    labels = np.concatenate([said[a - words.shift[s] : b - words.shift[s]] for s, (a, b) in words.bounds.items()])
    return np.stack([labels == 1, labels == 2], 1).astype(np.float32)


class Sounds:
    """How words sound, by any choice of folds: sums over texts are all that ridge regression needs."""

    def __init__(self, found: Sequence[Facts]) -> None:
        size = found[0].sounding.shape[1]
        self.squares = np.zeros((FOLDS, size, size))
        self.products = np.zeros((FOLDS, size, 2))
        for f in found:
            if f.text.sound is not None:
                self.squares[f.text.fold] += f.sounding.T @ f.sounding
                self.products[f.text.fold] += f.sounding.T @ marked(f)

    def learned(self, folds: Iterable[int]) -> Floats:
        chosen = list(folds)
        squares = self.squares[chosen].sum(0) + RIDGE * np.eye(self.squares.shape[1])
        return np.linalg.solve(squares, self.products[chosen].sum(0)).astype(np.float32)


class Tellings:
    """Which words tell of a spot, by any choice of folds: learned of all spots, as few of whom much is told."""

    def __init__(self, found: Sequence[Facts], sounds: Sounds) -> None:
        self.found, self.sounds = found, sounds
        self.columns = Columns(f.telling for f in found)
        sizes = [len(f.seen.of.word) for f in found]
        self.keyed = self.columns.matrix([f.telling for f in found], sizes)
        self.labels = np.concatenate([_told(f) for f in found])
        self.folds = np.repeat([f.text.fold for f in found], sizes)
        self.fitted: dict[frozenset[int], tuple[Floats, Floats]] = {}

    def inputs(self, sound: dict[int, Floats]) -> Any:
        """(m, keys + 2) of all texts, whose words sound as ``sound`` has it for their fold."""
        loud = [np.maximum(f.sounding @ sound[f.text.fold], 0)[f.seen.of.word] for f in self.found]
        return sparse.hstack([self.keyed, sparse.csr_matrix(np.vstack(loud) / LOUD)]).tocsr()

    def learned(self, folds: Iterable[int]) -> tuple[Floats, Floats]:
        """(keys + 2, 3) and (3,): the weights learned from ``folds``."""
        chosen = frozenset(folds)
        if chosen not in self.fitted:
            x = self.inputs({k: self.sounds.learned(f for f in chosen if f != k) for k in range(FOLDS)})
            some = (self.labels > 0) | ((self.labels == 0) & (np.arange(len(self.labels)) % EVERY == 0))
            rows = np.flatnonzero(some & np.isin(self.folds, list(chosen)))
            weights, bias = regression(x[rows], self.labels[rows], STRENGTH["telling"])
            weights[-2:] /= LOUD
            self.fitted[chosen] = weights, bias
        return self.fitted[chosen]

    def unseen(self, folds: Sequence[int]) -> Floats:
        """(m, 3): the probabilities for each of ``folds`` by what the others of them taught; of other folds zeros."""
        out = np.zeros((len(self.labels), 3), np.float32)
        for k in folds:
            others = [f for f in folds if f != k]
            weights, bias = self.learned(others)
            rows = np.flatnonzero(self.folds == k)
            sound = self.sounds.learned(others)
            here = [f for f in self.found if f.text.fold == k]
            loud = np.vstack([np.maximum(f.sounding @ sound, 0)[f.seen.of.word] for f in here])
            out[rows] = stance.softmax(self.keyed[rows] @ weights[:-2] + loud @ weights[-2:] + bias)
        return out


def _told(f: Facts) -> Any:
    """(m,): 0, 1, 2 as ``Text.expression`` has it for each pair of a spot and a word; or unknown."""
    labels = np.full(len(f.seen.of.word), UNKNOWN)
    if f.text.sound is not None:
        labels[:] = 0
        for k, expression in enumerate(f.text.expression):
            if expression is not None:
                a, b = f.seen.of.starts[k : k + 2]
                shift = f.seen.words.shift[f.text.parse.tokens[f.text.spots[k].head].sentence]
                labels[a:b] = expression[f.seen.of.word[a:b] - shift]
    return labels


def train(
    found: Sequence[Facts], known: stance.Lexicon, sounds: Sounds, tellings: Tellings, folds: Sequence[int]
) -> dict[str, Any]:
    """The weights learned from the texts of ``folds``, as ``stance.Model`` reads them, but for the judges."""
    sound = {k: sounds.learned(f for f in folds if f != k) for k in folds}
    here = [
        f._replace(seen=f.seen._replace(sound=np.maximum(f.sounding @ sound[f.text.fold], 0)))
        for f in found
        if f.text.fold in folds
    ]
    sizes = [len(f.text.spots) for f in here]
    spots = Columns((f.keys for f in here), least=1)
    keyed = spots.matrix([f.keys for f in here], sizes)
    heard = np.vstack([stance.heard(f.seen) for f in here])
    loud = heard.std(0) / LOUD + 1e-6
    summed = np.vstack([f.summed for f in here])
    sights = heard.shape[1] // 4
    wide = np.repeat(np.sqrt((summed.reshape(-1, sights, VECTORS) ** 2).sum(2).mean(0)) + 1e-6, VECTORS)
    starts = np.append(0, np.cumsum([len(f.seen.of.word) for f in found]))
    unseen = tellings.unseen(folds)
    echo = np.vstack(
        [
            stance.echo(unseen[a : a + len(f.seen.of.word)], f.seen.of)
            for f, a in zip(found, starts, strict=False)
            if f.text.fold in folds
        ]
    )
    clear = echo.std(0) / CLEAR + 1e-6
    templates = np.unique(spots.names >> TEMPLATE, return_inverse=True)[1]
    standing = np.flatnonzero(spots.names >> TEMPLATE >= stance.STANDING)
    heard, echo = heard / loud, echo / clear
    places = np.repeat(np.arange(sights), VECTORS)
    of_fold = np.repeat([f.text.fold for f in here], sizes)
    votes = np.zeros((len(spots.names), stance.COLUMNS), np.float32)
    vectors = np.zeros((summed.shape[1], stance.DENSE), np.float32)
    loudness = np.zeros((heard.shape[1], stance.COLUMNS), np.float32)
    echoes = np.zeros((echo.shape[1], stance.COLUMNS), np.float32)
    bias = np.zeros(stance.COLUMNS, np.float32)
    for name, columns in (("stance", stance.STANCE), ("by", stance.BY)):
        y = np.array([answer for f in here for answer in getattr(f.text, name)])
        rows = np.flatnonzero(y != UNKNOWN)
        blocks = [Block(keyed[rows], templates, standing), Block((summed / wide)[rows], places, ())]
        x = stacking.Inputs(blocks, heard[rows], echo[rows], of_fold[rows])
        learned = stacking.votes(x, y[rows], STRENGTH[name], BY_GROUPS[name])
        votes[:, columns], vectors[:, columns] = learned.blocks[0], learned.blocks[1] / wide[:, None]
        loudness[:, columns], echoes[:, columns] = learned.heard / loud[:, None], learned.echo / clear[:, None]
        bias[columns] = learned.bias

    starts = np.append(0, np.cumsum(sizes))
    chosen, answers, paired = [], [], []
    for f, start in zip(here, starts, strict=False):
        if f.between is None:
            continue
        paired.append(f)
        chosen += [(start + h, start + t) for h, t in f.text.pairs]
        answers += f.text.between
    pairs = Columns((f.between for f in paired if f.between), least=1)
    both = pairs.matrix([f.between for f in paired if f.between], [len(f.text.pairs) for f in paired])
    y = np.array(answers)
    kept = np.flatnonzero((y != 1) | (np.arange(len(y)) % EVERY == 0))
    holders, targets = (np.array(part)[kept] for part in zip(*chosen, strict=True))
    views = np.unique(pairs.names >> TEMPLATE, return_inverse=True)[1]
    blocks = [Block(keyed[part], templates, standing) for part in (targets, holders)]
    blocks.append(Block(both[kept], views, ()))
    x = stacking.Inputs(
        blocks, np.hstack([heard[targets], heard[holders]]), np.hstack([echo[targets], echo[holders]]), of_fold[targets]
    )
    learned = stacking.votes(x, y[kept], STRENGTH["between"], BY_GROUPS["between"])
    for k, columns in enumerate((stance.TARGET, stance.HOLDER)):
        votes[:, columns] = learned.blocks[k]
        loudness[:, columns] = np.split(learned.heard, 2)[k] / loud[:, None]
        echoes[:, columns] = np.split(learned.echo, 2)[k] / clear[:, None]

    told, telling_bias = tellings.learned(folds)
    out: dict[str, Any] = {
        "vocabulary": np.frombuffer("\n".join(known.vocabulary).encode(), np.uint8),
        "mean": known.vectors.mean, "axes": known.vectors.axes, "sound": sounds.learned(folds),
        "spot.keys": spots.names, "spot.votes": votes, "spot.bias": bias, "dense": vectors, "heard": loudness,
        "between.keys": pairs.names, "between.votes": learned.blocks[2], "between.bias": learned.bias,
        "telling.keys": tellings.columns.names, "telling.votes": told[:-2], "telling.bias": telling_bias,
        "told": told[-2:], "echo": echoes,
    }  # fmt: skip
    return {
        name: array if name == "vocabulary" or name.endswith(".keys") else array.astype(np.float16)
        for name, array in out.items()
    }
