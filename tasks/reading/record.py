"""The reading: what one article turns into, and the only definition of its JSON.

All offsets are ``[start, end)`` in Unicode code points of ``document.text``. `chancery schema` prints the JSON Schema
made from these models.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

SCHEMA: Literal["chancery.reading/1"] = "chancery.reading/1"


def _ordered(span: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= span[0] <= span[1]:
        raise ValueError(f"a span runs from its start to its end, not {span}")
    return span


Span = Annotated[tuple[int, int], AfterValidator(_ordered)]
"""``(start, end)`` in code points of the document's text, end exclusive."""

Confidence = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[float, Field(ge=0, le=1)]

BlockKind = Literal["title", "byline", "body", "headlines", "promo", "caption", "comments", "other"]
READ_BLOCKS: frozenset[BlockKind] = frozenset({"title", "body"})
"""The blocks that evidence may lie in; every other block is cut."""

ActorKind = Literal["state", "bloc", "body", "person", "organization", "place"]
MentionForm = Literal["name", "adjective", "demonym", "capital", "seat", "body", "leader", "pronoun"]
SourceKind = Literal[
    "official", "person", "state_body", "organization", "media", "channel", "document", "unnamed", "author"
]
AttributionKind = Literal["direct", "indirect", "mixed"]
SpeechStatus = Literal["says", "claims", "denies", "predicts", "demands", "asks"]
EventType = Literal[
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST",
    "ACCUSE", "REJECT", "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
]  # fmt: skip
EventStatus = Literal["happened", "planned", "claimed", "denied", "hypothetical"]
Quad = Literal["verbal-cooperation", "material-cooperation", "verbal-conflict", "material-conflict"]
Topic = Literal["military", "trade", "energy", "diplomacy", "culture", "migration", "legal", "information", "other"]
Polarity = Literal["positive", "negative"]
Flag = Literal["single-source", "anonymous-source", "no-source", "attribution-stripped"]


class Part(BaseModel):
    """A part of a reading: closed, so that a misspelt field is an error and not a loss."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def _absent(value: object) -> bool:
    return value is None


class Document(Part):
    """What was received, as it was received."""

    id: str = Field(pattern=r"^sha256:[0-9a-f]{64}$", description="sha256 of the UTF-8 text")
    source: Literal["upload", "feed", "page", "telegram", "event"] = "upload"
    url: str | None = None
    outlet: str | None = None
    title: str | None = None
    published: AwareDatetime | None = None
    received: AwareDatetime
    text: str


class Reader(Part):
    """Which reader made the reading: its version, its gazetteer's date, its models by role."""

    version: str
    gazetteer: str | None = None
    models: dict[str, str] = Field(default_factory=dict)


class Language(Part):
    """ISO 639-1 code of the body's language (`und` where it can't be told) and how sure that is."""

    code: str
    confidence: Confidence


class Block(Part):
    """A stretch of the text. Blocks cover the whole text, in order; a block that is cut says why."""

    span: Span
    kind: BlockKind
    why: str | None = Field(default=None, exclude_if=_absent)


class Name(Part):
    """An actor's name by language."""

    ru: str | None = Field(default=None, exclude_if=_absent)
    en: str | None = Field(default=None, exclude_if=_absent)


class Mention(Part):
    """One place where an actor is spoken of."""

    span: Span
    text: str
    as_: MentionForm = Field(alias="as")
    alternatives: list[str] | None = Field(
        default=None, exclude_if=_absent, description="ids of other actors that this mention may mean"
    )


class Actor(Part):
    """A state, bloc, body, person, organization or place, with every mention of it."""

    id: str
    kind: ActorKind
    name: Name
    members: list[str] | None = Field(default=None, exclude_if=_absent, description="of a bloc: ids of its members")
    state: str | None = Field(default=None, exclude_if=_absent, description="of a body or person: id of its state")
    mentions: list[Mention]


class Source(Part):
    """One who is presented as saying something in this article."""

    id: str
    name: str
    kind: SourceKind
    platform: str | None = None
    anonymous: bool = False
    actor: str | None = Field(default=None, description="id of the actor that this source is or speaks for")


class Attribution(Part):
    """A content, the cue that attributes it and the source that it is attributed to (PARC's three parts)."""

    id: str
    kind: AttributionKind
    content: list[Span] = Field(min_length=1)
    cue: Span | None = None
    source_span: Span | None = None
    source: str | None = Field(default=None, description="id of the source")
    within: str | None = Field(default=None, description="id of the attribution that holds this one: hearsay")
    status: SpeechStatus = Field(default="says", description="what the cue says of its content")
    hops: int = Field(
        default=1, ge=1, description="mouths from the source to this article: 2 where an outlet passes it on"
    )
    confidence: Confidence


class Event(Part):
    """What passed between two actors, in PLOVER's types, with its status and who says so."""

    id: str
    type: EventType
    actor: str
    recipient: str
    mutual: bool = False
    status: EventStatus
    topic: Topic = "other"
    date: str | None = None
    evidence: list[Span] = Field(min_length=1)
    attribution: str | None = None
    confidence: Confidence
    quad: Quad | None = Field(default=None, exclude_if=_absent, description="PLOVER's quad class of the type")
    root: str | None = Field(
        default=None, exclude_if=_absent, pattern=r"^(0[1-9]|1[0-9]|20)$", description="CAMEO root code"
    )


class Attitude(Part):
    """A directed stance of one actor towards another."""

    id: str
    holder: str
    target: str
    polarity: Polarity
    evidence: list[Span] = Field(min_length=1)
    attribution: str | None = None
    confidence: Confidence


class Provenance(Part):
    """How much of the body rests on whose word: shares of its characters by outermost source."""

    own_voice: Share
    shares: dict[str, Share] = Field(default_factory=dict)
    sole_source: str | None = None
    flags: list[Flag] = Field(default_factory=list)
    hops: int = Field(default=0, ge=0, description="hops of the longest hearsay; 0 where nothing is attributed")


MENTION = 60
"""Characters of the words that tell who an unnamed source is, as `Reading.called` gives them."""


class Reading(Part):
    """One article, read."""

    schema_: Literal["chancery.reading/1"] = Field(default=SCHEMA, alias="schema")
    document: Document
    reader: Reader
    language: Language
    blocks: list[Block]
    actors: list[Actor] = Field(default_factory=list)
    sources: list[Source] = Field(default_factory=list)
    attributions: list[Attribution] = Field(default_factory=list)
    events: list[Event] = Field(default_factory=list)
    attitudes: list[Attitude] = Field(default_factory=list)
    provenance: Provenance
    stages: dict[str, str] = Field(description="by stage: `ok`, `skipped: why` or `failed: why`")

    def called(self, source: Source) -> str:
        """A source's name for people; of an unnamed one the words by which the article first tells who it is."""
        if source.name != "UNNAMED":
            return source.name
        spans = (a.source_span for a in self.attributions if a.source == source.id)
        span = next((s for s in spans if s is not None), None)
        words = " ".join(self.document.text[slice(*span)].split()) if span else ""
        return f"unnamed «{words[:MENTION]}»" if words else "unnamed source"

    def to_json(self) -> str:
        """The reading as one line of JSON, Cyrillic unescaped, fields in the order of the contract."""
        return self.model_dump_json(by_alias=True)

    def to_dict(self) -> dict[str, Any]:
        """The reading as JSON-ready data."""
        return self.model_dump(mode="json", by_alias=True)


def document_id(text: str) -> str:
    """``sha256:…`` of the UTF-8 text: the name under which a document is known everywhere."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()
