"""Whom the sources of a short text mean, through the whole reader."""

from __future__ import annotations

from datetime import UTC, datetime

from tasks.reading.reader import read_article

Case = tuple[str, list[tuple[str, str]]]
"""A text and, in its order, sources with the beginning or a part of what they say."""

NOBODY = "UNNAMED"


def sources(text: str, part: str) -> set[str]:
    """The sources of every attribution whose content holds ``part``."""
    reading = read_article(text=text, received=datetime(2026, 1, 1, tzinfo=UTC))
    names = {s.id: NOBODY if s.kind == "unnamed" else s.name for s in reading.sources}
    return {
        names[str(a.source)]
        for a in reading.attributions
        if part in " ".join(text[first:last] for first, last in a.content)
    }


def check(case: Case) -> None:
    text, told = case
    assert {part: sources(text, part) for _, part in told} == {part: {who} for who, part in told}


def beginning(case: object) -> str:
    return str(case[0][:24]) if isinstance(case, tuple) else ""
