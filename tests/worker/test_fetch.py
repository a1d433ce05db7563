"""A URL is fetched within bounds, and then read like anything else."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tasks.fetch import fetch
from tasks.web.download import get
from tasks.web.faults import Refused, Unavailable
from tasks.web.hosts import Hosts
from tests.worker.conftest import fresh, until, worker
from worker.delivery import Attempt, Passing
from worker.jobs import Article, Job
from worker.ledger import Grant, Ledger
from worker.producer import connected, result, submit
from worker.settings import Settings

PARAGRAPH = "Глава ведомства сообщил журналистам, что переговоры о транзите газа продолжатся в пятницу в Астане. "
PAGE = (
    "<!DOCTYPE html><html lang=ru><head><title>Переговоры</title></head><body><article><h1>Переговоры</h1>"
    f"<p>{PARAGRAPH * 4}</p><p>{PARAGRAPH * 3}</p></article></body></html>"
)


class Site(BaseHTTPRequestHandler):
    """A news site with its troubles."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    tries = 0

    def do_GET(self) -> None:
        match self.path:
            case "/story":
                self.answer(200, PAGE.encode("cp1251"), "text/html; charset=windows-1251")
            case "/packed":
                self.answer(200, gzip.compress(PAGE.encode()), "text/html; charset=utf-8", Content_Encoding="gzip")
            case "/moved":
                self.answer(302, b"", "text/html", Location="/story")
            case "/loop":
                self.answer(302, b"", "text/html", Location="/loop")
            case "/leak":
                self.answer(302, b"", "text/html", Location="file:///etc/passwd")
            case "/later":
                Site.tries += 1
                status = 503 if Site.tries == 1 else 200
                self.answer(status, PAGE.encode(), "text/html; charset=utf-8", Retry_After="1")
            case "/huge":
                self.answer(200, bytes(11_000_000), "text/html")
            case _:
                self.answer(404, b"", "text/html")

    def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(handler: type[Site]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    yield from serve(Site)


class SlowSite(Site):
    """A site that asks its visitors for time."""

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self.answer(200, b"User-agent: *\nDisallow: /private/\nCrawl-delay: 1.6", "text/plain")
        else:
            self.answer(200, PAGE.encode(), "text/html; charset=utf-8")


@pytest.fixture(scope="module")
def slow_site() -> Iterator[str]:
    yield from serve(SlowSite)


def test_a_url_becomes_an_article_and_then_a_reading(site: str, slow_site: str, server: str) -> None:
    chosen = fresh(server, fetch_allow=("127.0.0.0/8",), host_delay_seconds=0.0)
    with (
        connected(chosen) as ledger,
        worker(chosen, processes=8, queues="fetch", pool="threads", app="worker.app"),
        worker(chosen, processes=1),
    ):
        patient = [submit(Article(url=f"{slow_site}/{i}")) for i in range(4)]
        forbidden = submit(Article(url=f"{slow_site}/private/x"))
        for path in ("/story", "/packed", "/moved", "/later"):
            outcome = result(submit(Article(url=site + path)), timeout=60)
            assert outcome.state == "succeeded", outcome
            assert outcome.reading
            assert PARAGRAPH.strip() in outcome.reading["document"]["text"]
        outcome = result(submit(Article(url=site + "/none")), timeout=60)
        assert (outcome.state, outcome.code) == ("rejected", "http")
        # More of them than attempts could be made: waiting for a turn is none.
        assert [result(job, timeout=60).state for job in patient] == ["succeeded"] * len(patient)
        assert result(forbidden, timeout=60).code == "robots"
        assert ledger.counts()["waits"] >= 1


def test_an_attempt_in_which_nothing_was_tried_is_none_of_the_jobs_tries(ledger: Ledger) -> None:
    job = submit(Article(url="https://example.com/"))
    for attempt in range(1, 9):
        until(lambda: ledger.sweep() or ledger.progress([job])[0].state == "queued")  # type: ignore[union-attr]
        grant = ledger.begin(job, "a worker")
        assert isinstance(grant, Grant)
        assert (grant.attempt, grant.tries) == (attempt, 1)
        assert ledger.retry(job, grant.attempt, 0.0, "host-busy", "not its turn", free=True)
    assert ledger.counts() == {"accepted": 1, "waits": 8}


def test_a_long_line_is_waited_in_but_not_a_host_that_fails_for_hours(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.fetch.ledger", lambda: ledger)
    hosts = Hosts(ledger)
    for host in ("busy.example", "failing.example"):
        hosts.enter(host, "another", 600.0, 0.0)
    hosts.fail("failing.example", "another", Unavailable("http", "enough", 600.0, 429))
    for host, hours, free in (
        ("busy.example", 1, True), ("busy.example", 100, True),
        ("failing.example", 1, True), ("failing.example", 7, False),
    ):  # fmt: skip
        job = Job(article=Article(url=f"https://{host}/"), submitted=datetime.now(UTC) - timedelta(hours=hours))
        with pytest.raises(Passing) as wait:
            fetch.run(job, Attempt(job, Grant(1, 1, b""), ledger))
        assert (wait.value.free, wait.value.after > 300) == (free, True)


ALLOWED = Settings(fetch_allow=("127.0.0.0/8",))


@pytest.mark.parametrize(
    ("path", "code"), [("/loop", "redirect"), ("/leak", "url"), ("/huge", "too-large"), ("/none", "http")]
)
def test_what_stays_wrong_is_rejected(site: str, path: str, code: str) -> None:
    with pytest.raises(Refused) as error:
        get(site + path, ALLOWED)
    assert error.value.code == code


def test_a_host_that_does_not_answer_may_pass() -> None:
    with pytest.raises(Unavailable):
        get("http://127.0.0.1:1/", ALLOWED)
