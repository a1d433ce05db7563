"""Words that set one actor for or against another (``polarity.toml``), and what role an actor has to them.

An actor's *links* are the predicates that it is an argument of, climbed from the actor's head word: «президент России
раскритиковал Польшу» links «России» to the verb as agent (by way of its president) and «Польшу» as patient.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from ..tokens import Token

Role = Literal["agent", "patient", "oblique", "bearer"]
"""Who acts; whom it is aimed at; who else takes part; of whom an evaluative word is said."""

STEPS = 8
"""The longest climb from an actor to a predicate: deeper phrases say little of the actor."""
PREDICATES = 16
"""The most links of one actor that are followed, which bounds the time of a long sentence."""
AIMED = frozenset(["против", "к", "над", "на", "про", "о", "об", "в", "перед", "с", "со", "из-за"])
"""Prepositions whose noun a predicate is aimed at: «давление на Минск», «война с соседями»."""
NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "ADJ", "NUM", "DET", "X"})
SAME = frozenset({"conj", "appos", "flat", "flat:name", "flat:foreign", "nummod:gov", "parataxis"})
"""Relations whose dependent plays its head's role."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of words and its three polarities (-1, 0 or 1); see ``polarity.toml``."""

    name: str
    between: int
    agent: int
    patient: int


class Link(NamedTuple):
    """An actor's part in what a predicate says: ``via`` counts the nouns between («президент России»: one)."""

    predicate: int
    role: Role
    via: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Groups by dictionary form, and the words that turn or weaken a predicate."""

    groups: tuple[Group, ...]
    words: dict[str, Group]
    negations: frozenset[str]
    doubts: frozenset[str]
    against: tuple[str, ...]
    favour: tuple[str, ...]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    data = tomllib.loads(Path(__file__).with_name("polarity.toml").read_text("utf-8"))
    marks = {name: tuple(words.replace("ё", "е").split()) for name, words in data.pop("marks").items()}
    groups: list[Group] = []
    words: dict[str, Group] = {}
    for name, entry in data.items():
        group = Group(name, entry.get("between", 0), entry.get("agent", 0), entry.get("patient", 0))
        groups.append(group)
        for word in entry["words"].replace("ё", "е").split():
            words.setdefault(word, group)
    return Lexicon(
        tuple(groups), words, frozenset(marks["negations"]), frozenset(marks["doubts"]), marks["anti"], marks["pro"]
    )


@lru_cache(maxsize=1)
def loaded() -> frozenset[str]:
    """The words that set one for or against another, or show one in a good or bad light."""
    return frozenset(word for word, g in lexicon().words.items() if g.between or g.agent or g.patient)


@lru_cache(maxsize=1)
def group_numbers() -> dict[str, int]:
    """The number of each word's group, in the order of ``Lexicon.groups``."""
    number = {group.name: k for k, group in enumerate(lexicon().groups)}
    return {word: number[group.name] for word, group in lexicon().words.items()}


def group_of(token: Token) -> Group | None:
    """The group of a word: «критиковавший» is that of «критиковать», «проиранский» that of support."""
    return lexicon().words.get(token.lemma)


def passive(token: Token) -> bool:
    """«осуждён», «осуждённый», «осуждаемый»: by the ending, which the tagger's voice does not follow."""
    if token.feats.get("VerbForm") != "Part":
        return token.feats.get("Voice") == "Pass"
    word = token.text.lower().replace("ё", "е")
    return not any(mark in word[-6:] for mark in ("вш", "ущ", "ющ", "ащ", "ящ", "ший"))


def negated(tokens: Sequence[Token], i: int) -> bool:
    """«не поддержал», «не смог поддержать», «без поддержки»."""
    marks = lexicon().negations
    at, turned = i, False
    for _ in range(3):
        for child in tokens[at].children:
            if tokens[child].rel in ("advmod", "case", "cc", "discourse") and tokens[child].text.lower() in marks:
                turned = not turned
        if tokens[at].rel != "xcomp" or tokens[at].head < 0:
            return turned
        at = tokens[at].head
    return turned


def doubted(tokens: Sequence[Token], i: int) -> bool:
    """«если поддержит», «мог бы поддержать», «якобы поддержал»."""
    token = tokens[i]
    near = [*token.children, *(tokens[token.head].children if token.rel == "xcomp" else ())]
    if token.rel == "xcomp":
        near.append(token.head)
    return any(doubtful(tokens[k]) for k in near)


def doubtful(token: Token) -> bool:
    """«если», «бы», «может», «якобы»."""
    marks = lexicon().doubts
    return token.text.lower() in marks or token.lemma in marks


def preposition(tokens: Sequence[Token], i: int) -> str:
    """The preposition of a noun, or nothing."""
    return next((tokens[k].text.lower() for k in tokens[i].children if tokens[k].rel == "case"), "")


def links(tokens: Sequence[Token], i: int) -> list[Link]:
    """The predicates that the word ``i`` is an argument of, nearest first."""
    out: list[Link] = []
    seen: set[int] = set()
    for link in _climb(tokens, i):
        if link.predicate not in seen:
            seen.add(link.predicate)
            out.append(link)
        if len(out) == PREDICATES:
            break
    return out


def _climb(tokens: Sequence[Token], i: int) -> Iterator[Link]:
    at, via = i, 0
    for _ in range(STEPS):
        yield from _said_of(tokens, at, via)
        token = tokens[at]
        if token.head < 0:
            return
        head = tokens[token.head]
        if token.rel in SAME and head.pos in NOMINAL:
            at = token.head
            continue
        if head.pos in NOMINAL and not (token.rel.startswith("nsubj")):
            yield Link(head.i, _nominal_role(tokens, token), via)
            at, via = head.i, via + 1
            continue
        role = _verbal_role(tokens, token, head)
        yield from _shared(tokens, head.i, role, via)
        return


def _said_of(tokens: Sequence[Token], i: int, via: int) -> Iterator[Link]:
    """What stands beside a noun: «террористическая организация», «осуждённый судом банк», «страна, которая …»."""
    for k in tokens[i].children:
        child = tokens[k]
        if child.rel in ("amod", "acl") and child.feats.get("VerbForm") == "Part":
            yield Link(k, "patient" if passive(child) else "agent", via)
        elif child.rel in ("amod", "appos", "nmod"):
            yield Link(k, "bearer", via)
        elif child.rel == "acl:relcl":
            which = next((tokens[m] for m in child.children if _which(tokens[m])), None)
            role: Role = "agent" if which is None else _verbal_role(tokens, which, child)
            yield Link(k, role, via)


def _which(token: Token) -> bool:
    return token.lemma in ("который", "кто", "чей")


def _nominal_role(tokens: Sequence[Token], token: Token) -> Role:
    """«российская критика», «критика Россией»: agent; «критика России», «война с Россией»: patient."""
    if token.rel in ("amod", "det") or token.feats.get("Case") == "Ins":
        case = preposition(tokens, token.i)
        return "patient" if case else "agent"
    case = preposition(tokens, token.i)
    if not case or case in AIMED:
        return "patient"
    return "oblique"


def _verbal_role(tokens: Sequence[Token], token: Token, head: Token) -> Role:
    if token.rel.startswith("nsubj"):
        if head.pos in NOMINAL:
            return "bearer"
        return "patient" if token.rel == "nsubj:pass" or passive(head) else "agent"
    if token.rel in ("obj", "iobj"):
        return "patient"
    if token.rel.startswith("obl"):
        case = preposition(tokens, token.i)
        if not case:
            turned = token.feats.get("Case") == "Ins" and (passive(head) or head.text.lower().endswith(("ся", "сь")))
            return "agent" if turned or token.rel == "obl:agent" else "patient"
        return "patient" if case in AIMED and token.feats.get("Case") != "Loc" else "oblique"
    return "agent" if token.rel in ("root", "vocative") else "oblique"


def _shared(tokens: Sequence[Token], verb: int, role: Role, via: int) -> Iterator[Link]:
    """A verb, what is done together with it and what completes it: «решил поддержать», «осудил и выслал»."""
    yield Link(verb, role, via)
    for k in tokens[verb].children:
        child = tokens[k]
        if child.rel == "xcomp" or (role == "agent" and child.rel in ("conj", "advcl")):
            yield Link(k, _completed(role, child), via)
        elif child.rel in ("obj", "obl", "nsubj:pass", "nsubj") and role in ("agent", "patient"):
            yield Link(k, "agent" if role == "agent" else "oblique", via)
    head = tokens[verb].head
    if role == "agent" and head >= 0 and tokens[verb].rel in ("conj", "advcl") and not _own_subject(tokens, verb):
        yield Link(head, "agent", via)


def _completed(role: Role, child: Token) -> Role:
    if child.pos in NOMINAL:
        return "bearer" if role == "agent" else role
    return role


def _own_subject(tokens: Sequence[Token], verb: int) -> bool:
    return sum(tokens[k].rel.startswith("nsubj") for k in tokens[verb].children) > 1


WITHIN = frozenset({"amod", "nmod", "conj", "obj", "obl", "xcomp", "advmod"})
"""Relations that keep an adjective's noun within what its holder does."""
COPULAS = frozenset({"являться", "стать", "становиться", "оставаться", "быть"})
MUTUAL = frozenset({"fight", "cooperate"})
"""Groups that hold both ways: «Минск и Киев враждуют», «союз Праги с Варшавой»."""


def frame(tokens: Sequence[Token], holder: Sequence[Link], target: Sequence[Link]) -> float:
    """How far the words that both take part in set the holder for (above 0) or against the target: within [-1, 1].

    «Прага осудила удары Минска»: -0.5, since the verb is aimed at Minsk by way of its strikes.
    """
    aimed = {link.predicate: link for link in target}
    best = 0.0
    for link in holder:
        other = aimed.get(link.predicate)
        group = group_of(tokens[link.predicate])
        if other is None or group is None or not group.between:
            continue
        both_ways = group.name in MUTUAL and {link.role, other.role} <= {"agent", "patient", "oblique"}
        if not both_ways and (link.role != "agent" or other.role not in ("patient", "oblique")):
            continue
        weight = group.between / (1 + link.via + other.via)
        if other.role == "oblique" and not both_ways:
            weight /= 2
        if negated(tokens, link.predicate):
            weight = -weight
        if doubted(tokens, link.predicate):
            weight /= 2
        best = max(best, weight, key=abs)
    return best


def shown(tokens: Sequence[Token], target: Sequence[Link]) -> float:
    """How far the words said of one show it in a good (above 0) or bad light: within [-1, 1].

    «Действия Лондона — это аннексия»: -0.5, since the evaluative word is said of London's acts.
    """
    best = 0.0
    for link in target:
        group = group_of(tokens[link.predicate])
        if group is None:
            continue
        sign = group.agent if link.role in ("agent", "bearer") else group.patient if link.role == "patient" else 0
        weight = sign / (1 + link.via)
        if negated(tokens, link.predicate):
            weight = -weight
        if doubted(tokens, link.predicate):
            weight /= 2
        best = max(best, weight, key=abs)
    return best


def prefixed(tokens: Sequence[Token], i: int) -> int:
    """-1 for «антироссийский», 1 for «проамериканский» as an actor's own word, else 0."""
    word = tokens[i].text.lower()
    if tokens[i].pos != "ADJ" and not word.endswith(
        ("ий", "ая", "ое", "ие", "ого", "ой", "ую", "ому", "ым", "им", "их")
    ):
        return 0
    if word.startswith(lexicon().against):
        return -1
    return 1 if word.startswith(lexicon().favour) else 0


def bearers(tokens: Sequence[Token], i: int) -> list[int]:
    """Whose the stance of an adjective is: «Лондон занял антироссийскую позицию», «антироссийский курс Лондона».

    Head words, the surest first: who is said to have it, then whoever its noun belongs to.
    """
    noun = tokens[i].head
    if noun < 0:
        return []
    out = [k for k in tokens[noun].children if tokens[k].rel == "nmod" and tokens[k].feats.get("Case") == "Gen"]
    out += [k for k in tokens[noun].children if tokens[k].rel == "amod" and k != i]
    at = noun
    for _ in range(STEPS):
        if tokens[at].pos == "VERB":
            out += [k for k in tokens[at].children if tokens[k].rel == "nsubj"]
        if tokens[at].head < 0 or tokens[at].rel not in WITHIN:
            break
        at = tokens[at].head
    # Where the tree is broken, the verb before it serves.
    for at in range(i - 1, max(i - STEPS, 0) - 1, -1):
        if tokens[at].sentence != tokens[i].sentence or tokens[at].rel == "punct":
            break
        if tokens[at].pos == "VERB":
            return out + [k for k in tokens[at].children if tokens[k].rel == "nsubj"]
    return out


def opposed(tokens: Sequence[Token], i: int) -> bool:
    """Whether an adjective's stance is denied: «не занимает антироссийскую позицию»."""
    at, turned = i, False
    for _ in range(STEPS):
        marks = lexicon().negations
        turned ^= any(tokens[k].text.lower() in marks and tokens[k].pos != "ADP" for k in tokens[at].children)
        if tokens[at].pos == "VERB" or tokens[at].head < 0 or tokens[at].rel not in WITHIN:
            return turned
        at = tokens[at].head
    return turned


def called(tokens: Sequence[Token], i: int) -> tuple[int, int] | None:
    """«Действия Лондона — это аннексия», «Прага — союзник»: the polarity and the place of what one is called."""
    at = i
    for _ in range(STEPS):
        token = tokens[at]
        if token.head < 0 or token.rel not in ("nmod", "amod", *SAME) or tokens[token.head].pos not in NOMINAL:
            break
        at = token.head
    subject = tokens[at]
    if not subject.rel.startswith("nsubj") or subject.head < 0:
        return None
    said = tokens[subject.head]
    if said.pos == "VERB" and said.lemma in COPULAS:
        said = next((tokens[k] for k in said.children if tokens[k].feats.get("Case") == "Ins"), said)
    group = group_of(said) if said.pos == "NOUN" else None
    if group is None or not group.agent or negated(tokens, said.i) or doubted(tokens, said.i):
        return None
    return group.agent, said.i
