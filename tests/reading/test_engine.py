"""The engine reads as slovnet reads, whatever the text and whatever it has read before."""

from __future__ import annotations

import itertools
import random
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import razdel
from hypothesis import given, settings
from hypothesis import strategies as st
from slovnet.exec.model import CRF, Weight
from slovnet.exec.pack import Pack

from tasks.reading.ru import forms, segment, trees, viterbi
from tasks.reading.ru.engine import RUN, SENTENCE, Engine, engine
from tasks.reading.ru.network import Networks, data_folder
from tasks.reading.tokens import Parse, parse
from tests.reading.slovnet_reading import Slovnet, agree, has_ring, reading
from tests.reading.texts import ARTICLES, SHORT

PUNCTUATED = st.text(st.sampled_from("аБ1a-–_.,/\\ !:)=;?…\"'«»*\n\t\x1fσſ\u0301") | st.characters(), max_size=60)


@pytest.fixture(scope="module")
def slovnet() -> Slovnet:
    return Slovnet()


def whole(text: str) -> Parse:
    return parse(text, [(0, len(text))])


def paragraphs(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for line in text.splitlines(keepends=True):
        spans.append((start, start + len(line)))
        start += len(line)
    return spans


@pytest.mark.parametrize("text", [*ARTICLES, *SHORT[2:]], ids=lambda t: t[:20])
def test_tokens_tags_heads_relations_and_names_equal_slovnets_own_but_for_rings(slovnet: Slovnet, text: str) -> None:
    assert agree(reading(whole(text)), slovnet.read(text))


def test_each_paragraph_reads_as_slovnet_reads_it_alone(slovnet: Slovnet) -> None:
    for text in ARTICLES:
        found = parse(text, paragraphs(text))
        names = [
            (start + n.start, start + n.stop, n.type)
            for start, stop in paragraphs(text)
            if text[start:stop].strip()
            for n in slovnet.ner(text[start:stop]).spans
        ]
        assert [(n.start, n.stop, n.kind) for n in found.names] == names
        tags = [
            (t.pos, t.feats)
            for start, stop in paragraphs(text)
            for sentence in slovnet.morph.map(slovnet.cut(text[start:stop])[1])
            for t in sentence.tokens
        ]
        assert [(t.pos, t.feats) for t in found.tokens] == tags


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_heads_are_the_best_of_all_trees(words: int, seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(words, words + 1)).astype(np.float32)
    own = np.arange(words), np.arange(1, words + 1)

    def worth(heads: Sequence[int]) -> float:
        table = scores.copy()
        table[:, 0] = np.maximum(table[:, 0], table[own])
        return sum(float(table[word, head]) for word, head in enumerate(heads))

    all_of_them = [
        heads
        for heads in itertools.product(range(words + 1), repeat=words)
        if not has_ring(heads) and all(head != word for word, head in enumerate(heads, 1))
    ]
    found = trees.best(scores).tolist()
    assert found in map(list, all_of_them)
    assert worth(found) == pytest.approx(max(map(worth, all_of_them)))


def test_all_articles_of_factrueval_and_nerel_read_as_slovnet_reads_them(
    shared: Path, slovnet: Slovnet, long: bool
) -> None:
    files = sorted([*shared.glob("data/factrueval/devset/*.txt"), *shared.glob("data/nerel/*/*.txt")])
    assert files
    differing = [
        file.name
        for file in (files if long else files[::40])
        if not agree(reading(whole(text := file.read_text(encoding="utf-8"))), slovnet.read(text))
    ]
    assert differing == []


def test_a_text_reads_the_same_whatever_was_read_before() -> None:
    texts = [*ARTICLES, *SHORT]
    alone = [Engine().parse(text, paragraphs(text)) for text in texts[:3]]
    shuffled = Engine()
    for seed in range(3):
        order = list(range(len(texts)))
        random.Random(seed).shuffle(order)
        found = {k: shuffled.parse(texts[k], paragraphs(texts[k])) for k in order}
        assert [found[k] for k in range(3)] == alone


def test_a_forms_numbers_are_the_same_to_the_last_bit_in_any_company() -> None:
    words = sorted({w for text in ARTICLES for w in text.split()})
    together, reversed_, apart = (Networks.load().forms for _ in range(3))
    reversed_.ids(words[: len(words) // 3])
    rows = together.table[together.ids(words)].tobytes()
    assert reversed_.table[reversed_.ids(words[::-1])[::-1]].tobytes() == rows
    assert np.array([apart.table[apart.ids([w])[0]] for w in words]).tobytes() == rows


def test_the_table_of_forms_is_bounded_and_forgetting_changes_nothing() -> None:
    small = Engine()
    before = [small.parse(text, paragraphs(text)) for text in ARTICLES]
    table, words = small.networks.forms, small.networks.forms.words
    table.hold()
    held = table.table[: table.held].copy()
    for start in range(0, 3 * forms.ROWS, 1500):
        text = " ".join(words.word(k).decode() for k in range(start, start + 1500))
        fresh = small.parse(text, [(0, len(text))])
        assert small.parse(text, [(0, len(text))]) == fresh
        assert len(table.rows) < forms.ROWS
        assert sorted(table.rows.values()) == list(range(1, len(table.rows) + 1))
        assert len(table.surfaces) <= forms.SURFACES
    assert len(table.table) == forms.ROWS
    assert (table.table[: table.held] == held).all()
    assert [small.parse(text, paragraphs(text)) for text in ARTICLES] == before
    last = small.parse(text, [(0, len(text))])
    assert Engine().parse(text, [(0, len(text))]) == last


def test_more_words_than_are_remembered_read_the_same() -> None:
    reader = Engine()
    before = reader.parse(ARTICLES[0], paragraphs(ARTICLES[0]))
    for start in range(0, forms.SURFACES + 4000, 4000):
        reader.networks.forms.ids([f"щщ{k}" for k in range(start, start + 4000)])
        assert len(reader.networks.forms.surfaces) <= forms.SURFACES
    assert reader.parse(ARTICLES[0], paragraphs(ARTICLES[0])) == before


def test_the_words_of_all_three_networks_are_navecs() -> None:
    navec = engine().networks.forms.words
    words = [navec.word(k).decode() for k in range(navec.known + 2)]
    assert navec.ids(words) == [*range(navec.known), navec.known, navec.known]
    absent = ["", "такого-слова-там-нет", "дом\0", "дом\ud800", "я" * 100, max(words, key=len) + "о"]
    assert navec.ids(absent) == [navec.known] * len(absent)
    assert words[:-2] == sorted(words[:-2])
    assert words[-2:] == ["<unk>", "<pad>"]
    for name in ("ner", "morph", "syntax"):
        with Pack(data_folder() / f"model/slovnet_{name}_news_v1.tar") as pack:
            assert pack.load_vocab("word").items == words


def check(text: str, spans: list[tuple[int, int]]) -> Parse:
    found = parse(text, spans)
    position = 0
    for i, token in enumerate(found.tokens):
        assert token.i == i
        assert position <= token.start < token.stop <= len(text)
        assert text[token.start : token.stop] == token.text
        assert token.head == -1 or found.tokens[token.head].sentence == token.sentence
        assert token.head != i
        assert all(found.tokens[c].head == i for c in token.children)
        position = token.stop
    assert "".join(t.text for t in found.tokens) == "".join("".join(text[a:b].split()) for a, b in spans)
    assert sum(len(t.children) for t in found.tokens) == sum(t.head >= 0 for t in found.tokens)
    assert [i for s in found.sentences for i in range(s.first, s.last)] == list(range(len(found.tokens)))
    for s in found.sentences:
        assert not has_ring([0 if t.head < 0 else t.head - s.first + 1 for t in found.tokens[s.first : s.last]])
        assert s.start <= found.tokens[s.first].start < found.tokens[s.last - 1].stop <= s.stop
        assert 0 < s.last - s.first <= SENTENCE
    for name in found.names:
        assert name.first < name.last
        assert (name.start, name.stop) == (found.tokens[name.first].start, found.tokens[name.last - 1].stop)
        assert name.kind in {"PER", "LOC", "ORG"}
    return found


@settings(deadline=None)
@given(PUNCTUATED)
def test_any_text_parses_with_spans_in_range(text: str) -> None:
    check(text, [(0, len(text))])
    check(text, paragraphs(text))


@pytest.mark.parametrize(
    "text",
    ["слово " * 3 * RUN, "а" * 50_000, "-а" * 20_000, ". " * 20_000, "Иван " * 2 * RUN, "\n" * 50_000, "я. " * RUN],
    ids=["no stop", "no space", "one chunk", "only stops", "one long name", "only lines", "short sentences"],
)
def test_texts_without_end_parse_in_bounded_pieces(text: str) -> None:
    check(text, [(0, len(text))])


def test_memory_does_not_grow_with_the_square_of_a_sentence() -> None:
    text = "слово, " * 15_000
    whole("слово")
    tracemalloc.start()
    try:
        found = whole(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found.tokens) == 30_000
    assert peak < 200e6  # 30,000² scores alone would be 3,600e6


@settings(deadline=None, max_examples=300)
@given(PUNCTUATED)
def test_tokens_cut_by_remembered_chunks_are_razdels(text: str) -> None:
    assert segment.tokens(text) == [(t.start, t.stop, t.text) for t in razdel.tokenize(text)]


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 2**32 - 1), st.floats(0.1, 12))
def test_the_best_path_is_slovnets_best_path(lengths: list[int], seed: int, certainty: float) -> None:
    random_ = np.random.default_rng(seed)
    transitions = engine().networks.names.transitions
    emissions = random_.normal(0, 4, (sum(lengths), 8)).astype(np.float32)
    emissions[:, 1] += np.float32(certainty)
    crf = CRF(Weight((8, 8), "float32", transitions))
    expected = [
        tag
        for piece in np.split(emissions, np.cumsum(lengths)[:-1])
        for tag in crf.decode(piece[None], np.ones((1, len(piece)), bool))[0]
    ]
    assert viterbi.decode(emissions, np.array(lengths), transitions, 1).tolist() == expected
