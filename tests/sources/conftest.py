"""A site on loopback whose pages a test sets, a broker, and the shapes of feeds that are met with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tasks.sources.registry import Sources
from tests.worker.conftest import fresh
from tests.worker.conftest import server as server  # the broker of the session
from worker import producer
from worker.settings import Settings

SHAPES = Path(__file__).with_name("shapes")


def shape(name: str) -> bytes:
    """The bytes of a shape."""
    return (SHAPES / name).read_bytes()


@dataclass
class Page:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None


@dataclass
class Site:
    """What is served by path, and what was asked for."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, body: bytes | str, status: int = 200, etag: str | None = None, **headers: str) -> str:
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = Page(data, status, {k.replace("_", "-"): v for k, v in headers.items()}, etag)
        return self.url + path


class Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path != "/robots.txt":
            self.site.asked.append(self.path)
        page = self.site.pages.get(self.path, Page(b"nothing", 404))
        unchanged = page.etag is not None and self.headers.get("If-None-Match") == page.etag
        self.send_response(304 if unchanged else page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.etag:
            self.send_header("ETag", page.etag)
        body = b"" if unchanged else page.body
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    """A site of this test alone."""
    handler = type("SiteHandler", (Handler,), {})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    made = Site(f"http://127.0.0.1:{httpd.server_port}")
    handler.site = made  # type: ignore[attr-defined]
    thread = threading.Thread(target=httpd.serve_forever, args=(0.05,))
    thread.start()
    yield made
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def chosen(server: str) -> Settings:
    """Settings of this test alone, which let sources be on loopback."""
    return fresh(server, fetch_allow=("127.0.0.1",), host_delay_seconds=0.0)


@pytest.fixture
def sources(chosen: Settings) -> Iterator[Sources]:
    """This test's sources."""
    with producer.connected(chosen) as ledger:
        yield Sources(ledger)
