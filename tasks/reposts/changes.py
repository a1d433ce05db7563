"""What a repost changed: its headline, and what was added, dropped and replaced in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from .articles import Article
from .comparing import GAP, Kind, Match
from .words import plain

MOST = 12
"""Changes of one kind that are told; ``more`` counts the others."""

LONGEST = 160
"""Characters of a text that is told; the span says where the rest is."""

_Gap = tuple[int, int, int, int]
"""Words of the copy from, to; of the origin from, to: what stands between two runs that are the same in both."""


def changes(copy: Article, origin: Article, match: Match, kind: Kind) -> dict[str, Any]:
    """JSON-ready: ``passages`` that are shared, and what was ``replaced``, ``added`` and ``dropped``.

    Each change has its text, cut to LONGEST, and its spans (``span`` in the copy, ``origin_span`` in the origin); one
    that is replaced says whether it holds a name, a number or words. Of a part that was lifted only what changed inside
    it is told: the rest is another article.
    """
    found: dict[str, list[dict[str, Any]]] = {"replaced": [], "added": [], "dropped": []}
    for gap in _gaps(match, copy, origin, kind):
        for first, last, was_first, was_last in _narrowed(copy, origin, gap):
            change: dict[str, Any] = {}
            if was_last > was_first:
                change |= _told(origin, was_first, was_last, "was", "origin_span")
            if last > first:
                change |= _told(copy, first, last, "is", "span")
            if "was" in change and "is" in change:
                found["replaced"].append({"what": _what(change["was"], change["is"]), **change})
            else:
                found["added" if "is" in change else "dropped"].append(change)
    passages = [
        {
            "span": [*copy.span(passage[0].copy, passage[-1].copy + passage[-1].length)],
            "origin_span": [*origin.span(passage[0].origin, passage[-1].origin + passage[-1].length)],
            "words": sum(run.length for run in passage),
        }
        for passage in match.passages
    ]
    out: dict[str, Any] = {"passages": passages[:MOST], "more": 0}
    for name, told in found.items():
        # Names and numbers first: they change what is said.
        out[name] = sorted(told, key=lambda change: change.get("what") == "words")[:MOST]
        out["more"] += max(0, len(told) - MOST)
    return out


def headline(mine: str | None, theirs: str | None) -> dict[str, str] | None:
    """What the headline ``was`` and ``is``, where the copy has other words in it."""
    if not mine or not theirs or _forms(mine) == _forms(theirs):
        return None
    return {"was": _cut(theirs), "is": _cut(mine)}


def _gaps(match: Match, copy: Article, origin: Article, kind: Kind) -> Iterator[_Gap]:
    for passage in match.passages:
        for run, after in pairwise(passage):
            yield run.copy + run.length, after.copy, run.origin + run.length, after.origin
    if kind != "whole":
        return
    mine = _outside(((p[0].copy, p[-1].copy + p[-1].length) for p in match.passages), len(copy.words))
    theirs = _outside(((p[0].origin, p[-1].origin + p[-1].length) for p in match.passages), len(origin.words))
    for beside in {**mine, **theirs}:
        here, there = mine.get(beside, (0, 0)), theirs.get(beside, (0, 0))
        if max(here[1] - here[0], there[1] - there[0]) <= GAP:
            yield *here, *there
        else:
            yield *here, 0, 0
            yield 0, 0, *there


def _outside(taken: Iterable[tuple[int, int]], size: int) -> dict[tuple[int, int], tuple[int, int]]:
    """What lies between passages, from and to, by the numbers of the two that it lies between."""
    out: dict[tuple[int, int], tuple[int, int]] = {}
    at, before = 0, -1
    for (first, last), number in sorted((span, number) for number, span in enumerate(taken)):
        if first > at:
            out[before, number] = at, first
        at, before = max(at, last), number
    if at < size:
        out[before, -1] = at, size
    return out


def _narrowed(copy: Article, origin: Article, gap: _Gap) -> Iterator[_Gap]:
    """A gap without the words that both have in it: shorter runs than those that texts are compared by."""
    first, last, was_first, was_last = gap
    if first == last or was_first == was_last:
        if last > first or was_last > was_first:
            yield gap
        return
    mine, theirs = copy.words.hashes[first:last].tolist(), origin.words.hashes[was_first:was_last].tolist()
    for deed, a, b, c, d in SequenceMatcher(None, theirs, mine, autojunk=False).get_opcodes():
        if deed != "equal":
            yield first + c, first + d, was_first + a, was_first + b


def _told(article: Article, first: int, last: int, text: str, span: str) -> dict[str, Any]:
    start, stop = article.span(first, last)
    return {text: _cut(article.text[start:stop]), span: [start, stop]}


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _what(was: str, now: str) -> str:
    if any(c.isdigit() for c in was + now):
        return "number"
    return "name" if any(word[:1].isupper() for word in (*was.split(), *now.split())) else "words"


def _forms(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in plain(text)).split()
