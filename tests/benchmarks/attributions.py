"""How well attributions are found, with cue and source, and at what cost.

``python -m tests.benchmarks.attributions [own|aside|more|sealed|press|press-sealed|cost] [--errors]``; all of them
without an argument. The whole reader is scored by the ``score.py`` that comes with the gold, in a process of its own.

* own, aside: ``gold/dev``. Every third article (by file name, from the third) is set aside: rules were written
  without it.
* more, sealed: ``attributions_gold.json``, articles of factrueval, nerel, rusentrel and of the Russian press
  (tgcontest_pairs) annotated by readers who had seen neither the code nor its output, by the rules of ``gold``. Rules
  were mended by the faults in *more*, and by none in *sealed*. Offsets and codes alone; a source's name is the place
  where the article has it, or words of the annotator's where it has none in the nominative.
* press, press-sealed: ``press/``, made-up pages of many kinds, written and annotated by others who had not seen the
  code either. Rules were mended by the faults in *press*, and by none in *press-sealed*.
* cost: milliseconds an article and a thousand characters of the stages attributions and provenance, apart from the
  parse, on factrueval's devset; the median of five rounds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.reading import actors, attributions, blocks, provenance, tokens
from tasks.reading.reader import read_article
from tests.benchmarks.annotated import annotated
from tests.conftest import SHARED

GOLD = SHARED / "gold" / "dev"
HERE = Path(__file__).parent
PARTS = ("own", "aside", "more", "sealed", "press", "press-sealed")
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 5


def articles(part: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Text and annotation, as ``score.py`` takes it, of each article of a part."""
    if part in ("own", "aside"):
        for k, file in enumerate(sorted(GOLD.glob("*.json"))):
            if (k % 3 == 2) == (part == "aside"):
                yield file.with_suffix(".txt").read_text("utf-8"), json.loads(file.read_text("utf-8"))
    elif part in ("more", "sealed"):
        for gold in json.loads((HERE / "attributions_gold.json").read_text("utf-8")):
            if gold["part"] == part:
                text = annotated(gold["doc"], gold["sha256"])
                for said in gold["attributions"]:
                    name = said.pop("name")
                    said["source_name"] = name if isinstance(name, str) else text[slice(*name)]
                yield text, gold
    else:
        for file in sorted((HERE / "press").glob("*.json")):
            gold = json.loads(file.read_text("utf-8"))
            if gold["part"] == part:
                yield file.with_suffix(".txt").read_text("utf-8"), gold


def score(part: str, *, errors: bool) -> str:
    """What score.py says of the reader on one part."""
    readings = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (text, gold) in enumerate(articles(part)):
            readings.append(read_article(text=text, received=READ_AT).to_json())
            (Path(folder) / f"{number}.json").write_text(json.dumps(gold), "utf-8")
            (Path(folder) / f"{number}.txt").write_text(text, "utf-8", newline="")
        command = [sys.executable, str(GOLD.parent / "score.py"), folder, *(["--errors"] if errors else [])]
        done = subprocess.run(
            command, input="\n".join(readings), text=True, capture_output=True, check=True, timeout=120
        )
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
    parser.add_argument("what", nargs="*", choices=[*PARTS, "cost"], default=[*PARTS, "cost"])
    parser.add_argument("--errors", action="store_true", help="every miss and false alarm")
    args = parser.parse_args()
    if not GOLD.is_dir():
        sys.exit(f"no gold at {GOLD}: set CHANCERY_SHARED to the folder that has it")
    for what in args.what:
        print(f"== {what}")
        print(cost() if what == "cost" else score(what, errors=args.errors))


if __name__ == "__main__":
    main()
