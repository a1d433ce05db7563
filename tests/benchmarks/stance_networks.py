"""Trains the networks of ``tasks/reading/ru/pooling.py``: needs torch, from the dependency group ``train``.

Every network learns three things at once: how spots are shown and whose view that is (of both sets), and which words
express a view, of anybody and of the spot (of ruopinionne). AdamW with a rate that rises and falls linearly; words are
left out at random, so that none is learned by heart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tasks.reading.ru import bearings, pooling, stance
from tests.benchmarks.stance_data import UNKNOWN
from tests.benchmarks.stance_training import Facts, told

HIDDEN, TOP, LEMMA, WAY, KIND = 128, 128, 16, 32, 16
"""Sizes: of the layers over words and over spots, and of what is learned of a lemma, a bearing and a kind."""
WORD = {"groups": 16, "turned": 8, "pos": 8, "relations": 8}
DROPPED, UNREAD, FORGOTTEN = 0.3, 0.15, 0.3
"""Shares of features, of words and of lemmas that are left out while training."""
COUNT = 3
"""Networks that are averaged."""
EPOCHS, TEXTS, RATE, DECAY = 5, 16, 2e-3, 1e-2
"""Rounds, texts of a step, the highest rate of learning and the decay of weights."""
WEIGHT = {"stance": 1.0, "by": 0.2, "telling": 0.5, "sound": 0.5}
"""What each of the four questions counts in the loss."""
ONLY_LEARNED = frozenset({"by", "sound"})
"""Those whose answers sharpen the others', and are worse than the linear model's."""


class Example(NamedTuple):
    """A text as a network sees it, and the answers."""

    size: int
    inputs: pooling.Inputs
    answers: dict[str, Any]
    """Of ``WEIGHT``: stance and by of spots, telling of pairs, sound of words; or ``UNKNOWN``."""


def example(f: Facts) -> Example:
    text, words = f.text, f.seen.words
    answers = {"stance": np.array(text.stance), "by": np.array(text.by), "telling": told(f)}
    answers["sound"] = np.full(len(words.texts), UNKNOWN)
    if text.sound is not None:
        for sentence, (a, b) in words.bounds.items():
            shift = words.shift[sentence]
            answers["sound"][a:b] = text.sound[a - shift : b - shift]
    return Example(len(words.texts), pooling.inputs(words, f.seen.of, text.spots, f.seen.vectors), answers)


def together(examples: Sequence[Example]) -> tuple[pooling.Inputs, dict[str, Any]]:
    """Several texts as one."""
    parts = [e.inputs for e in examples]
    word, pair, spot, own = (
        np.cumsum([0, *sizes])
        for sizes in (
            [e.size for e in examples], [len(x.word) for x in parts], [len(x.kinds) for x in parts],
            [len(x.inside) for x in parts],
        )
    )  # fmt: skip

    def joined(name: str, shift: Any = None) -> Any:
        return np.concatenate([getattr(x, name) + (0 if shift is None else shift[k]) for k, x in enumerate(parts)])

    x = pooling.Inputs(
        joined("vectors"), joined("lemmas"),
        {name: np.concatenate([p.words[name] for p in parts]) for name in pooling.WORDS},
        {name: np.concatenate([p.bearings[name] for p in parts]) for name in pooling.BEARINGS},
        joined("word", word), joined("spot", spot), joined("starts", pair), joined("inside", word),
        joined("first", own), joined("kinds"),
    )  # fmt: skip
    return x, {name: torch.as_tensor(np.concatenate([e.answers[name] for e in examples])) for name in WEIGHT}


class Network(nn.Module):
    """One of ``pooling.Networks`` while it learns; parameters bear the names of its weights."""

    def __init__(self, vectors: int, lemmas: int) -> None:
        super().__init__()
        self.tables = nn.ModuleDict({"lemmas": nn.Embedding(lemmas + 1, LEMMA, padding_idx=0)})
        nn.init.zeros_(self.tables["lemmas"].weight)
        self.tables.update({name: nn.Embedding(size, WORD[name]) for name, size in pooling.WORDS.items()})
        for name, size in pooling.BEARINGS.items():
            self.tables[name] = nn.Embedding(size, pooling.HEADS + WAY)
            nn.init.normal_(self.tables[name].weight, std=0.1)
        self.tables["kinds"] = nn.Embedding(len(bearings.KINDS), KIND)
        shapes = {
            "word": (vectors + LEMMA + sum(WORD.values()), HIDDEN), "meeting": (HIDDEN, HIDDEN), "gate": (WAY, HIDDEN),
            "way": (WAY, HIDDEN), "own": (HIDDEN, HIDDEN), "attention": (HIDDEN, pooling.HEADS),
            "pooled": (4 * HIDDEN + KIND, TOP), "stance": (TOP, 3), "by": (TOP, 3), "telling": (HIDDEN, 3),
            "sound": (HIDDEN, 3),
        }  # fmt: skip
        self.layers = nn.ModuleDict({name: nn.Linear(*shape) for name, shape in shapes.items()})
        nn.init.constant_(self.layers["gate"].bias, 1)
        self.dropout = nn.Dropout(DROPPED)

    def forward(self, x: pooling.Inputs) -> dict[str, Any]:
        """Logits of the questions of ``WEIGHT``."""
        t, layer, drop = self.tables, self.layers, self.dropout
        vectors, lemmas = torch.as_tensor(x.vectors), t["lemmas"](torch.as_tensor(x.lemmas))
        if self.training:
            read = (torch.rand(len(vectors), 1) > UNREAD).float()
            vectors, lemmas = vectors * read, lemmas * read * (torch.rand(len(vectors), 1) > FORGOTTEN).float()
        parts = [vectors, lemmas, *(t[name](torch.as_tensor(x.words[name])) for name in pooling.WORDS)]
        plain = functional.relu(layer["word"](drop(torch.cat(parts, 1))))
        words = drop(plain)
        word, spot, inside = (torch.as_tensor(part) for part in (x.word, x.spot, x.inside))
        k = len(x.kinds)
        lengths = torch.as_tensor(np.diff(np.append(x.first, len(x.inside))))
        whose = torch.arange(k).repeat_interleave(lengths)
        own = torch.zeros(k, HIDDEN).index_add(0, whose, words[inside]) / lengths[:, None]
        bearing = sum(t[name](torch.as_tensor(x.bearings[name])) for name in pooling.BEARINGS)
        way = bearing[:, pooling.HEADS :]
        hidden = layer["meeting"](words[word]) * layer["gate"](way) + layer["way"](way) + layer["own"](own)[spot]
        hidden = drop(functional.relu(hidden))
        weight = layer["attention"](hidden) + bearing[:, : pooling.HEADS]
        highest = self._most(weight.detach(), spot, k)
        weight = torch.exp(weight - highest[spot])
        weight = weight / torch.zeros(k, pooling.HEADS).index_add(0, spot, weight)[spot]
        wide = weight.repeat_interleave(HIDDEN // pooling.HEADS, 1)
        seen = torch.zeros(k, HIDDEN).index_add(0, spot, hidden * wide)
        size = torch.as_tensor(np.diff(np.append(x.starts, len(x.word))))[:, None]
        total = torch.zeros(k, HIDDEN).index_add(0, spot, hidden) / size.sqrt()
        pooled = [
            own,
            seen,
            self._most(hidden, spot, k),
            total / float(pooling.LOUD),
            t["kinds"](torch.as_tensor(x.kinds)),
        ]
        top = drop(functional.relu(layer["pooled"](torch.cat(pooled, 1))))
        read_of = {"stance": top, "by": top, "telling": hidden, "sound": plain}
        return {name: layer[name](y) for name, y in read_of.items()}

    @staticmethod
    def _most(x: Any, spot: Any, k: int) -> Any:
        return torch.full((k, x.shape[1]), -1e9).scatter_reduce(0, spot[:, None].expand(-1, x.shape[1]), x, "amax")

    def weights(self) -> dict[str, Any]:
        """Its part of what ``pooling.Networks`` reads."""
        out = {name: table.weight for name, table in self.tables.items()}
        for name, layer in self.layers.items():
            if name not in ONLY_LEARNED:
                out |= {f"{name}.weight": layer.weight.T, f"{name}.bias": layer.bias}
        return {name: array.detach().numpy().astype(np.float16) for name, array in out.items()}


def loss(logits: dict[str, Any], answers: dict[str, Any]) -> Any:
    """The sum of the four questions' losses; of how spots are shown each counts alike, in whatever text it stands."""
    parts = []
    for name, weight in WEIGHT.items():
        known = int((answers[name] != UNKNOWN).sum())
        if known:
            mean = functional.cross_entropy(logits[name], answers[name], ignore_index=UNKNOWN)
            parts.append(weight * mean * (known / (2.2 * TEXTS) if name == "stance" else 1))
    return sum(parts)


def steps(examples: Sequence[Example], rng: Any) -> Iterator[list[Example]]:
    """All examples in any order, those of a step of like length."""
    order, many = rng.permutation(len(examples)), 20 * TEXTS
    chosen = []
    for a in range(0, len(order), many):
        some = sorted(order[a : a + many].tolist(), key=lambda k: examples[k].size)
        chosen += [some[b : b + TEXTS] for b in range(0, len(some), TEXTS)]
    for k in rng.permutation(len(chosen)).tolist():
        yield [examples[i] for i in chosen[k]]


def one(examples: Sequence[Example], vectors: int, lemmas: int, seed: int) -> dict[str, Any]:
    """The weights of one network."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    network = Network(vectors, lemmas)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    count = EPOCHS * math.ceil(len(examples) / TEXTS)
    shape = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * count), max(0.02, 1 - step / count))
    )
    network.train()
    for _ in range(EPOCHS):
        for some in steps(examples, rng):
            x, answers = together(some)
            optimizer.zero_grad()
            loss(network(x), answers).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            shape.step()
    return network.weights()


def train(found: Sequence[Facts], lemmas: int) -> dict[str, Any]:
    """``COUNT`` networks learned from texts, as ``stance.Model`` reads them; ``lemmas`` is how many are numbered."""
    examples = [example(f) for f in found]
    vectors = found[0].seen.vectors.shape[1]
    each = [one(examples, vectors, lemmas, seed) for seed in range(COUNT)]
    return {f"{stance.NETWORKS}{name}": np.stack([weights[name] for weights in each]) for name in each[0]}
