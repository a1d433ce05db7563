"""How clean the blocks are: headlines of other articles put into articles, and what is left of both.

`python -m tests.benchmarks.blocks [DATA]` prints, by split and by place (end, front, middle, glued to the last
paragraph, none at all):

- leak: the share of foreign headlines of which more than half is left in title or body;
- loss: the share of the body's sentences of which more than half is cut.

Splits. *tuning*: articles of factrueval/devset and nerel/train under titles of nerel/train. *held out*: articles of
nerel/dev under titles of nerel/dev and tgcontest, neither of which was looked at. *variety*: articles of factrueval
under headlines of every make (headlines.py). The first line of a nerel article is its own title; in every third article
it is dropped. What counts as a body sentence: a sentence of three words or more in a line that ends with a full stop or
the like, has six words or more, and opens with none of the corpora's own furniture (`OWN_FURNITURE`). Lines of an
article that are shorter or have no full stop (captions, subheadings, wiki markup) are neither foreign nor body; how
many of them are cut is printed apart.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import razdel

from tasks.reading import blocks
from tasks.reading.record import READ_BLOCKS
from tasks.reading.tokens import parse
from tests.benchmarks.headlines import EVERY

DATA = Path(__file__).parents[3] / "shared" / "data"
PLACES = ("end", "front", "middle", "glued", "none")
OWN_FURNITURE = re.compile(
    r"(?:Фото|Читайте также|По теме|Подробности|Любое использование|Источник|Все новости|Rambler)\b|[*•=|\[]|http"
)
CAPTION_WORDS = 6
"""Words under which an own line is taken for a caption or label («Гана на карте Африки.») whatever it ends with."""
_ENDS = re.compile(r"[.!?…:;][»”\"')\]\s]*$")

Span = tuple[int, int]


@dataclass(frozen=True)
class Article:
    """An article as it came: its own title, or None, and the lines under it."""

    name: str
    title: str | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Mixed:
    """An article with foreign headlines in it: the spans of these, of its sentences, and of its unmarked lines."""

    name: str
    place: str
    text: str
    foreign: tuple[Span, ...]
    sentences: tuple[Span, ...]
    unmarked: tuple[Span, ...]
    title: Span | None


def articles(files: Iterable[Path], titled: bool) -> list[Article]:
    """The articles in ``files``; ``titled`` where their first line is a title."""
    found = []
    for file in files:
        lines = tuple(ln.strip() for ln in file.read_text(encoding="utf-8").splitlines() if ln.strip())
        if titled and len(lines) > 1:
            found.append(Article(file.stem, lines[0], lines[1:]))
        elif not titled and lines:
            found.append(Article(file.stem, None, lines))
    # A first line that is a paragraph is no title: such a file has lost its own.
    found = [a for a in found if a.title is None or len(a.title.split()) <= 26]
    return [a for a in found if sum(bool(_ENDS.search(ln)) for ln in a.lines) >= 2]


def titles(tables: Iterable[Path]) -> list[str]:
    """The titles of the pairs in tgcontest's tables."""
    found: dict[str, None] = {}
    for table in tables:
        with table.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                found |= {row["INPUT:first_title"].strip(): None, row["INPUT:second_title"].strip(): None}
    return [t for t in found if t]


def mix(article: Article, place: str, headlines: list[str], dice: random.Random) -> Mixed:
    """``article`` with ``headlines`` at ``place``, with or without empty lines between and around them."""
    own = article.title if article.title is not None and dice.random() > 1 / 3 else None
    lines = [("own", ln) for ln in article.lines]
    foreign = [("foreign", h) for h in headlines]
    if place == "end" or place == "glued":
        lines += foreign
    elif place == "middle":
        at = dice.randint(1, max(1, len(lines) - 1))
        lines[at:at] = foreign
    if own is not None:
        lines.insert(0, ("title", own))
    if place == "front":
        at = 1 if own is not None and dice.random() < 0.5 else 0
        lines[at:at] = foreign
    between, around = dice.choice(("\n", "\n\n")), dice.choice(("\n", "\n\n"))
    text, spans = "", []
    for i, (kind, shown) in enumerate(lines):
        if i:
            edge = lines[i - 1][0] != kind
            glue = place == "glued" and edge and kind == "foreign"
            text += " " if glue else around if edge else between if kind == "foreign" else around
        spans.append((kind, (len(text), len(text) + len(shown))))
        text += shown
    sentences, unmarked = [], []
    for kind, (start, stop) in spans:
        shown = text[start:stop]
        if kind != "own":
            continue
        if _ENDS.search(shown) and len(shown.split()) >= CAPTION_WORDS and not OWN_FURNITURE.match(shown):
            found = [s for s in razdel.sentenize(shown) if len(s.text.split()) >= 3]
            sentences += [(start + s.start, start + s.stop) for s in found]
        elif not OWN_FURNITURE.match(shown):
            unmarked.append((start, stop))
    title = next((s for k, s in spans if k == "title"), None)
    kept = tuple(s for k, s in spans if k == "foreign")
    return Mixed(article.name, place, text, kept, tuple(sentences), tuple(unmarked), title)


def left(mixed: Mixed, parsed: bool = True) -> tuple[list[bool], list[bool], list[bool], bool | None]:
    """Of each foreign headline, sentence and unmarked line, and of the title, whether more than half of it is kept."""
    spans = blocks.paragraphs(mixed.text)
    cut = blocks.separate(mixed.text, spans, parse(mixed.text, spans) if parsed else None)
    read = [b.span for b in cut if b.kind in READ_BLOCKS]

    def kept(span: Span) -> bool:
        inside = sum(max(0, min(span[1], b[1]) - max(span[0], b[0])) for b in read)
        return 2 * inside > span[1] - span[0]

    title = None if mixed.title is None else kept(mixed.title)
    return [*map(kept, mixed.foreign)], [*map(kept, mixed.sentences)], [*map(kept, mixed.unmarked)], title


def compose(found: list[Article], headlines: list[str], seed: int) -> Iterator[Mixed]:
    """Every article in every place, under one to twelve of the headlines that are not its own."""
    dice = random.Random(seed)
    for article in found:
        for place in PLACES:
            few = 0 if place == "none" else dice.randint(1, 12)
            others = [h for h in dice.sample(headlines, min(len(headlines), few + 1)) if h != article.title]
            yield mix(article, place, others[:few], dice)


def measure(name: str, mixed: Iterable[Mixed], parsed: bool, examples: int) -> None:
    """Print leak and loss by place."""
    counts: dict[str, Counter[str]] = {p: Counter() for p in (*PLACES, "all")}
    shown = 0
    for one in mixed:
        foreign, sentences, unmarked, title = left(one, parsed)
        for count in (counts[one.place], counts["all"]):
            count.update(foreign=len(foreign), leaked=sum(foreign), sentences=len(sentences))
            count.update(lost=sentences.count(False), unmarked=len(unmarked), cut=unmarked.count(False))
            count.update(titles=title is not None, kept=bool(title))
        for what, spans, wrong in (("LEAK", one.foreign, foreign), ("LOSS", one.sentences, [not s for s in sentences])):
            for span, bad in zip(spans, wrong, strict=True):
                if bad and shown < examples:
                    shown += 1
                    print(f"  {what} {one.place:6} {one.name}: {one.text[slice(*span)][:150]!r}", file=sys.stderr)
    print(f"\n{name}, {'with' if parsed else 'without'} the parse")
    print("place   foreign  leak      body sentences  loss      own short or unmarked lines cut  own titles kept")
    for place, c in counts.items():
        leak = c["leaked"] / c["foreign"] if c["foreign"] else 0.0
        loss = c["lost"] / c["sentences"] if c["sentences"] else 0.0
        print(
            f"{place:6}  {c['foreign']:7}  {leak:7.3%}  {c['sentences']:14}  {loss:7.3%}"
            f"  {c['cut']:10} of {c['unmarked']:<6}  {c['kept']:6} of {c['titles']}"
        )


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", nargs="?", type=Path, default=DATA, help="the folder with factrueval, nerel, …")
    arguments.add_argument("--split", choices=("tuning", "held-out", "variety"), action="append")
    arguments.add_argument("--every", type=int, default=1, help="take every n-th article")
    arguments.add_argument("--no-parse", action="store_true", help="as for a language without a parser")
    arguments.add_argument("--examples", type=int, default=0, help="show so many of what went wrong")
    arguments.add_argument("--seed", type=int, default=0, help="another draw of headlines and places")
    options = arguments.parse_args()
    data: Path = options.data
    factrueval = articles(sorted((data / "factrueval" / "devset").glob("*.txt")), titled=False)
    train = articles(sorted((data / "nerel" / "train").glob("*.txt")), titled=True)
    held = articles(sorted((data / "nerel" / "dev").glob("*.txt")), titled=True)
    pairs = titles(sorted((data / "tgcontest_pairs").glob("ru_*.tsv")))
    splits = {
        "tuning": (factrueval + train, [a.title for a in train if a.title]),
        "held-out": (held, [a.title for a in held if a.title] + pairs),
        "variety": (factrueval, list(EVERY)),
    }
    for name in options.split or splits:
        found, headlines = splits[name]
        mixed = compose(found[:: options.every], headlines, seed=options.seed + len(name))
        measure(name, mixed, not options.no_parse, options.examples)


if __name__ == "__main__":
    main()
