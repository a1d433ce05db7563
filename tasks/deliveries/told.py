"""What subscribers and readers of the stream may rely on: one model for each type of event that is told.

Fields may be added; none is taken away within a type's version.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter


class Told(BaseModel):
    """Data of an event: open, for fields may be added."""

    model_config = ConfigDict(extra="allow", frozen=True)


class ReadingKept(Told):
    """An article was read: what it is about, and where its reading lies in the archive."""

    reading: int = Field(description="its number in the archive")
    document: str = Field(description="sha256:… of the text")
    appearance: int = Field(description="the place where it was seen, by its number in the archive")
    url: str | None
    outlet: str | None
    title: str | None
    published: AwareDatetime | None
    received: AwareDatetime
    reader: str = Field(description="version, gazetteer and models of the reader")
    language: str
    own_voice: float = Field(description="share of the body that nobody but the article vouches for")
    flags: list[str]
    actors: list[str] = Field(description="codes of the states and blocs it speaks of")
    sources: list[str] = Field(description="names of those it quotes")
    pairs: list[tuple[str, str]] = Field(description="who did something to whom")


class JobQuarantined(Told):
    """A job failed for good. Its article is not told: it rests in quarantine."""

    job: str
    source: str | None = Field(default=None, description="who submitted it")
    code: str | None = Field(default=None, description="why, as a word")
    message: str | None = Field(default=None, description="why, as a sentence")
    attempts: int | None = None
    submitted: AwareDatetime | None = None
    ended: AwareDatetime | None = None


class ShiftTold(Told):
    """What is told of a pair, or of a state's balance between two poles, has shifted; or that was taken back."""

    key: str = Field(description="the shift's, the same through all corrections")
    state: Literal["told", "undone", "restored"]
    revision: int = Field(ge=1)
    actor: str
    recipient: str
    pair: list[str] = Field(description="the states and blocs it is of")
    measure: str
    direction: Literal["up", "down"]
    summary: str = Field(description="in one sentence")
    onset: str = Field(description="the day from which on the level is another")
    day: str = Field(description="the day on which that could be seen")
    before: float
    after: float
    flags: list[str]
    evidence: list[Any] = Field(description="the statements that made it")


class Place(Told):
    """Where and when a text was seen."""

    appearance: int
    document: str
    url: str | None
    outlet: str | None
    title: str | None
    published: AwareDatetime | None
    at: AwareDatetime = Field(description="when it was published, or else received")


class RepostFound(Told):
    """A text, or a part of it, is an earlier one's."""

    copy_: Place = Field(alias="copy")
    origin: Place = Field(description="the earliest that is known")
    kind: Literal["whole", "partial", "named"]
    shared: float = Field(description="share of the copy that is the origin's")
    stripped: list[Any] = Field(description="sources of the origin that are gone from the copy")
    headline: Any = Field(description="how the headline was changed, if it was")
    replaced: list[Any] = Field(description="passages that were put in the place of others")


class DigestMade(Told):
    """The digest of some days is there."""

    first: str = Field(description="its first day")
    last: str = Field(description="its last day")
    revision: int = Field(ge=1, description="how often it was told: 2 is a correction")
    articles: int
    statements: int
    shifts: int
    reposts: int
    pairs: list[tuple[str, str]] = Field(description="those told of most, first")
    text: str = Field(description="the digest in plain text")


class Envelope(BaseModel):
    """CloudEvents 1.0 in JSON, structured mode."""

    model_config = ConfigDict(extra="allow", frozen=True)

    specversion: Literal["1.0"]
    id: str = Field(description="the same at every delivery; with `source` the event's name")
    source: Literal["/chancery"]
    subject: str | None = None
    time: AwareDatetime
    datacontenttype: Literal["application/json"]


class Omitted(Told):
    """In the place of data that is larger than an event may be."""

    omitted: str


class ReadingEvent(Envelope):
    type: Literal["chancery.reading.v1"]
    data: ReadingKept | Omitted


class QuarantinedEvent(Envelope):
    type: Literal["chancery.quarantined.v1"]
    data: JobQuarantined | Omitted


class ShiftEvent(Envelope):
    type: Literal["chancery.shift.v1"]
    data: ShiftTold | Omitted


class RepostEvent(Envelope):
    type: Literal["chancery.repost.v1"]
    data: RepostFound | Omitted


class DigestEvent(Envelope):
    type: Literal["chancery.digest.v1"]
    data: DigestMade | Omitted


EVENT: TypeAdapter[Any] = TypeAdapter(
    Annotated[
        ReadingEvent | QuarantinedEvent | ShiftEvent | RepostEvent | DigestEvent, Field(discriminator="type")
    ]
)  # fmt: skip
"""Any event that is told."""
