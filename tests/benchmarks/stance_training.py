"""Trains the networks of ``tasks/reading/ru/stance.py``: needs torch, from the dependency group ``train``.

The networks learn four things at once from the rows of ``stance_data``: how a target is shown, who holds that view,
what one participant holds of another, and which words express it. Each question is asked only of rows that know.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tasks.reading.ru import stance
from tests.benchmarks.stance_data import UNKNOWN, Example, Floats

WORD, STATE, WIDTH, PLACE = 100, 64, 64, 32
"""Sizes: of the projected vectors and states, of the hidden layers, of the layer over the place."""
BATCH = 64
EPOCHS = 7
RATE = 2e-3
DECAY = 1e-3
DROPOUT = 0.3
EXPRESSION, HOLDER, BETWEEN = 0.5, 0.3, 0.7
"""Weights of the losses beside that of the stance."""


def project(vectors: Floats, size: int) -> tuple[Floats, Floats]:
    """Principal components, scaled so that the first has a deviation of three: (features, size) and the mean."""
    mean = vectors.mean(0)
    values, axes = np.linalg.eigh((vectors - mean).T @ (vectors - mean) / len(vectors))
    return (axes[:, ::-1][:, :size] / np.sqrt(values[-1]) * 3).astype(np.float32), mean


def projections(facts: Sequence[stance.Facts]) -> dict[str, Floats]:
    """The projections of vectors and states, by the names of ``stance.Network``."""
    out: dict[str, Floats] = {}
    for name, arrays, size in (("word", [f.words for f in facts], WORD), ("state", [f.states for f in facts], STATE)):
        out[name], out[f"{name}_mean"] = project(np.vstack(arrays), size)
    return out


class Net(nn.Module):
    """The network of ``stance``, layer by layer by the same names."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        bearings, places = 2 * stance.BEARING + 1, 2 * stance.PLACE
        self.inp = nn.Linear(inputs, WIDTH)
        self.conv = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)
        self.u = nn.Linear(2 * WIDTH, WIDTH)
        self.g, self.r = nn.Linear(bearings, WIDTH), nn.Linear(bearings, WIDTH)
        self.aux, self.att = nn.Linear(WIDTH, 3), nn.Linear(WIDTH, 2)
        self.t = nn.Linear(places, PLACE)
        self.out1 = nn.Linear(5 * WIDTH + 6 + PLACE, WIDTH)
        self.stance, self.holder, self.between = (nn.Linear(WIDTH, 3) for _ in range(3))
        self.drop, self.drop_inputs = nn.Dropout(DROPOUT), nn.Dropout(0.2)

    def forward(
        self, x: torch.Tensor, mask: torch.Tensor, bearings: torch.Tensor, places: torch.Tensor, heads: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        mask = mask[..., None]
        a = torch.relu(self.inp(self.drop_inputs(x))) * mask
        c = torch.relu(self.conv(a.transpose(1, 2)).transpose(1, 2))
        u = self.u(self.drop(torch.cat([a, c], -1)))
        z = self.drop(torch.relu(u * torch.sigmoid(self.g(bearings)) + self.r(bearings)) * mask)
        words = self.aux(z)
        attention = self.att(z).masked_fill(mask == 0, -1e9).softmax(1)
        pooled = torch.einsum("blk,bld->bkd", attention, z).flatten(1)
        voiced = words.softmax(-1)[..., 1:] * mask
        total = voiced.sum(1)
        said = torch.einsum("blk,bld->bkd", voiced / (total[:, None] + 0.3), z).flatten(1)
        own = z[torch.arange(len(z)), heads]
        where = torch.relu(self.t(self.drop_inputs(places)))
        joined = torch.cat([pooled, said, own, voiced.max(1).values, total / 3, torch.log1p(total), where], -1)
        hidden = self.drop(torch.relu(self.out1(joined)))
        return self.stance(hidden), self.holder(hidden), self.between(hidden), words


def _batch(examples: Sequence[Example], inputs: Sequence[Floats]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """What the network reads and what it shall answer; sentences padded to the longest."""
    n = max(len(inputs[e.sentence]) for e in examples)
    x = np.zeros((len(examples), n, inputs[0].shape[1]), np.float32)
    mask = np.zeros((len(examples), n), np.float32)
    bearings = np.zeros((len(examples), n, 2 * stance.BEARING + 1), np.float32)
    words = np.full((len(examples), n), UNKNOWN)
    for k, e in enumerate(examples):
        size = len(inputs[e.sentence])
        x[k, :size], mask[k, :size], bearings[k, :size] = inputs[e.sentence], 1, e.bearing
        if e.expression is not None:
            words[k, :size] = e.expression
    places = np.array([e.place for e in examples])
    read = [torch.from_numpy(a) for a in (x, mask, bearings, places, np.array([e.head for e in examples]))]
    asked = [np.array([getattr(e, name) for e in examples]) for name in ("stance", "holder", "between")]
    return read, [torch.from_numpy(a) for a in (*asked, words)]


def train(examples: Sequence[Example], inputs: Sequence[Floats], seed: int, epochs: int = EPOCHS) -> Net:
    """One network. ``inputs`` are the sentences as ``stance.Network.inputs`` makes them."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    net = Net(inputs[0].shape[1])
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    total = epochs * (len(examples) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=total + 1, pct_start=0.15)
    weights = [torch.tensor(w) for w in ([1.5, 1.0, 1.5], [1.0, 1.0, 1.0], [2.0, 1.0, 2.0], [1.0, 2.0, 2.0])]
    shares = (1.0, HOLDER, BETWEEN, EXPRESSION)
    lengths = np.array([len(inputs[e.sentence]) for e in examples])
    net.train()
    for _ in range(epochs):
        # Sentences of about one length go together, so that little is padded.
        order = np.argsort(lengths // 8 + random.random(len(examples)) * 2, kind="stable")
        batches = [order[k : k + BATCH] for k in range(0, len(order), BATCH)]
        random.shuffle(batches)
        for batch in batches:
            read, asked = _batch([examples[i] for i in batch], inputs)
            answers = net(*read)
            loss = torch.zeros(())
            for answer, gold, weight, share in zip(answers, asked, weights, shares, strict=True):
                if (gold != UNKNOWN).any():
                    loss = loss + share * functional.cross_entropy(
                        answer.flatten(0, -2), gold.flatten(), weight=weight, ignore_index=UNKNOWN
                    )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return net.eval()


def packed(nets: Sequence[Net], projections: dict[str, Floats]) -> dict[str, Any]:
    """The weights as ``stance.Network`` reads them, in half precision."""
    out: dict[str, Any] = {name: array.astype(np.float16) for name, array in projections.items()}
    out["members"] = np.array(len(nets))
    for k, net in enumerate(nets):
        for name, tensor in net.state_dict().items():
            out[f"{k}.{name}"] = tensor.numpy().astype(np.float16)
    return out
