"""How well events are found: precision and recall by type and status, calibration, and what it costs.

``python -m tests.benchmarks.events [own|aside|more|sealed|press|press-sealed|judged|cost] [--errors]``; all of them
without an argument.

``events_gold.json`` annotates articles of factrueval, nerel, rusentrel and tgcontest_pairs that speak of several states
(offsets and codes only). *own* and *aside* are by the author of the rules, the latter annotated before any output on
them was seen; both were learned from since. *more* and *sealed* are by readers who had not seen the code or its output:
the rules were mended by what they missed in *more*, and not by *sealed*. ``press/`` has made-up pages by others such:
*press* was learned from, *press-sealed* was not.

The articles are annotated by these rules:

* An event is what one state or bloc did, does, will do or is said to do to another, in PLOVER's sixteen types. Its
  words, actor and recipient stand in one clause, or grammar resolves them into it: the subject of an infinitive or a
  participle, «который», «свой», a pronoun with its antecedent in the same sentence.
* A government, an organ, an official, an army acts for its state, and so does a leader named without his state; a
  company, a party, a crowd, a former leader does not. A citizen stands for the state only where he is arrested,
  sentenced, expelled or kept out.
* Every clause that says it is an event of its own; the title is annotated as well. Membership, an opinion nobody acted
  on, «отношения» as such and what is done to nobody in particular are no events.
* A visit is CONSULT, a congratulation or thanks SUPPORT, a treaty AGREE; imposing sanctions COERCE and reducing
  relations SANCTION, by the CAMEO-to-PLOVER table. Where two types are defensible both are right.
* Status as `tasks.reading.events` defines it.
* *optional*: a reader may well disagree (the recipient is implied, the deed is metaphorical, the actor is a former
  one). What is found of these counts neither for nor against.

A found event is right if type and pair are right (the order of the pair too, unless it is mutual) and its evidence
overlaps the annotated words; ``+status`` asks for the status as well.

``events_judged.json``: every event found in rusentrel's train part and in the rest of factrueval and nerel, judged by
hand: right, right but for its status, or wrong. A larger sample of precision and calibration, but not a blind one: its
errors were mended too. It has no misses, so its recall says nothing. What is found beyond it is counted as unjudged.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tasks.reading import actors, attributions, blocks, events, tokens
from tasks.reading.reader import read_article
from tasks.reading.record import Event
from tests.benchmarks.annotated import DATA, annotated, article

GOLD = Path(__file__).with_name("events_gold.json")
JUDGED = Path(__file__).with_name("events_judged.json")
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 5


class Outcome(NamedTuple):
    """One found or missed event. ``right``: type and pair; ``exact``: the status too; None where it was not found."""

    type: str
    status: str
    found: bool
    right: bool
    exact: bool
    confidence: float
    words: str


def read(text: str) -> list[Event]:
    """The events of one article without a date of publication."""
    return read_article(text=text, received=READ_AT).events


def gold(part: str) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Name, text and annotated events of the articles of a part."""
    for file in sorted(GOLD.with_name("press").glob("*.json")):
        page = json.loads(file.read_text("utf-8"))
        if page["part"] == part:
            yield page["doc"], file.with_suffix(".txt").read_text("utf-8"), page["events"]
    for doc in json.loads(GOLD.read_text("utf-8")):
        if doc["part"] == part:
            yield doc["doc"], annotated(doc["doc"], doc["sha256"]), doc["events"]


def is_same(event: Event, marked: dict[str, Any]) -> bool:
    """Whether a found event is an annotated one: type, pair, and evidence that overlaps."""
    pair, wanted = (event.actor, event.recipient), (marked["actor"], marked["recipient"])
    same = pair == wanted or (pair[::-1] == wanted and (event.mutual or marked["mutual"]))
    a, b = marked["span"]
    return event.type in marked["type"] and same and any(x < b and a < y for x, y in event.evidence)


def compare(text: str, found: list[Event], marked: list[dict[str, Any]]) -> Iterator[Outcome]:
    """Each found event and each missed one, but for optional ones."""
    left = list(range(len(marked)))
    for event in found:
        words = f"{event.actor}>{event.recipient} {text[slice(*event.evidence[0])]}"
        hits = [k for k in left if is_same(event, marked[k])]
        hit = min(hits, key=lambda k: (event.status not in marked[k]["status"], "optional" in marked[k]), default=None)
        if hit is None:
            if any(is_same(event, m) for m in marked):
                continue  # the same clause once more
            yield Outcome(event.type, event.status, True, False, False, event.confidence, words)
            continue
        left.remove(hit)
        if not marked[hit].get("optional"):
            exact = event.status in marked[hit]["status"]
            yield Outcome(event.type, event.status, True, True, exact, event.confidence, words)
    for k in left:
        if not marked[k].get("optional"):
            words = f"{marked[k]['actor']}>{marked[k]['recipient']} {text[slice(*marked[k]['span'])]}"
            yield Outcome(marked[k]["type"][0], marked[k]["status"][0], False, False, False, 0.0, words)


def judged() -> tuple[list[Outcome], int]:
    """The events of the other articles by their judgements, and how many have none."""
    verdicts = json.loads(JUDGED.read_text("utf-8"))
    out, unjudged = [], 0
    for doc, known in verdicts.items():
        text = article(doc)
        by_event = {(*k["span"], k["type"], k["actor"], k["recipient"], k["status"]): k["right"] for k in known}
        for event in read(text):
            key = (*event.evidence[0], event.type, event.actor, event.recipient, event.status)
            if key not in by_event:
                unjudged += 1
                continue
            words = f"{event.actor}>{event.recipient} {text[slice(*event.evidence[0])]}"
            verdict = by_event[key]
            out.append(Outcome(event.type, event.status, True, verdict != "wrong", verdict == "right",
                               event.confidence, words))  # fmt: skip
    return out, unjudged


def line(name: str, outcomes: list[Outcome]) -> str:
    found = [o for o in outcomes if o.found]
    right = sum(o.right for o in found)
    exact = sum(o.exact for o in found)
    wanted = right + sum(not o.found for o in outcomes)

    def share(part: int, whole: int) -> str:
        return f"{part / whole:6.1%}" if whole else "     –"

    return (
        f"{name:14} P {share(right, len(found))}  +status {share(exact, len(found))}  R {share(right, wanted)}"
        f"   found {len(found):3}  right {right:3}  annotated {wanted:3}"
    )


def report(outcomes: list[Outcome], *, errors: bool) -> None:
    """The figures of one part."""
    print(line("all", outcomes))
    for kind in ("type", "status"):
        for value, _ in Counter(getattr(o, kind) for o in outcomes).most_common():
            print(line(f"  {value}", [o for o in outcomes if getattr(o, kind) == value]))
    print("confidence → share right (with status):")
    found = sorted((o for o in outcomes if o.found), key=lambda o: -o.confidence)
    edges = (1.01, 0.9, 0.8, 0.7, 0.5)
    for high, low in pairwise(edges):
        inside = [o for o in found if low <= o.confidence < high]
        if inside:
            mean = statistics.mean(o.confidence for o in inside)
            share = sum(o.exact for o in inside) / len(inside)
            print(f"  {low:.2f}–{min(high, 1):.2f}  mean {mean:.2f}  right {share:.2f}  n {len(inside)}")
    for coverage in (0.5, 0.8, 1.0):
        top = found[: max(1, round(coverage * len(found)))]
        if top:
            print(f"precision at {coverage:.0%} of what is found: {sum(o.right for o in top) / len(top):.1%}")
    if errors:
        for o in outcomes:
            if not o.exact:
                kind = "missed" if not o.found else "status" if o.right else "WRONG "
                print(f"  {kind} {o.type} {o.status} {o.confidence:.2f} {' '.join(o.words.split())}")


def cost() -> str:
    """Time of the stage alone, parse, actors and attributions given."""
    given = []
    for path in sorted((DATA / "factrueval" / "devset").glob("*.txt"))[:60]:
        text = path.read_text("utf-8")
        paragraphs = blocks.paragraphs(text)
        parse = tokens.parse(text, paragraphs)
        cut = blocks.separate(text, paragraphs, parse, None)
        who = actors.find(parse, cut, None)
        given.append((parse, cut, who, *attributions.find(parse, cut, who)))
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for parse, cut, who, sources, said in given:
            events.find(parse, cut, who, said, None, sources)
        rounds.append((time.perf_counter() - start) / len(given) * 1e3)
    return (
        f"{statistics.median(rounds):.2f} ms an article ({len(given)} of factrueval, median of {ROUNDS} rounds, "
        f"{min(rounds):.2f} to {max(rounds):.2f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    choices = ["own", "aside", "more", "sealed", "press", "press-sealed", "judged", "cost"]
    parser.add_argument("what", nargs="*", choices=choices, default=choices)
    parser.add_argument("--errors", action="store_true", help="every miss and false alarm")
    args = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"no data sets at {DATA}: set CHANCERY_SHARED to the folder that has them")
    for what in args.what:
        print(f"== {what}")
        if what == "cost":
            print(cost())
        elif what == "judged":
            outcomes, unjudged = judged()
            report(outcomes, errors=args.errors)
            print(f"{unjudged} found that nobody has judged")
        else:
            report([o for _, text, marked in gold(what) for o in compare(text, read(text), marked)], errors=args.errors)


if __name__ == "__main__":
    main()
