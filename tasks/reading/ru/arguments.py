"""What stands beside a word and may fill a place of its frame: nominals, each with its preposition and case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .clauses import Grammar
from .cues import plain
from .eventframes import Slot

NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "X", "NUM", "ADJ"})
PREPOSITIONS = {"со": "с", "во": "в", "ко": "к", "обо": "о", "об": "о", "изо": "из", "ото": "от", "подо": "под"}
COMPOUND = {
    ("в", "отношение"): "в отношении",
    ("в", "адрес"): "в адрес",
    ("с", "сторона"): "со стороны",
    ("в", "сторона"): "в сторону",
    ("в", "поддержка"): "в поддержку",
    ("на", "сторона"): "на сторону",
    ("на", "территория"): "на территории",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A nominal dependent with its preposition («» for none) and case."""

    head: int
    prep: str
    case: str
    rel: str


def arguments(g: Grammar, i: int) -> Iterator[Argument]:
    """The nominal dependents of ``i``, those of «в отношении», «в адрес», «со стороны» by what they govern."""
    for k in sorted(g.tokens[i].children):
        child = g.tokens[k]
        relation = child.rel.split(":")[0]
        if relation == "appos" and child.feats.get("Case") == "Dat" != g.tokens[i].feats.get("Case"):
            relation = "nmod"  # «телеграмму Раулю Кастро»
        if child.pos not in NOMINAL or relation not in {"obj", "iobj", "obl", "nmod", "nsubj", "advcl"}:
            continue
        if plain(child.text) in {"нон", "грата"}:  # the tree hangs «дипломата» on the foreign words
            yield from (Argument(c.i, "", c.feats.get("Case", ""), "obj") for c in g.children(k, "nmod"))
            continue
        case = next((g.tokens[c] for c in child.children if g.tokens[c].rel == "case"), None)
        prep = "" if case is None else PREPOSITIONS.get(plain(case.text), plain(case.text))
        fixed = next((plain(c.lemma) for c in g.children(case.i, "fixed")), "") if case is not None else ""
        prep = COMPOUND.get((prep, fixed), prep)
        compound = COMPOUND.get((prep, plain(child.lemma)))
        if compound is not None:
            for inner in g.children(k, "nmod"):
                yield Argument(inner.i, compound, "Gen", relation)
            continue
        yield Argument(k, prep, child.feats.get("Case", ""), child.rel)


def fits(g: Grammar, argument: Argument, slot: Slot, *, passive: bool = False) -> bool:
    """Whether an argument stands in a place of a frame."""
    if slot.prep:
        if argument.prep != slot.prep:
            return False
        fixed = is_indeclinable(g.tokens[argument.head].text)
        return slot.prep not in {"в", "на"} or fixed or argument.case == slot.case
    if argument.prep:
        return False
    if slot.case == "obj":
        return argument.rel == "obj" if not passive else argument.rel.startswith("nsubj")
    if slot.case == "dat":
        return argument.rel == "iobj" or (argument.case == "Dat" and not argument.rel.startswith("nsubj"))
    if slot.case == "gen":
        return argument.case == "Gen" and argument.rel == "nmod"
    return argument.case == "Ins" and not argument.rel.startswith("nsubj")


def is_indeclinable(word: str) -> bool:
    """«США», «ФРГ»: no case to see."""
    return len(word) > 1 and word.isupper()
