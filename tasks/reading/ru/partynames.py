"""The states and blocs that the tokens of one parse name, as nouns, adjectives, pronouns, capitals or towns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ..gazetteer.lexicon import lexicon, states
from ..record import Actor, MentionForm
from ..tokens import Token
from . import persons
from .arguments import Argument, arguments, strays
from .belonging import elected, homes
from .clauses import Grammar, is_predicate, token_at
from .cues import plain
from .towns import towns

WE = frozenset({"мы", "я"})
WHOSE = {
    "его": {"Number": "Sing", "Gender": "Masc"},
    "ее": {"Number": "Sing", "Gender": "Fem"},
    "их": {"Number": "Plur"},
}
"""Whom a possessive means, which agrees with what is owned."""
OWN = frozenset(
    ["свой", "своя", "свое", "свои", "своего", "своей", "своему", "своем", "своим", "свою", "своих", "своими"]
)
"""The subject's: «сообщила об обстреле своих позиций»."""
COUNTRY = frozenset({"страна", "республика", "государство", "королевство"})
BOTH = frozenset({"страна", "государство", "сторона", "столица"})
THIRD = frozenset({"он", "она", "они"})
OTHER = "тот"
"""«Чили просит Данию помочь, но та молчит»: the other one."""
OF_UN = frozenset({"UNSC", "UNGA", "UNESCO", "UNICEF", "UNHCR", "OHCHR", "WHO", "ICJ"})
"""Organs and agencies that act for the United Nations."""
STEM = 4
"""Letters by which a surname is looked up before its cases are."""
AGAINST = "анти"
TOWARDS = "про"


@dataclass(frozen=True, slots=True)
class Party:
    """A state or bloc as a party: ``token`` names it, ``head`` is the noun that fills the place."""

    id: str
    token: int
    head: int
    form: MentionForm


def party_of(actor: Actor) -> str | None:
    """Whom an actor acts for: itself if it is a state, a bloc or an international body, or its state."""
    if actor.id in OF_UN:
        return "UN"
    own = actor.kind in {"state", "bloc"} or (actor.kind == "body" and actor.state is None and ":" not in actor.id)
    return actor.id if own else actor.state


def _surnames(actors: Sequence[Actor]) -> dict[str, dict[str, list[Actor]]]:
    """The people of an article by how their surnames begin, and by surname."""
    out: dict[str, dict[str, list[Actor]]] = {}
    for actor in actors:
        surname = plain((actor.name.ru or "").rpartition(" ")[2])
        if actor.kind == "person" and len(surname) > STEM:
            out.setdefault(surname[:STEM], {}).setdefault(surname, []).append(actor)
    return out


def _nobody(_: int) -> None:
    """Where nothing is quoted."""


class Names:
    """Who is named where."""

    def __init__(
        self, g: Grammar, actors: Sequence[Actor], voice: Callable[[int], str | None] = _nobody,
        teller: Callable[[int], Party | None] = _nobody, speaker: Callable[[int], str | None] = _nobody,
    ) -> None:  # fmt: skip
        """``voice`` tells the state for which «мы» at a token speaks, in a statement quoted; ``teller`` who says it.

        ``speaker`` tells for which state who is named at a token, or does what it says, makes a statement.
        """
        self.g = g
        self.voice = voice
        self.teller = teller
        self.speaker = speaker
        self.seats: dict[int, str] = {}
        self.towns: dict[int, str] = {}
        self.beside: dict[int, tuple[Argument, ...]] = {}
        self.nouns = [t for t in g.tokens if t.pos == "NOUN" or t.pos == "PROPN"]
        self.astray = strays(g, self.nouns)
        self.meant: dict[int, list[Party]] = {}
        self.led: dict[int, list[int]] = {}
        self.at: dict[int, list[Party]] = {}
        self.people: dict[int, str] = {}
        self.actors = actors
        for actor in actors:
            party = party_of(actor)
            for mention in actor.mentions:
                i = token_at(g, mention.span[0])
                whole = i < len(g.tokens) and g.tokens[i].start == mention.span[0]
                if not whole:  # the second half of «британско-казахстанский»
                    i -= g.tokens[i - 1].stop > mention.span[0]
                elif actor.kind == "place" and (state := of_capital(mention.text)) is not None:
                    self.seats[i] = state
                while 0 <= i < len(g.tokens) and g.tokens[i].start < mention.span[1]:
                    if actor.kind == "person" and (party is not None or plain(g.tokens[i].text) not in towns()):
                        self.people[i] = actor.id
                    if party is not None:
                        self.at.setdefault(i, []).append(Party(party, i, i, mention.as_))
                    i += 1
        known = towns()
        surnames = _surnames(actors)
        for t in g.tokens:
            if not t.text[:1].isupper() or t.i in self.at or t.i in self.people:
                continue
            word = plain(t.text)
            if word in known:
                self.towns[t.i] = known[word]
            elif word[:STEM] in surnames and t.pos == "PROPN":  # a name that the tagger missed
                alike = surnames[word[:STEM]]
                person = next((a for s in persons.surnames(word) for a in alike.get(s, ())), None)
                if person is not None:
                    self.people[t.i] = person.id

        raised = elected(self)
        for i, who in self.people.items() if raised else ():
            if who in raised:
                self.at.setdefault(i, [Party(raised[who], i, i, "leader")])

    @cached_property
    def homes(self) -> dict[str, str]:
        """The states that people belong to, by the person's id."""
        return homes(self, self.actors)

    def named(self, i: int) -> list[Party]:
        """The parties that a token itself names as a noun."""
        if plain(self.g.tokens[i].text) in WE:
            state = self.voice(i)
            return [Party(state, i, i, "pronoun")] if state is not None else []
        lemma = plain(self.g.tokens[i].lemma)
        if lemma in THIRD and self.g.tokens[i].pos == "PRON":
            return self.pronoun(i)
        if lemma == OTHER and self.g.tokens[i].rel.startswith("nsubj") and not any(self.g.children(i, "acl")):
            return self.pronoun(i)
        return [p for p in self.at.get(i, ()) if p.form not in {"adjective", "demonym"} and not self.is_former(i)]

    def is_former(self, i: int) -> bool:
        """«бывший президент», «экс-премьер»: who speaks for no state."""
        near = [i, self.g.tokens[i].head, *self.g.tokens[i].children]
        near += self.g.tokens[near[1]].children if near[1] >= 0 and self.g.tokens[i].rel.startswith("appos") else []
        return any(
            k >= 0 and (plain(self.g.tokens[k].lemma) == "бывший" or plain(self.g.tokens[k].text).startswith("экс-"))
            for k in near
        )

    def adjectives(self, i: int, *, against: bool = False) -> list[Party]:
        """The states that the adjectives of a noun name: «российские и украинские войска».

        ``against``: those that it is directed against («антироссийские санкции») and no others.
        """
        out: list[Party] = []
        own = -1
        todo = [c.i for c in self.g.children(i, "amod", "det")]
        while todo:
            k = todo.pop(0)
            todo += [c.i for c in self.g.children(k, "conj") if c.pos == "ADJ"]
            word = plain(self.g.tokens[k].text)
            if word.startswith("наш") and not against and (state := self.voice(k)) is not None:
                out.append(Party(state, k, i, "pronoun"))
            own = k if word in OWN else own
            if word in WHOSE and not against:
                out += [Party(p.id, k, i, p.form) for p in self.pronoun(k)]
            for p in self.at.get(k, ()):
                hostile = word.startswith(AGAINST)
                if p.form == "adjective" and hostile == against and not word.startswith(TOWARDS):
                    out.append(Party(p.id, k, i, p.form))
        thing = self.g.tokens[i].feats.get("Animacy") != "Anim"  # «своего коллегу» is another's
        if own >= 0 and thing and not out and not against:
            out = [Party(p.id, own, i, "pronoun") for p in self.subject(self._predicate(own))]
        return once(out)

    def demonyms(self, i: int) -> list[Party]:
        """The states whose people a noun and what is coordinated with it name: «израильтян и палестинцев»."""
        own = [p for p in self.at.get(i, ()) if p.form == "demonym"]
        others = (p for c in self.g.children(i, "conj") for p in self.at.get(c.i, ()) if p.form == "demonym")
        return once([*own, *others]) if own else []

    def _predicate(self, i: int) -> int:
        """The verb of the clause of a word; the word itself where there is none."""
        up = self.g.tokens[i].head
        while up >= 0 and not is_predicate(self.g.tokens[up]):
            up = self.g.tokens[up].head
        return up if up >= 0 else i

    def seat(self, i: int) -> list[Party]:
        """The state whose capital a token names as a place: «прибыл в Каир», «удар по Киеву»."""
        return [Party(self.seats[i], i, i, "capital")] if i in self.seats else []

    def town(self, i: int) -> list[Party]:
        """The state where the town that a token names lies: «обстрелял Одессу»."""
        return [Party(self.towns[i], i, i, "capital")] if i in self.towns else []

    def pronoun(self, i: int) -> list[Party]:
        """Whom «он», «она», «они» mean: the one noun before in the sentence that agrees and can be meant.

        What is not the subject does not mean the subject: «Дания осудила удар по Исландии и помогла ей».
        """
        if i not in self.meant:
            self.meant[i] = []  # which is what it means while it is looked for
            self.meant[i] = self._meant_by(i)
        return self.meant[i]

    def _meant_by(self, i: int) -> list[Party]:
        word = self.g.tokens[i]
        found: dict[str, Party] = {}
        for k in range(i - 1, self.g.sentence(i).first - 1, -1):
            noun = self.g.tokens[k]
            if (
                noun.pos not in {"NOUN", "PROPN"}
                or noun.rel.startswith(("appos", "flat"))
                or not alike(word, noun, several=any(True for _ in self.g.children(k, "conj")))
            ):
                continue
            meant = self.of(k)
            if len(meant) > 1 and word.feats.get("Number") == "Plur" and not found:
                return [Party(p.id, i, i, "pronoun") for p in meant]  # «Чили и Перу спорят, и Дания призвала их …»
            if meant:
                found.update({p.id: Party(p.id, i, i, "pronoun") for p in meant})
            elif noun.feats.get("Animacy") == "Anim":
                return []
        up = word.head
        if found and plain(word.lemma) == OTHER:
            return self._other(i, found)
        while len(found) > 1 and up >= 0 and not is_predicate(self.g.tokens[up]) and self.g.tokens[up].head < up:
            up = self.g.tokens[up].head
        if len(found) > 1 and up >= 0 and not word.rel.startswith("nsubj"):
            for party in self.subject(up):
                found.pop(party.id, None)
        return list(found.values()) if len(found) == 1 else [] if found else self.meant_before(i)

    def _other(self, i: int, found: dict[str, Party]) -> list[Party]:
        """Whom «тот» means: of those that agree the one that is not the subject of the clause above or before."""
        verb = self.g.tokens[i].head
        above = self.g.tokens[verb].head if verb >= 0 else -1
        acting = {p.id for p in self.subject(above)} if above >= 0 and is_predicate(self.g.tokens[above]) else set()
        left = [p for p in found.values() if p.id not in acting]
        return left if acting and len(left) == 1 else []

    def citizen(self, i: int) -> list[Party]:
        """The state of the person at a token, who need not speak for it: «арестован Орлов», «её выслали»."""
        word = self.g.tokens[i]
        if plain(word.lemma) == "который" and word.head >= 0 and self.g.tokens[word.head].rel.startswith("acl"):
            word = self.g.tokens[self.g.tokens[word.head].head]
        person = self.people.get(word.i)
        if person is None and (plain(word.text) in WHOSE or (plain(word.lemma) in THIRD and word.pos == "PRON")):
            person = self._person_meant(i)
        beside = (c.i for c in self.g.children(word.i, "appos", "flat") if c.i in self.people)
        if person is None and word.feats.get("Animacy") == "Anim":
            person = self.people.get(next(beside, -1))
        home = self.homes.get(person or "")
        return [Party(home, i, i, "pronoun" if word.pos in {"PRON", "DET"} else "name")] if home is not None else []

    def _person_meant(self, i: int) -> str | None:
        """Whom a pronoun means: the one person of its number and gender whom its sentence or the one before names."""
        here = self.g.tokens[i].sentence
        first = self.g.parse.sentences[max(here - 1, 0)].first
        before = (k for k in range(first, i) if k in self.people)
        named = {self.people[k] for k in before if alike(self.g.tokens[i], self.g.tokens[k])}
        return named.pop() if len(named) == 1 else None

    def both(self, i: int) -> list[Party]:
        """Whom «двух стран», «обе стороны» mean: the two that the sentence has named by then."""
        word = self.g.tokens[i]
        counted = any(plain(self.g.tokens[k].lemma) in {"два", "двое", "оба"} for k in word.children)
        if not counted or any(True for _ in self.g.children(i, "nmod")):
            return []
        before = [p for k in range(self.g.sentence(i).first, i) for p in self.at.get(k, ()) if p.form != "demonym"]
        found = once(Party(p.id, i, i, "pronoun") for p in before)
        return found if len(found) == 2 else []

    def country(self, i: int) -> list[Party]:
        """Whom «страна» alone means: the one state that the sentence has named by then."""
        word = self.g.tokens[i]
        if plain(word.lemma) not in COUNTRY or word.feats.get("Number") != "Sing":
            return []
        if next(self.g.children(i, "amod", "nmod", "nummod", "acl"), None) is not None:
            return []
        before = (p for k in range(self.g.sentence(i).first, i) for p in self.at.get(k, ()) if p.form != "demonym")
        found = once(Party(p.id, i, i, "pronoun") for p in before)
        return found if len(found) == 1 else []

    def arguments(self, i: int) -> Iterator[Argument]:
        """The nominal dependents of ``i``."""
        if i not in self.beside:
            self.beside[i] = tuple(arguments(self.g, i, self.astray))
        return iter(self.beside[i])

    def meant_before(self, i: int) -> list[Party]:
        """Whom a pronoun means by the sentence before; see ``Before``."""
        raise NotImplementedError

    def subject(self, i: int, depth: int = 0) -> list[Party]:
        """Who does what a verb says; see ``Parties``."""
        raise NotImplementedError

    def of(self, i: int, depth: int = 0) -> list[Party]:
        """The parties of a noun phrase; see ``Parties``."""
        raise NotImplementedError


@lru_cache(maxsize=4096)
def of_capital(word: str) -> str | None:
    """The state whose capital ``word`` names, in whatever case; None for other places."""
    return next((e.id for e in lexicon().look_up(word.split()) if e.form == "capital" and e.id in states()), None)


def alike(pronoun: Token, noun: Token, *, several: bool = False) -> bool:
    """Whether a pronoun agrees with a noun, or with a noun of ``several``."""
    a, b = WHOSE.get(plain(pronoun.text), pronoun.feats), noun.feats
    if several:
        return a.get("Number") == "Plur"
    return a.get("Number") == b.get("Number") and (a.get("Number") == "Plur" or a.get("Gender") == b.get("Gender"))


def once(parties: Iterable[Party]) -> list[Party]:
    """One of each state, the first."""
    return list({p.id: p for p in reversed(list(parties))}.values())[::-1]
