"""A real broker, and a real receiver on loopback that writes down what comes and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import redis
from sqlalchemy import Engine

from tasks.archive import outbox
from tasks.archive.database import writing
from tests.worker.conftest import fresh, server  # noqa: F401 - a fixture
from worker.ledger import connect
from worker.settings import Settings


@dataclass(frozen=True)
class Received:
    """A request that came to the receiver, and the status that it was answered with."""

    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Answers = Callable[[int, bytes], tuple[int, dict[str, str]]]
"""From the number of requests before this one, and its body: the status and headers to answer with."""


@dataclass
class Receiver:
    """A webhook's other end."""

    url: str
    log: list[Received] = field(default_factory=list)
    answer: Answers = lambda _n, _body: (200, {})
    said: bytes = b"ok"

    @property
    def taken(self) -> list[Received]:
        return [each for each in self.log if each.status < 300]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


class receiving:  # noqa: N801 - used as a function is
    """A receiver for as long as the block lasts."""

    def __enter__(self) -> Receiver:
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    # Its sender was killed in the middle of it.
                    self.close_connection = True
                    return
                with lock:
                    status, headers = kept.answer(len(kept.log), body)
                    named = {name.lower(): value for name, value in self.headers.items()}
                    kept.log.append(Received(named, body, status))
                self.send_response(status)
                for name, value in ({"content-length": str(len(kept.said))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(kept.said)

            def log_message(self, *_: Any) -> None:
                """The test looks at the log that it keeps."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """A sender that was killed has nothing to hear."""

        self.httpd = Server(("127.0.0.1", 0), Handler)
        kept = Receiver(f"http://127.0.0.1:{self.httpd.server_port}/hook")
        self.thread = threading.Thread(target=self.httpd.serve_forever, args=(0.05,))
        self.thread.start()
        return kept

    def __exit__(self, *_: object) -> None:
        self.httpd.shutdown()
        self.thread.join()
        self.httpd.server_close()


@pytest.fixture
def chosen(server: str, archive_settings: Settings) -> Settings:  # noqa: F811 - the fixture
    """Settings of a broker and an archive of this test alone, with a receiver on loopback allowed."""
    where = archive_settings.model_dump(include={"data_dir", "archive_url"}, exclude_none=True)
    return fresh(server, **where, fetch_allow=("127.0.0.1",), webhook_retry_seconds=0.001, webhook_seconds=5.0)


@pytest.fixture
def broker(chosen: Settings) -> Iterator[redis.Redis]:
    client = connect(chosen)
    yield client
    client.close()


def tell(archive: Engine, *ids: str, type_: Any = "chancery.reading.v1", **data: Any) -> None:
    """Events into the outbox, in one transaction."""
    with writing(archive) as connection:
        for id_ in ids:
            outbox.add(connection, id_, type_, id_, data or {"title": id_})
