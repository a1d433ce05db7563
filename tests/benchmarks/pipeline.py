"""Articles a second from queue to outcome, what the queue costs, the cold start and the memory.

    python -m tests.benchmarks.pipeline [--articles 400]

Real processes on the embedded broker. Articles are those of the shared FactRuEval set where it is, and variants of the
sample otherwise. The queue's share is what is left of the workers' time when the time inside the reader is taken off.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import files
from itertools import cycle, islice
from pathlib import Path

from tests.conftest import SHARED
from worker import embedded, producer
from worker.jobs import Article, Outcome
from worker.settings import Settings

CHANCERY = Path(sys.executable).with_name("chancery")


def texts(count: int) -> list[str]:
    """``count`` different articles, the shorter sets repeated with a number behind the last line."""
    found = [p.read_text("utf-8") for p in sorted((SHARED / "data/factrueval/devset").glob("*.txt"))]
    if not found:
        found = [files("tasks").joinpath("samples/sample.txt").read_text("utf-8")]
    return [f"{text}\n{i}." if i >= len(found) else text for i, text in enumerate(islice(cycle(found), count))]


def throughput(articles: list[str], processes: int) -> tuple[float, float, float]:
    """Articles a second from the first submission to the last outcome, the share of the workers' time outside reader
    and archive, and the milliseconds that the archive takes of an article."""
    with _running(processes) as settings, producer.connected(settings):
        # Every child has read something before the clock starts: caches are warm, as in a worker that has been up. What
        # is timed is not the same text, which would be known.
        _outcomes(producer.submit_many(Article(text=text + "\nЕщё.") for text in articles[: 20 * processes]))
        start = time.perf_counter()
        ids = producer.submit_many(Article(text=text) for text in articles)
        outcomes = _outcomes(ids)
        wall = time.perf_counter() - start
    read, kept = (sum(outcome.seconds.get(stage, 0.0) for outcome in outcomes) for stage in ("read", "archive"))
    return len(articles) / wall, 1 - (read + kept) / (wall * processes), 1e3 * kept / len(articles)


def memory(articles: list[str]) -> tuple[float, list[float]]:
    """Proportional set size in MB: of the worker's parent, and of each of two children after some reading."""
    with _running(2) as settings, producer.connected(settings):
        _outcomes(producer.submit_many(Article(text=text) for text in articles[:100]))
        parents: dict[int, list[int]] = {}
        for pid, parent, command in _processes(settings.data_dir):
            if "celery" in command:
                parents.setdefault(parent, []).append(pid)
        trees = [(parent, children) for parent, children in parents.items() if len(children) >= 2]
        parent, children = trees[0]
        return _pss(parent), [_pss(pid) for pid in children]


def cold_start() -> float:
    """Seconds from nothing running to the first reading on stdout, the broker's and the worker's start included."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CHANCERY_DATA_DIR": folder, "CHANCERY_READ_PROCESSES": "1"}
        start = time.perf_counter()
        with subprocess.Popen([CHANCERY, "read", "--json"], env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline(), "no reading came"
            return time.perf_counter() - start


class _running:  # noqa: N801 - used as a function
    """A data directory of its own with a broker and readers, gone afterwards."""

    def __init__(self, processes: int) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.session = embedded.session(Settings(data_dir=Path(self.folder.name)), processes)

    def __enter__(self) -> Settings:
        return self.session.__enter__().settings

    def __exit__(self, *error: object) -> None:
        self.session.__exit__(None, None, None)
        self.folder.cleanup()


def _outcomes(ids: list[str]) -> list[Outcome]:
    return [event for event in producer.watch(ids, progress=False) if isinstance(event, Outcome)]


def _processes(data_dir: Path) -> Iterator[tuple[int, int, str]]:
    """Pid, parent and command line of every process that works for the data directory."""
    roots = set()
    table: dict[int, tuple[int, str]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            table[int(folder.name)] = (parent, command)
            if str(data_dir) in command:
                roots.add(int(folder.name))
    for pid, (parent, command) in table.items():
        ancestors = {pid}
        while parent in table and parent not in ancestors:
            ancestors.add(parent)
            parent = table[parent][0]
        if ancestors & roots:
            yield pid, table[pid][0], command


def _pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"no Pss of {pid}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=400, help="articles a run")
    parser.add_argument("--runs", type=int, default=3, help="runs, of which the median is told")
    arguments = parser.parse_args()
    articles = texts(arguments.articles)
    characters = statistics.mean(map(len, articles))
    print(f"{len(articles)} articles of {characters:,.0f} characters on average, {os.cpu_count()} cores", flush=True)
    for processes in (1, 2):
        runs = sorted(throughput(articles, processes) for _ in range(arguments.runs))
        rate, share, archive = runs[len(runs) // 2]
        spread = f"{runs[0][0]:.0f} to {runs[-1][0]:.0f}"
        print(
            f"{processes} process{'es' if processes > 1 else ''}: {rate:6.1f} articles/s ({spread}), "
            f"queue's share {share:.0%}, archive {archive:.1f} ms an article"
        )
    starts = sorted(cold_start() for _ in range(arguments.runs))
    print(f"cold start to the first reading: {statistics.median(starts):.1f} s ({starts[0]:.1f} to {starts[-1]:.1f})")
    parent, children = memory(articles)
    print(f"memory (PSS): parent {parent:.0f} MB, each child {', '.join(f'{child:.0f}' for child in children)} MB")


if __name__ == "__main__":
    main()
