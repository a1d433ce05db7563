"""How well attitudes are found, how far their confidence can be trusted, and at what cost.

``python -m tests.benchmarks.attitudes --train`` trains the networks (dependency group ``train``; about an hour of one
core), measures them by five folds of sentences and writes ``tasks/reading/ru/stance.npz``. Measured are

* stance: rusentne, an entity in a sentence is shown badly, well or neither; F1, mean of bad and well. Published for
  its open development set, zero-shot: Gemma-2-9B 46.5, Llama-3-70B 45.9, GPT-4o 44.2, frame lexicon 26; the contest's
  winner had 66 on its hidden set;
* tuples: ruopinionne, (holder, target, expression, polarity) by the contest's weighted tuple F1; its best had 0.41;
* reliability: how often an attitude of a given confidence holds, and precision at three coverages.

Without ``--train``: documents (rusentrel's directed pairs of a document, F1; best published on its hidden test 41.9,
humans 55) and cost (milliseconds an article), with the weights that are shipped; they have not seen rusentrel.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tasks.reading import actors, attitudes, attributions, blocks, tokens
from tasks.reading.ru import polarity, stance
from tasks.reading.ru.morphology import lemma
from tasks.reading.tokens import Parse
from tests.benchmarks import stance_data as data
from tests.conftest import SHARED

DATA = SHARED / "data"
MEMBERS = 2
"""Networks that are shipped."""
GRID = np.linspace(0.05, 0.9, 18)
ROUNDS = 5
Pair = tuple[float, float]
"""Of the bad and of the good."""


class Tuple(NamedTuple):
    """An opinion in places of words separated by spaces; the empty holder is nobody, ``{-1}`` the author."""

    holder: frozenset[int]
    target: frozenset[int]
    expression: frozenset[int]
    polarity: str


class Guess(NamedTuple):
    """A possible opinion and how likely it is."""

    sure: float
    with_holder: bool
    opinion: Tuple


# --- stance -----------------------------------------------------------------------------------------------------------


def f1(gold: Sequence[int], found: Sequence[int]) -> Pair:
    """F1 of the classes 0 and 2."""
    g, f = np.array(gold), np.array(found)
    both = [2 * ((g == c) & (f == c)).sum() / max(1, (g == c).sum() + (f == c).sum()) for c in (0, 2)]
    return float(both[0]), float(both[1])


def decide(probabilities: data.Floats, scales: Pair) -> Any:
    """The likeliest class, the bad and the good scaled."""
    return (probabilities * [scales[0], 1, scales[1]]).argmax(1)


def by_other_folds(probabilities: data.Floats, gold: Any, folds: Any) -> Any:
    """Decisions of each fold with the scales that are best on the others."""
    steps = np.exp(np.linspace(-0.5, 2.5, 13))
    out = np.zeros(len(gold), int)
    for k in sorted(set(folds.tolist())):
        rest = folds != k
        best = max(
            ((a, b) for a in steps for b in steps), key=lambda s: sum(f1(gold[rest], decide(probabilities[rest], s)))
        )
        out[~rest] = decide(probabilities[~rest], best)
    return out


def stance_report(probabilities: data.Floats, gold: Any, folds: Any) -> str:
    bad, good = f1(gold, by_other_folds(probabilities, gold, folds))
    return f"stance: F1 {50 * (bad + good):.1f} (bad {100 * bad:.1f}, well {100 * good:.1f}) over {len(gold)} rows"


# --- tuples -----------------------------------------------------------------------------------------------------------


def words_of(text: str) -> list[data.Span]:
    return [m.span() for m in re.finditer(r"\S+", text)]


def places(words: Sequence[data.Span], spans: Sequence[data.Span]) -> frozenset[int]:
    return frozenset(i for i, (a, b) in enumerate(words) for x, y in spans if a < y and x < b)


def gold_tuples(row: dict[str, Any]) -> set[Tuple]:
    words = words_of(row["text"])
    out = set()
    for o in row["opinions"]:
        author = (o["Source"][1] or ["NULL"])[0] == "NULL"
        holder = frozenset({-1}) if author else places(words, data.spans(o["Source"]))
        target, expression = (places(words, data.spans(o[part])) for part in ("Target", "Polar_expression"))
        out.add(Tuple(holder, target, expression, o["Polarity"]))
    return out


def guesses(parse: Parse, net: stance.Network) -> Iterator[Guess]:
    """Every opinion that a sentence may hold between those whom it names."""
    words = words_of(parse.text)
    named = [(s, at) for s, kind in data.participants(parse).items() if (at := data.spot(parse, s, kind))][: data.MOST]
    for sentence in sorted({parse.tokens[at.head].sentence for _, at in named}):
        here = [(s, at) for s, at in named if parse.tokens[at.head].sentence == sentence]
        seen = stance.facts(parse, sentence, here[0][1].head)
        here = [(s, at) for s, at in here if seen.first <= at.first and at.last <= seen.last]
        pairs: list[tuple[Any, Any]] = [(None, t) for t in here] + [(h, t) for h in here for t in here if h != t]
        if not pairs:
            continue
        answer = stance.ask(parse, seen, [(h and h[1], t[1]) for h, t in pairs], net)
        for k, (holder, target) in enumerate(pairs):
            for sign, column, c in (("NEG", 0, 1), ("POS", 2, 2)):
                likely = answer.expression[k, :, c]
                chosen = {*np.flatnonzero(likely >= attitudes.WORDS).tolist(), int(likely.argmax())}
                tokens_said = [parse.tokens[seen.first + i] for i in chosen]
                said = places(words, [(t.start, t.stop) for t in tokens_said])
                asked = answer.stance if holder is None else answer.between
                by = frozenset({-1} if answer.holder[k, 2] > answer.holder[k, 1] else ())
                if holder is not None:
                    by = places(words, [holder[0]])
                opinion = Tuple(by, places(words, [target[0]]), said, sign)
                yield Guess(float(asked[k, column]), holder is not None, opinion)


def chosen(found: Sequence[Guess], least: Pair) -> set[Tuple]:
    """The opinions likelier than ``least`` (without and with a holder); nobody's only where no participant's is."""
    held = {(g.opinion.target, g.opinion.polarity) for g in found if g.with_holder and g.sure >= least[1]}
    return {
        g.opinion
        for g in found
        if (
            g.sure >= least[1]
            if g.with_holder
            else g.sure >= least[0] and (g.opinion.target, g.opinion.polarity) not in held
        )
    }


def overlap(one: Tuple, others: set[Tuple]) -> float:
    """The best mean share of the parts of ``one`` that an opinion of the same polarity covers, all three met."""
    best = 0.0
    for other in others:
        parts = [(a or {"_"}, b or {"_"}) for a, b in zip(one[:3], other[:3], strict=True)]
        if one.polarity == other.polarity and all(set(a) & set(b) for a, b in parts):
            best = max(best, sum(len(set(a) & set(b)) / len(a) for a, b in parts) / 3)
    return best


def tuple_f1(gold: Sequence[set[Tuple]], found: Sequence[set[Tuple]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of RuOpinionNE-2024 (weighted by overlap, polarity kept)."""
    right = sum(overlap(t, g) for g, f in zip(gold, found, strict=True) for t in f)
    met = sum(overlap(t, f) for g, f in zip(gold, found, strict=True) for t in g)
    precision, recall = right / max(1, sum(map(len, found))), met / max(1, sum(map(len, gold)))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def tuples_report(rows: Sequence[dict[str, Any]], found: Sequence[list[Guess]], folds: Any) -> str:
    """Each fold with the thresholds that are best on the others."""
    gold = [gold_tuples(row) for row in rows]
    grid = [(a, b) for a in GRID for b in GRID]
    picked: list[set[Tuple]] = [set() for _ in rows]
    tables = {}
    for least in grid:
        sets = [chosen(g, least) for g in found]
        right = np.array([sum(overlap(t, g) for t in f) for g, f in zip(gold, sets, strict=True)])
        met = np.array([sum(overlap(t, f) for t in g) for g, f in zip(gold, sets, strict=True)])
        tables[least] = right, met, np.array([len(f) for f in sets])
    sizes = np.array([len(g) for g in gold])
    for k in sorted(set(folds.tolist())):
        rest = folds != k

        def score(least: Pair, rest: Any = rest) -> float:
            right, met, count = (a[rest].sum() for a in tables[least])
            p, r = right / max(1, count), met / max(1, sizes[rest].sum())
            return float(2 * p * r / max(1e-9, p + r))

        least = max(grid, key=score)
        for i in np.flatnonzero(~rest).tolist():
            picked[i] = chosen(found[i], least)
    p, r, f = tuple_f1(gold, picked)
    return f"tuples: precision {p:.3f}, recall {r:.3f}, F1 {f:.3f} over {len(rows)} sentences"


# --- reliability ------------------------------------------------------------------------------------------------------


def fit(odds: data.Floats, frames: data.Floats, holds: Any) -> data.Floats:
    """Scale, weight of the frame and bias of the logistic fit, by Newton's method with a small ridge."""
    x = np.stack([odds, frames, np.ones(len(odds))], 1).astype(float)
    w = np.array([1.0, 0.0, 0.0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        w -= np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(3), x.T @ (p - holds) + 1e-3 * w)
    return w.astype(np.float32)


def odds(probabilities: data.Floats) -> data.Floats:
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def fits(probabilities: data.Floats, frames: data.Floats, gold: Any) -> data.Floats:
    """(3, 3): a fit for each column; the middle one is not used."""
    out = np.zeros((3, 3), np.float32)
    for column in (0, 2):
        out[column] = fit(odds(probabilities[:, column]), frames * (column - 1), gold == column)
    return out


def reliability_report(name: str, probabilities: data.Floats, frames: data.Floats, gold: Any, folds: Any) -> str:
    """Confidence against truth, the fit of each fold made on the others."""
    sure, holds = [], []
    for k in sorted(set(folds.tolist())):
        here = folds == k
        made = fits(probabilities[~here], frames[~here], gold[~here])
        for column in (0, 2):
            x = made[column] @ np.stack(
                [odds(probabilities[here, column]), frames[here] * (column - 1), np.ones(here.sum())]
            )
            sure.append(1 / (1 + np.exp(-x)))
            holds.append(gold[here] == column)
    p, y = np.concatenate(sure), np.concatenate(holds)
    edges = [0, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 1.001]
    rows = [f"{name}: confidence, holds, count"]
    for a, b in pairwise(edges):
        inside = (p >= a) & (p < b)
        if inside.any():
            rows.append(f"  {a:.1f}-{min(b, 1):.1f}  {p[inside].mean():.2f}  {y[inside].mean():.2f}  {inside.sum()}")
    order = np.argsort(-p)
    for share in (0.1, 0.25, 0.5):
        count = int(share * y.sum())
        rows.append(f"  precision of the surest {count} ({share:.0%} of what there is): {y[order[:count]].mean():.2f}")
    return "\n".join(rows)


# --- documents --------------------------------------------------------------------------------------------------------


class Opinions(NamedTuple):
    """A document: its text, its entities with their groups of synonyms, and its gold pairs."""

    text: str
    entities: list[tuple[data.Span, int, str]]
    gold: dict[tuple[int, int], int]


def documents(folder: Path) -> list[Opinions]:
    """rusentrel's documents; the marks of author and unknown in braces are no entities here."""
    groups: dict[str, int] = {}
    for k, line in enumerate((folder / "synonyms.txt").read_text("utf-8").splitlines()):
        for name in line.split(","):
            groups.setdefault(_name(name), k)

    def group(name: str) -> int:
        return groups.setdefault(_name(name), 100_000 + len(groups))

    out = []
    for ann in sorted((folder / "train").glob("*.ann")):
        text = ann.with_suffix(".txt").read_bytes().decode("utf-8")
        entities = []
        for line in ann.read_text("utf-8-sig").splitlines():
            if match := re.match(r"T\d+\t(\w+) (\d+) (\d+)\t(.+)", line):
                kind, a, b, name = match[1], int(match[2]), int(match[3]), match[4]
                if name.lower() not in ("author", "unknown"):
                    entities.append(((a, b), group(name), data.NAMES.get(kind, "COUNTRY")))
        gold = {}
        for line in ann.with_name(ann.stem + ".opin.txt").read_text("utf-8-sig").splitlines():
            parts = [part.strip() for part in line.split(",")]
            if len(parts) >= 3:
                gold[group(parts[0]), group(parts[1])] = 0 if parts[2] == "neg" else 2
        out.append(Opinions(text, entities, gold))
    return out


def _name(name: str) -> str:
    """A name by the dictionary forms of its words, as the synonyms are given."""
    return " ".join(lemma(word, "NOUN", {}) for word in re.findall(r"[\w-]+", name))


def pair_scores(document: Opinions, net: stance.Network) -> dict[tuple[int, int], Any]:
    """For each pair of groups that one sentence names: how sure each polarity is, over all sentences (noisy or)."""
    parse = tokens.parse(document.text, blocks.paragraphs(document.text))
    here: dict[int, list[tuple[int, stance.Spot]]] = defaultdict(list)
    for span, group, kind in document.entities:
        if (at := data.spot(parse, span, kind)) is not None:
            here[parse.tokens[at.head].sentence].append((group, at))
    out: dict[tuple[int, int], Any] = {}
    for sentence, named in here.items():
        seen = stance.facts(parse, sentence, named[0][1].head)
        named = [n for n in named if seen.first <= n[1].first and n[1].last <= seen.last][: data.MOST]
        pairs = [(h, t) for h in named for t in named if h[0] != t[0]]
        if not pairs:
            continue
        answer = stance.ask(parse, seen, [(h[1], t[1]) for h, t in pairs], net)
        for k, (h, t) in enumerate(pairs):
            way = polarity.frame(parse.tokens, *(polarity.links(parse.tokens, at.head) for at in (h[1], t[1])))
            sure = [net.calibrated("between", c, float(answer.between[k, c]), way * (c - 1)) for c in (0, 2)]
            key = (h[0], t[0])
            out[key] = out.get(key, np.ones(2)) * (1 - np.array(sure))
    return {key: 1 - missed for key, missed in out.items()}


def documents_report(found: Sequence[Opinions], net: stance.Network) -> str:
    """Five folds of documents, thresholds from the others. F1 is the mean of both polarities, over all documents."""
    scores = [pair_scores(d, net) for d in found]
    folds = np.random.default_rng(0).permutation(len(found)) % data.FOLDS
    grid = [(a, b) for a in np.linspace(0.02, 0.6, 30) for b in np.linspace(0.02, 0.6, 30)]

    def counts(i: int, least: Pair) -> Any:
        guess = {}
        for key, sure in scores[i].items():
            over = [sure[c] / least[c] for c in (0, 1)]
            if max(over) >= 1:
                guess[key] = 0 if over[0] >= over[1] else 2
        right = [sum(found[i].gold.get(k) == v == c for k, v in guess.items()) for c in (0, 2)]
        return np.array([[right[n], sum(v == c for v in guess.values()), sum(v == c for v in found[i].gold.values())]
                         for n, c in enumerate((0, 2))])  # fmt: skip

    tables = {least: np.array([counts(i, least) for i in range(len(found))]) for least in grid}

    def both(sums: Any) -> float:
        return float(np.mean(2 * sums[:, 0] / np.maximum(1, sums[:, 1] + sums[:, 2])))

    total = np.zeros((2, 3))
    for k in range(data.FOLDS):
        rest = folds != k
        least = max(grid, key=lambda g: both(tables[g][rest].sum(0)))
        total += tables[least][~rest].sum(0)
    reach = sum(key in s for d, s in zip(found, scores, strict=True) for key in d.gold) / sum(
        len(d.gold) for d in found
    )
    p, r = total[:, 0] / np.maximum(1, total[:, 1]), total[:, 0] / total[:, 2]
    return (
        f"documents: F1 {100 * both(total):.1f} (bad P {p[0]:.2f} R {r[0]:.2f}, good P {p[1]:.2f} R {r[1]:.2f}); "
        f"{reach:.0%} of the gold pairs stand in one sentence"
    )


# --- cost and training ------------------------------------------------------------------------------------------------


def cost() -> str:
    """Processor time of the stage, all before it given."""
    texts = [f.read_text("utf-8") for f in sorted((DATA / "factrueval" / "devset").glob("*.txt"))[:40]]
    given = []
    for text in texts:
        paragraphs = blocks.paragraphs(text)
        parse = tokens.parse(text, paragraphs)
        cut = blocks.separate(text, paragraphs, parse, None)
        found = actors.find(parse, cut, None)
        given.append((parse, cut, found, *attributions.find(parse, cut, found)))
    rounds = []
    for _ in range(ROUNDS + 1):
        start = time.process_time()
        for article in given:
            attitudes.find(*article)
        rounds.append(time.process_time() - start)
    median = statistics.median(rounds[1:])
    characters = sum(map(len, texts))
    return (
        f"cost: {median / len(texts) * 1e3:.1f} ms an article, {median / characters * 1e6:.1f} ms a thousand "
        f"characters (processor time; {len(texts)} articles of {characters // len(texts)} characters, "
        f"median of {ROUNDS} rounds)"
    )


def train(say: Callable[[str], None] = print) -> None:
    """Cross-validate, report, and write the weights."""
    from tests.benchmarks import stance_training as training

    corpus = data.load(DATA)
    examples, folds = corpus.examples, corpus.folds()
    projections = training.projections(corpus.facts)
    unfitted = {f"fit.{name}": np.tile(np.array([1, 0, 0], np.float32), (3, 1)) for name in ("stance", "between")}
    empty = stance.Network(training.packed([], projections | unfitted))
    inputs = [empty.inputs(f) for f in corpus.facts]
    stances = np.zeros((len(examples), 3), np.float32)
    betweens = np.zeros((len(examples), 3), np.float32)
    rows = data.ruopinionne(DATA)
    row_folds = np.array([corpus.fold_of(row["text"]) for row in rows])
    found: list[list[Guess]] = [[] for _ in rows]
    for k in range(data.FOLDS):
        kept = data.thinned(examples, lambda i, k=k: bool(folds[i] != k))  # type: ignore[misc]
        net = stance.Network(
            training.packed([training.train([examples[i] for i in kept], inputs, seed=0)], projections | unfitted)
        )
        for i in np.flatnonzero(folds == k):
            e = examples[i]
            answer = net(corpus.facts[e.sentence], e.bearing[None], e.place[None], np.array([e.head]))
            stances[i], betweens[i] = answer.stance[0], answer.between[0]
        for i in np.flatnonzero(row_folds == k):
            text = rows[i]["text"]
            found[i] = list(guesses(tokens.parse(text, [(0, len(text))]), net))
    frames = np.array([e.frame for e in examples], np.float32)
    ask = {
        "stance": np.array([e.source == "rusentne" for e in examples]),
        "between": np.array([e.source == "pairs" for e in examples]),
    }
    gold = {name: np.array([getattr(e, name) for e in examples])[rows_of] for name, rows_of in ask.items()}
    answers = {"stance": stances[ask["stance"]], "between": betweens[ask["between"]]}
    say(stance_report(answers["stance"], gold["stance"], folds[ask["stance"]]))
    say(tuples_report(rows, found, row_folds))
    for name, rows_of in ask.items():
        say(reliability_report(name, answers[name], frames[rows_of], gold[name], folds[rows_of]))
    fitted = {f"fit.{name}": fits(answers[name], frames[rows_of], gold[name]) for name, rows_of in ask.items()}
    kept_all = list(data.thinned(examples, lambda _: True))
    nets = [training.train([examples[i] for i in kept_all], inputs, seed) for seed in range(MEMBERS)]
    np.savez_compressed(stance.WEIGHTS, **training.packed(nets, projections | fitted))
    say(f"wrote {stance.WEIGHTS.name}: {stance.WEIGHTS.stat().st_size / 1e6:.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", action="store_true", help="cross-validate and write the weights")
    if parser.parse_args().train:
        train()
    print(documents_report(documents(DATA / "rusentrel"), stance.network()))
    print(cost())


if __name__ == "__main__":
    main()
