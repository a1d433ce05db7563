"""Opinions as ruopinionne writes them, (holder, target, expression, polarity): its metric, and what is guessed.

Guesses are also what the judges of ``tasks/reading/ru/opinions.py`` learn from: logistic regressions over answers of
models that had not seen the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise, product
from typing import Any, NamedTuple

import numpy as np

from tasks.reading.ru import opinions, stance
from tasks.reading.tokens import Parse
from tests.benchmarks import stance_data as data

SIGNS = ("NEG", "POS")
WORDS = 0.2
"""A word is told as part of an expression if it is one with this share of the likeliest word's probability. The metric
asks that expressions meet and gives a third of a hit for how far they agree, so it favours long ones."""
GRIDS = ((0.1, 0.13, 0.16, 0.2, 0.25, 0.3), (0.1, 0.15, 0.2, 0.3), (0.1, 0.13, 0.16, 0.2, 0.25, 0.3))
"""Least probabilities that are tried of views held by nobody, the author and participants."""
STRENGTH = 0.3
"""Inverse of the penalty of the judges."""
AUTHOR = frozenset({-1})


class Tuple(NamedTuple):
    """An opinion in places of words separated by spaces; the empty holder is nobody, ``AUTHOR`` the author."""

    holder: frozenset[int]
    target: frozenset[int]
    expression: frozenset[int]
    polarity: str


class Guess(NamedTuple):
    """A possible opinion: whose (of nobody 0, the author 1, a participant 2), and what it is weighed by."""

    whose: int
    opinion: Tuple
    features: data.Floats
    holder: int | None
    target: int
    named: bool
    """Whether those whom it is between bear names: it holds no common noun for an actor."""


def words_of(text: str) -> list[data.Span]:
    return [m.span() for m in re.finditer(r"\S+", text)]


def places(words: Sequence[data.Span], spans: Sequence[data.Span]) -> frozenset[int]:
    return frozenset(i for i, (a, b) in enumerate(words) for x, y in spans if a < y and x < b)


def gold_tuples(row: dict[str, Any]) -> set[Tuple]:
    words = words_of(row["text"])
    out = set()
    for o in row["opinions"]:
        author = (o["Source"][1] or ["NULL"])[0] == "NULL"
        holder = AUTHOR if author else places(words, data.spans(o["Source"]))
        target, expression = (places(words, data.spans(o[part])) for part in ("Target", "Polar_expression"))
        out.add(Tuple(holder, target, expression, o["Polarity"]))
    return out


def guesses(parse: Parse, model: stance.Model, nouns: Set[str]) -> list[Guess]:
    """Every opinion that a sentence may hold between those whom it names."""
    words = words_of(parse.text)
    read = data.participants(parse, nouns)
    named = [(s, at) for s, kind in read.items() if (at := data.spot(parse, s, kind))][: data.MOST]
    if not named:
        return []
    seen, answer = model.ask(parse, [at for _, at in named])
    sentences = [parse.tokens[at.head].sentence for _, at in named]
    pairs = [(h, t) for h, s in enumerate(sentences) for t, o in enumerate(sentences) if h != t and s == o]
    between = model.between(seen, answer, pairs) if pairs else np.zeros((0, 3), np.float32)
    found = opinions.views(parse, seen, answer, pairs, between)
    where = [places(words, [s]) for s, _ in named]
    proper = [at.kind != "PROFESSION" for _, at in named]
    out = []
    for k, sign in enumerate(SIGNS):
        said = [places(words, expression(parse, seen, answer, t, k + 1)) for t in range(len(named))]
        for t in range(len(named)):
            for whose, holder in enumerate((frozenset[int](), AUTHOR)):
                opinion = Tuple(holder, where[t], said[t], sign)
                out.append(Guess(whose, opinion, found.spots[t, k], None, t, proper[t]))
        for (h, t), features in zip(pairs, found.pairs, strict=True):
            opinion = Tuple(where[h], where[t], said[t], sign)
            out.append(Guess(2, opinion, features[k], h, t, proper[h] and proper[t]))
    return out


def expression(parse: Parse, seen: stance.Seen, answer: stance.Answer, k: int, column: int) -> list[data.Span]:
    """The words of the view of spot ``k``, the likeliest at least."""
    a, b = seen.of.starts[k : k + 2].tolist()
    likely = answer.expression[a:b, column]
    first = parse.sentences[parse.tokens[seen.spots[k].head].sentence].first
    words = np.flatnonzero(likely >= WORDS * likely.max())
    return [(parse.tokens[first + i].start, parse.tokens[first + i].stop) for i in words.tolist()]


def _meet(one: Set[int], other: Set[int]) -> bool:
    return bool(one & other) or not (one or other)


def overlap(one: Tuple, others: set[Tuple]) -> float:
    """The best mean share of the parts of ``one`` that an opinion of the same polarity covers, all three met."""
    best = 0.0
    for other in others:
        parts = [(a or {"_"}, b or {"_"}) for a, b in zip(one[:3], other[:3], strict=True)]
        if one.polarity == other.polarity and all(set(a) & set(b) for a, b in parts):
            best = max(best, sum(len(set(a) & set(b)) / len(a) for a, b in parts) / 3)
    return best


def holds(guess: Guess, gold: set[Tuple]) -> bool:
    """Whether holder, target and polarity are those of an opinion in ``gold``, whatever words express it."""
    return any(
        _meet(guess.opinion.holder, g.holder)
        and g.target & guess.opinion.target
        and g.polarity == guess.opinion.polarity
        for g in gold
    )


class Judged(NamedTuple):
    """The guesses about all sentences, their probabilities by judges that learned from other folds, and the truth."""

    gold: list[set[Tuple]]
    folds: Any
    guesses: list[list[Guess]]
    sure: list[data.Floats]
    holds: list[list[bool]]


def regression(features: Any, answers: Any) -> data.Floats:
    """(features + 1,): the weights and the bias of a logistic regression."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = features.mean(0), features.std(0) + 1e-6
    fitted = LogisticRegression(C=STRENGTH, max_iter=400).fit((features - mean) / scale, answers)
    weights = fitted.coef_[0] / scale
    return np.append(weights, fitted.intercept_[0] - weights @ mean).astype(np.float32)


def judged(
    rows: Sequence[dict[str, Any]], found: list[list[Guess]], folds: Any
) -> tuple[Judged, dict[str, data.Floats]]:
    """All guesses judged by what other folds taught; and the weights that all of them teach, for the package."""
    gold = [gold_tuples(row) for row in rows]
    true = [[holds(guess, g) for guess in here] for here, g in zip(found, gold, strict=True)]
    at = [(i, j) for i, here in enumerate(found) for j in range(len(here))]
    fold, guess = folds[[i for i, _ in at]], [found[i][j] for i, j in at]
    whose, y = np.array([g.whose for g in guess]), np.array([true[i][j] for i, j in at])
    sure = np.zeros(len(at))
    # Of a spot the guess that the author holds a view follows that nobody does.
    nobody, author, held = (np.flatnonzero(whose == k) for k in range(3))
    text = y[nobody] | y[author]
    spots, pairs = (np.array([guess[n].features for n in some], float) for some in (nobody, held))
    weights = {}
    for k in [*sorted(set(folds.tolist())), None]:
        here, there = fold[nobody] == k, fold[held] == k
        learned = {
            "text": regression(spots[~here], text[~here]),
            "author": regression(spots[~here & text], y[author][~here & text]),
            "held": regression(pairs[~there], y[held][~there]),
        }
        if k is None:
            weights = {f"judge.{name}": learned[name] for name in opinions.JUDGES}
        else:
            judgement = opinions.judge(opinions.Views(spots[here], pairs[there]), learned)
            sure[nobody[here]] = judgement.text * (1 - judgement.author)
            sure[author[here]] = judgement.text * judgement.author
            sure[held[there]] = judgement.held
    ends = np.cumsum([len(here) for here in found])[:-1]
    return Judged(gold, folds, found, np.split(sure, ends), true), weights


def chosen(found: Sequence[Guess], sure: data.Floats, least: Sequence[float]) -> list[int]:
    """The guesses likelier than the ``least`` of their judge, the surest first and none against one taken before."""
    out: list[int] = []
    for j in np.argsort(-sure, kind="stable").tolist():
        guess = found[j]
        if sure[j] >= least[guess.whose] and not any(_clash(guess, found[other]) for other in out):
            out.append(j)
    return out


def _clash(one: Guess, other: Guess) -> bool:
    """Nobody holds a view that the author holds, and none holds two of one."""
    if one.target != other.target:
        return False
    return (
        one.holder == other.holder
        if one.holder is None
        else (one.holder == other.holder and one.opinion.polarity != other.opinion.polarity)
    )


def tuple_f1(gold: Sequence[set[Tuple]], found: Sequence[set[Tuple]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of RuOpinionNE-2024 (weighted by overlap, polarity kept)."""
    right = sum(overlap(t, g) for g, f in zip(gold, found, strict=True) for t in f)
    met = sum(overlap(t, f) for g, f in zip(gold, found, strict=True) for t in g)
    precision, recall = right / max(1, sum(map(len, found))), met / max(1, sum(map(len, gold)))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def tuples_report(all_: Judged) -> str:
    """Each fold with the thresholds that are best on the others."""

    def picked(i: int, least: Sequence[float]) -> set[Tuple]:
        here = all_.guesses[i]
        return {here[j].opinion for j in chosen(here, all_.sure[i], least)}

    grid = list(product(*GRIDS))
    tables = np.zeros((len(grid), len(all_.gold), 3))
    for i, gold in enumerate(all_.gold):
        if not len(all_.sure[i]) or all_.sure[i].max() < GRIDS[0][0]:
            continue
        for n, least in enumerate(grid):
            if found := picked(i, least):
                tables[n, i] = sum(overlap(t, gold) for t in found), sum(overlap(t, found) for t in gold), len(found)
    sizes = np.array([len(g) for g in all_.gold])
    out: list[set[Tuple]] = [set() for _ in all_.gold]
    for k in sorted(set(all_.folds.tolist())):
        rest = all_.folds != k
        right, met, count = np.moveaxis(tables[:, rest].sum(1), 1, 0)
        p, r = right / np.maximum(1, count), met / sizes[rest].sum()
        least = grid[int((p * r / np.maximum(1e-9, p + r)).argmax())]
        for i in np.flatnonzero(~rest).tolist():
            out[i] = picked(i, least)
    p, r, f = tuple_f1(all_.gold, out)
    return f"tuples: precision {p:.3f}, recall {r:.3f}, F1 {f:.3f} over {len(out)} sentences"


def answers(all_: Judged) -> Iterator[tuple[str, float, bool]]:
    """What ``tasks.reading.attitudes`` asks: does a participant hold it; does nobody or the author.

    Of those who bear names: which question, how surely it is answered with yes, and whether it is rightly.
    """
    for found, sure, true in zip(all_.guesses, all_.sure, all_.holds, strict=True):
        alone: dict[tuple[int, str], tuple[float, bool]] = {}
        for guess, p, y in zip(found, sure.tolist(), true, strict=True):
            if guess.named and guess.whose == 2:
                yield "of participants", p, y
            elif guess.named:
                key = guess.target, guess.opinion.polarity
                before = alone.get(key, (0.0, False))
                alone[key] = before[0] + p, before[1] or y
        for p, y in alone.values():
            yield "of the text", min(p, 1.0), y


def reliability_report(all_: Judged, least: float) -> str:
    """Confidence against truth, and precision at three coverages."""
    asked = list(answers(all_))
    rows = []
    for name in ("of participants", "of the text", "all"):
        p, y = (np.array([a[n] for a in asked if name in (a[0], "all")]) for n in (1, 2))
        rows.append(f"views {name}: confidence, holds, count")
        for a, b in pairwise([0, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 1.001]):
            inside = (p >= a) & (p < b)
            if inside.any():
                rows.append(
                    f"  {a:.1f}-{min(b, 1):.1f}  {p[inside].mean():.2f}  {y[inside].mean():.2f}  {inside.sum()}"
                )
        order = np.argsort(-p, kind="stable")
        for share in (0.1, 0.25, 0.5):
            count = int(share * y.sum())
            rows.append(
                f"  precision of the surest {count} ({share:.0%} of what there is): {y[order[:count]].mean():.2f}"
            )
        over = p >= least
        rows.append(f"  at {least} and above: {y[over].mean():.2f} of {over.sum()}")
    return "\n".join(rows)
