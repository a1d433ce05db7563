"""The events that the intake takes: CloudEvents 1.0 in JSON, from any language."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from worker.jobs import HTML_LIMIT, Article, Job, JobId, Priority, SourceName, given, id_of_event
from worker.ninjs import NewsItem, is_ninjs

EVENT_LIMIT = 2 * HTML_LIMIT
"""Bytes of an event's JSON: an HTML page at its largest, with room for JSON's escapes."""


class Refused(Exception):
    """The event is not taken: ``code`` for machines, the message for people; ``source`` and ``id`` where they could be
    read."""

    def __init__(self, code: str, message: str, source: str | None = None, id_: str | None = None) -> None:
        super().__init__(message[:2000])
        self.code, self.source, self.id = code, source, id_

    @property
    def job_id(self) -> str | None:
        """The id under which the sender finds the outcome."""
        return id_of_event(self.source, self.id) if self.source and self.id else None


class CloudEvent(BaseModel):
    """What all events have. Other extension attributes are allowed, and not read."""

    model_config = ConfigDict(extra="allow", frozen=True)

    specversion: Literal["1.0"]
    id: str = Field(min_length=1, max_length=500)
    source: SourceName
    subject: str | None = Field(default=None, max_length=2000)
    time: AwareDatetime | None = None
    datacontenttype: Annotated[str, Field(pattern=r"^application/([\w.-]+\+)?json(;.*)?$")] | None = None
    traceparent: Annotated[str, Field(max_length=100)] | None = None
    tracestate: Annotated[str, Field(max_length=600)] | None = None


def _article(data: object) -> object:
    return NewsItem.model_validate(data).article() if is_ninjs(data) else data


class ArticleSubmitted(CloudEvent):
    """Asks for an article to be read. ``data`` is an article, or a ninjs item."""

    type: Literal["chancery.article.submitted.v1"]
    data: Annotated[Article, BeforeValidator(_article, json_schema_input_type=Article | NewsItem)]
    priority: Priority = "bulk"
    deadline: AwareDatetime | None = Field(default=None, description="not begun by then, the job is cancelled")

    def job(self) -> Job:
        """The job; the same event always makes the job of the same id."""
        trace = {name: value for name in ("traceparent", "tracestate") if (value := getattr(self, name))}
        article = self.data
        if "source" not in article.model_fields_set:
            article = article.model_copy(update={"source": "event"})
        return Job(
            id=id_of_event(self.source, self.id), article=article, source=self.source, priority=self.priority,
            deadline=self.deadline, trace=trace,
        )  # fmt: skip


class Cancellation(BaseModel):
    """Which job is cancelled: by its id, or by the ``source`` and ``id`` of the event that asked for it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"oneOf": [given("job"), given("source", "id")]}
    )

    job: JobId | None = None
    source: str | None = None
    id: str | None = None

    @model_validator(mode="after")
    def _one_job(self) -> Cancellation:
        if (self.job is None) == (self.source is None or self.id is None):
            raise ValueError("give either job, or source and id of the event that submitted the article")
        return self

    @property
    def job_id(self) -> str:
        """The job's id."""
        return self.job or id_of_event(self.source or "", self.id or "")


class JobCancelled(CloudEvent):
    """Asks for a job to be cancelled."""

    type: Literal["chancery.job.cancelled.v1"]
    data: Cancellation


Event = ArticleSubmitted | JobCancelled
_TYPES: dict[str, type[Event]] = {
    "chancery.article.submitted.v1": ArticleSubmitted,
    "chancery.job.cancelled.v1": JobCancelled,
}


class _Head(BaseModel):
    """As much of an event as says whose it is."""

    model_config = ConfigDict(extra="ignore")

    id: Any = None
    source: Any = None
    type: Any = None


def parse(text: bytes) -> Event:
    """The event in an entry of the stream. Raises Refused."""
    if len(text) > EVENT_LIMIT:
        raise Refused("too-large", f"{len(text):,} bytes; an event may have {EVENT_LIMIT:,}")
    try:
        head = _Head.model_validate_json(text)
    except ValidationError as error:
        raise Refused("not-an-event", _words(error)) from None
    source, id_ = (value if isinstance(value, str) and value else None for value in (head.source, head.id))
    model = _TYPES.get(head.type) if isinstance(head.type, str) else None
    if model is None:
        known = ", ".join(_TYPES)
        raise Refused("unknown-type", f"type is {str(head.type)[:80]!r}; the intake knows {known}", source, id_)
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise Refused("invalid", _words(error), source, id_) from None


def _words(error: ValidationError) -> str:
    """What is wrong where, without what was there: an article's text has no place in a reason."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in problem['loc']) or 'event'}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in problems[:10]
    )
