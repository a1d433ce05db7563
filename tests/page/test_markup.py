"""Marks over a text become a tree."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tasks.markup import Mark, Node, clip, nest

TEXTS = st.text(alphabet="аб \n👩‍🚀🇰🇿", max_size=24)


def leaves(tree: list[Node | str], above: tuple[Node, ...] = ()) -> Iterator[tuple[str, tuple[Node, ...]]]:
    for child in tree:
        if isinstance(child, str):
            yield child, above
        else:
            yield from leaves(child.children, (*above, child))


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(TEXTS)
    ends = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(ends, ends, st.integers(0, 2)), max_size=12))
    return text, [Mark(min(a, b), max(a, b), (level,), "mark") for a, b, level in spans]


@given(marked())
def test_every_character_comes_out_once_and_under_exactly_the_marks_that_cover_it(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    at = 0
    for words, above in leaves(nest(text, marks)):
        assert words == text[at : at + len(words)]
        for place in range(at, at + len(words)):
            covering = {id(mark) for mark in marks if mark.start <= place < mark.end}
            assert {id(node.mark) for node in above} == covering
            assert len(above) == len(covering)
        at += len(words)
    assert at == len(text)


@given(marked())
def test_what_is_marked_begins_once_and_ends_once_however_often_it_is_split(case: tuple[str, list[Mark]]) -> None:
    text, marks = case
    nodes = {id(node): node for _, above in leaves(nest(text, marks)) for node in above}.values()
    for mark in marks:
        pieces = [node for node in nodes if node.mark is mark]
        expected = 1 if mark.start < mark.end else 0
        assert [node.first for node in pieces].count(True) == expected
        assert [node.last for node in pieces].count(True) == expected


def test_the_longer_of_two_marks_of_one_level_holds_the_shorter() -> None:
    short, long = Mark(0, 2, (0,), "short"), Mark(0, 4, (0,), "long")
    (outer,) = nest("абвг", [short, long])
    assert isinstance(outer, Node)
    assert outer.mark is long
    assert [child.mark if isinstance(child, Node) else child for child in outer.children] == [short, "вг"]


def test_of_crossing_marks_only_the_inner_one_is_closed_and_opened_again() -> None:
    left, right = Mark(0, 3, (0,), "left"), Mark(2, 6, (0,), "right")
    tree = nest("абвгде", [left, right])
    shape = [(node.mark.kind, node.first, node.last) for node in tree if isinstance(node, Node)]
    assert shape == [("left", True, False), ("right", True, True)]


@given(st.tuples(st.integers(0, 30), st.integers(0, 30)), st.lists(st.integers(0, 30), max_size=8, unique=True))
def test_a_clipped_mark_covers_what_it_covered_of_the_frames_and_nothing_else(
    ends: tuple[int, int], cuts: list[int]
) -> None:
    cuts.sort()
    frames = list(zip(cuts[::2], cuts[1::2], strict=False))
    mark = Mark(min(ends), max(ends), (0,), "mark")
    pieces = list(clip(mark, frames))
    covered = [place for piece in pieces for place in range(piece.start, piece.end)]
    inside = {place for start, end in frames for place in range(start, end)}
    assert covered == [place for place in range(mark.start, mark.end) if place in inside]
    assert [piece.opens for piece in pieces] == [n == 0 for n in range(len(pieces))]
    assert [piece.closes for piece in pieces] == [n == len(pieces) - 1 for n in range(len(pieces))]
