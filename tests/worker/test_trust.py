"""What did not come through the front door does no harm."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worker.conftest import fresh, worker
from worker import quarantine
from worker.events import CloudEvent, Refused, parse
from worker.jobs import Article, Job
from worker.ledger import Ledger
from worker.producer import connected, result, submit, submit_many


def push(ledger: Ledger, task: str, body: object, job_id: str = "x") -> None:
    """A well-formed Celery message with anything in it."""
    head = {
        "headers": {"lang": "py", "task": task, "id": job_id}, "content-type": "application/json",
        "content-encoding": "utf-8", "properties": {"correlation_id": job_id, "delivery_info": {}},
    }  # fmt: skip
    ledger.client.xadd(ledger.key("read:0"), {"h": json.dumps(head), "b": json.dumps(body)})


def test_messages_of_others_in_the_queue_do_not_stop_the_worker(ledger: Ledger) -> None:
    with worker(ledger.settings) as process:
        bodies: list[object] = [
            [["no such job"], {}, {}],
            [[], {}, {}],
            [[{"a": [1]}], {}, {}],
            [["a", "b"], {"c": 1}, {}],
        ]
        for body in bodies:
            push(ledger, "tasks.read", body)
        push(ledger, "tasks.none", [[], {}, {}])
        push(ledger, "celery.backend_cleanup", [[], {}, {}])
        ids = submit_many([Article(text="ok")] * 20)
        assert {result(job_id, timeout=60).state for job_id in ids} == {"succeeded"}
        assert process.poll() is None


def test_a_body_that_is_no_job_is_quarantined_with_its_reason(ledger: Ledger) -> None:
    job_id = submit(Article(text="ok"))
    ledger.client.set(ledger.key(f"body:{job_id}"), b"nothing of ours")
    with worker(ledger.settings, processes=1):
        outcome = result(job_id, timeout=60)
    assert (outcome.state, outcome.code) == ("quarantined", "not-a-job")
    assert "no job" in quarantine.show(ledger, job_id).unreadable


def test_a_job_that_was_not_signed_here_is_quarantined(server: str) -> None:
    chosen = fresh(server, signing_key="key of the desk")
    stranger = chosen.model_copy(update={"signing_key": None})
    with connected(stranger):
        unsigned = submit(Article(text="ok"))
    with connected(chosen) as ledger:
        signed, swapped = submit_many([Article(text="ok"), Article(text="ok swapped")])
        ledger.client.copy(ledger.key(f"body:{signed}"), ledger.key(f"body:{swapped}"), replace=True)
        with worker(chosen, processes=1):
            assert result(signed, timeout=60).state == "succeeded"
            for job_id in (unsigned, swapped):
                outcome = result(job_id, timeout=60)
                assert (outcome.state, outcome.code) == ("quarantined", "not-a-job")
                assert "not signed" in outcome.message


NAMES = st.sampled_from(["specversion", "id", "source", "type", "data", "text", "uri", "bodies", "priority"])
LEAVES = st.none() | st.booleans() | st.floats() | st.text(max_size=20)
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner))


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300) | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_anything_on_the_stream_is_an_event_or_refused_with_a_reason(entry: bytes) -> None:
    try:
        assert isinstance(parse(entry), CloudEvent)
    except Refused as refused:
        reason = str(refused)
        assert reason


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=500))
def test_any_text_crosses_the_queue_unchanged(text: str) -> None:
    from worker.jobs import unpack

    assert unpack(Job(article=Article(text=text)).pack()).article.text == text


@pytest.mark.parametrize("name", ["-- ", "]]", '"', "\\", "@JOB@", "источник", "a%b"])
def test_a_sources_name_is_only_a_name(server: str, name: str) -> None:
    chosen = fresh(server, rate_limits={name: 5.0})
    with connected(chosen) as ledger:
        job_id = submit(Article(text="ok"), source=name)
        record = ledger.record(job_id)
        assert record
        assert record.source == name
        assert ledger.client.hget(ledger.key(f"rate:{name}"), "tokens") == b"4"
