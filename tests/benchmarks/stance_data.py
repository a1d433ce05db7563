"""What the model of ``tasks/reading/ru/stance.py`` learns from and is measured on: rusentne and ruopinionne.

Both annotate sentences of the same news, so folds go by sentence over both.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.reading import actors, tokens
from tasks.reading.attitudes import kind_of
from tasks.reading.record import Block
from tasks.reading.ru import bearings
from tasks.reading.ru.bearings import Spot
from tasks.reading.tokens import Parse

Floats = NDArray[np.float32]
Span = tuple[int, int]
UNKNOWN = -100
"""A question whose answer a row does not know."""
NAMES = {"PER": "PERSON", "LOC": "COUNTRY", "ORG": "ORGANIZATION"}
MOST = 16
"""Participants of a sentence whose pairs are learned from."""
OFTEN = 2
"""Times that a noun must be marked as one who holds a view or is held in one to be looked for elsewhere."""
FOLDS = 5


class Text(NamedTuple):
    """A text with those it names, and the answers that annotators gave; 0, 1, 2 as ``stance.Answer`` orders them."""

    fold: int
    parse: Parse
    nouns: Set[str]
    """Common nouns that texts of other folds call people by."""
    spans: list[Span]
    spots: list[Spot]
    judged: list[bool]
    """Whether a row of rusentne asks about the spot."""
    stance: list[int]
    by: list[int]
    """Of spots: how they are shown, and whose view that is; or ``UNKNOWN``."""
    expression: list[NDArray[np.int64] | None]
    """Of spots: for each token 1 or 2 where it stands in the expression of a bad or good view of it; or unknown."""
    sound: NDArray[np.int64] | None
    """For each token the same of a view of anybody; or unknown."""
    pairs: list[tuple[int, int]]
    between: list[int]
    """Pairs of numbers of spots, holder before target, of one sentence, and what one holds of the other."""


def rusentne(data: Path) -> list[dict[str, str]]:
    """The rows of both files."""
    rows = []
    for name in ("train_data", "validation_data_labeled"):
        with (data / "rusentne" / f"{name}.filtered.csv").open(encoding="utf-8") as file:
            rows += list(csv.DictReader(file, delimiter="\t"))
    return rows


def ruopinionne(data: Path) -> list[dict[str, Any]]:
    """The sentences with their opinions."""
    return [json.loads(line) for line in (data / "ruopinionne" / "train.jsonl").read_text("utf-8").splitlines()]


def spans(part: list[list[str]]) -> list[Span]:
    """The spans of an opinion's part; none of a holder who is not in the sentence."""
    pairs = [tuple(map(int, s.split(":"))) for s in part[1] if ":" in s]
    return [(a, b) for a, b in pairs if b > a]


def meets(span: Span, part: list[list[str]]) -> bool:
    """Whether an opinion's part overlaps ``span``."""
    return any(a < span[1] and b > span[0] for a, b in spans(part))


def participants(parse: Parse, nouns: Set[str] = frozenset()) -> dict[Span, str]:
    """Those whom a text speaks of, with the kind that rusentne would give them; common nouns only of ``nouns``."""
    out: dict[Span, str] = {}
    for actor in actors.find(parse, [Block(span=(0, len(parse.text)), kind="body")], None):
        for mention in actor.mentions:
            out[mention.span] = kind_of(actor, mention)
    for name in parse.names:
        if not any(a < name.stop and b > name.start for a, b in out):
            out[name.start, name.stop] = NAMES[name.kind]
    for token in parse.tokens:
        if token.pos == "NOUN" and token.lemma in nouns and not any(a < token.stop and b > token.start for a, b in out):
            out[token.start, token.stop] = "PROFESSION"
    return out


def spot(parse: Parse, span: Span, kind: str) -> Spot | None:
    """The words of a span, as far as they stand in one sentence."""
    inside = [t for t in parse.tokens if t.start < span[1] and t.stop > span[0]]
    inside = [t for t in inside if t.sentence == inside[0].sentence]
    return bearings.spot(parse.tokens, inside[0].i, inside[-1].i + 1, kind) if inside else None


def _expression(parse: Parse, opinions: list[dict[str, Any]]) -> NDArray[np.int64]:
    """For each word 1 or 2 where it stands in the expression of a bad or good view, else 0."""
    out = np.zeros(len(parse.tokens), np.int64)
    for opinion in opinions:
        for token in parse.tokens:
            if meets((token.start, token.stop), opinion["Polar_expression"]):
                out[token.i] = 1 if opinion["Polarity"] == "NEG" else 2
    return out


def _by(opinions: list[dict[str, Any]]) -> int:
    if not opinions:
        return UNKNOWN
    return {"NULL": 1, "AUTHOR": 2}.get((opinions[-1]["Source"][0] or ["NULL"])[0], 0)


def _polarity(opinions: list[dict[str, Any]]) -> int:
    return 1 if not opinions else (0 if opinions[-1]["Polarity"] == "NEG" else 2)


def load(data: Path) -> list[Text]:
    """Every text of both sets: rusentne's rows, ruopinionne's participants and the pairs of them."""
    opinions = {row["text"].strip(): row for row in ruopinionne(data) if row["text"].strip()}
    named: dict[str, dict[Span, tuple[str, int]]] = {}
    for row in rusentne(data):
        text = row["sentence"].strip()
        off = row["sentence"].index(text)
        span = (int(row["entity_pos_start_rel"]) - off, int(row["entity_pos_end_rel"]) - off)
        named.setdefault(text, {})[span] = (row["entity_tag"], int(row["label"]) + 1)
    texts = list(dict.fromkeys([*named, *opinions]))
    folds = np.random.default_rng(0).permutation(len(texts)) % FOLDS
    parses = {text: tokens.parse(text, [(0, len(text))]) for text in texts}
    called = [Counter[str]() for _ in range(FOLDS)]
    for text, fold in zip(texts, folds, strict=True):
        asked = [span for span, (kind, _) in named.get(text, {}).items() if kind == "PROFESSION"]
        if text in opinions:
            asked += [s for o in _opinions(opinions[text]) for part in ("Source", "Target") for s in spans(o[part])]
        for span in asked:
            if (at := spot(parses[text], span, "PROFESSION")) and parses[text].tokens[at.head].pos == "NOUN":
                called[fold].update([parses[text].tokens[at.head].lemma])
    nouns = [sum((c for other, c in enumerate(called) if other != fold), Counter[str]()) for fold in range(FOLDS)]
    by_fold = [frozenset(noun for noun, count in counts.items() if count >= OFTEN) for counts in nouns]
    return [
        _text(int(fold), parses[text], by_fold[fold], named.get(text), opinions.get(text))
        for fold, text in zip(folds, texts, strict=True)
    ]


def _text(
    fold: int,
    parse: Parse,
    nouns: Set[str],
    rows: dict[Span, tuple[str, int]] | None,
    opinions: dict[str, Any] | None,
) -> Text:
    said = None if opinions is None else _opinions(opinions)
    at = {span: kind for span, (kind, _) in (rows or {}).items()}
    read = participants(parse, nouns)
    if said is not None:
        others = [*read.items()]
        others += [(s, "PROFESSION") for o in said for part in (o["Source"], o["Target"]) for s in spans(part)]
        for span, kind in others:
            if len(at) < MOST and not any(span[0] < b and a < span[1] for a, b in at):
                at[span] = kind
    found = [(span, here) for span, kind in at.items() if (here := spot(parse, span, kind)) is not None]
    out = Text(fold, parse, nouns, [s for s, _ in found], [s for _, s in found], [], [], [], [], None, [], [])
    held = [None if said is None else [o for o in said if meets(span, o["Target"])] for span in out.spans]
    for span, views in zip(out.spans, held, strict=True):
        row = (rows or {}).get(span)
        out.judged.append(row is not None)
        out.stance.append(row[1] if row else _polarity(views or []) if rows is None else UNKNOWN)
        out.by.append(_by(views or []))
        out.expression.append(_expression(parse, views) if views else None)
    if said is not None:
        out = out._replace(sound=_expression(parse, said))
        sentences = [parse.tokens[s.head].sentence for s in out.spots]
        for h, span in enumerate(out.spans):
            for t, views in enumerate(held):
                if h != t and sentences[h] == sentences[t]:
                    out.pairs.append((h, t))
                    out.between.append(_polarity([o for o in views or [] if meets(span, o["Source"])]))
    return out


def _opinions(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The opinions of a row, their spans counted from the first letter of its text."""
    off = len(row["text"]) - len(row["text"].lstrip())
    if not off:
        return list(row["opinions"])
    return [
        {
            **o,
            **{
                p: [o[p][0], [f"{a - off}:{b - off}" for a, b in spans(o[p])]]
                for p in ("Source", "Target", "Polar_expression")
            },
        }
        for o in row["opinions"]
    ]
