"""To which state the people of an article belong: told once, it holds wherever the article names them.

A post says for whom somebody speaks, and the actors have it (``Actor.state``). Of everybody else an article says whose
he is as it brings him in: «российский хакер Орлов», «гражданка Перу Анна Диас», «студент из Чада», «Орлов — россиянин».
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..record import Actor
from ..tokens import Token
from .cues import plain
from .eventframes import frames

if TYPE_CHECKING:
    from .partynames import Names

BEING = frozenset({"являться", "быть", "оказаться", "стать", "остаться", "оставаться"})


def homes(names: Names, actors: Sequence[Actor]) -> dict[str, str]:
    """The state of every person of whom the text tells it, by the person's id."""
    states = {a.id: a.state for a in actors if a.kind == "person"}
    for i, person in names.people.items():
        if states.get(person) is None:
            states[person] = next((state for noun in _describing(names, i) for state in _whose(names, noun.i)), None)
    return {person: state for person, state in states.items() if state is not None}


def _describing(names: Names, i: int) -> Iterator[Token]:
    """The nouns that say who the person is whose name's head is ``i``: in apposition, or as a predicate."""
    g, name = names.g, names.g.tokens[i]
    if name.head < 0:
        yield from (c for c in g.children(i, "nsubj") if c.pos == "NOUN")
        return
    above = g.tokens[name.head]
    if names.people.get(above.i) == names.people[i]:
        return  # inside the name
    if name.rel.startswith(("appos", "flat")) or (
        name.rel == "nmod" and name.feats.get("Case") == above.feats.get("Case") == "Nom"
    ):
        yield above
        beside = list(g.children(above.i, "appos"))
        if len({names.people[c.i] for c in beside if c.i in names.people}) == 1:
            yield from beside
    yield from (c for c in g.children(i, "appos", "nmod") if c.feats.get("Case") == name.feats.get("Case"))
    if name.rel.startswith("nsubj"):
        if above.pos == "NOUN" and above.feats.get("Case") in {"Nom", "Ins"}:
            yield above
        elif plain(above.lemma) in BEING:
            yield from (c for c in g.children(above.i, "obl", "xcomp", "obj") if c.feats.get("Case") == "Ins")


def _whose(names: Names, i: int) -> Iterator[str]:
    """The states that a noun for a person tells: «россиянин», «чилийский моряк», «гражданин Чада», «моряк из Чада»."""
    noun = names.g.tokens[i]
    if noun.feats.get("Animacy") != "Anim":
        return
    yield from (p.id for p in names.at.get(i, ()) if p.form == "demonym")
    yield from (p.id for p in names.adjectives(i))
    belongs = plain(noun.lemma) in frames().words["citizens"]
    for argument in names.arguments(i):
        if argument.prep == "из" or (belongs and argument.case == "Gen" and not argument.prep):
            k = argument.head
            yield from (p.id for p in names.at.get(k, ()) if p.form == "name")
            yield from (p.id for p in names.seat(k) + names.town(k))
