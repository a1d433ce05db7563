"""What crosses a queue: a job with its article, and its outcome."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import zstandard
from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)
from pydantic.config import JsonDict

VERSION = 1
"""Of a job's format. A worker leaves jobs of a newer format to newer workers."""

TEXT_LIMIT = 1_000_000
"""Bytes of UTF-8 in an article's text."""
HTML_LIMIT = 10_000_000
"""Bytes of UTF-8 in an article's HTML."""
JOB_LIMIT = HTML_LIMIT + 100_000
"""Bytes of a job's JSON, unpacked."""

QUEUES = ("fetch", "read", "record")
"""What waits on the network, what burns CPU, and what is short."""

Priority = Literal["interactive", "bulk"]
TerminalState = Literal["succeeded", "rejected", "quarantined", "cancelled"]
State = Literal["queued", "running", "retrying", "succeeded", "rejected", "quarantined", "cancelled"]
TERMINAL: frozenset[State] = frozenset({"succeeded", "rejected", "quarantined", "cancelled"})


def _job_id(value: str) -> str:
    return str(uuid.UUID(value))


_http_url = TypeAdapter(AnyHttpUrl)


def _url(value: str) -> str:
    _http_url.validate_python(value)
    return value


def _within(limit: int) -> AfterValidator:
    def check(value: str) -> str:
        # Four bytes a character at most: only what might be too long is measured.
        if len(value) * 4 > limit:
            size = len(value.encode("utf-8", "surrogatepass"))
            if size > limit:
                raise ValueError(f"{size:,} bytes, and at most {limit:,} are read")
        return value

    return AfterValidator(check)


def _whole(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"half a character (a lone surrogate) at {error.start}: not text that UTF-8 can hold"
        ) from error
    return value


JobId = Annotated[str, AfterValidator(_job_id)]
Url = Annotated[str, Field(max_length=2048), AfterValidator(_url)]
Label = Annotated[str, Field(max_length=1000), AfterValidator(_whole)]
SourceName = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$"), AfterValidator(_whole)]


class Message(BaseModel):
    """Anything that crosses a queue: closed and unchanging."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def given(*names: str) -> JsonDict:
    """The JSON Schema of objects in which these fields are texts: for rules that go over several fields."""
    return {"required": [*names], "properties": {name: {"type": "string"} for name in names}}


class Article(Message):
    """An article to read: its text, or its HTML, or else the URL to fetch it from.

    Beside a text or HTML, ``url`` says where that came from and nothing is fetched.
    """

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [given("text"), given("html"), given("url")], "not": given("text", "html")}
    )

    text: Annotated[str, _within(TEXT_LIMIT), AfterValidator(_whole)] | None = None
    html: Annotated[str, _within(HTML_LIMIT), AfterValidator(_whole)] | None = None
    url: Url | None = None
    title: Label | None = None
    outlet: Label | None = None
    published: AwareDatetime | None = None
    source: Literal["upload", "feed", "page", "telegram", "event"] = "upload"
    forwarded_from: Label | None = Field(default=None, description="channel that a post was forwarded from")

    @model_validator(mode="after")
    def _one_content(self) -> Article:
        if self.text is not None and self.html is not None:
            raise ValueError("text and html are both given: give one of them")
        if self.text is None and self.html is None and self.url is None:
            raise ValueError("nothing to read: give text, html or url")
        return self


def _now() -> datetime:
    return datetime.now(UTC)


class Job(Message):
    """One article on its way to one outcome."""

    id: JobId = Field(default_factory=lambda: str(uuid.uuid4()))
    version: int = Field(default=VERSION, ge=1)
    task: Literal["read"] = "read"
    article: Article
    source: SourceName = Field(default="python", description="who sent it; bulk jobs take turns by source")
    priority: Priority = "bulk"
    submitted: AwareDatetime = Field(default_factory=_now)
    deadline: AwareDatetime | None = Field(default=None, description="not begun by then, it is cancelled")
    trace: dict[str, str] = Field(default_factory=dict, max_length=4, description="W3C trace context of the producer")

    @property
    def queue(self) -> str:
        """The queue it starts in: what has to be fetched first goes to ``fetch``."""
        return "fetch" if self.article.text is None and self.article.html is None else "read"

    def pack(self) -> bytes:
        """The job as JSON, compressed: what the ledger keeps."""
        return zstandard.ZstdCompressor(level=1).compress(self.model_dump_json(exclude_none=True).encode())


def unpack(body: bytes) -> Job:
    """A job from `Job.pack`. Raises ValueError where it is not one, or unpacks to more than twice JOB_LIMIT bytes."""
    limit = 2 * JOB_LIMIT
    try:
        # The frame says its size, and that much is allocated before anything is unpacked.
        if zstandard.frame_content_size(body) not in range(limit + 1):
            raise ValueError(f"not a packed job of at most {limit:,} bytes")
        text = zstandard.ZstdDecompressor().decompress(body)
    except zstandard.ZstdError as error:
        raise ValueError(f"not a packed job: {error}") from error
    return Job.model_validate_json(text)


class Outcome(BaseModel):
    """How a job ended. There is exactly one of a job."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    job: JobId
    state: TerminalState
    code: str = Field(default="", description="why, as a word: of a job that did not succeed")
    message: str = Field(default="", description="why, as a sentence")
    document: str | None = Field(default=None, description="id of the document that was read")
    reading: dict[str, Any] | None = Field(default=None, description="as RECORD says; of a job that succeeded")
    attempts: int = 0
    submitted: AwareDatetime | None = None
    started: AwareDatetime | None = None
    ended: AwareDatetime | None = None
    worker: str | None = None
    seconds: dict[str, float] = Field(default_factory=dict, description="of work, by stage")


class Progress(BaseModel):
    """Where a job without an outcome stands."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    job: JobId
    state: State
    stage: str = ""
    attempts: int = 0
    code: str = ""
    message: str = ""


class Record(BaseModel):
    """What the ledger knows of a job."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: JobId
    state: State
    queue: str
    priority: Priority = Field(validation_alias="class")
    source: str
    version: int
    submitted: AwareDatetime
    attempts: int = 0
    losses: int = 0
    worker: str = ""
    stage: str = ""
    started: AwareDatetime | None = None
    ended: AwareDatetime | None = None
    code: str = ""
    message: str = ""


def id_of_event(source: str, event: str) -> str:
    """The job id of the CloudEvent with this ``source`` and ``id``: the same event is the same job.

    It is the name-based UUID (RFC 9562, version 5, URL namespace) of ``source#id``, which any language can compute.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{source}#{event}"))


def is_job_id(text: str) -> bool:
    """Whether this is a job id in its one spelling."""
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None
