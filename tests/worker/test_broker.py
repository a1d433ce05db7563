"""A broker that restarts, hangs or fills up costs time and nothing else."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from tests.faults.processes import free_port
from tests.worker.conftest import fresh, until, worker
from worker import embedded
from worker.jobs import Article, Outcome
from worker.ledger import BrokerUnavailable, QueueFull
from worker.producer import connected, record, result, submit, submit_many, watch
from worker.settings import Settings


class Broker:
    """A broker of this test's own, to be killed, frozen and started again at the same place."""

    def __init__(self, data_dir: Path) -> None:
        self.places = embedded.Places(data_dir)
        self.places.prepare()
        self.port = free_port()
        self.url = f"redis://:secret@127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes]
        self.start()

    def start(self) -> None:
        self.process = embedded._start_valkey(self.places, self.port, "secret")
        assert embedded._answers(self.process, self.url)

    def kill(self) -> None:
        """SIGKILL, once what was answered is on disk: the last second is promised to nobody."""
        with suppress(redis.exceptions.RedisError), redis.Redis.from_url(self.url, socket_timeout=30) as client:
            client.config_set("appendfsync", "always")
        self.stop()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.stop()


@pytest.fixture
def settings(own: Broker) -> Settings:
    return fresh(own.url, connect_seconds=1.0, submit_seconds=3.0)


def articles(count: int, text: str = "sleep 0.01") -> list[Article]:
    return [Article(text=text) for _ in range(count)]


def test_workers_go_on_when_the_broker_was_killed_and_came_back(own: Broker, settings: Settings) -> None:
    with connected(settings) as ledger, worker(settings) as process:
        ids = submit_many(articles(300))
        until(lambda: ledger.counts().get("succeeded", 0) > 30)
        own.kill()
        own.start()
        outcomes = [e for e in watch(ids, timeout=60, progress=False) if isinstance(e, Outcome)]
        assert Counter(o.job for o in outcomes) == Counter(ids)
        assert {o.state for o in outcomes} == {"succeeded"}
        assert process.poll() is None
        assert result(submit(Article(text="ok")), timeout=60).state == "succeeded"


def test_workers_go_on_when_the_broker_hung_for_longer_than_a_lease(own: Broker, settings: Settings) -> None:
    with connected(settings) as ledger, worker(settings) as process:
        ids = submit_many(articles(200))
        until(lambda: ledger.counts().get("succeeded", 0) > 20)
        own.process.send_signal(signal.SIGSTOP)
        time.sleep(2 * settings.lease_seconds)
        own.process.send_signal(signal.SIGCONT)
        outcomes = [e for e in watch(ids, timeout=60, progress=False) if isinstance(e, Outcome)]
        assert Counter(o.job for o in outcomes) == Counter(ids)
        assert {o.state for o in outcomes} == {"succeeded"}
        assert process.poll() is None


def test_workers_serve_a_broker_that_came_back_without_its_data(own: Broker, settings: Settings) -> None:
    with connected(settings), worker(settings) as process:
        assert result(submit(Article(text="ok")), timeout=60).state == "succeeded"
        redis.Redis.from_url(own.url).flushall()
        assert result(submit(Article(text="ok")), timeout=60).state == "succeeded"
        assert process.poll() is None


@pytest.mark.parametrize("how", ["gone", "hung"])
def test_a_producer_gets_a_clear_error_in_bounded_time(own: Broker, settings: Settings, how: str) -> None:
    with connected(settings):
        submit(Article(text="ok"))
        if how == "gone":
            own.kill()
        else:
            own.process.send_signal(signal.SIGSTOP)
        start = time.monotonic()
        with pytest.raises(BrokerUnavailable, match="does not answer") as error:
            submit(Article(text="ok"))
        # The rest is what a busy machine may add; without bounds it would wait for ever.
        assert time.monotonic() - start < settings.submit_seconds + 2 * settings.connect_seconds + 20
        assert "secret" not in str(error.value)


def test_a_producer_waits_for_a_broker_that_restarts(own: Broker, settings: Settings) -> None:
    with connected(settings):
        submit(Article(text="ok"))
        own.kill()
        starting = subprocess.Popen(["sleep", "0.5"])
        starting.wait()
        own.start()
        assert record(submit(Article(text="ok"))).state == "queued"


def test_a_full_broker_refuses_jobs_clearly_and_works_off_what_it_has(own: Broker, settings: Settings) -> None:
    client = redis.Redis.from_url(own.url)
    with connected(settings):
        ids = submit_many(articles(20, "ok"))
        client.config_set("maxmemory", 1)
        with pytest.raises(QueueFull, match="memory is spent"):
            submit(Article(text="ok"))
        client.config_set("maxmemory", 0)
        with worker(settings):
            assert {result(job_id, timeout=60).state for job_id in ids} == {"succeeded"}


def test_a_job_whose_end_could_not_be_told_runs_again_and_no_death_is_held_against_it(
    own: Broker, tmp_path: Path
) -> None:
    chosen, log = fresh(own.url, connect_seconds=2.0, lease_seconds=3.0, pulse_seconds=0.5), tmp_path / "worker.log"
    with connected(chosen) as ledger, worker(chosen, processes=1, log=log):
        job_id = submit(Article(text="sleep 1"))
        for attempt in (1, 2):
            until(lambda n=attempt: ledger.client.llen("ran") == n)  # type: ignore[misc]
            own.kill()
            until(lambda n=attempt: log.read_text().count("the attempt is lost") == n)  # type: ignore[misc]
            own.start()
        outcome = result(job_id, timeout=60)
        assert (outcome.state, outcome.attempts) == ("succeeded", 3)
        assert record(job_id).losses == 0
