"""Queues have caps, interactive jobs go before bulk ones, and no source holds up another."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.worker.conftest import fresh, until
from worker.jobs import Article, Job, Priority
from worker.ledger import Ledger, QueueFull
from worker.producer import connected, submit, submit_many
from worker.settings import Settings


def jobs(count: int, source: str = "a", priority: Priority = "bulk") -> list[Job]:
    return [Job(article=Article(text=f"{source} {n}"), source=source, priority=priority) for n in range(count)]


class Turns:
    """A worker's part, played by hand: the jobs as Celery's queue gives them out, each done before the next."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.seen = "0"

    def next(self) -> str | None:
        found = self.ledger.client.xrange(
            self.ledger.key("read:0"), f"({self.seen}" if self.seen != "0" else "-", count=1
        )
        if not found:
            return None
        self.seen = found[0][0].decode()  # type: ignore[union-attr]
        job_id: str = json.loads(found[0][1][b"b"])[0][0]  # type: ignore[index]
        assert not isinstance(self.ledger.begin(job_id, "hand"), str)
        record = self.ledger.record(job_id)
        assert record
        assert self.ledger.cancel([job_id]) == ["running"]
        assert self.ledger.lost(job_id, "hand")
        return record.source if record.priority == "bulk" else "interactive"

    def all(self) -> list[str]:
        return list(iter(self.next, None))


def test_a_full_queue_says_so_and_takes_again_when_there_is_room(server: str) -> None:
    chosen = fresh(server, queue_cap=3, interactive_cap=4)
    with connected(chosen) as ledger:
        ids = submit_many(jobs(3))
        with pytest.raises(QueueFull, match="1 of these 1 jobs were not taken"):
            submit(jobs(1)[0])
        assert submit(jobs(1, priority="interactive")[0])
        with pytest.raises(QueueFull):
            submit(jobs(1, priority="interactive")[0])
        ledger.cancel(ids[:2])
        assert submit(jobs(1)[0])
        assert ledger.depths() == {"fetch": 0, "read": 3, "record": 0}


def test_a_batch_that_does_not_fit_can_be_given_again(server: str) -> None:
    with connected(fresh(server, queue_cap=5)) as ledger:
        many = jobs(8)
        with pytest.raises(QueueFull):
            submit_many(many)
        assert ledger.depths()["read"] == 5
        ledger.cancel(ledger.open_jobs())
        submit_many(many)
        assert ledger.counts()["accepted"] == 8


def test_one_source_with_many_jobs_does_not_hold_up_anothers_ten(ledger: Ledger) -> None:
    submit_many(jobs(5000, "flood"))
    submit_many(jobs(10, "trickle"))
    turns = Turns(ledger)
    order = [turns.next() for _ in range(60)]
    # Those of the window were on their way before the ten came; then the sources take turns.
    assert order.count("trickle") == 10
    assert order.index("trickle") <= ledger.settings.window + 1


def test_interactive_jobs_go_before_bulk_without_starving_it(server: str) -> None:
    with connected(fresh(server, bulk_share=3)) as ledger:
        submit_many(jobs(200, "bulk"))
        submit_many(jobs(60, priority="interactive"))
        turns = Turns(ledger)
        window = ledger.settings.window
        order = [turns.next() for _ in range(window + 60)]
        after = order[window:]
        assert after.count("interactive") == 45
        assert all("bulk" in after[n : n + 4] for n in range(0, 56, 4))


def test_a_sources_rate_is_limited_and_others_are_not(server: str) -> None:
    chosen = fresh(server, rate_limits={"slow": 2.0})
    with connected(chosen) as ledger:
        start = time.monotonic()

        def in_bounds() -> bool:
            """Two at once, and two more every second."""
            return order.count("slow") <= 2 + 2.0 * (time.monotonic() - start)

        submit_many(jobs(10, "slow"))
        submit_many(jobs(10, "quick"))
        turns = Turns(ledger)
        order = turns.all()
        assert order.count("quick") == 10
        assert in_bounds()

        def five() -> bool:
            ledger.sweep()
            order.extend(turns.all())
            return order.count("slow") >= 5

        until(five)
        assert in_bounds()


def test_what_waits_is_bounded_at_celerys_queue(ledger: Ledger) -> None:
    submit_many(jobs(1000))
    assert ledger.client.xlen(ledger.key("read:0")) == ledger.settings.window
    measure = ledger.measure()["read"]
    assert (measure.open, measure.waiting, measure.running) == (1000, 1000, 0)


def test_a_job_past_its_deadline_is_cancelled_before_it_runs(ledger: Ledger, chosen: Settings) -> None:
    job_id = submit(Article(text="late"), deadline=datetime.now(UTC) + timedelta(seconds=0.05))
    until(lambda: (ledger.sweep(), ledger.outcomes([job_id])[0])[1])
    outcome = ledger.outcomes([job_id])[0]
    assert outcome
    assert (outcome.state, outcome.code) == ("cancelled", "deadline")


def test_the_broker_holds_less_than_the_raw_text_a_job(ledger: Ledger) -> None:
    text = "Глава ведомства сообщил агентству, что переговоры о транзите продолжатся в пятницу. " * 3
    letters = "абвгдежзиклмнопрстуфхцчшщыэюя"
    texts = [
        " ".join(letters[(n * 7 + k * k) % 29] * 3 + text[k % 60 : k % 60 + 40] for k in range(60)) for n in range(400)
    ]

    def used() -> int:
        """Bytes, without what is yet to be written to disk or to be read by clients."""
        memory = ledger.client.info("memory")
        return int(memory["used_memory"] - memory["mem_aof_buffer"] - memory["mem_clients_normal"])

    before = used()
    submit_many([Article(text=one) for one in texts])
    assert used() - before < 1.3 * sum(len(one.encode()) for one in texts)
