"""What counts: each statement once by independent origin, however often it was copied, reposted or told again.

- A copy of another document counts nothing; of a document that took over parts of another, only what is its own counts,
  and of one that names another as its source, nothing that it has from there.
- What one source says of one event on one day counts once, in however many articles it says so; the first one counts.
- What an article says itself and has a source say, too, counts as the source's: its headline is no second sign.
- An article that was corrected at its own address counts as it reads last.

What two sources say counts twice: they are two signs. Which statements count depends on what is archived and not on the
order in which it came.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Statement:
    """An event or an attitude as one document tells it."""

    id: int
    kind: Literal["event", "attitude"]
    document: str
    key: str
    actor: str
    recipient: str
    type: str
    """PLOVER type, or polarity."""
    day: date
    """Of what is told."""
    told: date
    """On which the document tells it."""
    source: str
    """Who vouches for it: the outermost source, or the outlet where the article says so itself."""
    evidence: str
    status: str = "happened"
    mutual: bool = False
    confidence: float = 1.0
    own: bool = False
    """Whether the document says it itself."""

    @property
    def about(self) -> tuple[str, str, str, str]:
        """What it says, and of whom: equal for both directions of what is mutual."""
        first, second = sorted((self.actor, self.recipient)) if self.mutual else (self.actor, self.recipient)
        return self.kind, self.type, first, second

    @property
    def counts_on(self) -> date:
        """Its day in a series. What is planned for a day to come counts on the day it is told."""
        return min(self.day, self.told)


@dataclass(frozen=True)
class Origin:
    """What another document holds from which parts were taken."""

    text: str
    about: Collection[tuple[str, str, str, str]] = field(default_factory=frozenset)
    voice: str | None = None
    """Where set, only what is told in this `voice` was taken from it."""


def independent(statements: Iterable[Statement], origins: Mapping[str, Iterable[Origin]]) -> set[int]:
    """ids of the statements that count. ``origins``: by document, those from which it took parts.

    Whole copies and superseded versions are left out by the caller.
    """
    first: dict[tuple[object, ...], Statement] = {}
    statements = list(statements)
    sourced = {(statement.document, statement.about, statement.day) for statement in statements if not statement.own}
    for statement in statements:
        if statement.own and (statement.document, statement.about, statement.day) in sourced:
            continue
        if any(_taken(statement, origin) for origin in origins.get(statement.document, ())):
            continue
        same = (statement.about, statement.status, statement.day, statement.source)
        if same not in first or _rank(statement) < _rank(first[same]):
            first[same] = statement
    return {statement.id for statement in first.values()}


def _rank(statement: Statement) -> tuple[object, ...]:
    return statement.told, -statement.confidence, statement.document, statement.kind, statement.key


def _taken(statement: Statement, origin: Origin) -> bool:
    """Whether the origin says it too, in the same words or to the same effect."""
    if origin.voice is not None and origin.voice != statement.source:
        return False
    return statement.about in origin.about or _plain(statement.evidence) in _plain(origin.text)


def _plain(text: str) -> str:
    """Words alone, so that neither quotes nor breaks make a difference."""
    words = re.findall(r"\w+", text.casefold().replace("ё", "е"))
    return f" {' '.join(words)} "


def voice(kind: str, name: str | None, outlet: str | None, document: str) -> str:
    """Who vouches for a statement, as a name: two sources without one are never taken for the same."""
    if kind == "author":
        return f"outlet:{_plain(outlet).strip()}" if outlet else f"document:{document}"
    if kind == "unnamed" or not name:
        return f"unnamed:{_plain(outlet).strip() if outlet else document}"
    return f"{'outlet' if kind in {'media', 'channel'} else 'source'}:{_plain(name).strip()}"
