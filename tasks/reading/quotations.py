"""Quotation marks and dialogue dashes: where quoted stretches begin and end, whatever the typist did.

Pure text: nothing here knows who speaks. Marks nest, are forgotten, run over paragraphs, and one closing mark often
closes two («…газета «Заря»).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LEFT_EDGE = " \t\n\r\u00a0\u202f\u2009([{—–-/«„“‹\"'"
_RIGHT_EDGE = " \t\n\r\u00a0\u202f\u2009.,;:!?…)]}—–-/»”›\"'"
_MARK = re.compile(r"[«„“‹»”›\"″＂]")
CLOSES = 50
"""Closing marks that are looked back on for one that may close two quotations."""
REACH = 12
"""Paragraphs that a quotation may run over before its opening mark is held to be a slip."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """``[start, stop)`` with its marks; ``inner`` holds the text between them, one span a paragraph.

    ``depth`` is 0 for a quotation in none, 1 for one inside that, and so on.
    """

    start: int
    stop: int
    inner: tuple[tuple[int, int], ...]
    depth: int


@dataclass(slots=True)
class _Open:
    at: int
    width: int
    mark: str
    paragraph: int


def _direction(text: str, start: int, stop: int, depth: int) -> int:
    """+1 where the mark opens, -1 where it closes."""
    mark = text[start]
    if mark in "«„‹":
        return 1
    if mark in "»›":
        return -1
    before = text[start - 1] if start else " "
    after = text[stop] if stop < len(text) else " "
    opens, closes = before in _LEFT_EDGE and not after.isspace(), after in _RIGHT_EDGE and not before.isspace()
    if opens != closes:
        return 1 if opens else -1
    return -1 if depth else 1


def find(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Quotation]:
    """Every quotation of ``text`` in the order of its start; marks outside ``paragraphs`` are not looked at."""
    stack: list[_Open] = []
    pairs: list[tuple[int, int, int, int]] = []  # start, stop, inner start, inner stop
    closes: list[tuple[int, int]] = []
    for number, (begin, end) in enumerate(paragraphs):
        if stack and _reopens(text, begin, end, stack[-1]):
            begin += 1  # each paragraph of a long quotation opens anew: the same quotation goes on
        elif stack and not _closes_later(text, paragraphs, number, stack):
            _abandon(text, stack, pairs, paragraphs[number - 1], closes)
        for match in _MARK.finditer(text, begin, end):
            start, stop = match.span()
            if _direction(text, start, stop, len(stack)) > 0:
                stack.append(_Open(start, stop - start, text[start], number))
            elif stack:
                opened = stack.pop()
                pairs.append((opened.at, stop, opened.at + opened.width, start))
                closes.append((start, stop))
    if stack and paragraphs:
        _abandon(text, stack, pairs, paragraphs[-1], closes)
    return _nest(pairs, paragraphs)


def _reopens(text: str, begin: int, end: int, opened: _Open) -> bool:
    return begin < end and text[begin] == opened.mark


def _closes_later(text: str, paragraphs: Sequence[tuple[int, int]], number: int, stack: list[_Open]) -> bool:
    """Whether one of the next paragraphs closes what is open before anything else opens there."""
    for begin, end in paragraphs[number : stack[0].paragraph + REACH]:
        depth = 0
        for match in _MARK.finditer(text, begin, end):
            depth += _direction(text, *match.span(), depth + len(stack))
            if depth < 0:
                return True
        if depth > 0:
            return False
    return False


def _abandon(
    text: str,
    stack: list[_Open],
    pairs: list[tuple[int, int, int, int]],
    paragraph: tuple[int, int],
    closes: list[tuple[int, int]],
) -> None:
    """Close what was left open: at a closing mark after it, which then closes two, or where the paragraph ends.

    The mark is the first that also ends a sentence or is followed by a comma or dash, else the last of the paragraph.
    """
    for opened in reversed(stack):
        inner = opened.at + opened.width
        after = [c for c in closes[-CLOSES:] if c[0] >= inner]
        ending = next((c for c in after if re.match(r"\s*([.,!?…]|[-–—]|$)", text[c[1] : c[1] + 3])), None)
        mark = ending or (after[-1] if after else None)
        if mark is not None:
            # The closing mark belongs to the inner quotation too and is part of the outer one's words.
            pairs.append((opened.at, mark[1], inner, mark[1]))
        elif paragraph[1] > inner:
            pairs.append((opened.at, paragraph[1], inner, paragraph[1]))
    stack.clear()


def _nest(pairs: list[tuple[int, int, int, int]], paragraphs: Sequence[tuple[int, int]]) -> list[Quotation]:
    out: list[Quotation] = []
    ends: list[int] = []
    at = 0
    for start, stop, inner_start, inner_stop in sorted(pairs, key=lambda p: (p[0], -p[1])):
        while ends and ends[-1] <= start:
            ends.pop()
        while at + 1 < len(paragraphs) and paragraphs[at][1] <= start:
            at += 1
        inner = []
        for begin, end in paragraphs[at : at + REACH + 2]:
            lo, hi = max(begin, inner_start), min(end, inner_stop)
            if lo < hi:
                inner.append((lo, hi))
        if inner:
            out.append(Quotation(start, stop, tuple(inner), len(ends)))
            ends.append(stop)
    return out
