"""How well attitudes are found, how far their confidence can be trusted, and at what cost.

``python -m tests.benchmarks.attitudes --train`` trains the model (dependency group ``train``; some minutes of one
core), measures it by five folds of sentences and writes ``tasks/reading/ru/stance.npz``. Measured are

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
from collections.abc import Callable, Iterator, Sequence, Set
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tasks.reading import actors, attitudes, attributions, blocks, tokens
from tasks.reading.ru import polarity, stance
from tasks.reading.ru.bearings import Spot
from tasks.reading.ru.morphology import lemma
from tasks.reading.tokens import Parse
from tests.benchmarks import stance_data as data
from tests.conftest import SHARED

DATA = SHARED / "data"
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
    held = model.between(seen, answer, pairs) if pairs else np.zeros((0, 3))
    out = []
    for h, t, sure in [(None, t, answer.stance[t]) for t in range(len(named))] + [
        (h, t, sure) for (h, t), sure in zip(pairs, held, strict=True)
    ]:
        for sign, column, c in (("NEG", 0, 1), ("POS", 2, 2)):
            said = places(words, expression(parse, seen, answer, t, c))
            by = frozenset({-1} if answer.by[t, 2] > answer.by[t, 1] else ())
            if h is not None:
                by = places(words, [named[h][0]])
            opinion = Tuple(by, places(words, [named[t][0]]), said, sign)
            out.append(Guess(float(sure[column]), h is not None, opinion))
    return out


def expression(parse: Parse, seen: stance.Seen, answer: stance.Answer, k: int, column: int) -> list[data.Span]:
    """The words of the view of spot ``k``, the likeliest at least."""
    a, b = seen.of.starts[k : k + 2].tolist()
    likely = answer.expression[a:b, column]
    first = parse.sentences[parse.tokens[seen.spots[k].head].sentence].first
    words = np.flatnonzero(likely >= attitudes.WORDS * likely.max())
    return [(parse.tokens[first + i].start, parse.tokens[first + i].stop) for i in words.tolist()]


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


def pair_scores(document: Opinions, model: stance.Model) -> dict[tuple[int, int], Any]:
    """For each pair of groups that one sentence names: how sure each polarity is, over all sentences (noisy or)."""
    parse = tokens.parse(document.text, blocks.paragraphs(document.text))
    here: dict[int, list[tuple[int, Spot]]] = defaultdict(list)
    for span, group, kind in document.entities:
        if (at := data.spot(parse, span, kind)) is not None:
            here[parse.tokens[at.head].sentence].append((group, at))
    out: dict[tuple[int, int], Any] = {}
    for named in here.values():
        named = named[: data.MOST]
        pairs = [(h, t) for h, (one, _) in enumerate(named) for t, (other, _) in enumerate(named) if one != other]
        if not pairs:
            continue
        seen, shown = model.ask(parse, [at for _, at in named])
        answer = model.between(seen, shown, pairs)
        for (h, t), probabilities in zip(pairs, answer, strict=True):
            way = polarity.frame(parse.tokens, seen.links[h], seen.links[t])
            sure = [model.calibrated("between", c, float(probabilities[c]), way * (c - 1)) for c in (0, 2)]
            key = (named[h][0], named[t][0])
            out[key] = out.get(key, np.ones(2)) * (1 - np.array(sure))
    return {key: 1 - missed for key, missed in out.items()}


def documents_report(found: Sequence[Opinions], model: stance.Model) -> str:
    """Five folds of documents, thresholds from the others. F1 is the mean of both polarities, over all documents."""
    scores = [pair_scores(d, model) for d in found]
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

    texts = [text for text in data.load(DATA) if text.spots]
    known = training.lexicon(texts)
    found = [training.facts(text, known) for text in texts]
    sounds = training.Sounds(found)
    tellings = training.Tellings(found, sounds)
    rows = data.ruopinionne(DATA)
    nouns = {text.fold: text.nouns for text in texts}
    fold_of = {text.parse.text: text.fold for text in texts}
    row_folds = np.array([fold_of.get(row["text"].strip(), 0) for row in rows])
    guessed: list[list[Guess]] = [[] for _ in rows]
    asked: dict[str, list[Asked]] = {"stance": [], "between": []}
    for k in range(data.FOLDS):
        model = stance.Model(training.train(found, known, sounds, tellings, [f for f in range(data.FOLDS) if f != k]))
        for text in texts:
            if text.fold == k:
                for name, answer in answers(text, model):
                    asked[name].append(answer)
        for i in np.flatnonzero(row_folds == k):
            text = rows[i]["text"]
            guessed[i] = guesses(tokens.parse(text, [(0, len(text))]), model, nouns[k])
        say(f"fold {k + 1} of {data.FOLDS}")
    fitted = {}
    for name, answers_ in asked.items():
        probabilities = np.array([a.probabilities for a in answers_])
        frames, gold, folds = (np.array([getattr(a, part) for a in answers_]) for part in ("frame", "gold", "fold"))
        if name == "stance":
            say(stance_report(probabilities, gold, folds))
            say(tuples_report(rows, guessed, row_folds))
        say(reliability_report(name, probabilities, frames, gold, folds))
        fitted[f"fit.{name}"] = fits(probabilities, frames, gold)
    np.savez_compressed(stance.WEIGHTS, **(training.train(found, known, sounds, tellings, range(data.FOLDS)) | fitted))
    say(f"wrote {stance.WEIGHTS.name}: {stance.WEIGHTS.stat().st_size / 1e6:.1f} MB")


class Asked(NamedTuple):
    """An answer of a model that was trained on other texts, and the gold one."""

    fold: int
    probabilities: data.Floats
    frame: float
    gold: int


def answers(text: data.Text, model: stance.Model) -> Iterator[tuple[str, Asked]]:
    """Of rusentne's rows, and of the pairs of those whom the reader finds."""
    seen, answer = model.ask(text.parse, text.spots)
    for k, gold in enumerate(text.stance):
        if text.judged[k]:
            yield "stance", Asked(text.fold, answer.stance[k], seen.shown[k], gold)
    if text.pairs:
        for (h, t), gold, sure in zip(text.pairs, text.between, model.between(seen, answer, text.pairs), strict=True):
            if text.named[h] and text.named[t]:
                way = polarity.frame(text.parse.tokens, seen.links[h], seen.links[t])
                yield "between", Asked(text.fold, sure, way, gold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", action="store_true", help="cross-validate and write the weights")
    if parser.parse_args().train:
        train()
    print(documents_report(documents(DATA / "rusentrel"), stance.model()))
    print(cost())


if __name__ == "__main__":
    main()
