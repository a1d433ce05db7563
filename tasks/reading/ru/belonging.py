"""To which state the people of an article belong: told once, it holds wherever the article names them.

A post says for whom somebody speaks, and the actors have it (``Actor.state``). Of everybody else an article says whose
he is as it brings him in: «российский хакер Орлов», «гражданка Перу Анна Диас», «студент из Чада», «Орлов — россиянин».
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..record import Actor
from ..tokens import Token
from .cues import plain
from .eventframes import frames

if TYPE_CHECKING:
    from .partynames import Names

ELECTION = frozenset({"избрание", "переизбрание", "назначение"})
"""What lifts a person to a post."""

WINDOW = 10
"""Tokens behind such a word within which the post stands."""

BEING = frozenset({"являться", "быть", "оказаться", "стать", "остаться", "оставаться"})


def homes(names: Names, actors: Sequence[Actor]) -> dict[str, str]:
    """The state of every person of whom the text tells it, by the person's id."""
    states = {a.id: a.state for a in actors if a.kind == "person"}
    for i, person in names.people.items():
        if states.get(person) is None:
            states[person] = next((state for noun in _describing(names, i) for state in _whose(names, noun.i)), None)
    hero, told = _hero(names), _called(names)
    if hero is not None and states.get(hero) is None and len(told) == 1:
        states[hero] = told.pop()
    return {person: state for person, state in states.items() if state is not None}


def elected(names: Names) -> dict[str, str]:
    """For whom those speak of whom it is told to what they rose: «поздравил Орлова с избранием президентом Чада»."""
    g = names.g
    out: dict[str, str] = {}
    for t in names.nouns:
        if t.lemma not in ELECTION:
            continue
        last = min(g.sentence(t.i).last, t.i + WINDOW)
        behind = range(t.i + 1, next((k for k in range(t.i + 1, last) if g.tokens[k].text == ","), last))
        states = {p.id for k in behind for p in names.at.get(k, ())}
        if len(states) == 1 and any(plain(g.tokens[k].lemma) in frames().words["agents"] for k in behind):
            near = (*behind, *range(t.i - 1, g.sentence(t.i).first - 1, -1))
            person = next((names.people[k] for k in near if k in names.people), None)
            if person is not None:
                out[person] = states.pop()
    return out


def _hero(names: Names) -> str | None:
    """The person of whom an article is: named thrice, and twice as often as anybody else."""
    heads = (p for i, p in names.people.items() if names.people.get(names.g.tokens[i].head) != p)
    (hero, most), (_, next_most) = [*Counter(heads).most_common(2), ("", 0), ("", 0)][:2]
    return hero if most >= max(3, 2 * next_most) else None


def _called(names: Names) -> set[str]:
    """The states of those whom the article calls by their people alone: «38-летний россиянин»."""
    out: set[str] = set()
    for i, those in names.at.items():
        word = names.g.tokens[i]
        alone = not word.rel.startswith("appos") and next(names.g.children(i, "appos", "flat"), None) is None
        if alone and word.feats.get("Number") == "Sing":
            out.update(p.id for p in those if p.form == "demonym")
    return out


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
