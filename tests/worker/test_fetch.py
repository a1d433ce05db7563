"""A URL is fetched within bounds, and then read like anything else."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tasks.web.download import get
from tasks.web.faults import Refused, Unavailable
from tests.worker.conftest import fresh, worker
from worker.jobs import Article
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
                self.answer(503 if Site.tries == 1 else 200, PAGE.encode(), "text/html; charset=utf-8")
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


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_url_becomes_an_article_and_then_a_reading(site: str, server: str) -> None:
    chosen = fresh(server, fetch_allow=("127.0.0.0/8",))
    with (
        connected(chosen),
        worker(chosen, queues="fetch", pool="threads", app="worker.app"),
        worker(chosen, processes=1),
    ):
        for path in ("/story", "/packed", "/moved", "/later"):
            outcome = result(submit(Article(url=site + path)), timeout=60)
            assert outcome.state == "succeeded", outcome
            assert outcome.reading
            assert PARAGRAPH.strip() in outcome.reading["document"]["text"]
        outcome = result(submit(Article(url=site + "/none")), timeout=60)
        assert (outcome.state, outcome.code) == ("rejected", "http")


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
