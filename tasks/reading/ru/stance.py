"""What a sentence says for or against those it speaks of: features of its words, and a small network over them.

Each word of a sentence has what the engine knows of it (navec's vector, the encoders' states, both projected), its
group in ``polarity.toml`` and how it bears on the one spoken of: side and distance, way through the tree, role as
predicate. The network lets every word speak through a gate opened by its bearing, pools them by attention, and answers
three questions: is the target shown well, badly or neither; who holds that view (a participant, nobody named, the
author); and, for two participants, what one holds of the other. Numpy only; ``tests.benchmarks.attitudes --train``
makes the weights. The pooling is that of additive attention (Bahdanau et al., 2015).

Arrays are float32; n is the number of words of a sentence, k that of pairs asked about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..tokens import Parse, Token
from . import polarity
from .engine import engine
from .forms import Floats, Ints

WEIGHTS = Path(__file__).with_name("stance.npz")
POS = ("NOUN", "PROPN", "ADJ", "VERB", "ADV", "PRON", "ADP", "PUNCT", "PART")
RELATIONS = (
    "nsubj", "nsubj:pass", "obj", "iobj", "obl", "nmod", "amod", "appos", "conj", "root", "flat:name", "parataxis",
)  # fmt: skip
CASES = ("Nom", "Gen", "Dat", "Acc", "Ins", "Loc")
KINDS = ("PERSON", "PROFESSION", "ORGANIZATION", "COUNTRY", "NATIONALITY")
ROLES: tuple[polarity.Role, ...] = ("agent", "patient", "oblique", "bearer")
LONGEST = 128
"""Words of a sentence that are looked at: what stands farther off says little, and the tree's table is n × n."""
BEARING = 24
"""Numbers that say how a word bears on one spoken of."""
PLACE = 2 * (len(POS) + len(RELATIONS)) + len(CASES) + len(KINDS) + 5
"""Numbers that say where one spoken of stands."""


class Facts(NamedTuple):
    """A sentence as the network sees it; ``first`` and ``last`` (exclusive) are its words' places in the parse."""

    first: int
    last: int
    words: Floats
    """(n, 300)."""
    states: Floats
    """(n, 192)."""
    marks: Floats
    """(n, groups + 6 + parts of speech)."""
    above: Floats
    """(n, n): 1 where the column's word is the row's or stands above it in the tree."""
    proper: Ints
    """(n + 1,): how many proper nouns stand before each word."""


class Spot(NamedTuple):
    """Where one spoken of stands: its head word, its first and last (exclusive) word, places in the parse."""

    head: int
    first: int
    last: int
    kind: str


class Answer(NamedTuple):
    """Probabilities, a row a pair asked about; and of each word that it belongs to the expression of a view."""

    stance: Floats
    """(k, 3): badly, neither, well."""
    holder: Floats
    """(k, 3): a participant, nobody named, the author."""
    between: Floats
    """(k, 3): the holder is against the target, neither, for it."""
    expression: Floats
    """(k, n, 3): of no view, of a bad one, of a good one."""


def spot(tokens: Sequence[Token], first: int, last: int, kind: str) -> Spot:
    """The spot of the words ``first`` to ``last``: its head is the first word whose own head stands outside."""
    head = next((i for i in range(first, last) if not first <= tokens[i].head < last), first)
    return Spot(head, first, last, kind)


def facts(parse: Parse, sentence: int, around: int = -1) -> Facts:
    """The facts of a sentence; of an over-long one, those of the ``LONGEST`` words ``around`` a place."""
    return facts_of(parse, [(sentence, around)])[0]


def facts_of(parse: Parse, sentences: Sequence[tuple[int, int]]) -> list[Facts]:
    """The facts of sentences, each given with the place that matters in it."""
    known = engine().states(parse, [sentence for sentence, _ in sentences])
    return [
        _facts(parse, sentence, around, *arrays) for (sentence, around), arrays in zip(sentences, known, strict=True)
    ]


def _facts(parse: Parse, sentence: int, around: int, words: Floats, states: Floats) -> Facts:
    piece = parse.sentences[sentence]
    first, last = piece.first, piece.last
    if last - first > LONGEST:
        first = min(max(first, around - LONGEST // 2), last - LONGEST)
        last = first + LONGEST
        words, states = (x[first - piece.first : last - piece.first] for x in (words, states))
    words = words / np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-6)
    tokens = parse.tokens
    inside = tokens[first:last]
    groups = polarity.lexicon().groups
    places = {group.name: k for k, group in enumerate(groups)}
    size = len(places)
    marks = np.zeros((last - first, size + 6 + len(POS)), np.float32)
    above = np.eye(last - first, dtype=np.float32)
    doubtful = {t.i for t in tokens[piece.first : piece.last] if polarity.doubtful(t)}
    for row, token in zip(marks, inside, strict=True):
        turned = polarity.negated(tokens, token.i)
        group = polarity.group_of(token)
        if group is not None:
            sign = -1 if turned else 1
            row[places[group.name]] = sign
            row[size : size + 3] = sign * group.between, sign * group.agent, sign * group.patient
        doubted = bool(doubtful) and polarity.doubted(tokens, token.i)
        row[size + 3 : size + 6] = turned, doubted, token.text[0].isupper()
        if token.pos in POS:
            row[size + 6 + POS.index(token.pos)] = 1
    for i in _from_above(tokens, first, last):
        if first <= tokens[i].head < last:
            above[i - first] += above[tokens[i].head - first]
    proper = np.cumsum([0, *(t.pos == "PROPN" for t in inside)])
    return Facts(first, last, words, states, marks, np.minimum(above, 1), proper)


def _from_above(tokens: Sequence[Token], first: int, last: int) -> list[int]:
    """The words of a sentence, heads before their dependents; what hangs in a ring is left out."""
    order = [i for i in range(first, last) if not first <= tokens[i].head < last]
    for i in order:
        order.extend(k for k in tokens[i].children if first <= k < last)
    return order


def bearing(tokens: Sequence[Token], seen: Facts, spots: Sequence[Spot]) -> Floats:
    """How each word bears on the one at each spot: (spots, n, BEARING)."""
    head, first, last = (np.array([at[k] for at in spots])[:, None] - seen.first for k in range(3))
    out = np.zeros((len(spots), seen.last - seen.first, BEARING), np.float32)
    place = np.arange(out.shape[1])
    before, after = place < first, place >= last
    away = np.where(before, first - place, np.where(after, place - last + 1, 0))
    between = np.where(before, seen.proper[first] - seen.proper[:-1], 0)
    between = np.where(after, seen.proper[:-1] - seen.proper[last], between)
    shared = seen.above[head[:, 0]] @ seen.above.T
    depth = seen.above.sum(1)
    up, down = depth[head] - shared, depth - shared
    joined, way = shared > 0, up + down
    near = 1 / np.maximum(away, 1)
    columns = (
        ~(before | after), before, after, before * near, after * near, away <= 3, away <= 8,
        joined & (up == 0), joined & (down == 0), joined / (1 + way), joined & (up <= 1) & (down <= 1),
        joined & (way <= 2), joined & (way <= 4),
    )  # fmt: skip
    for k, column in enumerate(columns):
        out[..., k] = column
    out[..., 21] = joined * np.minimum(up, 40) / 5
    out[..., 22] = np.minimum(between, 3) / 3
    out[..., 23] = np.minimum(away, 40) / 40
    for rows, at in zip(out, spots, strict=True):
        for link in polarity.links(tokens, at.head):
            if seen.first <= link.predicate < seen.last:
                row, role = rows[link.predicate - seen.first], ROLES.index(link.role)
                row[13 + role], row[17 + role] = 1 / (1 + link.via), link.via == 0
    return out


def place(tokens: Sequence[Token], seen: Facts, at: Spot) -> Floats:
    """Where the one at ``at`` stands: (PLACE,)."""
    token = tokens[at.head]
    head = tokens[token.head] if token.head >= 0 else None
    n = seen.last - seen.first
    numbers = [token.pos == pos for pos in POS] + [token.rel == rel for rel in RELATIONS]
    numbers += [head is not None and head.pos == pos for pos in POS]
    numbers += [head is not None and head.rel == rel for rel in RELATIONS]
    numbers += [token.feats.get("Case") == case for case in CASES] + [at.kind == kind for kind in KINDS]
    rest = [
        (at.first - seen.first) / 50,
        (seen.last - at.last) / 50,
        np.log1p(n) / 5,
        head is not None and polarity.negated(tokens, head.i),
        seen.proper[-1] / 10,
    ]
    return np.array([*numbers, *rest], np.float32)


class Network:
    """The weights by name, and what they answer; networks trained alike from other beginnings are averaged."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self.projections = [weights[name].astype(np.float32) for name in ("word", "word_mean", "state", "state_mean")]
        self.fits = {name: weights[f"fit.{name}"] for name in ("stance", "between")}
        count = int(weights["members"])
        self.members = [
            {
                name[len(f"{k}.") :]: array.astype(np.float32)
                for name, array in weights.items()
                if name.startswith(f"{k}.")
            }
            for k in range(count)
        ]

    def calibrated(self, question: str, column: int, probability: float, frame: float) -> float:
        """The probability, in [0, 1], that an answer holds, given what frames say for it (-1 to 1).

        A logistic fit, (3, 3): of each column scale, weight of the frame and bias.
        """
        scale, weight, bias = self.fits[question][column].tolist()
        odds = math.log(max(probability, 1e-6) / max(1 - probability, 1e-6))
        return 1 / (1 + math.exp(-max(min(scale * odds + weight * frame + bias, 30), -30)))

    def inputs(self, seen: Facts) -> Floats:
        """(n, inputs): projected vectors and states with the marks."""
        word, word_mean, state, state_mean = self.projections
        return np.hstack([(seen.words - word_mean) @ word, (seen.states - state_mean) @ state, seen.marks])

    def __call__(self, seen: Facts, bearings: Floats, places: Floats, heads: Ints) -> Answer:
        """Answers for k pairs.

        ``bearings`` (k, n, 2 * BEARING + 1): on the target, on the holder (zeros where none is asked about) and
        whether one is; ``places`` (k, 2 * PLACE) likewise; ``heads`` (k,) the target's head word in the sentence.
        """
        x = self.inputs(seen)
        answers = [_forward(w, x, bearings, places, heads) for w in self.members]
        return Answer(*(np.mean(part, axis=0) for part in zip(*answers, strict=True)))


def _forward(w: Mapping[str, Floats], x: Floats, bearings: Floats, places: Floats, heads: Ints) -> tuple[Floats, ...]:
    a = np.maximum(x @ w["inp.weight"].T + w["inp.bias"], 0)
    padded = np.pad(a, ((1, 1), (0, 0)))
    taps = w["conv.weight"]  # (out, in, 3)
    c = sum(padded[k : k + len(a)] @ taps[:, :, k].T for k in range(3)) + w["conv.bias"]
    u = np.hstack([a, np.maximum(c, 0)]) @ w["u.weight"].T + w["u.bias"]
    gate = 1 / (1 + np.exp(-(bearings @ w["g.weight"].T + w["g.bias"])))
    z = np.maximum(u * gate + bearings @ w["r.weight"].T + w["r.bias"], 0)  # (k, n, d)
    expression = _softmax(z @ w["aux.weight"].T + w["aux.bias"], -1)
    attention = _softmax(z @ w["att.weight"].T + w["att.bias"], 1)
    pooled = np.matmul(attention.transpose(0, 2, 1), z).reshape(len(z), -1)
    voiced = expression[..., 1:]
    total = voiced.sum(1)
    said = np.matmul((voiced / (total[:, None] + 0.3)).transpose(0, 2, 1), z).reshape(len(z), -1)
    where = np.maximum(places @ w["t.weight"].T + w["t.bias"], 0)
    own = z[np.arange(len(z)), heads]
    joined = np.hstack([pooled, said, own, voiced.max(1), total / 3, np.log1p(total), where])
    hidden = np.maximum(joined @ w["out1.weight"].T + w["out1.bias"], 0)
    heads3 = (_softmax(hidden @ w[f"{n}.weight"].T + w[f"{n}.bias"], -1) for n in ("stance", "holder", "between"))
    return (*heads3, expression)


def _softmax(x: Floats, axis: int) -> Floats:
    x = np.exp(x - x.max(axis, keepdims=True))
    out: Floats = x / x.sum(axis, keepdims=True)
    return out


@lru_cache(maxsize=1)
def network() -> Network:
    """The weights that come with the package."""
    with np.load(WEIGHTS) as weights:
        return Network(dict(weights))


def ask(parse: Parse, seen: Facts, pairs: Sequence[tuple[Spot | None, Spot]], net: Network | None = None) -> Answer:
    """What the sentence says of pairs of holder (or none) and target; spots must lie inside the facts."""
    bearings, places = encode(parse.tokens, seen, pairs)
    heads = np.array([target.head - seen.first for _, target in pairs])
    return (net or network())(seen, bearings, places, heads)


def encode(tokens: Sequence[Token], seen: Facts, pairs: Sequence[tuple[Spot | None, Spot]]) -> tuple[Floats, Floats]:
    """Bearings (k, n, 2 * BEARING + 1) and places (k, 2 * PLACE) of pairs."""
    spots = list(dict.fromkeys(at for pair in pairs for at in pair if at))
    number = {at: k for k, at in enumerate(spots)}
    bearing_on, place_of = bearing(tokens, seen, spots), np.stack([place(tokens, seen, at) for at in spots])
    bearings = np.zeros((len(pairs), seen.last - seen.first, 2 * BEARING + 1), np.float32)
    places = np.zeros((len(pairs), 2 * PLACE), np.float32)
    targets = [number[target] for _, target in pairs]
    bearings[..., :BEARING], places[:, :PLACE] = bearing_on[targets], place_of[targets]
    with_holder = [k for k, (holder, _) in enumerate(pairs) if holder]
    holders = [number[holder] for holder, _ in pairs if holder]
    bearings[with_holder, :, BEARING:-1], places[with_holder, PLACE:] = bearing_on[holders], place_of[holders]
    bearings[with_holder, :, -1] = 1
    return bearings, places
