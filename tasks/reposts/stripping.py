"""Statements of the origin that a copy carries without their source: in its own voice, or under another name."""

from __future__ import annotations

from typing import Any

import numpy as np

from tasks.archive.keeping import name_key
from tasks.archive.words import stems

from .articles import Article
from .changes import LONGEST
from .comparing import Match

CARRIED = 0.6
"""Part of a statement's words that the copy must have for the statement to be there."""

FEWEST = 6
"""Words of a statement; fewer may stand anywhere."""

_PEOPLE = frozenset({"person", "official"})


def stripped(copy: Article, origin: Article, match: Match) -> list[dict[str, Any]]:
    """JSON-ready, one for each statement: its ``source`` in the origin, ``said_by`` whom in the copy (null: its own
    voice), the ``statement`` and its ``span`` in the copy.

    A source is gone only if the copy names it nowhere: not as the source of these words, and not in any other place.
    """
    sources = {s["id"]: s for s in origin.reading["sources"]}
    said = [a for a in origin.reading["attributions"] if a["source"] in sources]
    if not said:
        return []
    place = np.full(len(origin.words), -1)
    for passage in match.passages:
        for run in passage:
            place[run.origin : run.origin + run.length] = np.arange(run.copy, run.copy + run.length)
    spoken: set[str] | None = None
    out = []
    for attribution in said:
        source = sources[attribution["source"]]
        carried = place[origin.within(attribution["content"])]
        there = carried[carried >= 0]
        if source["kind"] == "author" or len(there) < max(FEWEST, CARRIED * len(carried)):
            continue
        speakers = _speakers(copy, set(there.tolist()))
        if any(_same(source, speaker) for speaker in speakers) or (source["kind"] == "unnamed" and speakers):
            continue
        if spoken is None:
            spoken = set(stems(" ".join(copy.text[slice(*b)] for b in _read(copy))))
        if not _named(source, spoken):
            span = copy.span(int(there.min()), int(there.max()) + 1)
            out.append(
                {
                    "source": source["name"], "said_by": speakers[0]["name"] if speakers else None,
                    "statement": copy.text[slice(*span)][:LONGEST], "span": [*span],
                }
            )  # fmt: skip
    return out


def _speakers(copy: Article, words: set[int]) -> list[dict[str, Any]]:
    """The sources to whom the copy gives at least half of these words."""
    sources = {s["id"]: s for s in copy.reading["sources"]}
    return [
        sources[a["source"]]
        for a in copy.reading["attributions"]
        if a["source"] in sources and 2 * len(words.intersection(copy.within(a["content"]))) >= len(words)
    ]


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if name_key(one["name"]) == name_key(other["name"]):
        return True
    return one["actor"] is not None and one["actor"] == other["actor"]


def _named(source: dict[str, Any], spoken: set[str]) -> bool:
    """Whether a text with these stems names the source: a person by the surname, others by all of their name."""
    name = stems(source["name"])
    return bool(name) and all(word in spoken for word in (name[-1:] if source["kind"] in _PEOPLE else name))


def _read(article: Article) -> list[tuple[int, int]]:
    return [b["span"] for b in article.reading["blocks"] if b["kind"] in {"title", "body"}]
