"""Who is for or against whom in a whole article, as rusentrel writes it: pairs of entities, each with a polarity.

What sentences say of a pair is weighed by a logistic regression over how often, how surely and where they say it, and
how the two stand in the article. Every document is judged by what the others teach, threshold included. So it is once
by its text alone, and once also by what the others hold of the same names: articles of one time share friends and foes,
which is knowledge of the world that a reader of a single article does not have.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from tasks.reading import blocks, tokens
from tasks.reading.ru import opinions, stance
from tasks.reading.ru.bearings import Spot
from tasks.reading.ru.morphology import lemma
from tests.benchmarks import stance_data as data

MOST = 24
"""Entities of a sentence whose pairs are looked at."""
STRENGTH = 0.01
"""Inverse of the penalty."""
PARTS = 5
KINDS = ("PERSON", "ORGANIZATION", "COUNTRY")
DOUBT = {"pair": 3, "holder": 10, "target": 10, "party": 15}
"""Pairs of the usual kind that what other documents say of a pair, or of one in it, is weighed against."""
SMOOTH = 41
"""Pairs over which F1 is averaged when a threshold is sought, so that one pair doesn't decide it."""


class Opinions(NamedTuple):
    """A document: its text, its entities with their groups of synonyms, and its gold pairs."""

    text: str
    entities: list[tuple[data.Span, int, str]]
    gold: dict[tuple[int, int], int]


class Sights(NamedTuple):
    """One sentence in which a pair stands."""

    sentence: int
    sure: data.Floats
    """(2,): that the first is against, for the second."""
    shown: data.Floats
    """(2,): that the second is shown badly, well."""
    facts: tuple[float, ...]
    """Words between; whether the holder comes first, is a subject; the target an object; either conjoined."""


class Candidates(NamedTuple):
    """The pairs of a document, what speaks for each, and what it is: 0 against, 1 neither, 2 for."""

    keys: list[tuple[int, int]]
    features: data.Floats
    labels: Any
    gold: Any
    """(2,): how many pairs there are of each polarity, also of those that no sentence names together."""


def documents(folder: Path) -> list[Opinions]:
    """rusentrel's documents; the marks of author and unknown in braces, which are no words of theirs, made blank."""
    groups: dict[str, int] = {}
    for k, line in enumerate((folder / "synonyms.txt").read_text("utf-8").splitlines()):
        for name in line.split(","):
            groups.setdefault(_name(name), k)

    def group(name: str) -> int:
        return groups.setdefault(_name(name), 100_000 + len(groups))

    out = []
    for ann in sorted((folder / "train").glob("*.ann")):
        text = ann.with_suffix(".txt").read_bytes().decode("utf-8")
        text = re.sub(r"\{Author, ?Unknown\}", lambda m: " " * len(m[0]), text, flags=re.IGNORECASE)
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


def candidates(document: Opinions, model: stance.Model) -> Candidates:
    """The pairs that one sentence names, with what sentences and document say of each."""
    parse = tokens.parse(document.text, blocks.paragraphs(document.text))
    here: dict[int, list[tuple[int, Spot]]] = defaultdict(list)
    for span, group, kind in document.entities:
        if (at := data.spot(parse, span, kind)) is not None and len(here[parse.tokens[at.head].sentence]) < MOST:
            here[parse.tokens[at.head].sentence].append((group, at))
    found: dict[tuple[int, int], list[Sights]] = defaultdict(list)
    mentions: dict[int, list[tuple[int, str, data.Floats]]] = defaultdict(list)
    for sentence, named in sorted(here.items()):
        seen, shown = model.ask(parse, [at for _, at in named])
        pairs = [(h, t) for h, (one, _) in enumerate(named) for t, (other, _) in enumerate(named) if one != other]
        between = model.between(seen, shown, pairs) if pairs else np.zeros((0, 3), np.float32)
        sure = opinions.judge(opinions.views(parse, seen, shown, pairs, between), model.judges).held
        for k, (group, at) in enumerate(named):
            mentions[group].append((sentence, at.kind, shown.stance[k, [0, 2]]))
        for k, (h, t) in enumerate(pairs):
            holder, target = (parse.tokens[named[n][1].head] for n in (h, t))
            facts = (
                abs(target.i - holder.i), target.i > holder.i, holder.rel.startswith("nsubj"),
                target.rel in ("obj", "iobj", "obl"), "conj" in (holder.rel, target.rel),
            )  # fmt: skip
            found[named[h][0], named[t][0]].append(Sights(sentence, sure[k], shown.stance[t, [0, 2]], facts))
    keys = list(found)
    features = _features(found, mentions, len(parse.sentences))
    labels = np.array([document.gold.get(key, 1) for key in keys])
    return Candidates(keys, features, labels, np.array([sum(v == c for v in document.gold.values()) for c in (0, 2)]))


def _features(
    found: dict[tuple[int, int], list[Sights]], mentions: dict[int, list[tuple[int, str, data.Floats]]], length: int
) -> data.Floats:
    odds = opinions.odds
    sure = {key: np.array([s.sure for s in sights]) for key, sights in found.items()}
    either = {key: 1 - (1 - p).prod(0) for key, p in sure.items()}
    held: dict[int, Any] = defaultdict(lambda: np.zeros(2))
    met: dict[int, Any] = defaultdict(lambda: np.zeros(2))
    partners: dict[int, int] = defaultdict(int)
    for (h, t), p in either.items():
        held[h], met[t], partners[h] = held[h] + p, met[t] + p, partners[h] + 1
    total = sum(map(len, mentions.values()))
    rank = {group: k for k, group in enumerate(sorted(mentions, key=lambda group: -len(mentions[group])))}
    whole = odds(np.vstack(list(sure.values())).mean(0)) if sure else np.zeros(2)

    def of(group: int) -> list[Any]:
        places, kinds, shown = zip(*mentions[group], strict=True)
        return [
            np.log(len(places)), len(places) / total, np.log1p(rank[group]), places[0] / length,
            np.log1p(partners[group]), *(kinds[0] == kind for kind in KINDS), *odds(np.mean(shown, 0)),
            *np.log1p(held[group]), *np.log1p(met[group]),
        ]  # fmt: skip

    about = {group: of(group) for group in mentions}
    rows = []
    for (h, t), sights in found.items():
        said = [odds(x) for key in ((h, t), (t, h)) for x in (either[key], sure[key].max(0), sure[key].mean(0))]
        shown = [odds(np.mean([s.shown for s in found[key]], 0)) for key in ((h, t), (t, h))]
        facts = np.array([s.facts for s in sights], float)
        places = len({s.sentence for s in sights})
        rows.append(
            [
                *np.concatenate([*said, *shown]), *facts[:, 1:].mean(0), np.log1p(facts[:, 0].min()), np.log(places),
                np.log(len(sights)), sights[0].sentence / length, places / len(mentions[h]), places / len(mentions[t]),
                np.log(places / len(mentions[h]) / len(mentions[t]) * length), np.log(len(mentions)), *whole,
                *about[h], *about[t],
            ]
        )  # fmt: skip
    return np.array(rows, float)


Tally = Counter[tuple[str, Any, int]]
"""How often a pair, or one as holder, as target or as either, stands with each label."""


def tally(document: Candidates) -> Tally:
    out: Tally = Counter()
    for (h, t), label in zip(document.keys, document.labels.tolist(), strict=True):
        for part, name in (("pair", (h, t)), ("holder", h), ("target", t), ("party", h), ("party", t)):
            out[part, name, label] += 1
    return out


def informed(document: Candidates, total: Tally, unknown: Sequence[Tally], usual: Any) -> Candidates:
    """``document`` with what those in ``total``, but not in ``unknown``, hold of its names: odds, and how many tell.

    ``usual`` (3,) are the shares of labels over all pairs.
    """

    def told(part: str, name: Any) -> list[float]:
        keys = [(part, name, label) for label in range(3)]
        seen = np.array([total[key] - sum(out[key] for out in unknown) for key in keys], float)
        share = seen + DOUBT[part] * usual
        return [*np.log(share[[0, 2]] / share[1]), np.log1p(seen.sum())]

    asked = [
        [("pair", (h, t)), ("pair", (t, h)), ("holder", h), ("target", t), ("party", h), ("party", t)]
        for h, t in document.keys
    ]
    rows = [[x for part, name in names for x in told(part, name)] for names in asked]
    return document._replace(features=np.hstack([document.features, np.array(rows)]))


def _learned(some: Sequence[Candidates]) -> Any:
    """What gives (pairs, 3) probabilities of features."""
    from sklearn.linear_model import LogisticRegression

    x, y = np.vstack([c.features for c in some]), np.concatenate([c.labels for c in some])
    mean, scale = x.mean(0), x.std(0) + 1e-6
    fitted = LogisticRegression(C=STRENGTH, max_iter=500).fit((x - mean) / scale, y)
    return lambda features: fitted.predict_proba((features - mean) / scale)[:, [0, 2]]


def _thresholds(some: Sequence[Candidates]) -> Any:
    """(2,): the probabilities from which F1 is best when each part of ``some`` is judged by what the others teach."""
    parts = np.arange(len(some)) % PARTS
    sure, labels = [], []
    for part in range(PARTS):
        weigh = _learned([c for c, p in zip(some, parts, strict=True) if p != part])
        for c, p in zip(some, parts, strict=True):
            if p == part:
                sure.append(weigh(c.features))
                labels.append(c.labels)
    likely, y = np.vstack(sure), np.concatenate(labels)
    out = []
    for sign, label in enumerate((0, 2)):
        order = np.argsort(-likely[:, sign])
        right = np.cumsum(y[order] == label)
        f = 2 * right / (np.arange(1, len(y) + 1) + sum(c.gold[sign] for c in some))
        out.append(likely[order[np.convolve(f, np.ones(SMOOTH) / SMOOTH, "same").argmax()], sign])
    return np.array(out)


def counted(document: Candidates, sure: Any, least: Any) -> Any:
    """(2, 3): right, told and true pairs of each polarity."""
    over = sure / least
    told = np.where(over.max(1) >= 1, 2 * over.argmax(1), 1)
    return np.array(
        [
            [((told == c) & (document.labels == c)).sum(), (told == c).sum(), n]
            for c, n in zip((0, 2), document.gold, strict=True)
        ]
    )


def report(found: Sequence[Opinions], model: stance.Model) -> str:
    """F1, the mean of both polarities: over all pairs, and as it is published, of precision and recall by document."""
    all_ = [candidates(document, model) for document in found]
    tallies = [tally(document) for document in all_]
    total: Tally = sum(tallies, Counter())
    alone, knowing = [], []
    for k, document in enumerate(all_):
        rest = all_[:k] + all_[k + 1 :]
        alone.append(counted(document, _learned(rest)(document.features), _thresholds(rest)))
        usual = np.bincount(np.concatenate([c.labels for c in rest]), minlength=3) / sum(len(c.labels) for c in rest)
        # What is learned from must be told as little of its own names as what is asked about.
        more = [informed(c, total, [tallies[k]] + [tallies[n]] * (n != k), usual) for n, c in enumerate(all_)]
        rest = more[:k] + more[k + 1 :]
        knowing.append(counted(more[k], _learned(rest)(more[k].features), _thresholds(rest)))
    true = sum(c.gold.sum() for c in all_)
    reach = sum((c.labels != 1).sum() for c in all_) / true
    return (
        f"documents by their text: {_scores(alone)}\n"
        f"documents with what others hold of the same names: {_scores(knowing)}\n"
        f"{reach:.0%} of the gold pairs stand in one sentence"
    )


def _scores(tables: Sequence[Any]) -> str:
    table = np.array(tables)
    right, told, true = table.sum(0).T
    p, r = right / np.maximum(1, told), right / true
    by: Any = np.moveaxis(table, 2, 0)
    empty = (by[1] + by[2] == 0).astype(float)
    ps, rs = (np.where(n > 0, by[0] / np.maximum(1, n), empty).mean(0) for n in by[1:])

    def f1(p: Any, r: Any) -> float:
        return float(100 * np.mean(2 * p * r / np.maximum(1e-9, p + r)))

    return (
        f"F1 {f1(p, r):.1f} (bad P {p[0]:.2f} R {r[0]:.2f}, good P {p[1]:.2f} R {r[1]:.2f}); "
        f"by document {f1(ps, rs):.1f}"
    )
