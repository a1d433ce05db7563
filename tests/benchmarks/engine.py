"""What reading Russian costs on one core, beside slovnet's own code and natasha's whole chain, all in one run.

    python -m tests.benchmarks.engine [DATA] [--articles N] [--rounds N]

The work is the same for all: tokens, sentences, tags, heads, relations and names; natasha and the engine also give a
dictionary form for every word and a normal form for every name. They take turns, article by article; figures are CPU
milliseconds an article, medians over articles and rounds, with the middle half of the values. *Cold*: all caches of
words are emptied before each article. *Stream*: an article not read before, after 200 others, as in a worker. *Again*:
an article that has been read in the round before.

slovnet reads article by article, and in batches of eight articles with the sentences sorted by length, as its authors
advise. natasha's own Python code runs untouched, but on pymorphy3 with the compiled dictionary (pymorphy2 does not run
on Python 3.11 and later, and reads its dictionary in Python), which is faster than what its users have.

DATA is the folder with factrueval and nerel; without it the articles of the tests are read. With it the command also
prints how names score on factrueval by type, for the engine and for slovnet.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.util
import os
import random
import subprocess
import sys
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pymorphy3.analyzer

from tasks.reading.ru import morphology, segment
from tasks.reading.ru.engine import Engine
from tasks.reading.ru.network import data_folder
from tests.reading.slovnet_reading import Reading, Slovnet, agree, reading
from tests.reading.texts import ARTICLES

ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
DATA = Path(__file__).parents[3] / "shared" / "data"
SIZES = range(2_000, 3_500)
"""Code points of the articles taken."""


class Natasha:
    """natasha's chain as its documentation puts it together, without what draws and extracts."""

    def __init__(self) -> None:
        package = types.ModuleType("natasha")
        package.__spec__ = importlib.util.find_spec("natasha")
        package.__path__ = [str(data_folder().parent)]  # its modules without its __init__, which loads yargy
        drawing = types.ModuleType("ipymarkup")
        drawing.show_span_ascii_markup = drawing.show_dep_ascii_markup = None  # type: ignore[attr-defined]
        sys.modules |= {"natasha": package, "ipymarkup": drawing}
        sys.modules |= {"pymorphy2": pymorphy3, "pymorphy2.analyzer": pymorphy3.analyzer}
        self.doc, self.segmenter = self._find("doc", "Doc"), self._find("segment", "Segmenter")()
        self.vocab = self._find("morph.vocab", "MorphVocab")()
        embedding = self._find("emb", "NewsEmbedding")()
        self.morph = self._find("morph.tagger", "NewsMorphTagger")(embedding)
        self.syntax = self._find("syntax", "NewsSyntaxParser")(embedding)
        self.ner = self._find("ner", "NewsNERTagger")(embedding)

    def _find(self, module: str, name: str) -> Any:
        return getattr(importlib.import_module(f"natasha.{module}"), name)

    def __call__(self, text: str) -> Any:
        doc = self.doc(text)
        doc.segment(self.segmenter)
        doc.tag_morph(self.morph)
        doc.parse_syntax(self.syntax)
        doc.tag_ner(self.ner)
        for token in doc.tokens:
            token.lemmatize(self.vocab)
        for span in doc.spans:
            span.normalize(self.vocab)
        return doc

    def forget(self) -> None:
        type(self.vocab).parse.cache_clear()


class Chancery:
    """The engine with dictionary and normal forms."""

    def __init__(self) -> None:
        self.engine = Engine()

    def __call__(self, text: str) -> Any:
        parse = self.engine.parse(text, [(0, len(text))])
        lemmas = [token.lemma for token in parse.tokens]
        normal = [morphology.normal(parse.tokens[name.first : name.last]) for name in parse.names]
        return parse, lemmas, normal

    def forget(self) -> None:
        self.engine.networks.forms.surfaces.clear()
        self.engine.networks.forms.rows.clear()
        segment._cut.cache_clear()
        morphology._known.cache_clear()


def batched(slovnet: Slovnet, texts: Sequence[str]) -> None:
    """Several articles through slovnet at once, shortest sentence first, so that padding costs least."""
    sentences = sorted((words for text in texts for words in slovnet.cut(text)[1]), key=len)
    for network in (slovnet.morph, slovnet.syntax):
        for _ in network.map(sentences):
            pass
    for _ in slovnet.ner.map(sorted(texts, key=len)):
        pass


def cpu(work: Callable[[], Any]) -> float:
    """CPU milliseconds of ``work``."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def articles(data: Path, count: int) -> tuple[list[str], list[str]]:
    """``count`` articles of usual size out of both sets and 200 others; those of the tests if the sets are absent."""
    files = sorted([*data.glob("factrueval/devset/*.txt"), *data.glob("nerel/*/*.txt")])
    texts = [file.read_text(encoding="utf-8") for file in files]
    random.Random(0).shuffle(texts)
    usual = [text for text in texts if len(text) in SIZES][:count]
    return usual or list(ARTICLES), [text for text in texts if text not in usual][:200]


def measure(texts: Sequence[str], before: Sequence[str], rounds: int) -> dict[str, list[float]]:
    """CPU milliseconds an article, by what was measured; ``before`` are the articles that a stream begins with."""
    chancery, slovnet, natasha = Chancery(), Slovnet(), Natasha()
    for text in texts[:3]:
        check(chancery, slovnet, natasha, text)
    gc.collect()
    gc.freeze()
    found: dict[str, list[float]] = defaultdict(list)
    for text in texts:
        natasha.forget()
        found["natasha, cold"].append(cpu(partial(natasha, text)))
        chancery.forget()
        found["engine, cold"].append(cpu(partial(chancery, text)))
    natasha.forget()
    chancery.forget()
    for text in before:
        natasha(text)
        chancery(text)
    for text in texts:
        found["natasha, stream"].append(cpu(partial(natasha, text)))
        found["engine, stream"].append(cpu(partial(chancery, text)))
    for k in range(-1, rounds):
        for start in range(0, len(texts), 8):
            batch = texts[start : start + 8]
            times: dict[str, list[float]] = defaultdict(list)
            for text in batch:
                times["natasha, again"].append(cpu(partial(natasha, text)))
                times["slovnet"].append(cpu(partial(slovnet.read, text)))
                times["engine, again"].append(cpu(partial(chancery, text)))
                times["engine, again, without dictionary and normal forms"].append(
                    cpu(partial(chancery.engine.parse, text, [(0, len(text))]))
                )
            times["slovnet, batches of 8"].append(cpu(partial(batched, slovnet, batch)) / len(batch))
            if k >= 0:  # the first round warms
                for name, values in times.items():
                    found[name].extend(values)
    return found


def check(chancery: Chancery, slovnet: Slovnet, natasha: Natasha, text: str) -> None:
    """Make sure that all three do the same work with the same outcome."""
    parse, _, _ = chancery(text)
    ours, theirs, doc = reading(parse), slovnet.read(text), natasha(text)
    if not agree(ours, theirs) or [(t.pos, t.feats) for t in doc.tokens] != ours.tags:
        raise SystemExit("the three read a text differently: the figures would not be comparable")


Mention = tuple[str, int, int, str]
TYPES = {"Person": "PER", "Location": "LOC", "LocOrg": "LOC", "Org": "ORG"}


def gold_names(file: Path) -> Iterator[Mention]:
    """The named mentions of an article of factrueval: of each object, from its first to its last span that names."""
    spans = {}
    for line in file.with_suffix(".spans").read_text(encoding="utf-8").splitlines():
        number, kind, start, size, *_ = line.split()
        if not kind.endswith("descr") and kind not in ("job", "geo_adj"):
            spans[number] = (int(start), int(start) + int(size))
    for line in file.with_suffix(".objects").read_text(encoding="utf-8").splitlines():
        _, kind, *numbers = line.split("#")[0].split()
        named = [spans[number] for number in numbers if number in spans]
        if named and kind in TYPES:
            yield file.stem, min(a for a, _ in named), max(b for _, b in named), TYPES[kind]


def score(files: Sequence[Path], read: Callable[[str], Reading]) -> str:
    """F1 of exact spans by type."""
    gold = {mention for file in files for mention in gold_names(file)}
    found = {(f.stem, *name) for f in files for name in read(f.read_text(encoding="utf-8")).names}
    right, total = Counter(m[3] for m in gold & found), Counter(m[3] for m in [*gold, *found])
    return "  ".join(f"{kind} {2 * right[kind] / total[kind]:.3f}" for kind in ("PER", "LOC", "ORG"))


START = """
import time; t = time.perf_counter()
from tasks.reading.ru import engine; i = time.perf_counter()
engine.engine(); e = time.perf_counter(); engine.warm(); w = time.perf_counter()
rss = next(int(l.split()[1]) for l in open('/proc/self/status') if l.startswith('VmRSS')) / 1024
print(f'{i - t:.2f} {e - i:.2f} {w - e:.2f} {rss:.0f}')
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    texts, before = articles(arguments.data, arguments.articles)
    started = [
        [
            float(n)
            for n in subprocess.run([sys.executable, "-c", START], capture_output=True, check=True).stdout.split()
        ]
        for _ in range(5)
    ]
    imports, load, dictionary, rss = (median(values) for values in zip(*started, strict=True))
    print(f"{len(texts)} articles of {median(map(len, texts)):.0f} code points")
    print(
        f"start: {imports:.2f} s imports, {load:.2f} s engine, {dictionary:.2f} s dictionary; {rss:.0f} MB resident\n"
    )
    found = measure(texts, before, arguments.rounds)
    print(f"{'CPU ms an article':52} median  middle half    to natasha")
    for name in sorted(found, key=lambda name: -median(found[name])):
        low, middle, high = quantiles(found[name], n=4)
        state = name.partition(", ")[2]
        base = median(found.get(f"natasha, {state}", found["natasha, again"]))
        print(f"{name:52} {middle:6.1f}  {low:5.1f} to {high:5.1f}  1 : {base / middle:.1f}")
    files = sorted(arguments.data.glob("factrueval/devset/*.txt"))
    if files:
        slovnet, engine = Slovnet(), Engine()
        print("\nnames on factrueval, exact spans, F1")
        print("engine  ", score(files, lambda text: reading(engine.parse(text, [(0, len(text))]))))
        print("slovnet ", score(files, slovnet.read))


if __name__ == "__main__":
    if not ONE_CORE.items() <= os.environ.items():  # numpy reads them when it is loaded
        os.execve(
            sys.executable, [sys.executable, "-m", "tests.benchmarks.engine", *sys.argv[1:]], os.environ | ONE_CORE
        )
    main()
