"""Made-up pages that strangers to the rules wrote and annotated: what is said of them stays right, and enough is found.

The floors lie below what `python -m tests.benchmarks.attributions press` and `… events press` measure, so that a change
that costs accuracy shows here.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tasks.reading.reader import read_article
from tasks.reading.record import Reading
from tests.benchmarks import events
from tests.benchmarks.attributions import READ_AT, articles

Page = tuple[str, dict[str, Any], Reading]
"""A text, its annotation and its reading."""


def spanned(spans: list[list[int]]) -> set[int]:
    return {i for start, stop in spans for i in range(start, stop)}


def matched(reading: Reading, gold: dict[str, Any]) -> int:
    """How many annotated contents a found one covers by more than half of their union."""
    found = [spanned([[*span] for span in said.content]) for said in reading.attributions]
    wanted = [spanned(said["content"]) for said in gold["attributions"]]
    pairs = sorted(((len(a & b) / len(a | b), i, k) for (i, a), (k, b) in product(*map(enumerate, (wanted, found)))))
    left, free = set(range(len(wanted))), set(range(len(found)))
    for share, i, k in reversed(pairs):
        if share >= 0.5 and i in left and k in free:
            left.remove(i)
            free.remove(k)
    return len(wanted) - len(left)


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return [(text, gold, read_article(text=text, received=READ_AT)) for text, gold in articles("press")]


def test_most_statements_are_found_and_few_that_are_none(pages: list[Page]) -> None:
    hits = sum(matched(reading, gold) for _, gold, reading in pages)
    assert hits / sum(len(reading.attributions) for _, _, reading in pages) > 0.9
    assert hits / sum(len(gold["attributions"]) for _, gold, _ in pages) > 0.75


def test_states_are_those_that_a_reader_sees(pages: list[Page]) -> None:
    alike = either = 0
    for _, gold, reading in pages:
        states = {actor.id for actor in reading.actors if actor.kind == "state"}
        alike += len(states & set(gold["states"]))
        either += len(states | set(gold["states"]))
    assert alike / either > 0.9


def test_events_are_right_and_half_of_them_found(pages: list[Page]) -> None:
    told = [o for text, gold, reading in pages for o in events.compare(text, reading.events, gold["events"])]
    found = [outcome for outcome in told if outcome.found]
    right = sum(outcome.right for outcome in found)
    assert right / len(found) > 0.85
    assert right / (right + sum(not outcome.found for outcome in told)) > 0.55
