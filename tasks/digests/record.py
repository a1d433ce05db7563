"""The digest: what some days' articles told, counted, with the statements that every number rests on.

Nothing in it is asserted by Chancery: it tells what articles say that others say.
"""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A part of a digest: closed and unchanging."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Part):
    """Where an article stands, and when it was published, or else received."""

    outlet: str | None = None
    title: str | None = None
    url: str | None = None
    at: AwareDatetime


class Statement(Part):
    """Words of an article, and whose they are; ``source`` None: the article's own voice, or nobody who is named."""

    id: str = Field(description="e, t or a and its row's number: an event, an attitude, an attribution")
    words: str
    says: str = Field(description="what it comes to: KAZ → GBR AGREE; empty of an attribution")
    status: str
    source: str | None
    source_kind: str
    anonymous: bool
    place: Place


class Statements(Part):
    """Statements that a number rests on: how many there are, and the first of them."""

    total: int
    shown: list[Statement]


class Day(Part):
    """What was told of a pair on a day, in units of Goldstein's scale."""

    day: date
    cooperation: float
    conflict: float


class Pair(Part):
    """Two states or blocs, and what was told to pass between them."""

    first: str
    second: str
    cooperation: float
    conflict: float
    statements: Statements
    days: list[Day] = Field(description="up to the digest's last day")


class Shift(Part):
    """A shift that was told in these days, or taken back."""

    key: str
    parties: list[str]
    summary: str
    undone: bool
    flags: list[str]
    evidence: Statements


class Copy(Part):
    """A repost. ``stripped``: sources that the origin names and it does not. ``was``: the origin's headline."""

    place: Place
    kind: str
    shared: float
    stripped: list[str]
    was: str | None = None


class Spread(Part):
    """A text, or a statement in it, and where it went."""

    origin: Place
    words: str
    source: str | None
    total: int
    outlets: int
    copies: list[Copy]


class Voice(Part):
    """Somebody whose word the days rested on. ``share`` is of all characters that independent reports had."""

    name: str
    kind: str
    anonymous: bool
    share: float
    articles: int
    statements: Statements


class Newcomer(Part):
    """An anonymous source that no earlier article quotes."""

    name: str
    kind: str
    platform: str | None
    articles: int
    statements: Statements


class Correction(Part):
    """A text that was changed where it stands: the headline it has, and the one it had."""

    place: Place
    version: int
    was: str | None


class Digest(Part):
    """The digest of the days from ``first`` to ``last``, in the time zone of the desk."""

    first: date
    last: date
    zone: str
    only: list[tuple[str, str]] = Field(description="the pairs that it keeps to; none: everything")
    articles: int
    reports: int = Field(description="independent ones: articles less reposts")
    outlets: int
    statements: int = Field(description="attributed to somebody, in independent reports")
    own_voice: float = Field(description="share of the reports' characters that nobody but they vouch for")
    shifts: list[Shift]
    pairs: list[Pair]
    pairs_total: int
    spreads: list[Spread]
    reposts: int
    voices: list[Voice]
    voices_total: int
    newcomers: list[Newcomer]
    newcomers_total: int
    corrections: list[Correction]
    corrections_total: int

    @property
    def title(self) -> str:
        """The days in words."""
        end = f"{self.last.day} {self.last:%B %Y}"
        if self.first == self.last:
            return end
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first.day} to {end}"
        year = "" if self.first.year == self.last.year else f" {self.first.year}"
        return f"{self.first.day} {self.first:%B}{year} to {end}"
