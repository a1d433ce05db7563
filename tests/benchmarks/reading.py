"""What each stage of reading costs, and the whole reading beside natasha's chain, on one core in one run.

    python -m tests.benchmarks.reading [--articles 40] [--rounds 3]

CPU milliseconds an article, medians over articles and rounds. *First*: the article was not read before, after others,
as in a worker; *again*: it was. natasha's chain is segmentation, morphology, syntax, names and lemmas; the reading does
all of that and every stage behind it. Articles are those of the public sets where they are, else those of the tests.
The two take turns, article by article, so that what else the machine does weighs on both alike. Told beside: the CPU
seconds until the first reading, and memory then and after others (PSS: the process's own, and its part of what is
shared).
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from tasks.reading import reader
from tests.benchmarks import engine
from tests.conftest import SHARED

RECEIVED = datetime(2026, 1, 31, tzinfo=UTC)


class Timed(reader.Stages):
    """The reader's stages, each with its CPU seconds."""

    seconds: dict[str, float]

    def __init__(self) -> None:
        super().__init__()
        self.seconds = defaultdict(float)
        Timed.last = self

    last: Timed

    def run(self, name: str, work: Callable[[], Any], otherwise: Any) -> Any:
        start = time.process_time()
        try:
            return super().run(name, work, otherwise)
        finally:
            self.seconds[name] += time.process_time() - start


def measure(articles: list[str], rounds: int) -> dict[str, dict[str, list[float]]]:
    """By stage, milliseconds of every article, the first time it was read and again; natasha's chain among them."""
    figures: dict[str, dict[str, list[float]]] = {"first": defaultdict(list), "again": defaultdict(list)}
    chain = engine.Natasha()
    gc.collect()
    gc.freeze()  # as a worker does: what stays is not looked through again
    for turn in range(rounds):
        for text in articles:
            start = time.process_time()
            reader.read_article(text=text, received=RECEIVED)
            whole = time.process_time() - start
            column = figures["again" if turn else "first"]
            for stage, seconds in Timed.last.seconds.items():
                column[stage].append(seconds * 1000)
            column["whole reading"].append(whole * 1000)
            column["natasha chain"].append(engine.cpu(partial(chain, text)))
    return figures


def memory() -> float:
    """Megabytes of this process."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        if os.environ.get(name) != "1":
            raise SystemExit(f"set {name}=1: figures are of one core")
    reader.Stages = Timed  # type: ignore[misc]
    articles, before = engine.articles(SHARED / "data", arguments.articles)
    start = time.process_time()
    reader.warm()
    print(f"first reading after {time.process_time() - start:.1f} s of CPU, {memory():.0f} MB; ", end="")
    for text in before:
        reader.read_article(text=text, received=RECEIVED)
    print(f"after {len(before)} articles {memory():.0f} MB")
    figures = measure(articles, arguments.rounds)
    print(f"{len(articles)} articles of {median(map(len, articles)):.0f} characters, CPU ms an article, medians")
    print(f"{'stage':<16}{'first':>8}{'again':>8}")
    for stage, values in figures["first"].items():
        print(f"{stage:<16}{median(values):8.2f}{median(figures['again'][stage]):8.2f}")
    ratio = {k: median(column["natasha chain"]) / median(column["whole reading"]) for k, column in figures.items()}
    print(
        f"natasha's chain to the whole reading: {ratio['first']:.1f} : 1 at first sight, {ratio['again']:.1f} : 1 again"
    )


if __name__ == "__main__":
    main()
