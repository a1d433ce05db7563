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
ALARM: JsonSchema = {
    "title": "Alarm",
    "description": "The fields of an entry: an alarm is raised, or cleared.",
    "type": "object",
    "properties": {
        "event": _TEXT
        | {
            "description": "JSON: `kind`, `state` (raised or cleared), `why`, `time`, and which `source` or "
            "`subscription` it is about",
            "contentMediaType": "application/json",
        }
    },
    "required": ["event"],
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


def documents(reading: JsonSchema, told: JsonSchema) -> dict[str, JsonSchema]:
    """The documents by name: reading, job, outcome, events, told, asyncapi.

    Needs the schema of a reading, and that of the events that subscribers are told: one model a type, under ``$defs``.
    """
    event = TypeAdapter(Annotated[ArticleSubmitted | JobCancelled, Field(discriminator="type")])
    schemas = {
        "reading": reading,
        "job": Job.model_json_schema(),
        "outcome": _with_reading(Outcome.model_json_schema(), reading, "#/$defs/{model}"),
        "events": event.json_schema(),
        "told": told,
    }
    named = {
        name: {"$schema": DIALECT, "$id": f"urn:chancery:schema:{name}:1"} | schema for name, schema in schemas.items()
    }
    return named | {"asyncapi": asyncapi(reading, told)}


def asyncapi(reading: JsonSchema, told: JsonSchema) -> JsonSchema:
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
        "channels": _channels(told),
        "operations": _operations(told),
        "components": {
            "securitySchemes": {"user": {"type": "userPassword", "description": "An ACL user of the broker."}},
            "messages": _messages(told),
            "schemas": _components(reading, told),
        },
    }


def _told(told: JsonSchema) -> dict[str, str]:
    """The types of events that are told, each with the name of its model."""
    mapping = told["discriminator"]["mapping"]
    return {type_: reference.rpartition("/")[2] for type_, reference in mapping.items()}


def _channels(told: JsonSchema) -> JsonSchema:
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
        "told": channel(
            "chancery:events",
            "A stream: what the archive has to tell, one entry an event, in order. The field `event` holds a "
            "CloudEvent in structured mode, `type` its type, and `id` the UUID version 5 of its `source#id`. An event "
            "may come twice, under the same id. Webhooks get the same events by POST, with the headers of Standard "
            "Webhooks 1.0 and that id as `webhook-id`: see `chancery subscribe`.",
            *_told(told).values(),
        ),
        "alarms": channel("chancery:alarms", "A stream: what those who run the deployment should know.", "alarm"),
    }


def _operations(told: JsonSchema) -> JsonSchema:
    def operation(action: str, channel: str, summary: str, *messages: str) -> JsonSchema:
        return {
            "action": action,
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"} for message in messages],
            "summary": summary,
        }

    return {
        "submitArticle": operation("receive", "intake", "Have an article read.", "articleSubmitted"),
        "cancelJob": operation("receive", "intake", "Cancel a job.", "jobCancelled"),
        "refuseEvent": operation("send", "dead", "An event was not taken.", "deadLetter"),
        "announceEnd": operation("send", "ended", "A job has its outcome.", "ended"),
        "keepOutcome": operation("send", "outcome", "The outcome of a job, with its reading.", "outcome"),
        "tell": operation("send", "told", "Something was read, found, shifted or set aside.", *_told(told).values()),
        "raiseAlarm": operation("send", "alarms", "A source or a subscription needs looking after.", "alarm"),
    }


def _messages(told: JsonSchema) -> JsonSchema:
    def message(title: str, schema: str, content_type: str = "application/json") -> JsonSchema:
        return {"title": title, "contentType": content_type, "payload": {"$ref": _REFERENCE.format(model=schema)}}

    events = {
        name: message(
            get_args(model.model_fields["type"].annotation)[0], model.__name__, "application/cloudevents+json"
        )
        for name, model in _EVENTS.items()
    }
    events |= {model: message(type_, model, "application/cloudevents+json") for type_, model in _told(told).items()}
    return events | {
        "alarm": message("An alarm is raised or cleared", "Alarm"),
        "deadLetter": message("An event that was not taken", "DeadLetter"),
        "ended": message("A job has ended", "Ended"),
        "outcome": message("An outcome", "KeptOutcome"),
    }


def _components(reading: JsonSchema, told: JsonSchema) -> JsonSchema:
    event = TypeAdapter(ArticleSubmitted | JobCancelled).json_schema(ref_template=_REFERENCE)
    outcome = _with_reading(Outcome.model_json_schema(ref_template=_REFERENCE), reading, _REFERENCE)
    shared = event["$defs"] | outcome.pop("$defs", {})
    schemas = shared | _moved(told["$defs"], _REFERENCE)
    schemas |= {
        "Outcome": outcome, "KeptOutcome": KEPT_OUTCOME, "Ended": ENDED, "DeadLetter": DEAD_LETTER, "Alarm": ALARM,
    }  # fmt: skip
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
