"""The published schemas are those of the models, valid, and true of what the intake takes and refuses."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError

from tasks.deliveries.told import EVENT
from tasks.reading.record import Reading
from worker import contract
from worker.events import Refused, parse

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "worker" / "schemas"
NAMES = ("reading", "job", "outcome", "events", "told", "asyncapi")
# The AsyncAPI Initiative's schema of AsyncAPI 3.0.0 documents (Apache-2.0), as the npm package @asyncapi/specs has it.
SPECIFICATION = Path(__file__).with_name("asyncapi-3.0.0.json.gz")

HEAD = {"specversion": "1.0", "id": "1", "source": "https://news.example/wire"}
SUBMITTED = HEAD | {"type": "chancery.article.submitted.v1"}
CANCELLED = HEAD | {"type": "chancery.job.cancelled.v1"}
TAKEN: dict[str, dict[str, Any]] = {
    "a text": SUBMITTED | {"data": {"text": "Посол прибыл.", "outlet": "Вестник", "published": "2026-03-04T10:00:00Z"}},
    "a page": SUBMITTED | {"data": {"html": "<p>Посол прибыл.</p>", "url": "https://news.example/1"}},
    "an address": SUBMITTED | {"data": {"url": "https://news.example/1"}, "priority": "interactive"},
    "what CloudEvents allows": SUBMITTED
    | {
        "data": {"text": "Посол прибыл."},
        "time": "2026-03-04T10:00:00Z",
        "datacontenttype": "application/json",
        "subject": "x",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "myextension": "y",
    },
    "ninjs 1": SUBMITTED
    | {"data": {"uri": "urn:x:1", "type": "text", "body_main": "Посол прибыл.", "headline": "Визит"}},
    "ninjs 2": SUBMITTED
    | {
        "data": {
            "uri": "https://news.example/2",
            "type": "text",
            "pubstatus": "usable",
            "versioncreated": "2026-03-04T10:00:00Z",
            "bodies": [{"role": "main", "contenttype": "text/plain", "value": "Посол прибыл."}],
        }
    },
    "ninjs 3": SUBMITTED
    | {"data": {"uri": "urn:x:3", "pubStatus": "usable", "bodies": [{"contentType": "text/plain", "value": "Посол."}]}},
    "a cancellation by event": CANCELLED | {"data": {"source": "https://news.example/wire", "id": "0"}},
    "a cancellation by job": CANCELLED | {"data": {"job": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}},
}
REFUSED: dict[str, Any] = {
    "no version": {name: value for name, value in TAKEN["a text"].items() if name != "specversion"},
    "another version": TAKEN["a text"] | {"specversion": "0.3"},
    "no id": {name: value for name, value in TAKEN["a text"].items() if name != "id"},
    "an empty source": TAKEN["a text"] | {"source": ""},
    "an unknown type": TAKEN["a text"] | {"type": "chancery.article.submitted.v9"},
    "no data": SUBMITTED,
    "a misspelt field": SUBMITTED | {"data": {"txt": "Посол прибыл."}},
    "nothing to read": SUBMITTED | {"data": {"title": "Визит"}},
    "text and page": SUBMITTED | {"data": {"text": "Посол.", "html": "<p>Посол.</p>"}},
    "a text that is a number": SUBMITTED | {"data": {"text": 7}},
    "an unknown priority": TAKEN["a text"] | {"priority": "urgent"},
    "data that is no JSON": TAKEN["a text"] | {"datacontenttype": "text/xml"},
    "a cancellation of nothing": CANCELLED | {"data": {}},
    "a cancellation by half an event": CANCELLED | {"data": {"id": "0"}},
    "a cancellation by two ways": CANCELLED
    | {"data": {"job": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "source": "s", "id": "0"}},
    "a list": [TAKEN["a text"]],
    "null": None,
}


@pytest.fixture(scope="module")
def documents() -> dict[str, contract.JsonSchema]:
    return contract.documents(Reading.model_json_schema(), EVENT.json_schema())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_published_is_what_the_models_say(name: str) -> None:
    command = [str(Path(sys.executable).with_name("chancery")), "schema", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True)
    published = (PUBLISHED / f"{name}.json").read_text(encoding="utf-8")
    assert published == done.stdout, f"publish it: chancery schema {name} > worker/schemas/{name}.json"


def test_nothing_else_is_published(documents: dict[str, contract.JsonSchema]) -> None:
    assert {path.name for path in PUBLISHED.iterdir()} == {f"{name}.json" for name in NAMES}
    assert set(documents) == set(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "asyncapi"])
def test_each_schema_is_valid_and_leads_nowhere_else(documents: dict[str, contract.JsonSchema], name: str) -> None:
    Draft202012Validator.check_schema(documents[name])
    assert set(references(documents[name])) <= {f"#/$defs/{part}" for part in documents[name].get("$defs", {})}


def test_the_description_follows_asyncapi_3(documents: dict[str, contract.JsonSchema]) -> None:
    specification = json.loads(gzip.decompress(SPECIFICATION.read_bytes()))
    assert [error.message for error in Draft7Validator(specification).iter_errors(documents["asyncapi"])] == []


def test_every_reference_in_the_description_leads_to_something(documents: dict[str, contract.JsonSchema]) -> None:
    document = documents["asyncapi"]
    found = list(references(document))
    assert len(found) > 20
    for reference in found:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in place, reference
            place = place[step]


def references(schema: Any) -> Iterator[str]:
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        yield schema["$ref"]
    for part in parts:
        yield from references(part)


def validators(documents: dict[str, contract.JsonSchema]) -> Iterator[Any]:
    """The schema of events, and the intake's messages as the AsyncAPI document has them."""
    yield Draft202012Validator(documents["events"])
    components = {"components": documents["asyncapi"]["components"]}
    messages = [{"$ref": f"#/components/schemas/{name}"} for name in ("ArticleSubmitted", "JobCancelled")]
    yield Draft7Validator({"oneOf": messages} | components)


@pytest.mark.parametrize("event", TAKEN.values(), ids=TAKEN)
def test_what_the_intake_takes_the_schemas_allow(documents: dict[str, contract.JsonSchema], event: Any) -> None:
    parse(json.dumps(event).encode())
    for validator in validators(documents):
        validator.validate(event)


@pytest.mark.parametrize("event", REFUSED.values(), ids=REFUSED)
def test_what_the_schemas_forbid_the_intake_refuses(documents: dict[str, contract.JsonSchema], event: Any) -> None:
    with pytest.raises(Refused):
        parse(json.dumps(event).encode())
    for validator in validators(documents):
        with pytest.raises(ValidationError):
            validator.validate(event)
