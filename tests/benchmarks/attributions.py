"""How well attributions are found, with cue and source, and at what cost.

``python -m tests.benchmarks.attributions [own|aside|all|cost] [--errors]``; own, aside and cost without an argument.

* own, aside, all: the whole reader on ``gold/dev``, scored by the ``score.py`` that comes with the gold, in a process
  of its own. Every third article (by file name, from the third) is set aside: rules were written without it.
* cost: milliseconds an article and a thousand characters of the stages attributions and provenance, apart from the
  parse, on factrueval's devset; the median of five rounds.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tasks.reading import actors, attributions, blocks, provenance, tokens
from tasks.reading.reader import read_article
from tests.conftest import SHARED

GOLD = SHARED / "gold" / "dev"
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 5


def part(name: str) -> list[Path]:
    """The gold files of a part."""
    files = sorted(GOLD.glob("*.json"))
    return [f for k, f in enumerate(files) if name == "all" or (k % 3 == 2) == (name == "aside")]


def score(name: str, *, errors: bool) -> str:
    """What score.py says of the reader on one part."""
    files = part(name)
    readings = "\n".join(
        read_article(text=f.with_suffix(".txt").read_text("utf-8"), received=READ_AT).to_json() for f in files
    )
    with tempfile.TemporaryDirectory() as folder:
        for f in files:
            (Path(folder) / f.name).symlink_to(f)
        command = [sys.executable, str(GOLD.parent / "score.py"), folder, *(["--errors"] if errors else [])]
        done = subprocess.run(command, input=readings, text=True, capture_output=True, check=True, timeout=120)
    return done.stdout + done.stderr


def cost() -> str:
    """Time of the two stages, the parse and the actors given."""
    texts = [f.read_text("utf-8") for f in sorted((SHARED / "data" / "factrueval" / "devset").glob("*.txt"))[:60]]
    given = []
    for text in texts:
        paragraphs = blocks.paragraphs(text)
        parse = tokens.parse(text, paragraphs)
        cut = blocks.separate(text, paragraphs, parse, None)
        given.append((text, parse, cut, actors.find(parse, cut, None)))
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for text, parse, cut, found in given:
            said_by, said = attributions.find(parse, cut, found)
            provenance.weigh(cut, said_by, said, text)
        rounds.append(time.perf_counter() - start)
    median = statistics.median(rounds)
    return (
        f"{median / len(texts) * 1e3:.1f} ms an article, {median / sum(map(len, texts)) * 1e6:.1f} ms a thousand "
        f"characters ({len(texts)} articles, median of {ROUNDS} rounds, {min(rounds) / len(texts) * 1e3:.1f} to "
        f"{max(rounds) / len(texts) * 1e3:.1f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=["own", "aside", "all", "cost"], default=["own", "aside", "cost"])
    parser.add_argument("--errors", action="store_true", help="every miss and false alarm")
    args = parser.parse_args()
    if not GOLD.is_dir():
        sys.exit(f"no gold at {GOLD}: set CHANCERY_SHARED to the folder that has it")
    for what in args.what:
        print(f"== {what}")
        print(cost() if what == "cost" else score(what, errors=args.errors))


if __name__ == "__main__":
    main()
