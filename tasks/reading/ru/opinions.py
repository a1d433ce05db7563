"""Whose view of whom it is, and how likely: the last word on what ``stance`` reads out of a sentence.

Each answer of that model is given on its own: how one is shown, whose view that is, what one participant holds of
another, which words say so. Here they are weighed against each other, and against those about the others whom the
sentence names, by three logistic regressions: that the text shows one badly or well and no participant holds that view;
that it is then the author's; that a given participant holds it. They are learned from answers about sentences that the
model was not trained on, so that their probabilities can be relied on. k spots, m pairs; the last axis but one is of
bad and good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..tokens import Parse
from . import polarity
from .bearings import KINDS, POS, RELATIONS, ROLES, TURNED, Spot
from .forms import Floats
from .stance import Answer, Seen

JUDGES = ("text", "author", "held")
QUOTES = frozenset('«»"“”„')
LEAST = 1e-4
"""Probabilities are kept this far from 0 and 1."""

_SIGN = np.array([-1, 1], np.float32)
_PLACES = np.array(
    [
        [name in names for names in (("nsubj", "nsubj:pass"), ("obj", "iobj"), ("obl",), ("nmod",), ("conj",))]
        for name in ("", *RELATIONS)
    ],
    np.float32,
)
_PARTS = np.eye(len(ROLES) + 1, dtype=np.float32)
_WORDS = [POS.index(name) for name in ("VERB", "NOUN", "ADJ")]


class Judgement(NamedTuple):
    """Probabilities, bad and good."""

    text: Floats
    """(k, 2): the text shows one so, and no participant."""
    author: Floats
    """(k, 2): if it does, that is the author's view."""
    held: Floats
    """(m, 2): of pairs."""


class Views(NamedTuple):
    """What is weighed."""

    spots: Floats
    """(k, 2, features)."""
    pairs: Floats
    """(m, 2, features)."""


def odds(probabilities: Floats) -> Floats:
    """Logits, bounded."""
    p = np.minimum(np.maximum(probabilities, np.float32(LEAST)), np.float32(1 - LEAST))
    out: Floats = np.log(p / (1 - p))
    return out


def views(parse: Parse, seen: Seen, answer: Answer, pairs: Sequence[tuple[int, int]], between: Floats) -> Views:
    """What ``stance`` answered about spots and about pairs (holder, target) of one sentence, set side by side.

    ``between`` is (m, 3), as ``stance.Model.between`` gives it.
    """
    starts, spots, k = seen.of.starts, seen.spots, len(seen.spots)
    shown, held = answer.stance[:, [0, 2]], between[:, [0, 2]].reshape(-1, 2)
    likely = answer.expression[:, 1:]
    sentence = np.array([parse.tokens[at.head].sentence for at in spots])
    mates = sentence[:, None] == sentence
    size = np.diff(starts)
    first = seen.of.word[starts[:-1]]
    head = seen.of.heads - first
    # The likeliest word of a bad and of a good view.
    best = np.array([likely[a:b].argmax(0) for a, b in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)])
    most = np.maximum.reduceat(likely, starts[:-1], axis=0)
    word = seen.words.pos[first[:, None] + best]
    holder, target = (
        (np.array(part, np.int64) for part in zip(*pairs, strict=True)) if pairs else (np.zeros(0, int),) * 2
    )
    by_pair = np.full((k, k, 2), -1, np.float32)
    by_pair[holder, target] = held
    known = np.maximum(by_pair, 0)
    quoted = {s: not QUOTES.isdisjoint(seen.words.texts[slice(*bounds)]) for s, bounds in seen.words.bounds.items()}
    standing = _standing(seen, spots)

    def each(values: Floats) -> Floats:
        """(k, 2, d) of (k, d), the same of bad and good."""
        return values[:, None, :].repeat(2, 1)

    own, told = odds(shown), odds(most)
    length = np.array([at.last - at.first for at in spots])
    alike = np.stack([np.log(mates.sum(1)), np.log(size), length, [quoted[s] for s in sentence.tolist()]], 1).astype(
        np.float32
    )
    by_sign = (
        own, own[:, ::-1], told, told[:, ::-1], np.log(np.add.reduceat(likely, starts[:-1], axis=0) + 1e-3),
        np.array(seen.shown, np.float32)[:, None] * _SIGN, np.log1p(np.abs(best - head[:, None])), best < head[:, None],
        *(word == pos for pos in _WORDS), odds(known.max(0)), odds(1 - (1 - known).prod(0)),
        odds((mates[:, :, None] * shown).max(1)), (mates[:, :, None] & (shown[None] > shown[:, None])).sum(1),
    )  # fmt: skip
    # What part each plays in that word, and what its group says of whoever does.
    parts = (seen.of.role + 2) // 3
    group = seen.words.groups[first[:, None] + best]
    sound = _polarities()[np.where(group < 0, -1, group % TURNED)] * np.where(group < TURNED, 1, -1)[..., None]
    of_spots = np.concatenate(
        [
            each(np.log(answer.by + 1e-3)),
            each(alike),
            each(standing),
            np.stack(by_sign, 2).astype(np.float32),
            _PARTS[parts[starts[:-1, None] + best]],
            (sound * _SIGN[:, None]).astype(np.float32),
        ],
        2,
    )
    mine, way = odds(held), _frames(parse, seen, pairs)[:, None]
    apart = seen.of.heads[target] - seen.of.heads[holder]
    of_pair = np.stack([np.log1p(np.abs(apart)), apart > 0, np.log1p(head[holder])], 1).astype(np.float32)
    pair_by_sign = (
        mine, mine[:, ::-1], way * _SIGN, (by_pair[:, target] > held).sum(0),
        np.log1p(np.abs(best[target] - head[holder][:, None])), mine - own[target], answer.by[target][:, :1] * held,
    )  # fmt: skip
    of_pairs = np.concatenate(
        [
            of_spots[target],
            each(of_pair),
            each(standing[holder]),
            each(own[holder]),
            np.stack(pair_by_sign, 2).astype(np.float32),
            _PARTS[parts[starts[holder, None] + best[target]]],
        ],
        2,
    )
    return Views(of_spots, of_pairs)


@lru_cache(maxsize=1)
def _polarities() -> Floats:
    """(groups + 1, 3): of each group in ``polarity.toml``; zeros at the end."""
    groups = polarity.lexicon().groups
    return np.array([*((g.between, g.agent, g.patient) for g in groups), (0, 0, 0)], np.float32)


def _frames(parse: Parse, seen: Seen, pairs: Sequence[tuple[int, int]]) -> Floats:
    """(m,): what ``polarity.frame`` says of each pair."""
    words = polarity.lexicon().words
    # Most take part in nothing that sets one against another, and need not be paired.
    able = [any((g := words.get(parse.tokens[x.predicate].lemma)) and g.between for x in found) for found in seen.links]
    return np.array(
        [polarity.frame(parse.tokens, seen.links[h], seen.links[t]) if able[h] else 0.0 for h, t in pairs], np.float32
    )


def _standing(seen: Seen, spots: Sequence[Spot]) -> Floats:
    """(k, 10): of what kind a spot is and how it hangs in its sentence."""
    kinds = np.array([[at.kind == kind for kind in KINDS] for at in spots], np.float32)
    return np.hstack([kinds, _PLACES[seen.words.relations[seen.of.heads]]])


def judge(found: Views, weights: Mapping[str, Floats]) -> Judgement:
    """The probabilities, by weights of ``JUDGES``: of each feature one, and a bias at the end."""
    parts = (found.spots, found.spots, found.pairs)
    return Judgement(
        *(
            1 / (1 + np.exp(-np.minimum(np.maximum(part @ weights[name][:-1] + weights[name][-1], -30), 30)))
            for name, part in zip(JUDGES, parts, strict=True)
        )
    )
