"""Whom a mention leaves unnamed: «эксперты», «источник в правительстве», «доктор сказал», «на условиях анонимности»."""

from __future__ import annotations

import re

from ..tokens import Token
from . import bodies, kinds, names
from .clauses import COMMA, Grammar
from .cues import plain, word_set
from .found import Found
from .memory import Identity, Memory, of_people, somebody
from .mentions import Mention
from .people import HEADS, KIN
from .posts import COUNTERPARTS
from .sourcewords import words

ANYBODY = word_set("anybody")
SEVERAL = frozenset({"несколько", "многие", "некоторые", "ряд", "отдельный", "различный", "разный"})
SERVANTS = {
    "полицейский": re.compile("полици"),
    "дипломат": re.compile(r"посольств|консульств|дипмисси|\bмид\b|иностранных дел"),
    "спасатель": re.compile(r"\bмчс\b|спасательн"),
    "пограничник": re.compile("погран"),
}
"""Who speak for the body that spoke just before, by a part of its name."""
WHENCE = frozenset({"из", "от", "с", "со"})
ACQUAINTED = frozenset({"знакомый", "близкий"})
STRANGERS = frozenset({"дед", "дедушка", "бабушка", "доктор", "капитан", "начальник", "сосед", "тренер", "директор"})
"""Who needs no name where a person speaks of their own affairs."""


def unnamed(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """«эксперты», «несколько СМИ», «источник в правительстве», «некоторые»: the article names nobody."""
    g, w, lemma = memory.g, words(), plain(head.lemma)
    plural = head.feats.get("Number") == "Plur"
    alone = mention.last - mention.first == 1
    if lemma in {"власть", "орган"} and plural:
        return None  # authorities are a body, if only by that word
    if plural and lemma in HEADS | {"заместитель"}:
        several = bodies.of_several(memory, mention)
        if several is not None:
            return Identity(names.phrase(g, several), "official", gender="Plur")  # one for each: nobody else is meant
    if plural and lemma in w.parties and mention.first == mention.head:
        return Identity(names.word(head, "NOUN").lower(), "organization", gender="Plur")  # «талибы отвечают»
    before = {plain(t.lemma) for t in g.tokens[mention.first : mention.head] if t.pos not in {"ADP", "NOUN", "PROPN"}}
    nobody = (
        (bool(before & w.unknown) and lemma not in w.document and kinds.quoted_name(g, mention) is None)
        or (plain(head.text) in ANYBODY and head.pos != "NUM")
        or (lemma == "один" and not named_one(g, mention))
        or (bool(before & {"мой", "один"}) and head.feats.get("Animacy") == "Anim")  # «мой шеф», «один учёный»
        or lemma in w.nameless
        or lemma == "пресса"
        or (lemma in {"группа", "команда", "часть"} and _of_people(g, head))
        or (plural and bool(before & SEVERAL) and head.pos == "NOUN")
        or (plural and alone and head.pos == "NOUN" and lemma not in w.document | w.findings)
        or (plural and lemma in w.unnamed | w.person | w.official)
        or (plural and lemma in w.media and lemma not in {"радио", "медиа"} and mention.last == mention.head + 1)
    )  # fmt: skip
    people = nobody and plural and alone and lemma != "россиянин" and not any(g.children(head.i, "conj"))
    if people and memory.state_in((head.start, head.stop)) is not None:
        people_of = names.word(head, "NOUN")
        return Identity(people_of[:1].lower() + people_of[1:], "state_body", gender="Plur")  # «французы считают»
    if nobody and plural and alone and lemma in SERVANTS:  # «посольство заявляет… Дипломаты отмечают»
        spoke = next((who for who in memory.recent() if who.kind != "unnamed"), None)
        if spoke is not None and spoke.kind == "state_body" and SERVANTS[lemma].search(plain(spoke.name)):
            return spoke
    return somebody(head) if nobody else None


def _of_people(g: Grammar, head: Token) -> bool:
    """«группа биологов»: a noun for several people who are told by what they are."""
    owner = next(g.children(head.i, "nmod"), None)
    return owner is not None and owner.feats.get("Animacy") == "Anim" and owner.feats.get("Number") == "Plur"


def named_one(g: Grammar, mention: Mention) -> bool:
    """Whether «один из гостей, генерал Цвак» says who it is."""
    return any(n.kind == "PER" and n.last <= mention.last for n in g.names_from(mention.head) if n.first < mention.last)


def introduced(g: Grammar, mention: Mention, head: Token) -> bool:
    """«человек, знакомый с переговорами», «студент из Чада»: who is told by more than one who is known needs."""
    before = {plain(t.lemma) for t in g.tokens[mention.first : head.i]}
    if head.feats.get("Case") not in {"Nom", "Gen"} or plain(head.lemma) in COUNTERPARTS or names.SELF & before:
        return False
    named = mention.first > 1 and g.tokens[mention.first - 1].text in COMMA
    if head.rel.startswith(("appos", "flat")) or (named and g.tokens[mention.first - 2].pos == "PROPN"):
        return False  # «Марк, рабочий из Чада»
    if any(c.i > head.i and plain(g.tokens[g.left[c.i]].text) in WHENCE for c in g.children(head.i, "nmod")):
        return True
    if head.i + 1 == len(g.tokens) or g.tokens[head.i + 1].text not in COMMA:
        return False
    behind = g.tokens[head.i + 2 : min(head.i + 6, g.sentence(head.i).last)]
    telling = next((t for t in behind if t.pos in {"VERB", "ADJ", "PRON", "CCONJ", "SCONJ"}), None)
    if telling is None or not (telling.feats.get("VerbForm") == "Part" or plain(telling.lemma) in ACQUAINTED):
        return False
    return all(telling.feats.get(key) == head.feats.get(key) for key in ("Case", "Number", "Gender"))


def kept_back(memory: Memory, mention: Mention, head: Token, found: Found) -> Identity | None:
    """«сказал на условиях анонимности», «Дед говорил: …» in somebody's words: one whom they do not name."""
    near = memory.g.tokens[found.at + 1 : found.at + 5]
    anonymity = (t for t in near if plain(t.lemma) == "анонимность")
    if any(memory.g.tokens[t.i - 1].lemma in {"условие", "право"} for t in anonymity):
        return somebody(head)
    theirs = plain(head.lemma) in (KIN | STRANGERS) - words().at_law
    alone = mention.last - mention.first == 1 and head.feats.get("Number") == "Sing"
    return somebody(head) if memory.quoting and theirs and alone else None


def one_by_name(memory: Memory, mention: Mention, head: Token) -> Identity | None:
    """«один из авторов, Олег Белов»: who is named behind a comma; in «один из советников Белова» it is not he."""
    if plain(head.lemma) != "один":
        return None
    tokens, people = memory.g.tokens, memory.people
    comma = next((k for k in range(mention.head, mention.last) if tokens[k].text in COMMA), mention.last)
    for n in people.names_between(mention.head, mention.last):
        if n.first in people.by_token:
            theirs = n.first < comma and tokens[n.first].feats.get("Case") != head.feats.get("Case")
            return somebody(head) if theirs else of_people([people.by_token[n.first]])
    return None
