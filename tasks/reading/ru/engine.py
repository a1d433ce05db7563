"""slovnet's three networks over one tokenisation."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import razdel
from navec import Navec
from slovnet import NER, Morph, Syntax

from ..tokens import NameSpan, Parse, Sentence, Token


def data_folder() -> Path:
    """natasha's data folder, found without importing natasha."""
    spec = importlib.util.find_spec("natasha")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "data"


class Engine:
    """Tags, heads, relations and names of Russian text."""

    def __init__(self) -> None:
        data = data_folder()
        navec = Navec.load(data / "emb/navec_news_v1_1B_250K_300d_100q.tar")
        self.ner = NER.load(data / "model/slovnet_ner_news_v1.tar").navec(navec)
        self.morph = Morph.load(data / "model/slovnet_morph_news_v1.tar", batch_size=4).navec(navec)
        self.syntax = Syntax.load(data / "model/slovnet_syntax_news_v1.tar").navec(navec)

    def parse(self, text: str, paragraphs: Sequence[tuple[int, int]]) -> Parse:
        out = Parse(text, [], [], [])
        for begin, end in paragraphs:
            for sent in razdel.sentenize(text[begin:end]):
                first = len(out.tokens)
                pieces = list(razdel.tokenize(sent.text))
                if not pieces:
                    continue
                words = [p.text for p in pieces]
                offset = begin + sent.start
                morph = next(self.morph.map([words])).tokens
                syntax = next(self.syntax.map([words])).tokens
                for k, (piece, m, s) in enumerate(zip(pieces, morph, syntax, strict=True)):
                    head = int(s.head_id) - 1
                    out.tokens.append(Token(
                        first + k, offset + piece.start, offset + piece.stop, piece.text, len(out.sentences),
                        m.pos, dict(m.feats), first + head if head >= 0 and head != k else -1, s.rel,
                    ))  # fmt: skip
                for t in out.tokens[first:]:
                    if t.head >= 0:
                        out.tokens[t.head].children.append(t.i)
                out.sentences.append(Sentence(offset, begin + sent.stop, first, len(out.tokens)))
            for span in self.ner(text[begin:end]).spans:
                inside = [t.i for t in out.tokens if t.start >= begin + span.start and t.stop <= begin + span.stop]
                if inside:
                    out.names.append(
                        NameSpan(begin + span.start, begin + span.stop, inside[0], inside[-1] + 1, span.type)
                    )
        return out


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The one engine of this process."""
    return Engine()
