"""Marks that overlap, nest and break off, laid over a text as the tree that HTML can say.

HTML elements nest; what is marked in an article does not: a statement runs over two paragraphs, an actor's mention
straddles the edge of a quotation, two statements cross. So the text is split at every boundary, and at each boundary
only those marks are closed and opened again that must be. Each character of the text comes out exactly once.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, eq=False)
class Mark:
    """What ``[start, end)`` of the text, in code points, is marked as.

    ``level`` says how deep the mark stands: marks of a lower level hold those of a higher one, and of two marks of one
    level the longer holds the shorter. ``opens`` and ``closes`` say whether the thing that is marked begins and ends
    here: it may have other pieces.
    """

    start: int
    end: int
    level: tuple[int, ...]
    kind: str
    of: Any = None
    opens: bool = True
    closes: bool = True

    @property
    def order(self) -> tuple[tuple[int, ...], int, int]:
        """Outer marks first."""
        return self.level, self.start - self.end, self.start


@dataclass(eq=False)
class Node:
    """A stretch of one mark that holds text and other nodes."""

    mark: Mark
    start: int
    end: int
    children: list[Node | str] = field(default_factory=list)

    @property
    def first(self) -> bool:
        """Whether what is marked begins with this node."""
        return self.mark.opens and self.start == self.mark.start

    @property
    def last(self) -> bool:
        """Whether what is marked ends with this node."""
        return self.mark.closes and self.end == self.mark.end


def clip(mark: Mark, frames: Sequence[tuple[int, int]]) -> Iterator[Mark]:
    """The pieces of a mark that lie inside ``frames``, which are in order and do not overlap."""
    inside = [
        (max(start, mark.start), min(end, mark.end))
        for start, end in frames[max(0, bisect_left(frames, (mark.start, 0)) - 1) : bisect_left(frames, (mark.end, 0))]
        if start < mark.end and mark.start < end
    ]
    for n, (start, end) in enumerate(inside):
        yield replace(
            mark, start=start, end=end, opens=mark.opens and n == 0, closes=mark.closes and n == len(inside) - 1
        )


def nest(text: str, marks: Iterable[Mark]) -> list[Node | str]:
    """The text under its marks. The strings of the tree, in order, make up ``text``; empty marks are left out."""
    opening, closing = defaultdict(list), defaultdict(list)
    for mark in marks:
        if mark.start < mark.end:
            opening[mark.start].append(mark)
            closing[mark.end].append(mark)
    root: list[Node | str] = []
    active: list[Mark] = []
    stack: list[Node] = []
    for start, end in pairwise(sorted({0, len(text), *opening, *closing})):
        for mark in closing[start]:
            active.remove(mark)
        for mark in opening[start]:
            insort(active, mark, key=lambda m: m.order)
        kept = 0
        while kept < min(len(stack), len(active)) and stack[kept].mark is active[kept]:
            kept += 1
        del stack[kept:]
        for mark in active[kept:]:
            node = Node(mark, start, end)
            (stack[-1].children if stack else root).append(node)
            stack.append(node)
        for node in stack:
            node.end = end
        (stack[-1].children if stack else root).append(text[start:end])
    return root
