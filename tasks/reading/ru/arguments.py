"""What stands beside a word and may fill a place of its frame: nominals, each with its preposition and case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..tokens import Token
from .clauses import Grammar, is_finite, is_predicate
from .cues import plain
from .eventframes import Slot, frames

NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "X", "NUM", "ADJ"})
PREPOSITIONS = {"со": "с", "во": "в", "ко": "к", "обо": "о", "об": "о", "изо": "из", "ото": "от", "подо": "под"}
COMPOUND = {
    ("в", "связь"): "в связи с",
    ("по", "повод"): "по поводу",
    ("в", "отношение"): "в отношении",
    ("в", "адрес"): "в адрес",
    ("с", "сторона"): "со стороны",
    ("в", "сторона"): "в сторону",
    ("в", "поддержка"): "в поддержку",
    ("на", "сторона"): "на сторону",
    ("на", "территория"): "на территории",
}


ISLANDS = frozenset({("на", "в"), ("с", "из")})
ON = (
    "украин", "куб", "кипр", "мальт", "филиппин", "мальдив", "тайван", "ямайк", "гаити", "мадагаскар", "фиджи", "шри",
    "барбадос", "багам", "сейшел", "маврики", "самоа",
)  # fmt: skip
"""States that one is «на» and comes to and from by «на» and «с»: «поставки на Украину»."""

PHRASE = 8
"""Tokens of a participle's phrase before a noun that it may be completed by."""

DEEP = 6
"""Words above a noun in which its verb is looked for: a deeper noun is of another clause."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A nominal dependent with its preposition («» for none) and case."""

    head: int
    prep: str
    case: str
    rel: str


def strays(g: Grammar, nouns: Sequence[Token]) -> dict[int, int]:
    """The nominals that the tree hung on another clause than that of the word right before them, by that word.

    «ввела пошлины на кофе, Перу приостановила …»: the tree gives «пошлины» to «приостановила»;
    «выразила протест против визита министра, который считает …»: the tree gives «визита» to «считает»; «обвинил НАТО,
    что та проводит манёвры у границ»: «границ» to «обвинил». What no comma parts from a word is of that word's clause.
    """
    tokens = g.tokens
    out: dict[int, int] = {}
    for t in nouns:
        if -2 < t.head - t.i < 2 or t.head < 0:
            continue
        participle = _participle(g, t)
        if participle >= 0:  # «Орлов, подписавший с Чили договор, уехал»: the tree gives «договор» to «уехал»
            out[t.i] = participle
            continue
        first = min((g.left[k] for k in t.children if k < t.i), default=t.i)
        before = tokens[first - 1] if first else t
        if before.i == t.head or before.pos not in {"NOUN", "PROPN", "VERB"} or before.sentence != t.sentence:
            continue
        bare = all(tokens[k].rel != "case" for k in t.children)
        after = {"NOUN": "Gen", "VERB": "Acc"}.get(before.pos)
        if bare and (t.head < t.i or t.feats.get("Case") != after):
            continue
        if t.head > t.i:
            astray = not g.is_under(before.i, t.head) and not g.is_under(before.i, t.i)
            low, high = t.i, t.head
        else:
            verb = _verb_above(g, before.i)
            astray = t.head < verb < t.i
            low, high = t.head, verb
        if astray and any(other.text == "," for other in tokens[low + 1 : high]):
            out[t.i] = before.i
    return out


def _participle(g: Grammar, t: Token) -> int:
    """The participle of whose phrase, from a comma to a comma, a noun is that the tree hung on what follows; or -1."""
    tokens = g.tokens
    if t.head < t.i or t.feats.get("Case") != "Acc" or any(tokens[k].rel == "case" for k in t.children):
        return -1
    first = g.sentence(t.i).first
    comma = next((k for k in range(t.i - 1, max(first, t.i - PHRASE) - 1, -1) if tokens[k].text == ","), -1)
    opening = next((k for k in tokens[comma + 1 : t.i] if k.pos not in {"ADV", "PART"}), t)  # «уже подписавший»
    if comma < 0 or opening.feats.get("VerbForm") != "Part" or opening.feats.get("Voice") == "Pass":
        return -1
    return opening.i if any(k.text == "," for k in tokens[t.i + 1 : t.head]) else -1


def governor(g: Grammar, i: int) -> int:
    """What a word hangs on, mended where the tree gave it to a clause that opens behind it.

    «во время визита в Осло заявил, что вернётся»: the tree gives «визита» to «вернётся».
    """
    up = g.tokens[i].head
    if up > i and any(i < mark.i < up for mark in g.children(up, "mark")):
        return g.tokens[up].head
    return up


def _verb_above(g: Grammar, i: int) -> int:
    """The verb of whose clause a word is; -1 for none."""
    for _ in range(DEEP):
        if i < 0 or is_predicate(g.tokens[i]):
            return i
        i = g.tokens[i].head
    return -1


def dependents(g: Grammar, i: int) -> list[int]:
    """What depends on ``i``, mended where the tree hung on one verb what stands behind the next one.

    «подписал с США соглашение и обсудил с Ираном торговлю»: «с Ираном» is not what was signed.
    """
    token = g.tokens[i]
    own = sorted(token.children)
    verb = _verb_above(g, i)
    if verb < 0:
        return own
    stop = _next(g, verb, i)
    own = [k for k in own if k < stop] if stop < len(g.tokens) else own
    if verb != i or token.rel != "conj" or token.head < 0 or token.head > i or not is_predicate(g.tokens[token.head]):
        return own
    stop = min(stop, _next(g, token.head, i))
    strayed = [
        c for k in (token.head, *g.tokens[token.head].children) if k < i for c in g.tokens[k].children if i < c < stop
    ]
    return sorted({*own, *(k for k in strayed if g.tokens[k].rel.split(":")[0] in {"obl", "nmod", "obj", "iobj"})})


def _next(g: Grammar, verb: int, i: int) -> int:
    """The first verb behind ``i`` that is coordinated with ``verb``."""
    joined = (k for k in g.tokens[verb].children if k > i and g.tokens[k].rel == "conj" and is_predicate(g.tokens[k]))
    return min(joined, default=len(g.tokens))


def arguments(g: Grammar, i: int, astray: Mapping[int, int]) -> Iterator[Argument]:
    """The nominal dependents of ``i``, those of «в отношении», «в адрес», «со стороны» by what they govern.

    ``astray``: see ``strays``.
    """
    found = dependents(g, i)
    if astray:
        found = sorted({*(k for k in found if k not in astray), *(k for k, head in astray.items() if head == i)})
    for k in found:
        child = g.tokens[k]
        relation = child.rel.split(":")[0]
        if k in astray:
            relation = "nmod" if g.tokens[i].pos != "VERB" or child.feats.get("Case") != "Acc" else "obj"
        if relation == "appos" and child.feats.get("Case") == "Dat" != g.tokens[i].feats.get("Case"):
            relation = "nmod"  # «телеграмму Раулю Кастро»
        if relation == "xcomp" and child.feats.get("Case") == "Acc":
            relation = "obj"  # «признала Палестину»
        if (
            relation == "appos"
            and child.i > i
            and is_predicate(g.tokens[i])
            and child.feats.get("Case") in {"Acc", "Dat"}
        ):
            relation = "obj" if child.feats["Case"] == "Acc" else "iobj"  # «предостерег Мадуро»
        if relation == "nsubj" and (mended := _no_subject(g, i, child)):
            relation = mended
        if child.pos == "VERB" and child.feats.get("VerbForm") != "Part":
            continue  # «двух подозреваемых» is a participle to the tagger
        if child.pos not in NOMINAL | {"VERB"} or relation not in {"obj", "iobj", "obl", "nmod", "nsubj", "advcl"}:
            continue
        if plain(child.text) in {"нон", "грата"}:  # the tree hangs «дипломата» on the foreign words
            yield from (Argument(c.i, "", c.feats.get("Case", ""), "obj") for c in g.children(k, "nmod"))
            continue
        case = next((g.tokens[c] for c in child.children if g.tokens[c].rel == "case"), None)
        if case is not None and plain(child.text) == "делах":  # «поверенный в делах Латвии»
            yield from (Argument(c.i, "", "Gen", "nmod") for c in g.children(k, "nmod") if c.feats.get("Case") == "Gen")
            continue
        prep = "" if case is None else PREPOSITIONS.get(plain(case.text), plain(case.text))
        fixed = next((plain(c.lemma) for c in g.children(case.i, "fixed")), "") if case is not None else ""
        prep = COMPOUND.get((prep, fixed), prep)
        compound = COMPOUND.get((prep, plain(child.lemma)))
        entered = compound == "на территории" and child.feats.get("Case") == "Acc"  # «вошёл на территорию Чили»
        inside = list(g.children(k, "nmod")) if compound is not None and not entered else []
        if inside:
            for inner in inside:
                yield Argument(inner.i, compound or "", "Gen", relation)
            continue
        plain_relation = relation in {"obj", "iobj"} or k in astray
        yield Argument(k, prep, child.feats.get("Case", ""), relation if plain_relation else child.rel)


def _no_subject(g: Grammar, i: int, child: Token) -> str:
    """What the tree calls a subject and its case does not: «Дания заверила Чили», «Перову запрещён въезд»."""
    case = child.feats.get("Case")
    if case == "Nom" and child.i > i and child.pos == "NOUN" and child.feats.get("Animacy") == "Inan":
        before = any(c.i < i and c.feats.get("Case") == "Nom" for c in g.children(i, "nsubj"))
        return "obj" if before and is_finite(g.tokens[i]) else ""  # «США внесли в список компании»
    person = child.i < i and child.feats.get("Animacy") == "Anim" and g.tokens[i].feats.get("Voice") == "Pass"
    if person and any(c.i > i for c in g.children(i, "nsubj")):  # «Лукашенко запрещён въезд»
        return "iobj"
    nominative = any(c.feats.get("Case") == "Nom" for c in g.children(i, "nsubj")) or disagrees(g.tokens[i], child)
    return {"Acc": "obj", "Dat": "iobj"}.get(case or "", "") if nominative else ""


def disagrees(verb: Token, noun: Token) -> bool:
    """Whether an accusative in the plural stands at a verb in the singular: no subject of it, whatever the tree."""
    plural = noun.feats.get("Case") == "Acc" and noun.feats.get("Number") == "Plur" and noun.pos == "NOUN"
    return plural and is_finite(verb) and verb.feats.get("Number") == "Sing"


def fits(g: Grammar, argument: Argument, slot: Slot, *, passive: bool = False) -> bool:
    """Whether an argument stands in a place of a frame."""
    if slot.prep:
        if argument.prep != slot.prep and (argument.prep, slot.prep) not in ISLANDS:
            return False
        if argument.prep != slot.prep and not plain(g.tokens[argument.head].text).startswith(ON):
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
    """«США», «ФРГ», «Марокко»: no case to see."""
    return (len(word) > 1 and word.isupper()) or plain(word) in frames().words["indeclinable"]
