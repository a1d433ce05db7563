"""How well attitudes are found, how far their confidence can be trusted, and at what cost.

``python -m tests.benchmarks.attitudes --train`` trains the model (dependency group ``train``; some minutes of one
core), measures it by five folds of sentences and writes ``tasks/reading/ru/stance.npz``. Measured are

* stance: rusentne, an entity in a sentence is shown badly, well or neither; F1, mean of bad and well. Published for
  its open development set, zero-shot: Gemma-2-9B 46.5, Llama-3-70B 45.9, GPT-4o 44.2, frame lexicon 26; the contest's
  winner had 66 on its hidden set;
* tuples: ruopinionne, (holder, target, expression, polarity) by the contest's weighted tuple F1; its best had 0.41;
* reliability: how often an attitude of a given confidence holds, and precision at three coverages.

Without ``--train``: documents (rusentrel's directed pairs of a document, F1, leave-one-out over documents, once by the
text alone and once with what the other documents hold of the same names; published for its hidden test: 41.9 by
language models, 28 by gradient boosting, humans 55) and cost (milliseconds an article), with the weights that are
shipped; they have not seen rusentrel.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tasks.reading import actors, attitudes, attributions, blocks, tokens
from tasks.reading.ru import stance
from tests.benchmarks import attitude_documents as documents
from tests.benchmarks import attitude_tuples as tuples
from tests.benchmarks import stance_data as data
from tests.conftest import SHARED

DATA = SHARED / "data"
ROUNDS = 5
Pair = tuple[float, float]
"""Of the bad and of the good."""


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
    guessed: list[list[tuples.Guess]] = [[] for _ in rows]
    asked: list[tuple[data.Floats, int, int]] = []
    for k in range(data.FOLDS):
        model = stance.Model(training.train(found, known, sounds, tellings, [f for f in range(data.FOLDS) if f != k]))
        for text in texts:
            if text.fold == k and any(text.judged):
                shown = model.ask(text.parse, text.spots)[1].stance
                asked += [(shown[n], text.stance[n], k) for n, judged in enumerate(text.judged) if judged]
        for i in np.flatnonzero(row_folds == k):
            text = rows[i]["text"]
            guessed[i] = tuples.guesses(tokens.parse(text, [(0, len(text))]), model, nouns[k])
        say(f"fold {k + 1} of {data.FOLDS}")
    say(stance_report(*(np.array(part) for part in zip(*asked, strict=True))))
    judged, weights = tuples.judged(rows, guessed, row_folds)
    say(tuples.tuples_report(judged))
    say(tuples.reliability_report(judged, attitudes.LEAST))
    learned: dict[str, Any] = training.train(found, known, sounds, tellings, range(data.FOLDS)) | weights
    np.savez_compressed(stance.WEIGHTS, **learned)
    say(f"wrote {stance.WEIGHTS.name}: {stance.WEIGHTS.stat().st_size / 1e6:.1f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", action="store_true", help="cross-validate and write the weights")
    if parser.parse_args().train:
        train()
    print(documents.report(documents.documents(DATA / "rusentrel"), stance.model()))
    print(cost())


if __name__ == "__main__":
    main()
