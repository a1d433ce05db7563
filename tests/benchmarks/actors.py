"""How well states, blocs and names are found, and at what cost.

``python -m tests.benchmarks.actors [rusentne|factrueval|nerel|gold|cost] [--errors]``; all five without an argument.

* rusentne: rows of type COUNTRY and NATIONALITY whose entity a mention with a state's (or bloc's) id overlaps, and the
  id's accuracy on 300 rows whose right code stands in ``actors_rusentne.tsv`` (row number and code, no text).
* factrueval: of state and bloc mentions that overlap an annotated location or organization, those whose
  object is that state, bloc or something of it; and names by type, exact spans, beside slovnet's own.
* nerel: COUNTRY mentions whose Wikidata link has a code, found with that code.
* gold: states by article against ``gold/dev``, on the two thirds that were looked at and the third set aside.
* cost: loading the gazetteer (time, memory) and finding (milliseconds an article, apart from the parse).
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import statistics
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import razdel

from tasks.reading import actors, tokens
from tasks.reading.gazetteer import lexicon
from tasks.reading.gazetteer.files import FOLDER, table
from tasks.reading.record import Actor, Block
from tests.conftest import SHARED

HERE = Path(__file__).parent


class Row(NamedTuple):
    number: int
    sentence: str
    entity: str
    start: int
    stop: int


def read(text: str) -> list[Actor]:
    """Actors of a plain text, every line a paragraph and all of it body."""
    return actors.find(tokens.parse(text, lines(text)), [Block(span=(0, len(text)), kind="body")], None)


def lines(text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(r"[^\n]*\S[^\n]*", text)]


def at(found: list[Actor], start: int, stop: int, kinds: tuple[str, ...] = ("state", "bloc")) -> list[str]:
    """ids of the actors of ``kinds`` with a mention that overlaps ``[start, stop)``."""
    return [a.id for a in found if a.kind in kinds and any(m.span[0] < stop and start < m.span[1] for m in a.mentions)]


def rusentne_rows() -> Iterator[Row]:
    number = 0
    for name in ("train_data.filtered.csv", "validation_data_labeled.filtered.csv"):
        with (SHARED / "data/rusentne" / name).open(encoding="utf-8", newline="") as file:
            for cells in csv.DictReader(file, delimiter="\t"):
                number += 1
                if cells["entity_tag"] in ("COUNTRY", "NATIONALITY"):
                    start, stop = int(cells["entity_pos_start_rel"]), int(cells["entity_pos_end_rel"])
                    yield Row(number, cells["sentence"], cells["entity"], start, stop)


def rusentne(errors: bool) -> None:
    coded = {int(cells[0]): (cells[1], cells[2]) for cells in rows_of(HERE / "actors_rusentne.tsv")}
    total = found = naming = named = sample = right = 0
    wrong: list[str] = []
    for row in rusentne_rows():
        ids = at(read(row.sentence), row.start, row.stop)
        code, why = coded.get(row.number, ("", ""))
        total += 1
        found += bool(ids)
        if code != "-":
            naming += 1
            named += bool(ids)
        if why == "sample":
            sample += 1
            right += code in ids or (code == "-" and not ids)
            if code not in ids and not (code == "-" and not ids):
                wrong.append(f"  code {row.number} {row.entity!r}: {ids} for {code}")
        if not ids and code != "-":
            wrong.append(
                f"  none {row.number} {row.entity!r} in {row.sentence[max(0, row.start - 40) : row.stop + 30]!r}"
            )
    print(f"rusentne: {named} of {naming} rows that name a state are found ({named / naming:.1%});")
    print(f"  {found} of all {total} rows ({found / total:.1%}); the rest name no state (actors_rusentne.tsv)")
    print(f"  right code on {right} of {sample} rows coded by hand ({right / sample:.1%})")
    if errors:
        print("\n".join(wrong))


def rows_of(path: Path) -> Iterator[list[str]]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                yield line.split("\t")


def gold(errors: bool) -> None:
    parts: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    for k, path in enumerate(sorted((SHARED / "gold/dev").glob("*.json"))):
        aside = k % 3 == 2
        truth = set(json.loads(path.read_text(encoding="utf-8"))["states"])
        found = {a.id for a in read(path.with_suffix(".txt").read_text(encoding="utf-8")) if a.kind == "state"}
        parts[aside].update(hit=len(found & truth), gold=len(truth), found=len(found))
        # ISO 3166-1, to which the annotation keeps, has no historic states; the record has.
        listed = found - set(lexicon.ENGLISH)
        parts[aside].update(listed_hit=len(listed & truth), listed_found=len(listed))
        if errors and found != truth:
            print(f"  {path.stem}: missed {sorted(truth - found)}, extra {sorted(found - truth)}")
    for aside, n in parts.items():
        if n["gold"]:
            name = "set aside" if aside else "looked at"
            print(f"gold states, {name}: {prf(n['hit'], n['gold'], n['found'])}")
            print(f"  codes of ISO 3166-1 alone: {prf(n['listed_hit'], n['gold'], n['listed_found'])}")


def nerel(errors: bool) -> None:
    listed = json.loads((SHARED / "data/nerel/country_qid_to_iso2.json").read_text(encoding="utf-8"))
    alpha3 = {cells[1]: cells[0] for cells in table("cldr.tsv")}
    total = right = found = 0
    for path in sorted((SHARED / "data/nerel").glob("*/*.ann")):
        text = path.with_suffix(".txt").read_text(encoding="utf-8")
        entities, links = brat(path)
        wanted = {t: alpha3[listed[q]["iso2"]] for t, q in links.items() if q in listed and t in entities}
        if not wanted:
            continue
        actors_found = read(text)
        for entity, code in wanted.items():
            start, stop = entities[entity]
            ids = at(actors_found, start, stop)
            total += 1
            found += bool(ids)
            right += code in ids
            if errors and code not in ids:
                around = text[max(0, start - 30) : stop + 20].replace("\n", " ")
                print(f"  {path.stem} {text[start:stop]!r} {code}: {ids} in {around!r}")
    print(f"nerel: {right} of {total} linked COUNTRY mentions with the right code ({right / total:.1%}),")
    print(f"  {found} with any ({found / total:.1%})")


def brat(path: Path) -> tuple[dict[str, tuple[int, int]], dict[str, str]]:
    """COUNTRY spans and Wikidata links of a brat file."""
    entities, links = {}, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if line.startswith("T") and cells[1].startswith("COUNTRY ") and ";" not in cells[1]:
            _, start, stop = cells[1].split(" ")
            entities[cells[0]] = int(start), int(stop)
        elif line.startswith("N"):
            _, entity, link = cells[1].split(" ")
            links[entity] = link
    return entities, links


KIND = {"Person": "PER", "Location": "LOC", "LocOrg": "LOC", "Org": "ORG"}
NAMING = {
    "PER": {"name", "surname", "patronymic", "nickname"},
    "LOC": {"loc_name"},
    "ORG": {"org_name"},
}


class Annotated(NamedTuple):
    kind: str
    start: int
    stop: int
    cluster: str
    """Every name of the object in the article's coreference, joined by a bar."""


def factrueval_objects(path: Path) -> list[Annotated]:
    """Annotated names of one article (``path`` without suffix), each as the stretch from its first word to its last."""
    spans = {}
    for line in path.with_suffix(".spans").read_text(encoding="utf-8").splitlines():
        cells = line.split(" ")
        spans[cells[0]] = cells[1], int(cells[2]), int(cells[2]) + int(cells[3])
    cluster: dict[str, str] = {}
    block: list[str] = []
    for line in [*path.with_suffix(".coref").read_text(encoding="utf-8").splitlines(), ""]:
        if line.strip():
            block.append(line)
        elif block:
            names = "|".join(part.split(" ", 1)[1] for part in block[1:] if part.startswith("name "))
            cluster |= dict.fromkeys(block[0].split(" ")[1:], names)
            block = []
    out = []
    for line in path.with_suffix(".objects").read_text(encoding="utf-8").splitlines():
        head = line.partition("#")[0].split()
        kind = KIND.get(head[1])
        if kind:
            parts = [spans[s][1:] for s in head[2:] if s in spans and spans[s][0] in NAMING[kind]]
            if parts:
                out.append(
                    Annotated(kind, min(a for a, _ in parts), max(b for _, b in parts), cluster.get(head[0], ""))
                )
    return out


def factrueval(errors: bool) -> None:
    judged = right = 0
    ours: dict[str, Counter[str]] = {k: Counter() for k in NAMING}
    slovnet: dict[str, Counter[str]] = {k: Counter() for k in NAMING}
    for file in sorted((SHARED / "data/factrueval/devset").glob("*.objects")):
        text = file.with_suffix(".txt").read_text(encoding="utf-8")
        parse = tokens.parse(text, lines(text))
        found = actors.find(parse, [Block(span=(0, len(text)), kind="body")], None)
        objects = factrueval_objects(file)
        for actor in found:
            for mention in actor.mentions if actor.kind in ("state", "bloc") else ():
                start, stop = mention.span
                over = [o for o in objects if o.start < stop and start < o.stop]
                if not over:
                    continue
                narrow = min(over, key=lambda o: o.stop - o.start)
                judged += 1
                fits = narrow.kind != "PER" and refers(narrow.cluster, actor.id)
                right += fits
                if errors and not fits:
                    print(f"  {file.stem} {mention.text!r} {mention.as_} {actor.id}: {narrow.kind} {narrow.cluster!r}"
                          f" in {text[max(0, start - 40) : stop + 30]!r}")  # fmt: skip
        for kind in NAMING:
            truth = {(o.start, o.stop) for o in objects if o.kind == kind}
            count(ours[kind], {m.span for a in found if TYPE.get(a.kind) == kind for m in a.mentions
                               if m.as_ not in ("adjective", "demonym")}, truth)  # fmt: skip
            count(slovnet[kind], {(n.start, n.stop) for n in parse.names if n.kind == kind}, truth)
    print(f"factrueval: {right} of {judged} state and bloc mentions on an annotated location or organization are it")
    print(f"  ({right / judged:.1%}; the names in the object's coreference, looked up, hold the state)")
    for kind in NAMING:
        print(f"  {kind} ours {prf_of(ours[kind])}; slovnet {prf_of(slovnet[kind])}")


TYPE = {"person": "PER", "state": "LOC", "place": "LOC", "bloc": "ORG", "organization": "ORG", "body": "ORG"}


def count(n: Counter[str], found: set[tuple[int, int]], truth: set[tuple[int, int]]) -> None:
    n.update(hit=len(found & truth), gold=len(truth), found=len(found))
    n.update(near=sum(any(a < d and c < b for c, d in truth) for a, b in found))
    n.update(covered=sum(any(a < d and c < b for c, d in found) for a, b in truth))


def prf_of(n: Counter[str]) -> str:
    precision, recall = n["near"] / max(1, n["found"]), n["covered"] / max(1, n["gold"])
    loose = 2 * precision * recall / max(1e-9, precision + recall)
    exact = 2 * n["hit"] / max(1, n["gold"] + n["found"])
    return f"exact F1 {exact:.3f}, overlap P {precision:.3f} R {recall:.3f} F1 {loose:.3f}"


def refers(names: str, actor: str) -> bool:
    """Whether names of an object hold the actor: by the gazetteer, whatever a word's guard."""
    for name in names.split("|"):
        words = [t.text.replace("ё", "е") for t in razdel.tokenize(name)]
        offsets = [0] * len(words)
        for hit in lexicon.lexicon().find(words, offsets, offsets, 0, len(words)):
            if any(e.id == actor for e in hit.entries):
                return True
    return False


def cost(errors: bool) -> None:
    texts = [p.read_text(encoding="utf-8") for p in sorted((SHARED / "gold/dev").glob("*.txt"))]
    seconds = []
    for _ in range(7):
        lexicon.lexicon.cache_clear()
        started = time.perf_counter()
        lexicon.lexicon()
        seconds.append(time.perf_counter() - started)
    lexicon.lexicon.cache_clear()
    tracemalloc.start()
    lexicon.lexicon()
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    size = (FOLDER / "forms.tsv").stat().st_size
    print(
        f"cost: gazetteer loaded in {1000 * min(seconds):.0f} ms (best of 7), {memory / 1e6:.1f} MB, from {size} bytes"
    )
    parses = [tokens.parse(t, lines(t)) for t in texts]
    for warm in ("cold", "warm"):
        spent = []
        for text, parse in zip(texts, parses, strict=True):
            started = time.process_time()
            actors.find(parse, [Block(span=(0, len(text)), kind="body")], None)
            spent.append(1000 * (time.process_time() - started))
        characters = statistics.mean(map(len, texts))
        print(f"  finding, {warm} word caches: median {statistics.median(spent):.2f} ms an article"
              f" (mean {characters:.0f} characters)")  # fmt: skip


def prf(hit: int, truth: int, found: int) -> str:
    precision, recall = hit / max(1, found), hit / max(1, truth)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"P {precision:.1%} R {recall:.1%} F1 {f1:.1%} (gold {truth}, found {found})"


PARTS = {"rusentne": rusentne, "factrueval": factrueval, "nerel": nerel, "gold": gold, "cost": cost}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("part", nargs="*")
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args()
    for part in args.part or PARTS:
        PARTS[part](args.errors)
