"""Events a second from the outbox: to the stream, to one receiver on loopback, and to four at a time.

    python -m tests.benchmarks.deliveries [--events 5000] [--archive postgresql://…]

The broker is the embedded one, the receivers answer 200 from a process of their own. Beside it, in the same run: the
same bodies by httpx alone, and by redis-py alone, an event a command. The outbox that is given is emptied.
"""

from __future__ import annotations

import argparse
import multiprocessing
import socketserver
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from sqlalchemy import delete

from tasks.archive import outbox
from tasks.archive.database import engine, writing
from tasks.archive.tables import outbox as rows
from tasks.archive.tables import subscriptions as table
from tasks.deliveries import relay, subscriptions
from tasks.deliveries.cloudevents import Event
from tasks.deliveries.filters import Filter
from worker.embedded import Places, broker
from worker.ledger import connect
from worker.settings import Settings

DATA = {
    "reading": 1, "document": "sha256:" + "0" * 64, "appearance": 1, "url": "https://press.example/1",
    "outlet": "Вестник", "title": "Астана и Лондон подписали соглашение", "published": None,
    "received": "2026-03-01T12:00:00+00:00",
    "reader": "1.0+2026.00000000", "language": "ru", "own_voice": 0.4, "flags": ["single-source", "anonymous-source"],
    "actors": ["KAZ", "GBR", "RUS"], "sources": ["Вечерний вестовой", "МИД"], "pairs": [["KAZ", "GBR"]],
}  # fmt: skip


class Answering(socketserver.StreamRequestHandler):
    """As little of HTTP as a receiver needs: the benchmark is of who sends."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        while True:
            length = 0
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not line:
                return
            self.rfile.read(length)
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


def receive(port: Connection) -> None:
    """Answers until it is ended."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answering) as server:
        port.send(server.server_address[1])
        server.serve_forever()


def measure(name: str, chosen: Settings, events: int, urls: list[str]) -> None:
    """Fills the outbox, subscribes, and delivers all of it."""
    archive, client = engine(chosen), connect(chosen)
    with writing(archive) as connection:
        connection.execute(delete(rows))
        connection.execute(delete(table))
        for n in range(events):
            outbox.add(connection, f"{name}-{n}", "chancery.reading.v1", "document", DATA)
        now = datetime.now(UTC)
        subscriptions.ensure_stream(connection, now)
        if urls:
            subscriptions.pause(connection, subscriptions.STREAM)
        for n, url in enumerate(urls):
            subscriptions.add(connection, f"desk{n}", url, Filter(pairs=["GBR KAZ"]), now=now, everything=True)  # type: ignore[list-item]
    start = time.perf_counter()
    told = relay.catch_up(archive, client, chosen, 600)
    took = time.perf_counter() - start
    print(f"{name:<28} {told / took:9,.0f} events/s   ({told:,} in {took:.1f} s)")
    client.close()


def alone(name: str, send: Callable[[], object], events: int) -> None:
    """What is as fast as it gets without promises."""
    start = time.perf_counter()
    for _ in range(events):
        send()
    took = time.perf_counter() - start
    print(f"{name:<28} {events / took:9,.0f} events/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--archive")
    given = parser.parse_args()
    here, there = multiprocessing.Pipe()
    receiver = multiprocessing.get_context("fork").Process(target=receive, args=(there,), daemon=True)
    receiver.start()
    url = f"http://127.0.0.1:{here.recv()}/hook"
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        places.prepare()
        with broker(places) as broker_url:
            chosen = Settings(
                data_dir=Path(folder), broker_url=broker_url, archive_url=given.archive, fetch_allow=("127.0.0.1",)
            )
            body = Event(1, "e", "chancery.reading.v1", "document", datetime.now(UTC), DATA).body()
            client = connect(chosen)
            alone("redis-py alone", lambda: client.xadd("alone", {"event": body}), given.events)
            measure("the stream", chosen, given.events, [])
            with httpx.Client() as sender:
                alone("httpx alone", lambda: sender.post(url, content=body), given.events)
            measure("a webhook", chosen, given.events, [url])
            measure("four webhooks at a time", chosen, given.events, [url] * 4)
    receiver.terminate()


if __name__ == "__main__":
    main()
