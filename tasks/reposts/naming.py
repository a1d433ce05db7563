"""Reposts that say so: «пишет канал X», «сообщает издание Y», a post that was forwarded from X.

The name is matched to outlets and channels that the archive has; which of their articles is meant is told by the words
of the statement, which a paraphrase has in part.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tasks.archive.keeping import name_key
from tasks.archive.words import stems

from .articles import Article

KINDS = frozenset({"media", "channel"})
"""Sources that publish."""

LATEST = 24
"""Articles of the one that is named, the latest before the copy, that are looked at."""

WITHIN = timedelta(days=3)
"""How far back: news are cited while they are new."""

FEWEST = 5
"""Different words, of four letters and more, that a statement must have to be looked for."""

LIKE = 0.5
"""Part of these words that the named article must have."""


def key(name: str) -> str:
    """The name of an outlet or channel as it is compared."""
    return name_key(name.strip().removeprefix("@"))


def cited(article: Article, forwarded_from: str | None) -> dict[str, str]:
    """By the key of each outlet and channel that the article names as a source: the words that are theirs."""
    out: dict[str, list[str]] = {}
    publishers = {s["id"]: key(s["name"]) for s in article.reading["sources"] if s["kind"] in KINDS}
    for attribution in article.reading["attributions"]:
        name = publishers.get(attribution["source"])
        if name:
            out.setdefault(name, []).extend(article.text[start:stop] for start, stop in attribution["content"])
    if forwarded_from and key(forwarded_from):
        out[key(forwarded_from)] = [article.text]
    return {name: " ".join(texts) for name, texts in out.items()}


def content_words(text: str) -> frozenset[str]:
    """Stems that tell one story from another."""
    return frozenset(stem for stem in stems(text) if len(stem) >= 4 or stem.isdigit())


def likeliest(statement: str, candidates: Iterable[tuple[int, frozenset[str]]]) -> tuple[int, float] | None:
    """Of ``(number, words)`` in order, the first that has the most of the statement's words, with the part it has."""
    wanted = content_words(statement)
    if len(wanted) < FEWEST:
        return None
    best: tuple[int, float] | None = None
    for number, words in candidates:
        part = len(wanted & words) / len(wanted)
        if part >= LIKE and (best is None or part > best[1]):
            best = number, part
    return best
