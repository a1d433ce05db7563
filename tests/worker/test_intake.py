"""Events of any language become jobs, once each; what is wrong is set aside with its reason."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from typing import Any

import pytest

from tests.worker.conftest import ROOT, fresh, until, variables
from worker.events import Refused, parse
from worker.intake import GROUP, Intake
from worker.jobs import id_of_event, unpack
from worker.ledger import Ledger, QueueFull
from worker.settings import Settings

SUBMITTED = "chancery.article.submitted.v1"
CANCELLED = "chancery.job.cancelled.v1"


def event(id_: str = "1", data: object = None, **more: object) -> dict[str, Any]:
    base: dict[str, Any] = {"specversion": "1.0", "id": id_, "source": "/desk", "type": SUBMITTED}
    return base | {"data": data if data is not None else {"text": "Астана и Лондон договорились."}} | more


def send(ledger: Ledger, *events: object) -> None:
    for one in events:
        text = one if isinstance(one, bytes | str) else json.dumps(one, ensure_ascii=False)
        ledger.client.xadd(ledger.key("intake"), {"event": text})


def drain(intake: Intake) -> None:
    intake.step(0.01)
    while intake.step(0.01):
        pass


def dead(ledger: Ledger) -> list[dict[bytes, bytes]]:
    entries: Any = ledger.client.xrange(ledger.key("intake:dead"))
    return [fields for _, fields in entries]


@pytest.fixture
def intake(chosen: Settings, ledger: Ledger) -> Intake:
    return Intake(chosen)


def test_an_event_becomes_the_job_of_its_source_and_id(intake: Intake, ledger: Ledger) -> None:
    send(ledger, event("a#1", {"text": "Текст", "outlet": "Газета"}, priority="interactive", subject="x", myext=1))
    drain(intake)
    job_id = id_of_event("/desk", "a#1")
    assert job_id == str(uuid.uuid5(uuid.NAMESPACE_URL, "/desk#a#1"))
    record, body = ledger.record(job_id), ledger.body(job_id)
    assert record
    assert body
    assert (record.state, record.queue, record.priority, record.source) == ("queued", "read", "interactive", "/desk")
    assert unpack(body).article.model_dump(exclude_none=True) == {
        "text": "Текст",
        "outlet": "Газета",
        "source": "event",
    }


def test_the_same_event_twice_is_one_job(intake: Intake, ledger: Ledger) -> None:
    send(ledger, event("1"), event("1"))
    drain(intake)
    send(ledger, event("1"))
    drain(intake)
    assert ledger.counts()["accepted"] == 1


def test_a_url_is_fetched_first(intake: Intake, ledger: Ledger) -> None:
    send(ledger, event("1", {"url": "https://example.org/story"}))
    drain(intake)
    record = ledger.record(id_of_event("/desk", "1"))
    assert record
    assert record.queue == "fetch"


def test_an_event_cancels_a_job_by_its_id_or_by_its_event(intake: Intake, ledger: Ledger) -> None:
    send(ledger, event("1"), event("2"))
    drain(intake)
    first, second = id_of_event("/desk", "1"), id_of_event("/desk", "2")
    send(ledger, event("3", {"job": first}, type=CANCELLED), event("4", {"source": "/desk", "id": "2"}, type=CANCELLED))
    drain(intake)
    assert [outcome and outcome.state for outcome in ledger.outcomes([first, second])] == ["cancelled", "cancelled"]


NINJS = {
    "1.x": {
        "uri": "http://example.org/1", "type": "text", "versioncreated": "2025-03-01T10:00:00Z",
        "headline_main": "Заголовок", "body_richtext": "<p>Разметка</p>", "body_main": "Текст новости.",
        "copyrightholder": "Агентство",
    },
    "2.x": {
        "uri": "http://example.org/1", "type": "text", "pubstatus": "usable", "versioncreated": "2025-03-01T10:00:00Z",
        "headlines": [{"role": "main", "value": "Заголовок"}], "infosources": [{"name": "Агентство"}],
        "bodies": [
            {"role": "richtext", "contenttype": "body_xhtml", "value": "<p>Разметка</p>"},
            {"role": "main", "contenttype": "text/plain", "value": "Текст новости."},
        ],
    },
    "3.x": {
        "uri": "http://example.org/1", "type": "text", "pubStatus": "usable", "versionCreated": "2025-03-01T10:00:00Z",
        "standard": {"name": "ninjs", "version": "3.0"}, "infoSources": [{"name": "Агентство"}],
        "headlines": [{"role": "main", "value": "Заголовок"}],
        "bodies": [{"role": "main", "contentType": "text/plain", "value": "Текст новости."}],
    },
}  # fmt: skip


@pytest.mark.parametrize("version", NINJS)
def test_a_ninjs_item_is_read_in_every_version(intake: Intake, ledger: Ledger, version: str) -> None:
    send(ledger, event(version, NINJS[version]))
    drain(intake)
    body = ledger.body(id_of_event("/desk", version))
    assert body
    article = unpack(body).article
    assert (article.text, article.html, article.title, article.outlet) == (
        "Текст новости.",
        None,
        "Заголовок",
        "Агентство",
    )
    assert article.published
    assert article.url == "http://example.org/1"


def test_a_ninjs_item_with_markup_alone_is_read_as_html(intake: Intake, ledger: Ledger) -> None:
    item = {"uri": "urn:x:1", "bodies": [{"contentType": "text/html", "value": "<p>Абзац</p>"}]}
    send(ledger, event("1", item))
    drain(intake)
    body = ledger.body(id_of_event("/desk", "1"))
    assert body
    assert "<p>Абзац</p>" in (unpack(body).article.html or "")


WRONG: dict[str, tuple[object, str]] = {
    "not JSON": (b"{", "not-an-event"),
    "not UTF-8": (b'{"id": "\xff"}', "not-an-event"),
    "a list": ([1], "not-an-event"),
    "null": (b"null", "not-an-event"),
    "nested too deep": (b"[" * 100_000, "not-an-event"),
    "another type": (event("w1", type="org.example.other"), "unknown-type"),
    "another version of CloudEvents": (event("w2", specversion="0.3"), "invalid"),
    "no id": ({k: v for k, v in event().items() if k != "id"}, "invalid"),
    "no data": ({k: v for k, v in event("w3").items() if k != "data"}, "invalid"),
    "text and HTML": (event("w4", {"text": "а", "html": "<p>"}), "invalid"),
    "nothing to read": (event("w5", {"title": "а"}), "invalid"),
    "a text over its limit": (event("w6", {"text": "я" * 600_000}), "invalid"),
    "no URL": (event("w7", {"url": "javascript:alert(1)"}), "invalid"),
    "half a character": (b'{"specversion":"1.0","id":"w8","source":"/desk","type":"' + SUBMITTED.encode()
                         + b'","data":{"text":"\\ud800"}}', "not-an-event"),
    "an unknown field": (event("w9", {"text": "а", "colour": "red"}), "invalid"),
    "a picture in ninjs": (event("w10", {"uri": "urn:1", "type": "picture"}), "invalid"),
    "a withheld item in ninjs": (event("w11", {"uri": "urn:1", "pubstatus": "withheld", "body_main": "а"}), "invalid"),
    "a cancellation of nothing": (event("w12", {}, type=CANCELLED), "invalid"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_goes_to_the_dead_with_reason_and_original_and_others_go_on(
    intake: Intake, ledger: Ledger, what: str
) -> None:
    wrong, code = WRONG[what]
    send(ledger, event("before"), wrong, event("after"))
    drain(intake)
    assert ledger.counts()["accepted"] - ledger.counts().get("rejected", 0) == 2
    (entry,) = dead(ledger)
    assert entry[b"code"].decode() == code
    assert entry[b"reason"]
    original = wrong if isinstance(wrong, bytes) else json.dumps(wrong, ensure_ascii=False).encode()
    assert entry[b"event"] == original[:1_000_000]
    if isinstance(wrong, dict) and "id" in wrong:
        outcome = ledger.outcomes([id_of_event("/desk", str(wrong["id"]))])[0]
        assert outcome
        assert (outcome.state, outcome.code) == ("rejected", code)


def test_an_entry_without_the_field_is_set_aside_too(intake: Intake, ledger: Ledger) -> None:
    ledger.client.xadd(ledger.key("intake"), {"evnt": "{}"})
    drain(intake)
    (entry,) = dead(ledger)
    assert entry[b"code"] == b"no-event"


def test_reasons_do_not_quote_the_article() -> None:
    with pytest.raises(Refused) as refused:
        parse(json.dumps(event("1", {"text": "СЕКРЕТ", "published": "СЕКРЕТ"})).encode())
    assert "СЕКРЕТ" not in str(refused.value)


def test_the_stream_is_trimmed_only_behind_what_every_group_has_acknowledged(intake: Intake, ledger: Ledger) -> None:
    client, stream = ledger.client, ledger.key("intake")
    send(ledger, *(event(str(n)) for n in range(5)))
    client.xgroup_create(stream, "auditors", id="0")
    client.xreadgroup("auditors", "anna", {stream: ">"}, count=3)
    seen: Any = client.xpending_range(stream, "auditors", "-", "+", 2)
    drain(intake)
    assert client.xlen(stream) == 5
    client.xack(stream, "auditors", *[one["message_id"] for one in seen])
    send(ledger, event("more"))
    drain(intake)
    assert client.xlen(stream) == 4


def test_what_a_dead_intake_held_is_taken_over(chosen: Settings, intake: Intake, ledger: Ledger) -> None:
    gone = Intake(chosen)
    gone.step(0.01)
    send(ledger, event("1"), event("2"))
    assert ledger.client.xreadgroup(GROUP, gone.name, {gone.stream: ">"})
    until(lambda: (intake.step(0.01), ledger.counts().get("accepted") == 2)[1])
    assert ledger.client.xpending(intake.stream, GROUP)["pending"] == 0


def test_an_entry_that_stops_every_intake_is_set_aside_unread(chosen: Settings, intake: Intake, ledger: Ledger) -> None:
    intake.step(0.01)
    send(ledger, event("1"))
    ledger.client.xreadgroup(GROUP, "one", {intake.stream: ">"})
    (held,) = ledger.client.xpending_range(intake.stream, GROUP, "-", "+", 1)
    ledger.client.xclaim(intake.stream, GROUP, "two", 0, [held["message_id"]], idle=60_000, retrycount=3)
    drain(intake)
    assert [entry[b"code"] for entry in dead(ledger)] == [b"deadly"]


def test_a_full_queue_makes_the_intake_wait_and_lose_nothing(server: str) -> None:
    chosen = fresh(server, queue_cap=2)
    ledger, intake = Ledger(chosen), Intake(chosen)
    send(ledger, *(event(str(n)) for n in range(4)))
    with pytest.raises(QueueFull):
        drain(intake)
    assert ledger.depths()["read"] == 2
    with pytest.raises(QueueFull):
        intake.step(0.01)
    ledger.cancel(ledger.open_jobs())
    drain(intake)
    assert ledger.counts()["accepted"] == 4
    assert ledger.client.xlen(intake.stream) == 0


def start(chosen: Settings) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "worker.intake"], cwd=ROOT, env=os.environ | variables(chosen))


def test_an_intake_killed_at_random_loses_and_doubles_nothing(chosen: Settings, ledger: Ledger) -> None:
    ids = [id_of_event("/desk", str(n)) for n in range(2000)]
    process = start(chosen)
    try:
        for n in range(2000):
            send(ledger, event(str(n)))
            if n in {500, 1200}:
                until(lambda: ledger.counts().get("accepted", 0) > 100)
                process.kill()
                process.wait()
                process = start(chosen)
        until(lambda: ledger.counts().get("accepted") == 2000)
        until(lambda: ledger.client.xlen(ledger.key("intake")) == 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    assert ledger.counts() == {"accepted": 2000}
    assert sorted(ledger.open_jobs(5000)) == sorted(ids)


NODE = """
const net = require('net'), [url, stream, event] = process.argv.slice(1);
const at = new URL(url);
const bulk = part => `$${Buffer.byteLength(part)}\\r\\n${part}\\r\\n`;
const command = (...parts) => `*${parts.length}\\r\\n${parts.map(bulk).join('')}`;
const socket = net.connect(at.port, at.hostname, () =>
  socket.write(command('AUTH', decodeURIComponent(at.password)) + command('XADD', stream, '*', 'event', event)));
let answer = '';
socket.on('data', d => { answer += d; if (/-\\d+\\r\\n$/.test(answer)) { socket.end(); } });
"""


@pytest.mark.skipif(not shutil.which("node"), reason="no Node on this machine")
def test_node_submits_an_article_with_nothing_but_a_socket(intake: Intake, ledger: Ledger, server: str) -> None:
    text = json.dumps(event("node"), ensure_ascii=False)
    subprocess.run(["node", "-e", NODE, server, ledger.key("intake"), text], check=True, timeout=180)
    drain(intake)
    assert ledger.record(id_of_event("/desk", "node"))
