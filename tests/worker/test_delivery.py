"""Every accepted job ends in exactly one outcome, whatever becomes of its workers."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from celery.result import AsyncResult

from tests.worker.conftest import fresh, until, worker
from worker import quarantine
from worker.jobs import Article, Job, Outcome, Progress
from worker.ledger import Ledger
from worker.producer import cancel, connected, record, result, submit, submit_many, watch
from worker.settings import Settings


def article(text: str) -> Article:
    return Article(text=text)


def runs(ledger: Ledger, job_id: str) -> int:
    """How often a job's work was begun."""
    ran: Any = ledger.client.lrange("ran", 0, -1)
    return sum(line.startswith(job_id.encode()) for line in ran)


def told(ledger: Ledger) -> list[str]:
    """The jobs that downstream was told of, in order."""
    events: Any = ledger.client.xrange(ledger.key("outcomes"))
    return [fields[b"job"].decode() for _, fields in events]


@pytest.fixture(scope="module")
def busy(server: str) -> Iterator[Ledger]:
    """A ledger with a worker at it, shared by the tests that harm neither."""
    chosen = fresh(server)
    with connected(chosen) as ledger, worker(chosen):
        yield ledger


def test_an_article_goes_onto_the_queue_and_its_reading_comes_back(busy: Ledger) -> None:
    outcome = result(submit(article("ok Астана")), timeout=60)
    assert outcome.state == "succeeded"
    assert outcome.reading == {"document": {"text": "ok Астана"}}
    assert outcome.attempts == 1
    assert outcome.started
    assert outcome.ended
    assert outcome.seconds.keys() == {"obey", "wait"}


def test_celerys_own_result_object_gets_the_outcome(busy: Ledger) -> None:
    job_id = submit(article("ok Астана"))
    result(job_id, timeout=60)
    app = Celery("elsewhere", broker=busy.settings.url, backend=busy.settings.url, set_as_current=False)
    app.conf.result_backend_transport_options = {"global_keyprefix": busy.prefix}
    try:
        answer = AsyncResult(job_id, app=app).get(timeout=60)
    finally:
        app.backend.result_consumer.stop()
        app.backend.client.connection_pool.disconnect()
    assert Outcome.model_validate(answer).state == "succeeded"


def test_many_jobs_have_one_outcome_each_and_their_events_once(busy: Ledger) -> None:
    ids = submit_many([article(f"ok {n}") for n in range(500)])
    outcomes = [event for event in watch(ids, timeout=60) if isinstance(event, Outcome)]
    assert Counter(o.job for o in outcomes) == Counter(ids)
    assert {o.state for o in outcomes} == {"succeeded"}
    assert Counter(job for job in told(busy) if job in ids) == Counter(ids)


def test_bad_input_is_rejected_without_another_try(busy: Ledger) -> None:
    job_id = submit(article("reject"))
    outcome = result(job_id, timeout=60)
    assert (outcome.state, outcome.code, outcome.message) == ("rejected", "bad", "told to reject")
    assert runs(busy, job_id) == 1


def test_a_passing_fault_is_tried_again(busy: Ledger) -> None:
    outcome = result(submit(article("once")), timeout=60)
    assert (outcome.state, outcome.attempts) == ("succeeded", 2)


@pytest.mark.parametrize(("text", "code"), [("pass", "weather"), ("fault", "RuntimeError")])
def test_a_fault_that_does_not_pass_ends_in_quarantine_with_its_reason(busy: Ledger, text: str, code: str) -> None:
    job_id = submit(article(text))
    outcome = result(job_id, timeout=60)
    assert (outcome.state, outcome.code, outcome.attempts) == ("quarantined", code, 3)
    case = quarantine.show(busy, job_id)
    assert case.job
    assert case.job.article.text == text


def test_a_job_that_kills_its_process_twice_is_quarantined_and_does_not_kill_a_third(busy: Ledger) -> None:
    job_id = submit(article("kill"))
    outcome = result(job_id, timeout=60)
    assert (outcome.state, outcome.code) == ("quarantined", "worker-lost")
    assert runs(busy, job_id) == 2
    assert result(submit(article("ok after")), timeout=60).state == "succeeded"


def test_a_replayed_job_keeps_its_id_and_runs_again(busy: Ledger) -> None:
    job_id = submit(article("pass replay"))
    result(job_id, timeout=60)
    quarantine.replay(busy, job_id)
    outcome = result(job_id, timeout=60)
    assert (outcome.state, outcome.attempts) == ("quarantined", 6)
    quarantine.drop(busy, job_id)
    with pytest.raises(quarantine.NotQuarantined):
        quarantine.replay(busy, job_id)
    assert result(job_id).state == "quarantined"


def test_a_running_job_can_be_cancelled_and_its_worker_goes_on(busy: Ledger) -> None:
    job_id = submit(article("sleep 60"))
    until(lambda: record(job_id).state == "running")
    assert cancel(job_id) == ["running"]
    assert result(job_id, timeout=60).state == "cancelled"
    assert result(submit(article("ok")), timeout=60).state == "succeeded"


def test_progress_is_seen_while_waiting(busy: Ledger) -> None:
    events = list(watch([submit(article("once seen"))], timeout=60))
    assert isinstance(events[-1], Outcome)
    assert any(isinstance(event, Progress) for event in events[:-1])


def test_submitting_a_job_again_changes_nothing(busy: Ledger) -> None:
    job = Job(article=article("ok once"))
    submit(job)
    result(job.id, timeout=60)
    submit(job)
    submit_many([job, job])
    assert result(job.id, timeout=60).attempts == 1
    assert runs(busy, job.id) == 1


def test_a_killed_workers_job_runs_again_soon(chosen: Settings, ledger: Ledger) -> None:
    with worker(chosen, processes=1) as first:
        job_id = submit(article("wait go"))
        ahead = submit_many([article(f"ok {n}") for n in range(20)])
        until(lambda: record(job_id).state == "running")
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        ledger.client.set("go", 1)
        with worker(chosen, processes=1):
            outcomes = [e for e in watch([job_id, *ahead], timeout=60, progress=False) if isinstance(e, Outcome)]
    ledger.client.delete("go")
    assert Counter(o.job for o in outcomes) == Counter([job_id, *ahead])
    assert {o.state for o in outcomes} == {"succeeded"}
    assert record(job_id).attempts == 2


def test_a_job_that_kills_two_whole_workers_is_quarantined_and_spares_the_third(
    chosen: Settings, ledger: Ledger
) -> None:
    job_id = submit(article("killworker"))
    for _ in range(2):
        with worker(chosen, processes=1) as doomed:
            assert doomed.wait(60) == -signal.SIGKILL
    with worker(chosen, processes=1):
        outcome = result(job_id, timeout=60)
        assert (outcome.state, outcome.code) == ("quarantined", "worker-lost")
        assert result(submit(article("ok")), timeout=60).state == "succeeded"
    assert runs(ledger, job_id) == 2


def test_a_job_that_kills_does_not_take_its_neighbour_with_it_twice(chosen: Settings, ledger: Ledger) -> None:
    neighbour = submit(article("wait go"))
    with worker(chosen, processes=2) as doomed:
        until(lambda: runs(ledger, neighbour) == 1)
        poison = submit(article("killworker"))
        assert doomed.wait(60) == -signal.SIGKILL
    with worker(chosen, processes=2) as doomed:
        # Whichever of the two comes first, the other is kept apart from it until it has ended.
        until(lambda: runs(ledger, neighbour) == 2 or doomed.poll() is not None)
        ledger.client.set("go", 1)
        assert doomed.wait(60) == -signal.SIGKILL
    with worker(chosen, processes=2):
        assert result(poison, timeout=60).state == "quarantined"
        assert result(neighbour, timeout=60).state == "succeeded"
    ledger.client.delete("go")


def test_a_worker_that_was_taken_for_dead_writes_nothing(chosen: Settings, ledger: Ledger) -> None:
    with worker(chosen, processes=1) as frozen:
        job_id = submit(article("wait thaw"))
        until(lambda: record(job_id).state == "running")
        os.killpg(frozen.pid, signal.SIGSTOP)
        with worker(chosen, processes=1):
            until(lambda: record(job_id).attempts == 2)
            ledger.client.set("thaw", 1)
            outcome = result(job_id, timeout=60)
            os.killpg(frozen.pid, signal.SIGCONT)
            # The thawed one finds its attempt outlived, and works on.
            assert result(submit(article("ok")), timeout=60).state == "succeeded"
    ledger.client.delete("thaw")
    assert outcome.attempts == 2
    assert len(told(ledger)) == 2


def test_a_worker_that_stops_in_good_order_finishes_or_hands_back(chosen: Settings, ledger: Ledger) -> None:
    with worker(chosen) as first:
        ids = submit_many([article("sleep 0.05") for _ in range(60)])
        until(lambda: ledger.counts().get("succeeded", 0) > 5)
        first.terminate()
        # billiard may wait for half a minute for a pool that has nothing left to do
        assert first.wait(60) == 0
    with worker(chosen):
        outcomes = [e for e in watch(ids, timeout=60, progress=False) if isinstance(e, Outcome)]
    assert Counter(o.job for o in outcomes) == Counter(ids)
    assert all(o.attempts == 1 for o in outcomes)


def test_a_job_past_the_hard_time_limit_ends_and_its_process_too(server: str) -> None:
    chosen = fresh(server, read_limits={"soft": 1, "hard": 2}, attempts=1)
    with connected(chosen), worker(chosen, processes=1):
        assert result(submit(article("sleep 30")), timeout=60).code == "time-limit"
        outcome = result(submit(article("stubborn")), timeout=60)
        assert (outcome.state, outcome.code) == ("quarantined", "worker-lost")
        assert result(submit(article("ok")), timeout=60).state == "succeeded"


def test_a_job_of_a_newer_version_waits_for_a_worker_that_knows_it(chosen: Settings, ledger: Ledger) -> None:
    with worker(chosen, processes=1):
        newer = submit(Job(article=article("ok"), version=99))
        until(lambda: record(newer).state == "retrying")
        assert result(submit(article("ok")), timeout=60).state == "succeeded"
        assert record(newer).attempts == 0
    assert cancel(newer) == ["cancelled"]


def test_a_job_whose_process_died_before_it_began_is_sent_again_at_once(ledger: Ledger) -> None:
    job_id = submit(article("ok"))
    queue = ledger.key("read:0")
    assert ledger.client.xlen(queue) == 1
    assert ledger.lost(job_id, "whoever")
    assert ledger.client.xlen(queue) == 2
    known = record(job_id)
    assert (known.state, known.losses) == ("queued", 0)
