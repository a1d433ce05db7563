"""How well articles come out of HTML: fundus's evaluation set. `python -m tests.benchmarks.pages [DATA]`.

ROUGE-LSum (Lin 2004; union of longest common subsequences by sentence, here a sentence a line, as `rouge-score` does
it without stemming) of the extracted body against the annotated one: precision, recall and F1, their means over pages.
Fundus's own paper gives F1 97.7 for fundus and 93.6 for trafilatura. A paragraph in square brackets is optional in the
annotation: it is left out of the reference where the extraction has none of it. Beside it: trafilatura alone in the
same run, and the pages whose first paragraph was lost. Our text is measured without its title, which the reference
lacks, and once more through the blocks: only what they leave as body.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from pathlib import Path
from statistics import fmean, stdev

import trafilatura

from tasks.reading import blocks
from tasks.reading.documents import read

DATA = Path(__file__).parents[3] / "shared" / "data"
_TOKEN = re.compile(r"[a-z0-9]+")
Scores = tuple[float, float, float]


def common(a: list[str], b: list[str]) -> set[int]:
    """Indices of ``a`` on one longest common subsequence of ``a`` and ``b``."""
    table = [[0] * (len(b) + 1)]
    for word in a:
        above, row = table[-1], [0]
        for j, other in enumerate(b):
            row.append(above[j] + 1 if word == other else max(above[j + 1], row[j]))
        table.append(row)
    found, i, j = set(), len(a), len(b)
    while i and j:
        if a[i - 1] == b[j - 1]:
            found.add(i - 1)
            i, j = i - 1, j - 1
        elif table[i][j - 1] > table[i - 1][j]:
            j -= 1
        else:
            i -= 1
    return found


def rouge_lsum(reference: list[str], found: list[str]) -> Scores:
    """Precision, recall and F1 of ROUGE-LSum; a paragraph an item."""
    gold = [_TOKEN.findall(p.lower()) for p in reference]
    mine = [_TOKEN.findall(p.lower()) for p in found]
    left, right = Counter(w for p in gold for w in p), Counter(w for p in mine for w in p)
    size, made = sum(left.values()), sum(right.values())
    if not size or not made:
        return (0.0, 0.0, 0.0)
    hits = 0
    for paragraph in gold:
        exact = next((p for p in mine if p == paragraph), None)
        union = set(range(len(paragraph))) if exact else set().union(*(common(paragraph, p) for p in mine))
        for i in sorted(union):
            word = paragraph[i]
            if left[word] > 0 and right[word] > 0:
                left[word], right[word], hits = left[word] - 1, right[word] - 1, hits + 1
    precision, recall = hits / made, hits / size
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


def reference(annotated: list[str], found: list[str]) -> list[str]:
    """The annotated paragraphs, without the optional ones that the extraction has not."""
    have = " ".join(found)
    return [p.strip("[]") for p in annotated if not p.startswith("[") or p.strip("[]")[:60] in have]


def body_lines(text: str, title: str | None) -> list[str]:
    """What the blocks leave of a page's text as body, by line, as for a language without a parse."""
    spans = blocks.paragraphs(text)
    kept = [b.span for b in blocks.separate(text, spans, None, title) if b.kind == "body"]
    return [text[a:b] for a, b in spans if any(start <= a < stop for start, stop in kept)]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", nargs="?", type=Path, default=DATA, help="the folder with fundus_eval")
    arguments.add_argument("--examples", action="store_true", help="name the pages under 0.9")
    options = arguments.parse_args()
    folder = options.data / "fundus_eval"
    truth = json.loads((folder / "ground_truth.json").read_text(encoding="utf-8"))
    scores: dict[str, list[Scores]] = {"pages": [], "pages, body blocks": [], "trafilatura alone": []}
    lost: Counter[str] = Counter()
    for name, page in truth.items():
        data = (folder / "html" / f"{name.removesuffix('.html.gz')}.html.gz").read_bytes()
        got = read(data)
        lines = [ln for ln in got.text.split("\n") if ln]
        alone = trafilatura.extract(gzip.decompress(data), include_comments=False) or ""
        systems = {
            "pages": lines[1:] if got.title else lines,
            "pages, body blocks": body_lines(got.text, got.title),
            "trafilatura alone": [ln for ln in alone.split("\n") if ln.strip()],
        }
        first = "".join(_TOKEN.findall(next(p for p in page["body"] if not p.startswith("[")).lower()))[:60]
        for system, found in systems.items():
            score = rouge_lsum(reference(page["body"], found), found)
            scores[system].append(score)
            lost[system] += first not in "".join(_TOKEN.findall(" ".join(found).lower()))
            if options.examples and system == "pages" and score[2] < 0.9:
                print(name, " ".join(f"{s:.2f}" for s in score))
    print("system              precision  recall  F1     (± over pages)  first paragraph lost")
    for system, rows in scores.items():
        p, r, f = (100 * fmean(row[k] for row in rows) for k in range(3))
        spread = 100 * stdev(row[2] for row in rows)
        print(f"{system:18}  {p:9.2f}  {r:6.2f}  {f:5.2f}  {spread:8.2f}        {lost[system]:3} of {len(rows)}")
    print("published: fundus F1 97.7, trafilatura F1 93.6")


if __name__ == "__main__":
    main()
