"""slovnet's three networks (names, morphology, syntax) as one pass in numpy, with slovnet's outputs but for rings.

Each network embeds a word (navec, 300) and its shape (30), runs three 1-d convolutions of width 3 with ReLU and batch
norm (256, 128 and 64 wide) and ends in a head. Here

- the first convolution is linear in the embedding, so what a surface form adds to its own place and to those before
  and after it is computed once for all three networks (``forms``): the layer becomes a look-up and a sum;
- sequences stand in one long array with a single zero row between them, all the padding that a width of 3 needs;
- the other layers are one product with their three taps side by side, added with a shift.

Where the best head of each word makes a ring, the best tree is taken (``trees``).

Arrays are float32, (rows, features). Networks and weights: https://github.com/natasha/slovnet.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from slovnet.exec.model import NER, Morph, Syntax
from slovnet.exec.pack import Pack

from . import trees, viterbi
from .forms import Floats, Forms, Ints, Words

TAPS = 3


class Rows(NamedTuple):
    """Where sequences stand in one array: ``words`` the row of each word, ``gaps`` the zero rows around sequences.

    The sequences come in order, a gap before each and one after the last.
    """

    words: Ints
    gaps: Ints

    @classmethod
    def of(cls, lengths: Ints) -> Rows:
        ends = np.cumsum(lengths + 1)
        words = np.arange(lengths.sum()) + np.repeat(np.arange(1, len(lengths) + 1), lengths)
        return cls(words, np.concatenate(([0], ends)))


class Convolution(NamedTuple):
    """``weight`` is (in, 3 * out): what a row adds to the row after it, to itself and to the row before it.

    ReLU and batch norm make ``scale * max(x, 0) + shift`` of a sum x; as no scale is negative, that is
    ``max(scale * x + shift, shift)``. So weight and bias hold scale and shift already, and ``floor`` is the shift.
    """

    weight: Floats
    bias: Floats
    floor: Floats

    def __call__(self, x: Floats, gaps: Ints) -> Floats:
        """(rows, in) → (rows, out)."""
        n = self.bias.size
        taps = x @ self.weight
        out = taps[:, n : 2 * n] + self.bias
        out[1:] += taps[:-1, :n]
        out[:-1] += taps[1:, 2 * n :]
        return _finish(out, self.floor, gaps)


def _finish(x: Floats, floor: Floats, gaps: Ints) -> Floats:
    np.maximum(x, floor, out=x)
    x[gaps] = 0
    return x


class Encoder(NamedTuple):
    """The convolutions of one network.

    Of the first only ``floor`` is here; the sums come from the table of forms, where ``number`` is its place in a row.
    """

    number: int
    floor: Floats
    rest: tuple[Convolution, ...]

    def __call__(self, forms: Forms, ids: Ints, rows: Rows) -> Floats:
        """The features of words whose rows in the table are ``ids``: (rows, 64)."""
        table = forms.table.reshape(-1, self.floor.size)
        where = np.zeros(len(ids) + len(rows.gaps), np.int64)
        where[rows.words] = ids
        where *= len(table) // len(forms.table)
        where += self.number * TAPS
        x = table.take(where + 1, axis=0)
        x[1:] += table.take(where[:-1], axis=0)
        x[:-1] += table.take(where[1:] + 2, axis=0)
        x = _finish(x, self.floor, rows.gaps)
        for convolution in self.rest:
            x = convolution(x, rows.gaps)
        return x


class Dense(NamedTuple):
    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        out: Floats = x @ self.weight
        out += self.bias
        return out


@dataclass(frozen=True, slots=True)
class Names:
    """Tags words as inside or outside of names."""

    encoder: Encoder
    head: Dense
    transitions: Floats
    tags: list[str]

    def __call__(self, forms: Forms, ids: Ints, lengths: Ints) -> Ints:
        """An index into ``tags`` for each word."""
        rows = Rows.of(lengths)
        emissions = self.head(self.encoder(forms, ids, rows)[rows.words])
        return viterbi.decode(emissions, lengths, self.transitions, self.tags.index("O"))


@dataclass(frozen=True, slots=True)
class Morphology:
    """Tags words with part of speech and features."""

    encoder: Encoder
    head: Dense
    tags: list[str]

    def __call__(self, forms: Forms, ids: Ints, rows: Rows) -> Ints:
        """An index into ``tags`` for each word."""
        return self.head(self.encoder(forms, ids, rows)[rows.words]).argmax(1)


@dataclass(frozen=True, slots=True)
class Trees:
    """Finds the head of each word and their relation."""

    encoder: Encoder
    parts: Dense
    """What each word is as dependent and as head, once for heads and once for relations, side by side before a ReLU."""
    root: Floats
    """The same, after the ReLU, of what stands for no word."""
    heads: Floats
    """(d, d): a word ``x`` as dependent scores ``x @ heads @ y`` with a head ``y``."""
    kernel: Floats
    """(d, relations * d): likewise, of each relation, of a head and a word."""
    relations: list[str]

    def __call__(self, forms: Forms, ids: Ints, rows: Rows) -> tuple[Ints, Ints]:
        """For each word the place of its head in its sentence, counted from 1 (0: none), and an index to ``relations``.

        A sentence of n words takes n² scores, so sentences must be bounded.
        """
        x = self.parts(self.encoder(forms, ids, rows))
        np.maximum(x, 0, out=x)
        x[rows.gaps] = self.root  # the gap before a sentence stands for its root
        word, head, head_of_relation, word_of_relation = np.split(x, 4, axis=1)
        heads, tails = word @ self.heads, np.ascontiguousarray(head)
        targets = np.zeros(len(x), np.int64)
        for gap, end in zip(rows.gaps[:-1].tolist(), rows.gaps[1:].tolist(), strict=True):
            targets[gap + 1 : end] = (heads[gap + 1 : end] @ tails[gap:end].T).argmax(1)
        starts = np.repeat(rows.gaps[:-1], np.diff(rows.gaps) - 1)
        above = np.arange(len(x))
        above[rows.words] = starts + targets[rows.words]
        for k in np.unique(np.searchsorted(rows.gaps, trees.in_rings(above)) - 1).tolist():
            gap, end = rows.gaps[k], rows.gaps[k + 1]
            targets[gap + 1 : end] = trees.best(heads[gap + 1 : end] @ tails[gap:end].T)
        found = targets[rows.words]

        above = starts + found
        used = np.zeros(len(x), np.bool_)
        used[above] = True  # most words are nobody's head
        which = (np.cumsum(used) - 1)[above]
        pairs = (head_of_relation[used] @ self.kernel).reshape(-1, len(self.relations), len(self.heads))
        scores = np.matmul(pairs.take(which, axis=0), word_of_relation[rows.words][:, :, None])
        return found, scores[:, :, 0].argmax(1)


@dataclass(frozen=True, slots=True)
class Networks:
    """The three networks over one table of forms."""

    forms: Forms
    names: Names
    morphology: Morphology
    trees: Trees

    @classmethod
    def load(cls, data: Path | None = None) -> Networks:
        """Read the weights from natasha's data folder."""
        data = data or data_folder()
        ner, shapes, ner_tags = _load(data / "model/slovnet_ner_news_v1.tar", NER, "tag")
        morph, _, morph_tags = _load(data / "model/slovnet_morph_news_v1.tar", Morph, "tag")
        syntax, _, relations = _load(data / "model/slovnet_syntax_news_v1.tar", Syntax, "rel")
        words = Words.load(data / "emb/navec_news_v1_1B_250K_300d_100q.tar")
        first = [_first(model) for model in (ner, morph, syntax)]
        forms = Forms(
            words,
            np.ascontiguousarray(np.hstack([word for word, _ in first])),
            np.hstack([shape for _, shape in first]),
            {shape: k for k, shape in enumerate(shapes)},
        )
        return cls(
            forms,
            Names(_encoder(0, ner), _dense(ner.head.proj), ner.head.crf.transitions.array, ner_tags),
            Morphology(_encoder(1, morph), _dense(morph.head.proj), morph_tags),
            _trees(syntax, relations),
        )


def data_folder() -> Path:
    """natasha's data folder, found without importing natasha."""
    spec = importlib.util.find_spec("natasha")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package natasha, whose data folder holds the models, is not installed")
    return Path(spec.origin).parent / "data"


def _load(path: Path, model: Any, outputs: str) -> tuple[Any, list[str], list[str]]:
    """A network with its arrays, its shapes and its outputs; its words are navec's and not read again."""
    with Pack(path) as pack:
        pack.load_meta().check_protocol()
        scheme = pack.load_model(model)
        loaded = scheme.inject_arrays(dict(pack.load_arrays(scheme.weights)))
        return loaded, pack.load_vocab("shape").items, pack.load_vocab(outputs).items


def _convolution(layer: Any) -> Convolution:
    """A layer's three modules as one; its weights are (out, in, 3)."""
    weight, norm = layer.conv.weight.array, layer.norm
    scale = norm.weight.array / norm.std.array
    if (scale < 0).any():
        raise ValueError("a batch norm has a negative scale, so it cannot be folded into its convolution")
    shift = norm.bias.array - norm.mean.array * scale
    taps = weight.transpose(1, 2, 0) * scale
    return Convolution(taps.reshape(len(taps), -1), layer.conv.bias.array * scale + shift, shift)


def _first(model: Any) -> tuple[Floats, Floats]:
    """The first convolution over word vectors (300, 768), and what a shape adds to it with the bias (shapes, 768)."""
    convolution = _convolution(model.encoder.layers[0])
    shapes = model.emb.shape.weight.array
    word = len(convolution.weight) - shapes.shape[1]
    added: Floats = shapes @ convolution.weight[word:]
    width = convolution.bias.size
    added[:, width : 2 * width] += convolution.bias
    return convolution.weight[:word], added


def _encoder(number: int, model: Any) -> Encoder:
    first, *rest = map(_convolution, model.encoder.layers)
    return Encoder(number, first.floor, tuple(rest))


def _dense(linear: Any) -> Dense:
    return Dense(linear.weight.array, linear.bias.array)


def _trees(model: Any, relations: list[str]) -> Trees:
    """slovnet's two heads as one; each scores a word (``head``) against another (``tail``), or against a root."""
    head, relation = model.head, model.rel
    dense = [_dense(part.proj) for part in (head.head, head.tail, relation.head, relation.tail)]
    roots = (head.root.array, head.root.array, relation.root.array, relation.root.array)
    root = [np.maximum(part(row), 0) for part, row in zip(dense, roots, strict=True)]
    parts = Dense(np.hstack([part.weight for part in dense]), np.concatenate([part.bias for part in dense]))
    kernels = head.kernel.array, relation.kernel.array
    return Trees(_encoder(2, model), parts, np.concatenate(root), *kernels, relations)
