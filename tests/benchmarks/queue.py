"""Jobs that do nothing, each with a Russian article of 6 kB: how fast they go in and out, and what the broker holds.

``python -m tests.benchmarks.queue [PEER …] [--jobs N]`` with the ``bench`` dependencies installed (``uv sync --group
bench``). Every queue runs on the same valkey-server with two worker processes, one queue after the other, and does what
it promises by default. "chancery" is the whole path, ledger, leases and outcomes included; "streams" a bare Celery task
over its transport. Beside the jobs a second stands the processor time of a job, the broker's included, which says the
same on a machine that has other work.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from pymorphy3 import MorphAnalyzer
from redis import Redis

from tests.faults.processes import Broker, Process, wait_until

LEMMAS = (
    "правительство соглашение перевозка перевал ведомство доклад весна представитель министерство встреча журналист "
    "газета область река мост дорога договор партнёр торговля граница пошлина зерно завод рынок город сосед посол "
    "новый прежний крупный северный южный важный открытый общий спорный долгий местный дальний первый совет "
    "обсудить поручить подготовить сообщить подписать отложить предложить начать закрыть построить принять вернуть"
)
BYTES = 6000


@cache
def forms() -> list[str]:
    """Some thousand word forms, so that texts compress about as well as news does."""
    morph = MorphAnalyzer()
    return sorted({form.word for lemma in LEMMAS.split() for form in morph.parse(lemma)[0].lexeme})


def article(number: int) -> str:
    """About 6 kB of UTF-8, and no two alike."""
    chance = random.Random(number)
    words, size = [], 0
    while size < BYTES:
        words.append(chance.choice(forms()))
        size += 2 * len(words[-1]) + 1
    return " ".join(words)


CELERY = [
    "celery",
    "-A",
    "tests.benchmarks.queue_apps",
    "worker",
    "-l",
    "WARNING",
    "--without-gossip",
    "--without-mingle",
]


def python(*argv: str) -> list[str]:
    return [sys.executable, "-m", *argv]


def pending(client: Redis, stream: str, group: str) -> int:
    return cast(dict[str, int], client.xpending(stream, group))["pending"]


#: By name: the peer, the commands of its workers, and how many jobs are still open at the broker.
SETUPS: dict[str, tuple[str, list[list[str]], Callable[[Redis], int]]] = {
    "chancery, prefork 2": (
        "chancery", [python(*CELERY, "-Q", "read", "-c", "2")], lambda r: r.zcard("chancery:open:read"),
    ),
    "chancery, solo x 2": (
        "chancery", [python(*CELERY, "-Q", "read", "-P", "solo", "-n", f"{n}@bench") for n in "ab"],
        lambda r: r.zcard("chancery:open:read"),
    ),
    "streams, prefork 2": ("streams", [python(*CELERY, "-c", "2")], lambda r: r.xlen("bench:0")),
    "streams, prefork 2, prefetch 16": (
        "streams", [["env", "PREFETCH=16", *python(*CELERY, "-c", "2")]], lambda r: r.xlen("bench:0"),
    ),
    "streams, solo x 2, prefetch 64": (
        "streams", [["env", "PREFETCH=64", *python(*CELERY, "-P", "solo", "-n", f"{n}@bench")] for n in "ab"],
        lambda r: r.xlen("bench:0"),
    ),
    "celery, prefork 2": (
        "celery", [python(*CELERY, "-c", "2")],
        lambda r: r.llen("bench") + r.hlen("unacked"),
    ),
    "dramatiq, 2 processes": (
        "dramatiq", [python("dramatiq", "tests.benchmarks.queue_apps", "-p", "2")],
        lambda r: r.hlen("dramatiq:bench.msgs"),
    ),
    "huey, 2 processes": (
        "huey", [python("huey.bin.huey_consumer", "tests.benchmarks.queue_apps.huey", "-w", "2", "-k", "process")],
        lambda r: r.llen("huey.redis.bench"),
    ),
    "rq, 2 simple workers": (
        "rq", [["rq", "worker", "-w", "rq.SimpleWorker", "--url", "URL", "-q", "bench"] for _ in range(2)],
        lambda r: r.llen("rq:queue:bench"),
    ),
    "taskiq list, 2 processes": (
        "taskiq-list", [python("taskiq", "worker", "-w", "2", "tests.benchmarks.queue_apps:broker")],
        lambda r: r.llen("bench"),
    ),
    "taskiq stream, 2 processes": (
        "taskiq-stream", [python("taskiq", "worker", "-w", "2", "tests.benchmarks.queue_apps:broker")],
        lambda r: (r.xinfo_groups("bench")[0]["lag"] or 0) + pending(r, "bench", "taskiq"),
    ),
}  # fmt: skip


class Measure(NamedTuple):
    """By job: how many a second, and microseconds of processor time, the broker's included; ``size`` bytes it holds."""

    into: float
    into_cpu: float
    size: float
    out: float
    out_cpu: float


def submit(peer: str, env: dict[str, str], jobs: int) -> tuple[float, float]:
    """Seconds, and seconds of processor time, to put so many jobs into the queue, by a process of its own."""
    code = (
        "import time; from tests.benchmarks.queue import article; from tests.benchmarks import queue_apps\n"
        f"texts = [article(n) for n in range({jobs} + 1)]; queue_apps.submit(texts[:1])\n"
        "start, cpu = time.perf_counter(), time.process_time(); queue_apps.submit(texts[1:])\n"
        "print(time.perf_counter() - start, time.process_time() - cpu)"
    )
    said = subprocess.run([sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True)
    if said.returncode:
        raise SystemExit(f"{peer}: {said.stderr[-2000:]}")
    wall, cpu = said.stdout.split()[-2:]
    return float(wall), float(cpu)


def memory(client: Redis) -> int:
    return int(client.info("memory")["used_memory_dataset"])


def broker_cpu(client: Redis) -> float:
    used = client.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


def group_cpu(workers: list[Process]) -> float:
    """Seconds of processor time of the workers and their children."""
    groups = {worker.pid for worker in workers}
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) in groups:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(name: str, folder: Path, jobs: int) -> Measure:
    peer, commands, still_open = SETUPS[name]
    broker = Broker(folder / name.replace(" ", "-"), append_only=False)
    client = broker.client
    env = {"PEER": peer, "CHANCERY_BROKER_URL": broker.url, "CHANCERY_LOG_LEVEL": "warning"}
    workers: list[Process] = []
    try:
        before, at_broker = memory(client), broker_cpu(client)
        wall, cpu = submit(peer, env, jobs)
        cpu += broker_cpu(client) - at_broker
        size = (memory(client) - before) / jobs
        for number, command in enumerate(commands):
            argv = [broker.url if word == "URL" else word for word in command]
            if argv[0] == "rq":
                argv[0] = str(Path(sys.executable).parent / "rq")
            workers.append(Process(argv, broker.folder / f"worker{number}.log", env))
        wait_until(lambda: still_open(client) < jobs * 0.95, 120, f"{name} begins", 0.005)
        left, start = still_open(client), time.perf_counter()
        worked = group_cpu(workers) + broker_cpu(client)
        wait_until(lambda: still_open(client) == 0, 600, f"{name} ends", 0.01)
        out = left / (time.perf_counter() - start)
        worked = group_cpu(workers) + broker_cpu(client) - worked
        return Measure(jobs / wall, 1e6 * cpu / jobs, size, out, 1e6 * worked / left)
    finally:
        for worker in workers:
            worker.kill()
        broker.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", help=f"of {', '.join(SETUPS)} (by their beginnings); all without one")
    parser.add_argument("--jobs", type=int, default=5000)
    chosen = parser.parse_args()
    raw = sum(len(article(n).encode()) for n in range(100)) / 100
    print(f"{chosen.jobs} jobs, {raw:.0f} bytes of text each; load of the machine {os.getloadavg()[0]:.1f}\n")
    print(f"{'':<34}{'in, jobs/s':>11}{'cpu us':>8}{'bytes a job':>13}{'x raw':>7}{'out, jobs/s':>13}{'cpu us':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name in SETUPS:
            if not chosen.peers or any(name.startswith(peer) for peer in chosen.peers):
                m = measure(name, Path(folder), chosen.jobs)
                inwards = f"{m.into:>11,.0f}{m.into_cpu:>8,.0f}{m.size:>13,.0f}{m.size / raw:>7.2f}"
                print(f"{name:<34}{inwards}{m.out:>13,.0f}{m.out_cpu:>8,.0f}", flush=True)


if __name__ == "__main__":
    main()
