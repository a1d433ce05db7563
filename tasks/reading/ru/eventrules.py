"""The events of a sentence: what its verbs say first (``eventverbs.py``), then what nouns say (``eventnouns.py``).

A rule finds parties by the dependencies of its own words alone, so that nobody from another clause is drawn in.
"""

from __future__ import annotations

from collections.abc import Iterator

from .clauses import Grammar, is_predicate
from .eventhits import Hit
from .eventnouns import by_carrier, by_noun, is_event_noun
from .eventverbs import by_verb, is_participle
from .parties import Parties


def find(g: Grammar, parties: Parties, first: int, last: int) -> Iterator[Hit]:
    """The events that the tokens ``[first, last)`` of one sentence say."""
    spent: dict[int, frozenset[str]] = {}
    for i in range(first, last):
        if is_predicate(g.tokens[i]) or is_participle(g.tokens[i]):
            for hit in by_verb(g, parties, i):
                _spend(spent, hit)
                yield hit
    nouns = [i for i in range(first, last) if is_event_noun(g.tokens[i])]
    for rule in (by_carrier, by_noun):
        for i in nouns:
            given = spent.get(i)
            for hit in rule(g, parties, i) if given is None or rule is by_noun else ():
                # «присоединился к санкциям ЕС против Ирана»: whose they are did it as well
                if given is None or (hit.actor.id in given and hit.recipient.id not in given and not hit.mutual):
                    _spend(spent, hit)
                    yield hit


def _spend(spent: dict[int, frozenset[str]], hit: Hit) -> None:
    """Keep to whom the words of a hit have given what they say."""
    for anchor in hit.anchors:
        spent[anchor] = spent.get(anchor, frozenset()) | {hit.recipient.id}
