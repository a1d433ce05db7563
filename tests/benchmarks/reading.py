"""What each stage of reading costs, and the whole reading beside natasha's chain, on one core in one run.

    python -m tests.benchmarks.reading [--articles 40] [--rounds 3]

CPU milliseconds an article, medians over articles and rounds. *First*: the article was not read before, after others,
as in a worker; *again*: it was. natasha's chain is segmentation, morphology, syntax, names and lemmas; the reading does
all of that and every stage behind it. Articles are those of the public sets where they are, else those of the tests.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
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
    """By stage, milliseconds of every article: the first time it was read, and again."""
    figures: dict[str, dict[str, list[float]]] = {"first": defaultdict(list), "again": defaultdict(list)}
    for turn in range(rounds):
        for text in articles:
            start = time.process_time()
            reader.read_article(text=text, received=RECEIVED)
            whole = time.process_time() - start
            column = figures["again" if turn else "first"]
            for stage, seconds in Timed.last.seconds.items():
                column[stage].append(seconds * 1000)
            column["whole reading"].append(whole * 1000)
    return figures


def natasha(articles: list[str], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of natasha's chain, of every article: the first time it was read, and again."""
    chain = engine.Natasha()
    turns = [[engine.cpu(partial(chain, text)) for text in articles] for _ in range(rounds)]
    return {"first": turns[0], "again": [value for turn in turns[1:] for value in turn]}


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
    for text in before:
        reader.read_article(text=text, received=RECEIVED)
    figures = measure(articles, arguments.rounds)
    chain = natasha(articles, arguments.rounds)
    print(f"{len(articles)} articles of {median(map(len, articles)):.0f} characters, CPU ms an article, medians")
    print(f"{'stage':<16}{'first':>8}{'again':>8}")
    for stage, values in figures["first"].items():
        print(f"{stage:<16}{median(values):8.2f}{median(figures['again'][stage]):8.2f}")
    print(f"{'natasha chain':<16}{median(chain['first']):8.2f}{median(chain['again']):8.2f}")
    ratio = {k: median(chain[k]) / median(figures[k]["whole reading"]) for k in chain}
    print(
        f"natasha's chain to the whole reading: {ratio['first']:.1f} : 1 at first sight, {ratio['again']:.1f} : 1 again"
    )


if __name__ == "__main__":
    main()
