"""What those who speak to Chancery from outside may rely on: JSON Schemas and AsyncAPI 3.0, made from the models.

`chancery schema` prints them, and they are published in ``worker/schemas``; a test holds that they are the same.
"""

from __future__ import annotations

import importlib.metadata
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter

from worker.events import ArticleSubmitted, CloudEvent, JobCancelled
from worker.jobs import Job, Outcome

DIALECT = "https://json-schema.org/draft/2020-12/schema"

JsonSchema = dict[str, Any]

_EVENTS: dict[str, type[CloudEvent]] = {"articleSubmitted": ArticleSubmitted, "jobCancelled": JobCancelled}
_REFERENCE = "#/components/schemas/{model}"

_TEXT = {"type": "string"}
_JOB_ID = {"type": "string", "format": "uuid"}
_STATE = {"enum": ["succeeded", "rejected", "quarantined", "cancelled"]}
ENDED: JsonSchema = {
    "title": "Ended",
    "description": "The fields of an entry: one for each job, when it has its outcome.",
    "type": "object",
    "properties": {
        "job": _JOB_ID,
        "state": _STATE,
        "code": _TEXT | {"description": "why, as a word; empty of a job that succeeded"},
        "document": _TEXT | {"description": "id of the document that was read, or empty"},
    },
    "required": ["job", "state", "code", "document"],
}
DEAD_LETTER: JsonSchema = {
    "title": "DeadLetter",
    "description": "The fields of an entry: an event that was not taken, and why.",
    "type": "object",
    "properties": {
        "code": _TEXT | {"description": "why, as a word"},
        "reason": _TEXT | {"description": "why, as a sentence"},
        "entry": _TEXT | {"description": "the id that the entry had on the intake stream"},
        "job": _TEXT | {"description": "the id under which its outcome is found; empty where the event has none"},
        "bytes": _TEXT | {"description": "of the event as it came", "pattern": "^[0-9]+$"},
        "event": _TEXT | {"description": "the event as it came, at most its first million bytes"},
    },
    "required": ["code", "reason", "entry", "job", "bytes", "event"],
}
KEPT_OUTCOME: JsonSchema = {
    "title": "KeptOutcome",
    "description": "The value of the key, as JSON: an outcome in the envelope of Celery's result backend.",
    "type": "object",
    "properties": {
        "status": {"const": "SUCCESS", "description": "the job has an outcome, whichever"},
        "result": {"$ref": _REFERENCE.format(model="Outcome")},
        "task_id": _JOB_ID,
        "date_done": {"type": "string", "format": "date-time"},
        "traceback": {"type": "null"},
        "children": {"type": "array", "maxItems": 0},
    },
    "required": ["status", "result", "task_id", "date_done"],
}


def documents(reading: JsonSchema) -> dict[str, JsonSchema]:
    """The documents by name: reading, job, outcome, events, asyncapi. Needs the schema of a reading."""
    event = TypeAdapter(Annotated[ArticleSubmitted | JobCancelled, Field(discriminator="type")])
    schemas = {
        "reading": reading,
        "job": Job.model_json_schema(),
        "outcome": _with_reading(Outcome.model_json_schema(), reading, "#/$defs/{model}"),
        "events": event.json_schema(),
    }
    named = {
        name: {"$schema": DIALECT, "$id": f"urn:chancery:schema:{name}:1"} | schema for name, schema in schemas.items()
    }
    return named | {"asyncapi": asyncapi(reading)}


def asyncapi(reading: JsonSchema) -> JsonSchema:
    """The AsyncAPI 3.0 description of the streams and keys at the broker."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Chancery",
            "version": importlib.metadata.version("chancery"),
            "description": "Articles in, readings out: who said what about whom. Every accepted event ends in exactly "
            "one outcome.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "{host}:6379",
                "protocol": "redis",
                "description": "Valkey or Redis; `rediss` where it speaks TLS.",
                "variables": {"host": {"default": "localhost"}},
                "security": [{"$ref": "#/components/securitySchemes/user"}],
            }
        },
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "securitySchemes": {"user": {"type": "userPassword", "description": "An ACL user of the broker."}},
            "messages": _messages(),
            "schemas": _components(reading),
        },
    }


def _channels() -> JsonSchema:
    def channel(address: str, description: str, *messages: str) -> JsonSchema:
        named = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
        return {"address": address, "description": description, "messages": named}

    outcome = channel(
        "chancery:celery-task-meta-{job}",
        "A key for each job that has ended: GET it. The id of an event's job is the UUID version 5 of its `source#id` "
        "in RFC 9562's namespace for URLs. It is kept for six hours unless the deployment says otherwise.",
        "outcome",
    )
    outcome["parameters"] = {"job": {"description": "The job's id, a UUID in lower case."}}
    return {
        "intake": channel(
            "chancery:intake",
            "A stream. One entry an event, in structured mode, as the field `event`: "
            "`XADD chancery:intake * event '{…}'`. The same `source` and `id` twice are one job.",
            *_EVENTS,
        ),
        "dead": channel("chancery:intake:dead", "A stream: events that were not taken.", "deadLetter"),
        "ended": channel("chancery:outcomes", "A stream: one entry for each job that has ended.", "ended"),
        "outcome": outcome,
    }


def _operations() -> JsonSchema:
    def operation(action: str, channel: str, message: str, summary: str) -> JsonSchema:
        return {
            "action": action,
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
            "summary": summary,
        }

    return {
        "submitArticle": operation("receive", "intake", "articleSubmitted", "Have an article read."),
        "cancelJob": operation("receive", "intake", "jobCancelled", "Cancel a job."),
        "refuseEvent": operation("send", "dead", "deadLetter", "An event was not taken."),
        "announceEnd": operation("send", "ended", "ended", "A job has its outcome."),
        "keepOutcome": operation("send", "outcome", "outcome", "The outcome of a job, with its reading."),
    }


def _messages() -> JsonSchema:
    def message(title: str, schema: str, content_type: str = "application/json") -> JsonSchema:
        return {"title": title, "contentType": content_type, "payload": {"$ref": _REFERENCE.format(model=schema)}}

    events = {
        name: message(
            get_args(model.model_fields["type"].annotation)[0], model.__name__, "application/cloudevents+json"
        )
        for name, model in _EVENTS.items()
    }
    return events | {
        "deadLetter": message("An event that was not taken", "DeadLetter"),
        "ended": message("A job has ended", "Ended"),
        "outcome": message("An outcome", "KeptOutcome"),
    }


def _components(reading: JsonSchema) -> JsonSchema:
    event = TypeAdapter(ArticleSubmitted | JobCancelled).json_schema(ref_template=_REFERENCE)
    outcome = _with_reading(Outcome.model_json_schema(ref_template=_REFERENCE), reading, _REFERENCE)
    shared = event["$defs"] | outcome.pop("$defs", {})
    schemas = shared | {"Outcome": outcome, "KeptOutcome": KEPT_OUTCOME, "Ended": ENDED, "DeadLetter": DEAD_LETTER}
    return {name: _draft_7(schemas[name]) for name in sorted(schemas)}


def _with_reading(outcome: JsonSchema, reading: JsonSchema, template: str) -> JsonSchema:
    """An outcome's schema whose reading is the given one, its parts beside it."""
    parts = reading.get("$defs", {}) | {"Reading": {name: part for name, part in reading.items() if name != "$defs"}}
    parts = _moved(parts, template)
    given = outcome["properties"]["reading"]
    described = {**given, "anyOf": [{"$ref": template.format(model="Reading")}, {"type": "null"}]}
    return outcome | {
        "properties": outcome["properties"] | {"reading": described},
        "$defs": outcome.get("$defs", {}) | parts,
    }


def _moved(schema: Any, template: str) -> Any:
    """The schema with its references to ``$defs`` leading where the template says."""
    if isinstance(schema, list):
        return [_moved(part, template) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: template.format(model=part.rpartition("/")[2]) if name == "$ref" else _moved(part, template)
        for name, part in schema.items()
    }


def _draft_7(schema: Any) -> Any:
    """AsyncAPI's own dialect builds on draft 7, which spells a tuple's parts ``items``."""
    if isinstance(schema, list):
        return [_draft_7(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {"items" if name == "prefixItems" else name: _draft_7(part) for name, part in schema.items()}
