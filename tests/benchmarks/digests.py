"""The time of a digest by the size of the archive: what a day told, and what sixty days did.

    python -m tests.benchmarks.digests [--readings 10000] [--archive postgresql://…]

The articles are made up, as many each day for sixty days; every fifth tells what passed between two states, some are
reposts. How long it takes to keep, trace and count them is told, too.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from tasks.archive.database import engine, writing
from tasks.archive.keeping import keep
from tasks.digests import keeping, page, plain
from tests.digests import press
from worker.settings import Settings

DAYS = 60
PARTIES = ("RUS", "KAZ", "GBR", "CHN", "TUR", "AZE", "USA", "ARM", "UZB", "BLR", "DEU", "IND")
TYPES = ("AGREE", "CONSULT", "AID", "ACCUSE", "THREATEN", "COOPERATE")


def article(n: int, dice: random.Random) -> tuple[str, list[press.Said]]:
    """Text and statements of the article of this number."""
    text = "".join(
        f"{' '.join(map(dice.choice, (press.WHERE, press.WHO, press.DID, press.WHAT)))}. " for _ in range(20)
    )
    said: list[press.Said] = []
    if n % 5 == 0:
        actor, recipient = dice.sample(PARTIES, 2)
        type_, source = dice.choice(TYPES), dice.choice([None, f"Источник {dice.randrange(300)}"])
        words = f"Стороны {actor} и {recipient} сделали шаг номер {n}"
        said.append((words, type_, actor, recipient, source, n % 35 == 0 and source is not None))
        text += f"\n{words}."
    return text, said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=int, default=10_000)
    parser.add_argument("--archive")
    given = parser.parse_args()
    dice, each_day = random.Random(1), max(1, given.readings // DAYS)
    with tempfile.TemporaryDirectory() as folder:
        archive = engine(Settings(data_dir=Path(folder), archive_url=given.archive))
        start = time.perf_counter()
        last: tuple[str, list[press.Said]] = ("", [])
        for day in range(DAYS):
            with writing(archive) as connection:
                for k in range(each_day):
                    n = day * each_day + k
                    copied = n % 10 == 9
                    text, said = last = last if copied else article(n, dice)
                    at = press.moment(press.FIRST + timedelta(days=day), 6) + timedelta(seconds=k * 60_000 // each_day)
                    made = press.article(f"Газета {n % 40}", at, text + (" Копия." if copied else ""), said,
                                         url=f"https://press.example/{n}", title=f"Статья {n}")  # fmt: skip
                    keep(connection, made, now=made.document.received)
        told("kept", start)
        start = time.perf_counter()
        while not keeping.caught_up(archive, 10.0, press.moment(press.LAST + timedelta(days=1), 6), 600.0):
            pass
        told("traced and counted", start)
        last_day = press.FIRST + timedelta(days=DAYS - 1)
        for name, first in ((f"a day ({each_day:,} articles)", last_day), (f"all ({each_day * DAYS:,})", press.FIRST)):
            times = []
            for _ in range(3):
                start = time.perf_counter()
                found = keeping.make(archive, first, last_day, "UTC")
                times.append(time.perf_counter() - start)
            start = time.perf_counter()
            html, text = page.render(found), plain.text(found)
            drawn = time.perf_counter() - start
            sizes = f"{len(html.encode()) / 1000:,.0f} kB of HTML, {len(text.encode()) / 1000:,.0f} kB of text"
            print(f"{name:<28} {min(times):6.2f} s asked, {drawn:.2f} s drawn: {sizes}")


def told(name: str, start: float) -> None:
    print(f"{name:<28} {time.perf_counter() - start:6.1f} s")


if __name__ == "__main__":
    main()
