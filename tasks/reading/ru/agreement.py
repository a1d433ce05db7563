"""Whether words agree: a verb with its subject, a participle and «который» with the noun that they are of."""

from __future__ import annotations

from ..tokens import Token
from .clauses import Grammar
from .cues import plain, word_set

COUNTING = word_set("counting")


def agrees(verb: Token, noun: Token) -> bool:
    """Whether ``noun`` may be the subject of ``verb`` by number and, in the past, gender."""
    a, b = verb.feats, noun.feats
    if a.get("Number") == "Plur" and b.get("Number") == "Sing" and plain(noun.lemma) in COUNTING:
        return True  # «ряд звёзд призвали»
    if "Number" in a and "Number" in b and a["Number"] != b["Number"]:
        return False
    return not (a.get("Tense") == "Past" and a.get("Number") == "Sing" and "Gender" in a and "Gender" in b
                and a["Gender"] != b["Gender"])  # fmt: skip


def owner(g: Grammar, relative: Token, above: int) -> int | None:
    """The noun that «который» stands for: what its clause hangs on, or the nearest before it that agrees."""
    noun = g.tokens[above] if above >= 0 else None
    if noun is None or noun.pos not in {"NOUN", "PROPN", "PRON"}:
        return None
    if plain(relative.lemma) != "который" or agrees(relative, noun) or noun.i > relative.i:
        return noun.i
    before = reversed(g.tokens[g.sentence(relative.i).first : relative.i - 1])
    return next((t.i for t in before if t.pos in {"NOUN", "PROPN"} and t.rel != "flat:name"
                 and same_kind(relative, t)), noun.i)  # fmt: skip


def same_kind(relative: Token, noun: Token) -> bool:
    a, b = relative.feats, noun.feats
    return all(key not in a or a[key] == b.get(key) for key in ("Number", "Gender"))


def same_case(participle: Token, noun: Token) -> bool:
    keys = ("Case", "Number", "Gender")
    a, b = participle.feats, noun.feats
    return all(a[k] == b[k] for k in keys if k in a and k in b) and "Case" in b


def fits(g: Grammar, verb: Token, noun: int) -> bool:
    """As ``agrees``; «Вера и Илья» are many."""
    many = verb.feats.get("Number") == "Plur" and any(g.tokens[k].rel == "conj" for k in g.tokens[noun].children)
    return many or agrees(verb, g.tokens[noun])
