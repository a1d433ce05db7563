"""What a repost changed: its headline, and what was added, dropped and replaced in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

from .articles import Article
from .comparing import Kind, Match
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
    if kind == "whole":
        mine = ((p[0].copy, p[-1].copy + p[-1].length) for p in match.passages)
        theirs = ((p[0].origin, p[-1].origin + p[-1].length) for p in match.passages)
        yield from ((first, last, 0, 0) for first, last in _outside(mine, len(copy.words)))
        yield from ((0, 0, first, last) for first, last in _outside(theirs, len(origin.words)))


def _outside(taken: Iterable[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    at = 0
    for first, last in sorted(taken):
        if first > at:
            yield at, first
        at = max(at, last)
    if at < size:
        yield at, size


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
