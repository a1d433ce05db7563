"""`chancery demo`: a day at the desk. Everything comes up on an empty machine, and a made-up press is read.

The press (`tasks/samples/press.toml`) is sixty days of five outlets and an anonymous channel, invented; it goes through
the queue like any other. What comes out is what a desk would get: reposts whose source was stripped, a shift, the alert
that a webhook is told of it, a timeline and a digest.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from worker import console, embedded, producer
from worker.jobs import Article, Outcome
from worker.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

EXAMPLES = "Examples:\n\nchancery demo\n\nchancery demo --out desk   [dim]its pages and data go there[/]"

PATIENCE = 180.0
"""Seconds that any one step may take on a slow machine."""
T = TypeVar("T")

FIRST, SECOND = "AZE", "POL"
"""The states that the press is about."""


def demo(
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the pages and the data go.", file_okay=False)
    ] = Path("chancery-demo"),
) -> None:
    """Run a day at the desk: bring everything up, read a made-up press, and end with an alert, a timeline and a digest.

    Needs nothing but this package: broker and archive are of its own, in the folder, and stop with it.
    """
    out = out.resolve()
    data = out / "data"
    if data.exists():
        console.fail(f"{data} is there already: remove it, or name another folder with --out", 2)
    press = articles()
    last = max(article.published for article in press if article.published)
    try:
        with console.interruptible(), receiver() as (url, secret, told), deployment(data) as (settings, archive):
            subscribe(archive, url, secret)
            console.err.print(
                f"{len(press)} articles of {last - timedelta(days=59):%d %B} to {last:%d %B %Y} are queued"
            )
            read(settings, press)
            run("timeline", FIRST, SECOND, "--svg", str(out / "timeline.svg"))
            run("shifts")
            run("reposts")
            alert = wait_for(lambda: first(told, "chancery.shift.v1"), "the alert")
            run("digest", "--day", alert["data"]["day"], "--days", "21", "--tell", "--html", str(out / "digest.html"))
            wait_for(lambda: first(told, "chancery.digest.v1"), "word of the digest")
    except console.Interrupted as stop:
        console.complain("interrupted: what was started is stopped")
        raise typer.Exit(128 + stop.number) from None
    console.out.print(f"\nThe webhook on {url} was told, each signed and once:")
    for event in told:
        console.out.print(f"  {event['type']}  {event['data'].get('summary') or event['id']}", soft_wrap=True)
    (out / "told.jsonl").write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in told), encoding="utf-8")
    console.out.print(f"\n{out}: digest.html, timeline.svg, told.jsonl; the archive is in data", soft_wrap=True)


def articles() -> list[Article]:
    """The made-up press, in the order in which it was published."""
    press = tomllib.loads(files("tasks").joinpath("samples/press.toml").read_text("utf-8"))
    begins: date = press["begins"]
    found = []
    for number, entry in enumerate(press["article"]):
        day = begins + timedelta(days=entry.pop("day"))
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(minutes=number)
        text = "\n\n".join(part for part in (entry.get("title"), entry.pop("text")) if part)
        found.append(Article(**{"source": "feed", **entry}, text=text, published=at))
    return found


def read(settings: Settings, press: list[Article]) -> None:
    """Puts the press through the queue, and waits until every article has its reading."""
    with producer.connected(settings):
        ids = producer.submit_many(press, source="demo")
        ended = [event for event in producer.watch(ids, timeout=PATIENCE) if isinstance(event, Outcome)]
    failed = [outcome for outcome in ended if outcome.state != "succeeded"]
    if failed or len(ended) < len(ids):
        why = f"{failed[0].code} {failed[0].message}" if failed else "they took too long"
        console.fail(f"{len(ids) - len(ended) + len(failed)} articles have no reading: {why}")


@contextmanager
def deployment(data: Path) -> Iterator[tuple[Settings, Engine]]:
    """All services over this folder, as `chancery up` runs them; they stop with the block."""
    from tasks.archive.database import engine

    for name in [name for name in os.environ if name.startswith("CHANCERY_")]:
        del os.environ[name]
    # The webhook is on this machine, where nothing is delivered to unless it is allowed. Children inherit all this.
    os.environ |= {
        "CHANCERY_DATA_DIR": str(data), "CHANCERY_FETCH_ALLOW": "127.0.0.1", "CHANCERY_LOG_LEVEL": "warning",
    }  # fmt: skip
    data.mkdir(parents=True)
    own = Settings()
    with (data / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "worker.cli", "up"], stdout=log, stderr=log)
        try:
            here = wait_for(lambda: ready(own, process), "the services")
            console.err.print(f"broker, workers, intake and scheduler are up in {data}", soft_wrap=True)
            yield here, engine(here)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def ready(own: Settings, process: subprocess.Popen[bytes]) -> Settings | None:
    """The settings of the deployment, once its workers have come."""
    if process.poll() is not None:
        console.fail(f"the services did not start; {own.data_dir / 'log'} says why")
    here = embedded.running(own)
    if here is None:
        return None
    with producer.connected(here) as ledger:
        return here if len(ledger.workers()) >= 3 else None


@contextmanager
def receiver() -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """A webhook on this machine that checks every signature: its URL, its secret, and the events it was told."""
    from standardwebhooks.webhooks import Webhook

    from tasks.deliveries.webhooks import new_secret

    secret = new_secret()
    told: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            event = Webhook(secret).verify(body, dict(self.headers))
            if all(event["id"] != known["id"] for known in told):
                told.append(event)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing: what was told is shown at the end."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", secret, told
        finally:
            server.shutdown()


def subscribe(archive: Engine, url: str, secret: str) -> None:
    """Asks for shifts and digests at the webhook."""
    from tasks.archive.database import writing
    from tasks.deliveries import subscriptions
    from tasks.deliveries.filters import Filter

    wanted = Filter(types=["chancery.shift.v1", "chancery.digest.v1"])
    with writing(archive) as connection:
        subscriptions.add(connection, "desk", url, wanted, now=datetime.now(UTC), secret=secret)


def run(*arguments: str) -> None:
    """A command of the desk's, as it would be typed, with its output."""
    console.out.print(f"\n[bold]$ chancery {' '.join(arguments)}[/]", soft_wrap=True)
    done = subprocess.run([sys.executable, "-m", "worker.cli", *arguments], check=False)
    if done.returncode:
        console.fail(f"chancery {arguments[0]} ended with {done.returncode}")


def first(told: list[dict[str, Any]], type_: str) -> dict[str, Any] | None:
    """The first event of this type."""
    return next((event for event in told if event["type"] == type_), None)


def wait_for(look: Callable[[], T | None], what: str) -> T:
    """What is looked for, once it is there."""
    end = time.monotonic() + PATIENCE
    while (found := look()) is None:
        if time.monotonic() > end:
            console.fail(f"{what} did not come within {PATIENCE:.0f} s")
        time.sleep(0.2)
    return found
