"""Tokens, tags, heads, relations and names of Russian text: razdel's and slovnet's, in one pass.

What is reproduced, unit by unit: natasha's chain. A paragraph is cut into sentences and into tokens; morphology and
syntax read each sentence, names are looked for in the whole paragraph. Two limits keep time linear and memory bounded,
and only beyond them does the output differ from slovnet's: a sentence is cut after ``SENTENCE`` tokens, and a paragraph
is read in runs of whole sentences of at most ``RUN`` tokens and ``segment.WINDOW`` code points.
"""

from __future__ import annotations

import gc
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

import numpy as np
from slovnet.conll import parse_conll_tag

from ..tokens import NameSpan, Parse, Sentence, Token
from . import morphology, segment
from .forms import WORDS
from .network import Networks, Rows

SENTENCE = 512
"""Tokens of the longest sentence: its heads are chosen among 512 × 512 scores, a megabyte."""
RUN = WORDS
"""Tokens read at once, and the longest stretch in which names are looked for in one go."""
YOUNG = 50_000
"""Objects that must come to stay before a warm process looks for garbage: a reading leaves none, only remembered words,
and the interpreter's own 700 cost a twentieth of the time."""
LEMMAS = 20_000
"""Dictionary forms remembered by word and tag, of words of at most ``morphology.LONGEST`` letters."""

Piece = tuple[int, int, list[segment.Piece]]
"""A sentence: its start and stop, and its tokens."""
Run = list[Piece]
"""Sentences in which names are looked for together."""


class Engine:
    """Tags, heads, relations and names of Russian text."""

    def __init__(self) -> None:
        self.networks = Networks.load()
        self.tags = [parse_conll_tag(tag) for tag in self.networks.morphology.tags]
        self.names = [None if tag in ("O", "<pad>") else tag.split("-") for tag in self.networks.names.tags]
        self.lemmas: dict[tuple[str, int], str] = {}

    def parse(self, text: str, paragraphs: Sequence[tuple[int, int]]) -> Parse:
        """Parse the paragraphs of ``text``, ``(start, stop)`` each, in order and apart from each other."""
        out = Parse(text, [], [], [], [], [])
        runs = (run for start, stop in paragraphs for run in _runs(text, start, stop))
        for batch in _batches(runs):
            self._read(batch, out)
        return out

    def _read(self, batch: list[Run], out: Parse) -> None:
        """Put the tokens, sentences and names of the runs of ``batch`` at the end of ``out``."""
        sentences = [piece for run in batch for piece in run]
        starts, stops, texts = zip(*chain.from_iterable(tokens for _, _, tokens in sentences), strict=True)
        nets = self.networks
        ids = nets.forms.ids(texts)
        lengths = np.array([len(tokens) for _, _, tokens in sentences])
        rows = Rows.of(lengths)
        tags = nets.morphology(nets.forms, ids, rows).tolist()
        places, relations = nets.trees(nets.forms, ids, rows)
        names = nets.names(nets.forms, ids, np.array([sum(len(p[2]) for p in run) for run in batch])).tolist()

        tokens, origin = out.tokens, len(out.tokens)
        numbers = np.repeat(np.arange(len(lengths)) + len(out.sentences), lengths)
        firsts = np.repeat(np.cumsum(lengths) - lengths + origin, lengths)
        every = np.arange(origin, origin + len(texts))
        heads = firsts + places - 1
        heads[(places == 0) | (heads == every)] = -1
        children: list[list[int]] = [[] for _ in texts]
        for i, head in enumerate(heads.tolist(), origin):
            if head >= 0:
                children[head - origin].append(i)
        tokens += map(
            Token, every.tolist(), starts, stops, texts, numbers.tolist(),
            *zip(*map(self.tags.__getitem__, tags), strict=True),
            heads.tolist(), map(nets.trees.relations.__getitem__, relations.tolist()),
            children, self._lemmas(texts, tags),
        )  # fmt: skip
        out.starts += starts
        out.stops += stops
        first = origin
        for begin, end, pieces in sentences:
            out.sentences.append(Sentence(begin, end, first, first + len(pieces)))
            first += len(pieces)
        first = 0
        for run in batch:
            last = first + sum(len(pieces) for _, _, pieces in run)
            out.names.extend(self._names(tokens, origin + first, names[first:last]))
            first = last

    def _lemmas(self, texts: Sequence[str], tags: Sequence[int]) -> list[str | None]:
        """The dictionary forms of words with the numbers of their tags."""
        found = list(map(self.lemmas.get, zip(texts, tags, strict=True)))
        if None in found:
            if len(self.lemmas) > LEMMAS:
                self.lemmas.clear()
            for k in [k for k, lemma in enumerate(found) if lemma is None]:
                found[k] = lemma = morphology.lemma(texts[k], *self.tags[tags[k]])
                if len(texts[k]) <= morphology.LONGEST:
                    self.lemmas[texts[k], tags[k]] = lemma
        return found

    def _names(self, tokens: list[Token], first: int, tags: list[int]) -> Iterator[NameSpan]:
        """The names that the tags of a run spell, read as slovnet reads them."""
        kind, begin = "", 0
        for i, tag in enumerate([*tags, -1], first):
            part = self.names[tag] if tag >= 0 else None
            if part is not None and part[0] == "I":
                continue
            if kind:
                yield NameSpan(tokens[begin].start, tokens[i - 1].stop, begin, i, kind)
            kind, begin = (part[1], i) if part else ("", i)


def _runs(text: str, start: int, stop: int) -> Iterator[Run]:
    """A paragraph's sentences in runs."""
    for begin, end in segment.windows(text, start, stop):
        run: Run = []
        size = 0
        for piece in _sentences(text, begin, end):
            if size + len(piece[2]) > RUN:
                yield run
                run, size = [], 0
            run.append(piece)
            size += len(piece[2])
        if run:
            yield run


def _sentences(text: str, begin: int, end: int) -> Iterator[Piece]:
    """The sentences of ``text[begin:end]``; over-long ones in pieces."""
    tokens = segment.tokens(text, begin, end)
    last = 0
    for start, stop in segment.sentences(text[begin:end]):
        first, last = last, bisect_left(tokens, (begin + stop,), last)
        if last - first <= SENTENCE:
            if last > first:
                yield begin + start, begin + stop, tokens[first:last]
            continue
        for cut in range(first, last, SENTENCE):
            part = tokens[cut : min(cut + SENTENCE, last)]
            yield part[0][0], part[-1][1], part


def _batches(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """Runs of together at most ``RUN`` tokens. What a batch holds depends on the text alone."""
    batch: list[Run] = []
    size = 0
    for run in runs:
        tokens = sum(len(pieces) for _, _, pieces in run)
        if size + tokens > RUN:
            yield batch
            batch, size = [], 0
        batch.append(run)
        size += tokens
    if batch:
        yield batch


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The one engine of this process, loaded when first asked for."""
    return Engine()


def warm() -> None:
    """Load engine and dictionary with the commonest words, and set all of it apart from garbage collection.

    Called before forking, it lets children share these pages with their parent and start with what they need most.
    """
    forms = engine().networks.forms
    common = forms.words.common
    forms.ids([*common, *(word.capitalize() for word in common[:200])])
    forms.hold()
    for word in common:
        morphology.parses(word)
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
