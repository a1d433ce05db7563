"""Fetches a second from many slow hosts on one core, and the memory of many fetches.

``python -m tests.benchmarks.fetching [--memory 50000]``. A server of its own, on the other core, is a few hundred hosts
of 127.0.0.0/8 at one port, each of which answers after 200 ms with a page of 30 kB. Beside `get` in threads stand
`visit` (with robots.txt and turns at a real broker), bare httpx in threads and on one asyncio loop (with connections
kept for later, and without), and, where it is installed, `get` under gevent. Processor time is the client's alone;
every way is a process of its own, on one core.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from worker.settings import Settings

LATENCY = 0.2
HOSTS = 400
WORD = "соглашение о перевозке зерна обсудили в четверг представители ведомств "
PAGE = f"<!DOCTYPE html><title>Новость</title><article><p>{WORD * 220}</p></article>".encode()
PACKED = gzip.compress(PAGE)


class Host(asyncio.Protocol):
    """Answers every request after a while."""

    latency = LATENCY

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.head = transport, b""

    def data_received(self, data: bytes) -> None:
        self.head += data
        if b"\r\n\r\n" in self.head:
            close = b"connection: close" in self.head.lower()
            robots, self.head = b"/robots.txt" in self.head[:40], b""
            asyncio.get_running_loop().call_later(self.latency, self.answer, robots, close)

    def answer(self, robots: bool, close: bool) -> None:
        body = b"" if robots else PACKED
        head = (
            f"HTTP/1.1 {404 if robots else 200} OK\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"{'' if robots else 'Content-Encoding: gzip' + chr(13) + chr(10)}Content-Length: {len(body)}\r\n\r\n"
        )
        if not self.transport.is_closing():
            self.transport.write(head.encode() + body)
            if close:
                self.transport.close()


async def serve(latency: float) -> None:
    """Prints its port and serves for ever."""
    Host.latency = latency
    server = await asyncio.get_running_loop().create_server(Host, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def urls(port: int, hosts: int = HOSTS) -> Iterator[str]:
    """Pages of one host after the other."""
    for i in itertools.count():
        host = i % hosts
        yield f"http://127.0.{1 + host // 200}.{1 + host % 200}:{port}/news/{i}"


CHOSEN = {"fetch_allow": ("127.0.0.0/8",), "host_delay_seconds": 0.0, "host_fetches": 1000}


def in_threads(fetch: Callable[[str], object], threads: int, seconds: float, port: int) -> tuple[int, float, float]:
    """How many fetches were done, in which time, and with how many seconds of the processor."""
    hosts = min(HOSTS, 4 * threads)
    pages = urls(port, hosts)

    def work() -> int:
        n = 0
        while time.monotonic() - start < seconds:
            fetch(next(pages))
            n += 1
        return n

    with ThreadPoolExecutor(threads) as pool:
        # Every host once, so that its robots.txt is known.
        list(pool.map(fetch, itertools.islice(pages, hosts)))
        before, start = time.process_time(), time.monotonic()
        done = sum(future.result() for future in [pool.submit(work) for _ in range(threads)])
    return done, time.monotonic() - start, time.process_time() - before


def by_get() -> Callable[[str], object]:
    from tasks.web.download import PAGES, get

    chosen = Settings(**CHOSEN)  # type: ignore[arg-type]
    return lambda url: get(url, chosen, accept=PAGES)


def by_visit() -> Callable[[str], object]:
    from tasks.web.download import PAGES
    from tasks.web.visits import visit
    from worker.ledger import Ledger

    ledger = Ledger(Settings(broker_url=os.environ["BROKER"], key_prefix=f"b{uuid.uuid4().hex[:6]}:", **CHOSEN))  # type: ignore[arg-type]
    return lambda url: visit(url, url, ledger, accept=PAGES)


def by_httpx() -> Callable[[str], object]:
    import httpx

    client = httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=None), timeout=30)
    return lambda url: client.get(url).content


async def on_one_loop(tasks: int, seconds: float, port: int, kept: int) -> tuple[int, float, float]:
    """The same with bare httpx on asyncio, which keeps so many connections for later."""
    import httpx

    hosts = min(HOSTS, 4 * tasks)
    pages = urls(port, hosts)

    async def work(client: httpx.AsyncClient) -> int:
        n = 0
        while time.monotonic() - start < seconds:
            _ = (await client.get(next(pages))).content
            n += 1
        return n

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=kept)
    async with httpx.AsyncClient(trust_env=False, limits=limits, timeout=30) as client:
        await asyncio.gather(*(client.get(url) for url in itertools.islice(pages, hosts)))
        before, start = time.process_time(), time.monotonic()
        done = sum(await asyncio.gather(*(work(client) for _ in range(tasks))))
    return done, time.monotonic() - start, time.process_time() - before


def run(way: str, at_once: int, seconds: float, port: int) -> dict[str, float]:
    """One way, measured in this process."""
    if way == "gevent":
        from gevent import monkey

        monkey.patch_all()
    if way in ("httpx, asyncio", "asyncio, closing"):
        kept = 20 if way == "httpx, asyncio" else 0  # httpx's default, and what `get` does
        done, took, work = asyncio.run(on_one_loop(at_once, seconds, port, kept))
    else:
        fetch = {"get": by_get, "visit": by_visit, "httpx, threads": by_httpx, "gevent": by_get}[way]()
        done, took, work = in_threads(fetch, at_once, seconds, port)
    return {
        "fetches/s": done / took, "ms of processor": work / done * 1e3,
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }  # fmt: skip


def resident() -> float:
    """Megabytes of memory in use."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def remember(fetches: int, port: int) -> None:
    """Prints the memory in use along the way of many fetches."""
    fetch, pages = by_get(), urls(port)
    with ThreadPoolExecutor(16) as pool:
        for i in range(0, fetches + 1, fetches // 10):
            print(f"{i:>8,} fetches  {resident():6.1f} MB", flush=True)
            if i < fetches:
                list(pool.map(fetch, itertools.islice(pages, fetches // 10)))


def core(number: int) -> Callable[[], None]:
    """Keeps a process to one core, where there are several."""
    cores = sorted(os.sched_getaffinity(0))
    return lambda: os.sched_setaffinity(0, {cores[number % len(cores)]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory", type=int, default=0, help="measure the memory of so many fetches instead")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(serve(given.serve))
    if given.run:
        print(json.dumps(run(given.run[0], int(given.run[1]), given.seconds, int(given.run[2]))))
        return
    me = [sys.executable, "-m", "tests.benchmarks.fetching"]
    latency = 0.0 if given.memory else LATENCY
    with subprocess.Popen([*me, "--serve", str(latency)], stdout=subprocess.PIPE, preexec_fn=core(1)) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        try:
            if given.memory:
                core(0)()
                remember(given.memory, port)
            else:
                compare(me, given.seconds, port)
        finally:
            server.kill()


def compare(me: list[str], seconds: float, port: int) -> None:
    """Prints a line for every way and number of fetches at once."""
    from worker.embedded import Places, broker

    print(f"{'way':<16} {'at once':>7} {'fetches/s':>10} {'ms of processor':>16} {'MB':>6}")
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        places.prepare()
        with broker(places) as url:
            ways = ["httpx, threads", "get", "visit", "gevent", "httpx, asyncio", "asyncio, closing"]
            for at_once, way in itertools.product((1, 16, 64, 256, 512), ways):
                done = subprocess.run(
                    [*me, "--seconds", str(seconds), "--run", way, str(at_once), str(port)],
                    capture_output=True, text=True, preexec_fn=core(0), env=os.environ | {"BROKER": url}, check=False,
                )  # fmt: skip
                if done.returncode:
                    print(f"{way:<16} {at_once:>7} {done.stderr.strip().splitlines()[-1][:60]}")
                    continue
                rate, work, memory = json.loads(done.stdout).values()
                print(f"{way:<16} {at_once:>7} {rate:>10.1f} {work:>16.2f} {memory:>6.0f}", flush=True)


if __name__ == "__main__":
    main()
