"""slovnet's own code, put together as natasha does, on the units that the engine says it reproduces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import razdel
from navec import Navec
from slovnet import NER, Morph, Syntax

from tasks.reading.ru import segment
from tasks.reading.ru.network import data_folder
from tasks.reading.tokens import Parse


@dataclass(frozen=True)
class Reading:
    """What must be equal, without offsets into sentences: tokens, tags, heads (0 is none), relations, names."""

    tokens: list[tuple[int, int, str]]
    sentences: list[int]
    tags: list[tuple[str, Mapping[str, str]]]
    heads: list[int]
    relations: list[str]
    names: list[tuple[int, int, str]]


class Slovnet:
    """The three networks and navec by their own loaders."""

    def __init__(self) -> None:
        data = data_folder()
        navec = Navec.load(data / "emb/navec_news_v1_1B_250K_300d_100q.tar")
        self.ner = NER.load(data / "model/slovnet_ner_news_v1.tar").navec(navec)
        self.morph = Morph.load(data / "model/slovnet_morph_news_v1.tar").navec(navec)
        self.syntax = Syntax.load(data / "model/slovnet_syntax_news_v1.tar").navec(navec)

    def cut(self, text: str) -> tuple[list[Any], list[list[str]]]:
        """Tokens, and the words of each sentence: tokens of the whole text, those in a sentence's bounds its words."""
        tokens = list(razdel.tokenize(text))
        sentences: list[list[str]] = []
        k = 0
        for _, stop in segment.sentences(text):
            words = []
            while k < len(tokens) and tokens[k].start < stop:
                words.append(tokens[k].text)
                k += 1
            if words:
                sentences.append(words)
        return tokens, sentences

    def read(self, text: str) -> Reading:
        tokens, sentences = self.cut(text)
        morph = [m for markup in self.morph.map(sentences) for m in markup.tokens]
        syntax = [s for markup in self.syntax.map(sentences) for s in markup.tokens]
        names = self.ner(text).spans if tokens else []
        return Reading(
            [(t.start, t.stop, t.text) for t in tokens],
            [len(words) for words in sentences],
            [(m.pos, dict(m.feats)) for m in morph],
            # A word that is its own head has none: slovnet's drawings and natasha's skip such a loop.
            [0 if s.head_id == s.id else int(s.head_id) for s in syntax],
            [s.rel for s in syntax],
            [(n.start, n.stop, n.type) for n in names],
        )


def reading(parse: Parse) -> Reading:
    """The engine's parse in the same terms."""
    firsts = [parse.sentences[t.sentence].first for t in parse.tokens]
    return Reading(
        [(t.start, t.stop, t.text) for t in parse.tokens],
        [s.last - s.first for s in parse.sentences],
        [(t.pos, t.feats) for t in parse.tokens],
        [0 if t.head < 0 else t.head - first + 1 for t, first in zip(parse.tokens, firsts, strict=True)],
        [t.rel for t in parse.tokens],
        [(n.start, n.stop, n.kind) for n in parse.names],
    )


def agree(engine: Reading, slovnet: Reading) -> bool:
    """Whether both are equal, but for the trees of sentences in which slovnet's heads make a ring."""
    heads, relations, start = [*engine.heads], [*engine.relations], 0
    for length in slovnet.sentences:
        stop = start + length
        if has_ring(slovnet.heads[start:stop]):
            heads[start:stop], relations[start:stop] = slovnet.heads[start:stop], slovnet.relations[start:stop]
        start = stop
    return replace(engine, heads=heads, relations=relations) == slovnet


def has_ring(heads: Sequence[int]) -> bool:
    """Whether some word, counted from 1, has no path to 0 along the heads."""
    above = [0, *heads]
    for _ in heads:
        above = [heads[k - 1] if k else 0 for k in above]
    return any(above)
