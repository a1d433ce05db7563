"""What must hold of blocks whatever the text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.reading import blocks
from tasks.reading.tokens import parse

PIECES = st.sampled_from(
    ("Читайте также:", "Фото: ТАСС", "Комментарии", "Подписывайтесь на канал", "12.03.2025", "«Да», — сказал он.", "«",
     "»", '"', ".", "!", "?", "…", ":", " — ", "\n", "\n\n", "\r\n", "\u2028", "\x85", "\0", "\u200b", " ", "Анкара",
     "Анкара отозвала посла.", "Зачем Риму трамвай?", "Снег в Гвадалахаре", "https://t.me/x", "№ 5", "т. е.", "😀")
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join), st.lists(PIECES).map(" ".join))


def assert_covers(text: str, parsed: bool) -> None:
    spans = blocks.paragraphs(text)
    ends = [0, *(stop for _, stop in spans)]
    assert all(end <= a < b <= len(text) for (a, b), end in zip(spans, ends[:-1], strict=True))
    found = blocks.separate(text, spans, parse(text, spans) if parsed else None)
    edges = [0, *(b.span[1] for b in found)]
    assert [b.span[0] for b in found] == edges[:-1]
    assert edges[-1] == len(text)
    assert all(b.span[0] < b.span[1] for b in found)
    assert all(bool(b.why) == (b.kind not in ("title", "body")) for b in found)


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_blocks_cover_any_text_in_order_without_a_parse(text: str) -> None:
    assert_covers(text, parsed=False)


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES, max_size=40).map(" ".join))
def test_blocks_cover_any_text_in_order_with_a_parse(text: str) -> None:
    assert_covers(text, parsed=True)


MEGABYTE = 500_000  # characters of Cyrillic
HOSTILE: dict[str, Callable[[], str]] = {
    "one line": lambda: "слово " * (MEGABYTE // 6),
    "one word": lambda: "а" * MEGABYTE,
    "line breaks": lambda: "\n" * MEGABYTE,
    "spaces": lambda: " " * MEGABYTE + "а",
    "spaced lines": lambda: (" " * 500 + "\n") * 1000,
    "full stops": lambda: "Да. " * (MEGABYTE // 4),
    "marks": lambda: "." * MEGABYTE,
    "open quotes": lambda: "«" * MEGABYTE,
    "headlines": lambda: "Снег выпал в Гвадалахаре\n" * (MEGABYTE // 25),
    "questions": lambda: "Зачем Риму трамвай? " * (MEGABYTE // 20),
    "pointers": lambda: "Читайте также: снег. " * (MEGABYTE // 21),
    "pointers by line": lambda: "Читайте также:\n" * (MEGABYTE // 15),
    "dates": lambda: "12.03.2025 " * (MEGABYTE // 11),
    "mixed": lambda: "Министр прибыл в Анкару на переговоры.\nСнег выпал в Гвадалахаре\n" * (MEGABYTE // 64),
    "capitals": lambda: "Анкара Риму Снег " * (MEGABYTE // 17),
    "hashes": lambda: "#а " * (MEGABYTE // 3),
    "brackets": lambda: "[1]" * (MEGABYTE // 3),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_made_to_be_slow_is_separated(make: Callable[[], str]) -> None:
    assert_covers(make(), parsed=False)
