"""What is not a task message is set aside whole, with its reason, and the worker goes on."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from redis import Redis

from tests.faults.processes import Broker, celery_worker, wait_until
from tests.worker import transport_app
from worker import envelope


def message(**changes: Any) -> dict[str, Any]:
    """A message as stock Celery pushes it, with changes by dotted path; None leaves the thing out."""
    body = json.dumps([["one"], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}])
    whole: dict[str, Any] = {
        "body": base64.b64encode(body.encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"task": transport_app.mark.name, "id": "an-id", "lang": "py", "retries": 0},
        "properties": {
            "correlation_id": "an-id", "delivery_mode": 2, "delivery_tag": "a-tag", "body_encoding": "base64",
            "delivery_info": {"exchange": "", "routing_key": "work"}, "priority": 0,
        },
    }  # fmt: skip
    for path, value in changes.items():
        part = whole
        *parents, last = path.split("__")
        for parent in parents:
            part = part[parent]
        part.pop(last.replace("_", "-") if last.startswith("content") else last, None)
        if value is not None:
            part[last.replace("_", "-") if last.startswith("content") else last] = value
    return whole


def b64(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


BOMB = base64.b64encode(zlib.compress(b"[" + b" " * (64 * 1024 * 1024) + b"]", 9)).decode()

PUSHED: dict[str, str | bytes] = {
    "not JSON": "these are words",
    "not UTF-8": b"\xff\xfe\x00",
    "a list": "[1, 2]",
    "null": "null",
    "a number": "42",
    "deep nesting": "[" * 100_000 + "]" * 100_000,
    "plain JSON": '{"text": "an article"}',
    "a CloudEvent": json.dumps({"specversion": "1.0", "id": "1", "source": "/press", "type": "a.b", "data": {}}),
    "no headers": json.dumps(message(headers=None)),
    "no properties": json.dumps(message(properties=None)),
    "no delivery_info": json.dumps(message(properties__delivery_info=None)),
    "no id": json.dumps(message(headers__id=None)),
    "no task": json.dumps(message(headers__task=None)),
    "an id that is a number": json.dumps(message(headers__id=7)),
    "a task that is a list": json.dumps(message(headers__task=[])),
    "no body": json.dumps(message(body=None)),
    "a body that is not base64": json.dumps(message(body="%%%")),
    "a body in base85": json.dumps(message(properties__body_encoding="base85")),
    "a body that is not JSON": json.dumps(message(body=b64("words"))),
    "a body that is not UTF-8": json.dumps(message(body=b64(b"\xff\xfe"))),
    "a body of two": json.dumps(message(body=b64("[[], {}]"))),
    "args that are a string": json.dumps(message(body=b64('["x", {}, {}]'))),
    "kwargs that are a list": json.dumps(message(body=b64("[[], [], {}]"))),
    "embed that is a string": json.dumps(message(body=b64('[[], {}, "x"]'))),
    "a deep body": json.dumps(message(body=b64("[" + "[" * 500 + "]" * 500 + ", {}, {}]"))),
    "a body too deep for any parser": json.dumps(message(body=b64("[" * 100_000 + "]" * 100_000))),
    "a value of an unknown type": json.dumps(message(body=b64('[[{"__type__": "x", "__value__": 1}], {}, {}]'))),
    "a date that is none": json.dumps(message(body=b64('[[{"__type__": "date", "__value__": 1}], {}, {}]'))),
    "pickle": json.dumps(message(content_type="application/x-python-serialize", content_encoding="binary")),
    "yaml": json.dumps(message(content_type="application/x-yaml")),
    "an encoding of another age": json.dumps(message(content_encoding="koi8-r")),
    "a bad ETA": json.dumps(message(headers__eta="tomorrow")),
    "an ETA that is a number": json.dumps(message(headers__eta=5)),
    "a bad expiry": json.dumps(message(headers__expires={})),
    "retries that are words": json.dumps(message(headers__retries="many")),
    "time limits that are words": json.dumps(message(headers__timelimit="long")),
    "time limits of three": json.dumps(message(headers__timelimit=[1, 2, 3])),
    "stamps of the wrong kind": json.dumps(message(headers__stamped_headers=5, headers__stamps=5)),
    "a compression bomb": json.dumps(message(headers__compression="application/x-gzip", body=BOMB)),
    "an unknown compression": json.dumps(message(headers__compression="application/x-lzma")),
    "compression that is a list": json.dumps(message(headers__compression=["zlib"])),
    "a body cut off": json.dumps(message(headers__compression="gzip", body=b64(zlib.compress(b"[]" * 999)[:-9]))),
    "stamps that are numbers": json.dumps(message(headers__stamped_headers=[1], headers__stamps={})),
    "a shadow that is a list": json.dumps(message(headers__shadow=["x"])),
    "a priority that is a word": json.dumps(message(properties__priority="high")),
    "an unknown task": json.dumps(message(headers__task="no.such.task")),
    "a huge one": json.dumps(message(body="A" * (envelope.MAX_BYTES + 1))),
}  # fmt: skip

ADDED: dict[str, dict[str, str | bytes]] = {
    "an entry of other fields": {"event": "{}"},
    "an entry without a body": {"h": json.dumps(message())},
    "an entry with one field too many": {"h": "{}", "b": "[]", "x": "y"},
    "an entry of ten thousand fields": {f"f{i}": "v" for i in range(10_000)},
    "an envelope that is not JSON": {"h": "{", "b": "[[], {}, {}]"},
    "an envelope that is not UTF-8": {"h": b"\xff", "b": "[[], {}, {}]"},
    "an empty entry": {"h": "", "b": ""},
    "a body in base64 that does not say so": {"h": json.dumps(message(properties__body_encoding=None)), "b": b64("[]")},
}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("malformed"), append_only=False)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def log(broker: Broker) -> Iterator[Path]:
    """Where the one worker of this module, which nothing here may stop, writes what it ran."""
    ran = broker.folder / "ran"
    ran.touch()
    env = {"TEST_BROKER": broker.url, "TEST_LOG": str(ran), "TEST_OPTIONS": "{}"}
    worker = celery_worker("tests.worker.transport_app", broker.folder / "worker.log", env, "-c", "1")
    wait_until(lambda: " ready." in worker.text(), 60, "the worker is ready")
    yield ran
    assert worker.alive
    assert worker.stop() == 0


def set_aside(client: Redis, count: int) -> dict[bytes, bytes]:
    wait_until(lambda: client.xlen("work:malformed") > count, 60, "the message is set aside")
    [(_, entry)] = cast("Any", client.xrevrange("work:malformed", count=1))
    return dict(entry)


def goes_on(broker: Broker, log: Path) -> None:
    before = len(log.read_text())
    broker.client.xadd("work:0", {"raw": json.dumps(message())})
    wait_until(lambda: "end one" in log.read_text()[before:], 60, "a good message runs after it")
    wait_until(lambda: broker.client.xlen("work:0") == 0, 60, "nothing is left in the queue")


@pytest.mark.parametrize("kind", PUSHED)
def test_a_malformed_message_in_the_stream_is_set_aside_whole(kind: str, broker: Broker, log: Path) -> None:
    before = broker.client.xlen("work:malformed")
    pushed = PUSHED[kind]
    broker.client.xadd("work:0", {"raw": pushed})
    entry = set_aside(broker.client, before)
    assert entry[b"original:raw"] == (pushed if isinstance(pushed, bytes) else pushed.encode())
    assert entry[b"reason"]
    goes_on(broker, log)


@pytest.mark.parametrize("kind", ADDED)
def test_an_entry_that_is_not_ours_is_set_aside_whole(kind: str, broker: Broker, log: Path) -> None:
    before = broker.client.xlen("work:malformed")
    broker.client.xadd("work:0", cast("Any", ADDED[kind]))
    entry = set_aside(broker.client, before)
    kept = {name.removeprefix(b"original:"): value for name, value in entry.items() if b"original:" in name}
    if b"original" in entry:
        pairs = json.loads(entry[b"original"])
        kept = {a.encode(): b.encode() for a, b in zip(pairs[::2], pairs[1::2], strict=True)}
    assert kept == {k.encode(): v.encode() if isinstance(v, str) else v for k, v in ADDED[kind].items()}
    goes_on(broker, log)


def test_what_stock_celery_pushes_into_the_list_runs(broker: Broker, log: Path) -> None:
    before = len(log.read_text())
    broker.client.lpush("work", json.dumps(message()))
    wait_until(lambda: "end one" in log.read_text()[before:], 60, "it runs")
    wait_until(lambda: broker.client.llen("work") == 0, 60, "the list is empty")


@pytest.mark.parametrize("kind", ["not JSON", "no id", "a body that is not base64", "a body of two", "null"])
def test_what_is_pushed_malformed_into_the_list_is_set_aside(kind: str, broker: Broker, log: Path) -> None:
    before = broker.client.xlen("work:malformed")
    broker.client.lpush("work", PUSHED[kind])
    assert set_aside(broker.client, before)[b"original:raw"].decode() == PUSHED[kind]
    goes_on(broker, log)


def test_a_full_broker_keeps_a_malformed_message_until_it_can_be_set_aside(broker: Broker, log: Path) -> None:
    client = broker.client
    before = client.xlen("work:malformed")
    with client.pipeline(transaction=True) as pipe:
        pipe.xadd("work:0", {"raw": "words"})
        pipe.config_set("maxmemory", 1)
        pipe.execute()
    wait_until(lambda: "cannot be set aside yet" in (broker.folder / "worker.log").read_text(), 60, "it is refused")
    assert client.xlen("work:0") == 1
    client.config_set("maxmemory", 0)
    wait_until(lambda: client.xlen("work:malformed") > before, 60, "it is set aside later")
    goes_on(broker, log)


def test_a_good_message_crosses_unchanged() -> None:
    sent = {
        "body": json.dumps([["текст"], {}, None], ensure_ascii=False),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": "a.task", "id": "1", "eta": None, "shadow": None},
        "properties": {"delivery_info": {"exchange": "", "routing_key": "work"}, "priority": 3, "delivery_tag": "t"},
    }
    packed = envelope.pack(sent)
    got = envelope.unpack({k.encode(): v for k, v in packed.items()}, "tag")
    assert got["decoded"] == [["текст"], {}, None]
    assert got["body"].decode() == sent["body"]
    assert got["headers"] == {"task": "a.task", "id": "1"}
    assert got["properties"]["priority"] == 3
    assert got["properties"]["delivery_tag"] == "tag"
