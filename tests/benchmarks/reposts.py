"""How well reposts are found: copies made from real articles by what copyists do, beside what only looks like them.

    python -m tests.benchmarks.reposts      # thresholds were chosen on half 1; half 2 counts
    python -m tests.benchmarks.reposts --half 1

Originals are NEREL's, FactRuEval's and RuSentRel's articles. A copy has a share of its words (20 to 100 %) from one of
them and the rest from an article that is in no archive; on top, one thing is done to it: nothing, sentences in another
order, every second name and number changed, words changed here and there, a lead of its own, the outlet's boilerplate.
"cut" leaves the first part of the original and adds nothing. What must not be linked: every other article, and the
pairs of tgcontest, two reports of one story or of two. A pair is (copy, origin).
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import razdel

from tasks.reposts import comparing, shingles, words

SHARES = (0.2, 0.4, 0.6, 0.8, 1.0)
DEEDS = ("cut", "plain", "reordered", "renamed", "reworded", "new lead", "boilerplate")
FURNITURE = (
    "Ранее редакция подробно писала о том, как развивались эти события и что о них говорили участники. "
    "Следите за нашими публикациями, чтобы узнавать новости первыми, и присылайте свои вопросы в редакцию."
)
_NAME = re.compile(r"(?<=[а-яё,] )[А-ЯЁ][а-яё]+|\d+")
_WORD = re.compile(r"[а-яё]{3,}")
_QUOTED = re.compile(r"«[^»]{30,}»|\"[^\"]{30,}\"")


@dataclass(frozen=True)
class Copy:
    """A copy, what was done to it, and the number of its original."""

    text: str
    deed: str
    share: float
    origin: int


def articles(shared: Path) -> list[str]:
    """Real articles of 100 to 1,500 words, in a random order that is always the same."""
    files = [
        *sorted((shared / "data/nerel").glob("*/*.txt")),
        *sorted((shared / "data/factrueval/devset").glob("*.txt")),
        *(p for p in sorted((shared / "data/rusentrel/train").glob("art*.txt")) if "opin" not in p.name),
    ]
    texts = [path.read_text(encoding="utf-8-sig") for path in files]
    texts = [text for text in texts if 100 <= len(text.split()) <= 1500]
    random.Random(7).shuffle(texts)
    return texts


def copies(originals: list[str], hosts: list[str], seed: int) -> list[Copy]:
    """One copy of each original for each deed; the share goes round."""
    chance = random.Random(seed)
    out = []
    for number, original in enumerate(originals):
        for turn, deed in enumerate(DEEDS):
            share = SHARES[(number + turn) % len(SHARES)]
            out.append(Copy(_made(original, chance.choice(hosts), deed, share, chance), deed, share, number))
    return out


def _made(original: str, host: str, deed: str, share: float, chance: random.Random) -> str:
    sentences = [s.text for s in razdel.sentenize(original)]
    size = len(original.split())
    if deed == "cut":
        return " ".join(_some(sentences, share * size, 0))
    taken = _some(sentences, share * size, chance.randrange(len(sentences)) if share < 1 else 0)
    own_size = len(" ".join(taken).split()) * (1 - share) / share
    own = _some([s.text for s in razdel.sentenize(host)], own_size, 0) if share < 1 else []
    if deed == "reordered":
        chance.shuffle(taken)
    text = " ".join(taken)
    if deed == "renamed":
        text = _NAME.sub(lambda m: m[0] if chance.random() < 0.5 else _other(m[0], chance), text)
    if deed == "reworded":
        text = _WORD.sub(lambda m: m[0] if chance.random() < 0.88 else _other(m[0], chance), text)
    if deed == "new lead":
        own = own or _some([s.text for s in razdel.sentenize(host)], 30, 0)
        return " ".join([*own, text])
    at = chance.randrange(len(own) + 1)
    text = " ".join([*own[:at], text, *own[at:]])
    return f"{text}\n\n{FURNITURE}" if deed == "boilerplate" else text


def _some(sentences: list[str], size: float, start: int) -> list[str]:
    """Sentences from ``start`` on, round the end, that hold about ``size`` words; the last is cut."""
    out, held = [], 0
    for sentence in [*sentences[start:], *sentences[:start]]:
        parts = sentence.split()[: max(0, round(size) - held)]
        if not parts:
            break
        out.append(" ".join(parts))
        held += len(parts)
    return out


def _other(word: str, chance: random.Random) -> str:
    if word.isdigit():
        return str(int(word) + chance.randrange(1, 9))
    return "".join(chance.choice("абвгдезиклмнопрст") for _ in word).capitalize() if word[0].isupper() else word[::-1]


class Index:
    """What the archive's table is to tracing, in memory."""

    def __init__(self, texts: list[str]) -> None:
        self.words = [words.split(text, [(0, len(text))]) for text in texts]
        self.by_key: dict[int, list[int]] = defaultdict(list)
        for number, each in enumerate(self.words):
            for key in shingles.keys(each.hashes).tolist():
                self.by_key[key].append(number)

    def found(self, text: str) -> list[tuple[int, comparing.Match, comparing.Kind | None]]:
        """Everything that shares a key with ``text``, compared."""
        mine = words.split(text, [(0, len(text))])
        weights = comparing.weights(mine, text)
        hits = Counter(n for key in shingles.keys(mine.hashes).tolist() for n in self.by_key.get(key, ()))
        out = []
        for number, _ in hits.most_common():
            match = comparing.match(mine.hashes, self.words[number].hashes, weights)
            out.append((number, match, comparing.kind(match)))
        return out


def report(originals: list[str], hosts: list[str], seed: int) -> None:
    index = Index(originals)
    made = copies(originals, hosts, seed)
    hit: Counter[tuple[str, float]] = Counter()
    seen: Counter[tuple[str, float]] = Counter()
    asked: Counter[tuple[str, float]] = Counter()
    right = wrong = 0
    strangers = []
    for copy in made:
        key = (copy.deed, copy.share)
        asked[key] += 1
        for number, match, kind in index.found(copy.text):
            if number == copy.origin:
                seen[key] += 1
            if kind is None:
                continue
            if number == copy.origin:
                right += 1
                hit[key] += 1
            else:
                wrong += 1
                strangers.append((match.longest, copy.origin, number))
    print(
        f"{len(originals)} originals, {len(made)} copies: precision {right / (right + wrong):.4f} ({wrong} wrong), "
        f"recall {right / len(made):.4f}, as candidates {sum(seen.values()) / len(made):.4f}"
    )
    print("recall by share   " + "".join(f"{share:>8.0%}" for share in SHARES))
    for deed in DEEDS:
        print(f"  {deed:<16}" + "".join(_cell(hit[deed, s], asked[deed, s]) for s in SHARES))
    for name, counts in (("all", hit), ("candidates", seen)):
        print(f"  {name:<16}" + "".join(
            _cell(sum(counts[d, s] for d in DEEDS), sum(asked[d, s] for d in DEEDS)) for s in SHARES))  # fmt: skip
    for size, a, b in sorted(set(strangers), reverse=True)[:5]:
        print(f"    linked, not made: {size:.0f} words of {originals[b][:50]!r} in a copy of {originals[a][:50]!r}")
    plain = sum(1 for n, text in enumerate(originals) for m, _, kind in index.found(text) if kind and m != n)
    print(f"plain articles linked to another: {plain} of {len(originals)}")


def _cell(found: int, of: int) -> str:
    return f"{found / of:>8.3f}" if of else f"{'':>8}"


def negatives(shared: Path, half: int) -> None:
    csv.field_size_limit(10**9)
    rows = []
    for path in sorted((shared / "data/tgcontest_pairs").glob("*.tsv")):
        with path.open(encoding="utf-8") as file:
            rows += list(csv.DictReader(file, delimiter="\t"))
    linked: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for row in rows[half::2]:
        first, second = (f"{row[f'INPUT:{n}_title']}\n{row[f'INPUT:{n}_text']}" for n in ("first", "second"))
        sets = [set(zip(*(t.lower().split()[i:] for i in range(3)), strict=False)) for t in (first, second)]
        alike = len(sets[0] & sets[1]) / max(1, len(sets[0] | sets[1]))
        group = "Jaccard of words in threes " + (">= .25" if alike >= 0.25 else ".05-.25" if alike >= 0.05 else "< .05")
        asked[group] += 1
        linked[group] += any(kind for _, _, kind in Index([first]).found(second))
    for group in sorted(asked):
        print(f"tgcontest pairs, {group}: {linked[group]} of {asked[group]} linked")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", type=int, choices=(1, 2), help="only this half of the articles")
    chosen = parser.parse_args()
    shared = Path(os.environ.get("CHANCERY_SHARED", Path(__file__).parents[3] / "shared"))
    texts = articles(shared)
    hosts, texts = texts[:150], texts[150:]
    for half in (1, 2):
        if chosen.half in (None, half):
            print(f"half {half}" + (" (thresholds were chosen on it)" if half == 1 else ""))
            report(texts[half - 1 :: 2], hosts, half)
            negatives(shared, half - 1)


if __name__ == "__main__":
    main()
