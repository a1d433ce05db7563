"""What sources and schedules cost: seconds of processor time, against a site and a broker of this machine.

    python -m tests.benchmarks.sources

Feeds: items a second that are parsed, and polls a second whole, with the download, the look-up of what is known and the
submission; the site's own work is in that time. Export: posts a second and the process's memory at its highest, for two
sizes, so that growth would show. Scheduler: one look at a thousand entries that are all due, every one sent. All texts
are made up here.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from celery import Celery

from tasks.sources import feeds, links, telegram
from tasks.sources.polling import poll
from tasks.sources.registry import Sources
from tasks.sources.source import make
from worker.embedded import Places, broker
from worker.ledger import Ledger
from worker.schedule import Plan, Scheduler
from worker.settings import Settings

NOW = datetime(2026, 3, 6, tzinfo=UTC)
SHAPES = Path(__file__).parents[1] / "sources" / "shapes"


def rate(act: Callable[[], int], seconds: float = 2.0) -> str:
    """How much of something is done in a second of processor time: the middle of five runs, with the span."""
    rates = []
    for _ in range(5):
        start, done = time.process_time(), 0
        while time.process_time() - start < seconds / 5:
            done += act()
        rates.append(done / (time.process_time() - start))
    rates.sort()
    return f"{rates[2]:,.0f}/s ({rates[0]:,.0f} to {rates[-1]:,.0f})"


def feed(items: int, start: int = 0) -> bytes:
    text = (SHAPES / "long.txt").read_text()
    whole = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    entries = "".join(
        f"<item><title>Новость {n}</title><link>http://v.example/{n}</link><guid>{n}</guid>"
        f"<pubDate>Tue, 03 Mar 2026 12:{n % 60:02d}:00 GMT</pubDate>"
        f"<description><![CDATA[{n}{whole}]]></description></item>"
        for n in range(start, start + items)
    )
    return f'<rss version="2.0"><channel><title>В</title>{entries}</channel></rss>'.encode()


def parsing() -> None:
    data = feed(50)
    print("feed of 50 whole articles, parsed:", rate(lambda: len(feeds.read(data, "http://v.example/", NOW).items)))
    front = (SHAPES / "front.html").read_text().replace("<main>", "<main>" + "<p>…</p>" * 2000)
    print("page of 2,000 paragraphs, links:", rate(lambda: bool(links.read(front, "https://vestnik.example/").items)))
    page = (SHAPES / "channel.html").read_text()
    print("preview page of a channel:", rate(lambda: bool(telegram.read(page, "https://t.me/s/x", NOW))))


def export() -> None:
    for posts in (20_000, 200_000):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "result.json")
            with file.open("w") as out:
                out.write('{"name":"К","type":"public_channel","id":1,"messages":[')
                for n in range(posts):
                    text = [f"Новость {n}. ", {"type": "bold", "text": "Посол прибыл"}, " в столицу. " * 20]
                    message = {
                        "id": n, "type": "message", "date": "2026-03-03T12:30:00", "date_unixtime": "1772530200",
                        "from": "К", "text": text, "text_entities": [{"type": "plain", "text": "x"}],
                    }  # fmt: skip
                    out.write(("," if n else "") + json.dumps(message, ensure_ascii=False))
                out.write("]}")
            size = file.stat().st_size
            code = (
                "import sys, time, resource; from datetime import datetime, UTC; from pathlib import Path\n"
                "from tasks.sources import export\n"
                "start = time.process_time(); n = sum(1 for _ in export.read(Path(sys.argv[1]), datetime.now(UTC)))\n"
                "print(n, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
            )
            done = subprocess.run([sys.executable, "-c", code, file], capture_output=True, text=True, check=True)
            count, seconds, memory = map(float, done.stdout.split())
            print(f"export of {count:,.0f} posts, {size / 1e6:,.0f} MB: {count / seconds:,.0f} posts/s, "
                  f"{memory / 1024:,.0f} MB of memory at most")  # fmt: skip


def polling(settings: Settings) -> None:
    pages: dict[str, bytes] = {}
    served = [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body, tag = pages.get(self.path, b""), '"same"'
            if self.path == "/new":
                served[0] += 50
                body, tag = feed(50, served[0]), f'"{served[0]}"'
            same = self.headers.get("If-None-Match") == tag
            self.send_response(404 if not body else 304 if same else 200)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(0 if same else len(body)))
            self.end_headers()
            if not same:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    ledger = Ledger(settings)
    sources = Sources(ledger)
    try:
        pages["/same"] = feed(50)
        for path, about in (("/same", "unchanged (304)"), ("/new", "with 50 new whole articles")):
            source = make(f"http://127.0.0.1:{httpd.server_port}{path}", "feed", datetime.now(UTC))
            sources.put(source, at_once=False)
            poll(sources, source.id, "bench")

            def once(source_id: str = source.id) -> int:
                assert poll(sources, source_id, "bench").word in ("done", "unchanged")
                return 1

            print(f"polls {about}:", rate(once))
        memory = sum(
            int(ledger.client.memory_usage(key, samples=0) or 0)
            for key in ledger.client.scan_iter(ledger.key(f"source:{source.id}*"))
        )
        known = int(ledger.client.zcard(sources.key(source.id, "seen")))
        print(f"a source with {known:,} items known: {memory / 1024:,.0f} KiB at the broker")
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()
        ledger.client.close()


def scheduling(settings: Settings) -> None:
    ledger = Ledger(settings)
    plan = Plan(ledger.client, ledger.prefix)
    app = Celery("bench", set_as_current=False)
    app.conf.update(
        broker_url=settings.url, broker_transport_options={"global_keyprefix": settings.key_prefix},
        result_expires=None, redbeat_redis_url=settings.url, redbeat_redis_options={},
        redbeat_key_prefix=settings.key_prefix + "beat:", redbeat_lock_timeout=30,
    )  # fmt: skip
    scheduler = Scheduler(app)
    scheduler.tick()
    times = []
    for _ in range(5):
        for n in range(1000):
            plan.put(f"e{n}", "tests.nothing", [str(n)], 900, queue="fetch", last=plan.now() - timedelta(seconds=901))
        before = ledger.client.xlen(ledger.key("fetch:0"))
        start = time.process_time()
        while scheduler.tick() == 0.0:
            pass
        times.append(time.process_time() - start)
        assert ledger.client.xlen(ledger.key("fetch:0")) == before + 1000
    times.sort()
    print(f"a thousand entries that are due at once, sent in {times[2]:.2f} s ({times[0]:.2f} to {times[-1]:.2f})")
    scheduler.close()
    ledger.client.close()


def main() -> None:
    parsing()
    export()
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        places.prepare()
        with broker(places) as url:
            polling(
                Settings.model_validate(
                    {"broker_url": url, "fetch_allow": ("127.0.0.1",), "host_delay_seconds": 0.0, "host_fetches": 1000}
                )
            )
            scheduling(Settings.model_validate({"broker_url": url, "key_prefix": "plan:"}))
    print(f"this process at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    import logging

    import structlog

    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    main()
