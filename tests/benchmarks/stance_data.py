"""What the networks of ``tasks/reading/ru/stance.py`` learn from and are measured on: rusentne and ruopinionne.

Both annotate sentences of the same news, so folds go by sentence over both.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.reading import actors, tokens
from tasks.reading.attitudes import kind_of
from tasks.reading.record import Block
from tasks.reading.ru import polarity, stance
from tasks.reading.tokens import Parse

Floats = NDArray[np.float32]
Span = tuple[int, int]
UNKNOWN = -100
"""A question whose answer a row does not know."""
NAMES = {"PER": "PERSON", "LOC": "COUNTRY", "ORG": "ORGANIZATION"}
MOST = 14
"""Participants of a sentence whose pairs are learned from."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Example:
    """One question about one sentence. Answers: 0, 1, 2 as ``stance.Answer`` orders them, or ``UNKNOWN``."""

    source: str
    group: int
    sentence: int
    head: int
    bearing: Floats
    place: Floats
    frame: float
    expression: NDArray[np.int64] | None
    stance: int = UNKNOWN
    holder: int = UNKNOWN
    between: int = UNKNOWN


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


def participants(parse: Parse) -> dict[Span, str]:
    """Those whom a sentence names, with the kind that rusentne would give them."""
    out: dict[Span, str] = {}
    for actor in actors.find(parse, [Block(span=(0, len(parse.text)), kind="body")], None):
        for mention in actor.mentions:
            out[mention.span] = kind_of(actor, mention)
    for name in parse.names:
        if not any(a < name.stop and b > name.start for a, b in out):
            out[name.start, name.stop] = NAMES[name.kind]
    return out


def spot(parse: Parse, span: Span, kind: str) -> stance.Spot | None:
    """The words of a span, as far as they stand in one sentence."""
    inside = [t for t in parse.tokens if t.start < span[1] and t.stop > span[0]]
    inside = [t for t in inside if t.sentence == inside[0].sentence]
    return stance.spot(parse.tokens, inside[0].i, inside[-1].i + 1, kind) if inside else None


class Corpus:
    """The sentences' facts and the examples over them."""

    def __init__(self) -> None:
        self.facts: list[stance.Facts] = []
        self.examples: list[Example] = []
        self.groups: dict[str, int] = {}
        self._sentences: dict[tuple[str, int], int] = {}

    def folds(self) -> NDArray[np.int64]:
        """The fold of each example, by sentence."""
        return self._folds()[[e.group for e in self.examples]]

    def fold_of(self, text: str) -> int:
        """The fold of a sentence; the first of those that no example is of."""
        group = self.groups.get(text.strip())
        return 0 if group is None else int(self._folds()[group])

    def _folds(self) -> NDArray[np.int64]:
        return np.random.default_rng(0).permutation(len(self.groups)) % FOLDS

    def add(
        self, source: str, parse: Parse, pair: tuple[stance.Spot | None, stance.Spot], words: Any, **answers: int
    ) -> None:
        """Ask about a pair, unless the sentence is too long to hold it."""
        target = pair[1]
        sentence = parse.tokens[target.head].sentence
        key = (parse.text, sentence)
        if key not in self._sentences:
            self._sentences[key] = len(self.facts)
            self.facts.append(stance.facts(parse, sentence, target.head))
        seen = self.facts[self._sentences[key]]
        if not all(seen.first <= at.first and at.last <= seen.last for at in pair if at):
            return
        bearings, places = stance.encode(parse.tokens, seen, [pair])
        linked = [polarity.links(parse.tokens, at.head) for at in pair if at]
        said = polarity.frame(parse.tokens, *linked) if len(linked) == 2 else polarity.shown(parse.tokens, linked[0])
        group = self.groups.setdefault(parse.text.strip(), len(self.groups))
        self.examples.append(
            Example(
                source, group, self._sentences[key], target.head - seen.first, bearings[0], places[0], said,
                None if words is None else words[seen.first : seen.last], **answers,
            )
        )  # fmt: skip


def _expression(parse: Parse, opinions: list[dict[str, Any]]) -> NDArray[np.int64]:
    """For each word 1 or 2 where it stands in the expression of a bad or good view, else 0."""
    out = np.zeros(len(parse.tokens), np.int64)
    for opinion in opinions:
        for token in parse.tokens:
            if meets((token.start, token.stop), opinion["Polar_expression"]):
                out[token.i] = 1 if opinion["Polarity"] == "NEG" else 2
    return out


def _holder(opinions: list[dict[str, Any]]) -> int:
    if not opinions:
        return UNKNOWN
    return {"NULL": 1, "AUTHOR": 2}.get((opinions[-1]["Source"][0] or ["NULL"])[0], 0)


def _polarity(opinions: list[dict[str, Any]]) -> int:
    return 1 if not opinions else (0 if opinions[-1]["Polarity"] == "NEG" else 2)


def load(data: Path) -> Corpus:
    """Every row of rusentne, and every participant and pair of participants of ruopinionne's sentences."""
    corpus = Corpus()
    opinions = {row["text"].strip(): row for row in ruopinionne(data)}
    named: dict[str, dict[Span, str]] = {}
    for row in rusentne(data):
        text = row["sentence"].strip()
        off = row["sentence"].index(text)
        span = (int(row["entity_pos_start_rel"]) - off, int(row["entity_pos_end_rel"]) - off)
        named.setdefault(text, {})[span] = row["entity_tag"]
        parse = _parse(text)
        target = spot(parse, span, row["entity_tag"])
        if target is None:
            continue
        held = None
        if text in opinions:
            held = [o for o in _opinions(opinions[text]) if meets(span, o["Target"])]
        words = None if held is None else _expression(parse, held)
        corpus.add("rusentne", parse, (None, target), words, stance=int(row["label"]) + 1, holder=_holder(held or []))
    for text, row in opinions.items():
        if not text:
            continue
        parse, said = _parse(text), _opinions(row)
        known = named.get(text, {})
        at = {s: kind for s, kind in participants(parse).items() if not any(s[0] < b and a < s[1] for a, b in known)}
        at |= known
        for opinion in said:
            for part in (opinion["Source"], opinion["Target"]):
                for span in spans(part):
                    if not any(span[0] < b and a < span[1] for a, b in at):
                        at[span] = "PROFESSION"
        found = [(span, s) for span, kind in at.items() if (s := spot(parse, span, kind)) is not None][:MOST]
        for span, target in found:
            held = [o for o in said if meets(span, o["Target"])]
            if text not in named:
                answers = {"stance": _polarity(held), "holder": _holder(held)}
                corpus.add("ruopinionne", parse, (None, target), _expression(parse, held), **answers)
            for other, holder in found:
                if other != span:
                    both = [o for o in held if meets(other, o["Source"])]
                    corpus.add("pairs", parse, (holder, target), _expression(parse, both), between=_polarity(both))
    return corpus


_known: dict[str, Parse] = {}


def _parse(text: str) -> Parse:
    if text not in _known:
        _known[text] = tokens.parse(text, [(0, len(text))])
    return _known[text]


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


def thinned(examples: list[Example], keep: Callable[[int], bool]) -> Iterator[int]:
    """The examples to learn from: of pairs between whom nothing is said only every third."""
    for i, e in enumerate(examples):
        if keep(i) and (e.source != "pairs" or e.between != 1 or i % 3 == 0):
            yield i
