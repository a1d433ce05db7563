"""Who acts and who is acted upon: the states and blocs that the places of a frame hold.

An official, an organ or an army counts as its state («президент Грузии», «российские войска»), a person as the state
that he speaks for. A demonym is people and no state; a thing that merely belongs to a state is no party unless it is
struck («украинские позиции») or is its people («американский дипломат»).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..gazetteer.lexicon import lexicon, states
from ..record import Actor, MentionForm
from ..tokens import Token
from .arguments import NOMINAL, Argument, arguments, fits, is_indeclinable
from .clauses import Grammar, is_finite, is_predicate
from .cues import plain
from .eventframes import Frame, Slot, frames
from .mentions import agrees

WE = frozenset({"мы", "я"})
PLACED = frozenset({("в", "Loc"), ("с", "Ins"), ("на территории", "Gen")})
"""Where what is struck may lie: «базы в Ираке», «границу с Ираном»."""
AGAINST = "анти"
TOWARDS = "про"


@dataclass(frozen=True, slots=True)
class Party:
    """A state or bloc as a party: ``token`` names it, ``head`` is the noun that fills the place."""

    id: str
    token: int
    head: int
    form: MentionForm


def _nobody(_: int) -> None:
    """Where nothing is quoted."""


class Parties:
    """The parties that stand at the tokens of one parse."""

    def __init__(self, g: Grammar, actors: Sequence[Actor], voice: Callable[[int], str | None] = _nobody) -> None:
        """``voice`` tells the state for which «мы» at a token speaks, in a statement quoted."""
        self.g = g
        self.voice = voice
        self.seats: dict[int, str] = {}
        self.at: dict[int, list[Party]] = {}
        self.persons: set[int] = set()
        starts = {t.start: t.i for t in g.tokens}
        for actor in actors:
            party = actor.id if actor.kind in {"state", "bloc"} else actor.state
            for mention in actor.mentions:
                i = starts.get(mention.span[0], -1)
                if actor.kind == "place" and i >= 0 and (state := of_capital(mention.text)) is not None:
                    self.seats[i] = state
                if i < 0:  # the second half of «британско-казахстанский»
                    i = next((t.i for t in g.tokens if t.start < mention.span[0] < t.stop), -1)
                while 0 <= i < len(g.tokens) and g.tokens[i].start < mention.span[1]:
                    if actor.kind == "person":
                        self.persons.add(i)
                    if party is not None:
                        self.at.setdefault(i, []).append(Party(party, i, i, mention.as_))
                    i += 1

    def named(self, i: int) -> list[Party]:
        """The parties that a token itself names as a noun."""
        if plain(self.g.tokens[i].text) in WE:
            state = self.voice(i)
            return [Party(state, i, i, "pronoun")] if state is not None else []
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
        todo = [c.i for c in self.g.children(i, "amod", "det")]
        while todo:
            k = todo.pop(0)
            todo += [c.i for c in self.g.children(k, "conj") if c.pos == "ADJ"]
            word = plain(self.g.tokens[k].text)
            if word.startswith("наш") and not against and (state := self.voice(k)) is not None:
                out.append(Party(state, k, i, "pronoun"))
            for p in self.at.get(k, ()):
                hostile = word.startswith(AGAINST)
                if p.form == "adjective" and hostile == against and not word.startswith(TOWARDS):
                    out.append(Party(p.id, k, i, p.form))
        return _once(out)

    def of(self, i: int, depth: int = 0) -> list[Party]:
        """The parties of the noun phrase whose head is ``i``, coordinated ones too («США, Франция и ФРГ»)."""
        if depth > 4:
            return []
        out = list(self._own(i, depth))
        for child in self.g.children(i, "conj"):
            if child.pos in NOMINAL and not is_predicate(child):
                if not self.named(child.i) and not self._acts(child.i):
                    continue
                out += self.of(child.i, depth + 1)
        return _once(out)

    def _own(self, i: int, depth: int) -> Iterator[Party]:
        here = self.named(i)
        if here:
            yield from here
            if here[0].form == "body":  # «главы МИД Японии и Южной Кореи»
                yield from (p for p in self._possessors(i, depth) if p.id != here[0].id)
            return
        if self.is_former(i):
            return
        if self._acts(i):
            yield from self._possessors(i, depth)
        elif self.g.tokens[i].feats.get("Animacy") == "Anim":
            yield from self._beside(i)

    def _acts(self, i: int) -> bool:
        lemma = plain(self.g.tokens[i].lemma)
        agents = frames().words["agents"]
        return lemma in agents or lemma.split("-")[-1] in agents

    def _possessors(self, i: int, depth: int) -> list[Party]:
        """Whose an organ or an official is: genitive before adjective before the name beside it."""
        for argument in self.arguments(i):
            fixed = is_indeclinable(self.g.tokens[argument.head].text)
            own = fixed or argument.case in {"Gen", "", "Dat"}
            if not argument.prep and argument.rel in {"nmod", "iobj", "obl"} and own:
                whose = self.of(argument.head, depth + 1)
                department = plain(self.g.tokens[argument.head].lemma) in frames().words["departments"]
                if not whose and department and depth < 4:  # «министр иностранных дел Грузии»
                    whose = self._possessors(argument.head, depth + 1)
                if whose:
                    return [Party(p.id, p.token, i, p.form) for p in whose]
        adjectives = self.adjectives(i)
        if adjectives:
            return adjectives
        if plain(self.g.tokens[i].lemma) in {"сторона", "страна", "государство"}:  # «стороны — Литва и Латвия — …»
            for child in self.g.children(i, "appos", "parataxis"):
                return self.of(child.i, depth + 1)
        return self._beside(i)

    def _beside(self, i: int) -> list[Party]:
        """The state of the person whose name stands beside a noun: «своего друга Путина»."""
        for child in self.g.children(i, "appos", "flat", "nmod"):
            if child.i in self.persons and self.named(child.i):
                return [Party(p.id, p.token, i, p.form) for p in self.named(child.i)]
        return []

    def struck(self, i: int, frame: Frame) -> list[Party]:
        """The parties of a recipient's place, by what is theirs where the frame allows it."""
        whole = self.of(i) or self.seat(i)
        if whole:
            return whole
        lemma = plain(self.g.tokens[i].lemma)
        words = frames().words
        if frame.people:
            demonyms = [p for p in self.at.get(i, ()) if p.form == "demonym"]
            if demonyms:
                return demonyms
        kinds = {"targets": frame.targets, "people": frame.people, "deeds": frame.deeds}
        living = frame.people and self.g.tokens[i].feats.get("Animacy") == "Anim"
        if living or frame.goods or any(wanted and lemma in words[kind] for kind, wanted in kinds.items()):
            found = self.adjectives(i)
            for argument in self.arguments(i):
                if (not argument.prep and argument.case == "Gen") or (
                    frame.targets and (argument.prep, argument.case) in PLACED
                ):
                    inner = self.of(argument.head) or self.seat(argument.head)
                    found += [Party(p.id, p.token, i, p.form) for p in inner]
            return _once(found)
        return []

    def seat(self, i: int) -> list[Party]:
        """The state whose capital a token names as a place: «прибыл в Каир», «удар по Киеву»."""
        return [Party(self.seats[i], i, i, "capital")] if i in self.seats else []

    def located(self, i: int) -> list[Party]:
        """The state where something takes place: «в Багдаде прошёл митинг», «протесты в Пакистане»."""
        for argument in self.arguments(i):
            if argument.prep in {"в", "на"} and argument.case == "Loc":
                found = self.of(argument.head) or self.seat(argument.head)
                if found:
                    return found[:1]
        return []

    def crowd(self, i: int) -> list[Party]:
        """The state of the people who are the subject of ``i``, or where they do it: «жители Каира вышли на митинг»."""
        at = -1
        for child in self.g.children(i, "nsubj"):
            people = [child.i, *(c.i for c in self.g.children(child.i, "nmod"))]
            for k in people:
                if plain(self.g.tokens[k].lemma) in frames().words["crowds"]:
                    whose = [p for a in self.arguments(k) if a.case == "Gen" and not a.prep
                             for p in self.of(a.head) or self.seat(a.head)]  # fmt: skip
                    demonyms = [p for p in self.at.get(k, ()) if p.form == "demonym"]
                    found = whose or self.adjectives(k) or demonyms or self.located(k)
                    if found:
                        return found
                    at = i
        return self.located(at) if at >= 0 else []

    def accused(self, i: int) -> list[Party]:
        """Who is blamed for what a noun names: «обвинил Турцию в обстреле»."""
        up = self.g.tokens[i].head
        blamed = up >= 0 and plain(self.g.tokens[up].lemma) in frames().words["accusing"]
        if not blamed or not any(plain(self.g.tokens[k].text) in {"в", "во"} for k in self.g.tokens[i].children):
            return []
        told = [a for a in self.arguments(up) if a.rel == "obj"]
        return self.of(told[0].head) if told else []

    def arguments(self, i: int) -> Iterator[Argument]:
        """The nominal dependents of ``i``."""
        return arguments(self.g, i)

    def fill(self, frame: Frame, slots: Iterable[Slot], heads: Sequence[int], *, passive: bool = False) -> list[Party]:
        """The parties in the first of ``slots`` that holds any, beside any of ``heads``."""
        for slot in slots:
            for head in heads:
                noun = self.g.tokens[head].pos in {"NOUN", "PROPN"}
                if slot.case in {"adj", "own"}:
                    found = self.adjectives(head, against=slot.case == "adj") if noun else []
                    if found:
                        return found
                    continue
                if slot.case == "gen" and not noun:
                    continue
                if slot.case == "clause":
                    found = [] if noun else self.demanded(head)
                    if found:
                        return found
                    continue
                for argument in self._reach(head) if slot.prep else self.arguments(head):
                    if fits(self.g, argument, slot, passive=passive):
                        found = self.struck(argument.head, frame)
                        if found:
                            return found
        return []

    def _reach(self, head: int, depth: int = 0) -> Iterator[Argument]:
        """Arguments of ``head`` and, of a noun, those that the tree hung on its complement.

        «соглашение о сотрудничестве между Казахстаном и Грузией»: the tree gives «между» to «сотрудничестве».
        """
        for argument in self.arguments(head):
            yield argument
            inner = self.g.tokens[argument.head]
            if is_infinitive(self.g.tokens[head]) or argument.prep == "за":  # «ввозить вино из Грузии»
                down = argument.rel == "obj" or argument.prep == "за"
            else:
                nominal = self.g.tokens[head].pos in {"NOUN", "PROPN"}
                content = argument.prep in {"", "о", "по", "в", "на"} and plain(inner.lemma) not in frames().nouns
                down = nominal and content
            if down and depth < 3 and inner.pos == "NOUN" and not self.of(argument.head):
                yield from self._reach(argument.head, depth + 1)

    def demanded(self, i: int) -> list[Party]:
        """Of whom a verb asks something in a clause: «потребовал, чтобы Турция вывела войска»."""
        for clause in self.g.children(i, "ccomp", "advcl"):
            if any(plain(self.g.tokens[k].text) == "чтобы" for k in clause.children):
                return [p for c in self.g.children(clause.i, "nsubj") for p in self.of(c.i)]
        return []

    def pair_in(self, i: int) -> list[Party]:
        """The two states that one adjective of a noun names: «британско-казахстанское сближение»."""
        pair = self.adjectives(i)
        return pair if len(pair) == 2 and pair[0].token == pair[1].token else []

    def with_company(self, parties: list[Party]) -> list[Party]:
        """«Россия с Грузией»: the parties with those that the tree hung on them by «с»."""
        out = list(parties)
        for party in parties:
            for argument in self.arguments(party.head):
                if argument.prep == "с" and argument.case == "Ins":
                    out += self.of(argument.head)
        return _once(out)

    def subject(self, i: int, depth: int = 0) -> list[Party]:
        """The parties that do what the verb ``i`` says, found within its clause or by what controls it."""
        g, verb = self.g, self.g.tokens[i]
        own = list(g.children(i, "nsubj"))
        if own:
            child = own[0]
            if plain(child.lemma) in {"который", "кто"}:
                return self._antecedent(i)
            return [p for c in own for p in self.of(c.i)]
        objects = [c for c in g.children(i, "obj") if c.feats.get("Case") == "Acc"]
        if is_finite(verb) and len(objects) > 1 and objects[-1].i > i > objects[0].i and agrees(verb, objects[-1]):
            return self.of(objects[-1].i)  # «пошлины ввёл Китай»: one of the two is its subject
        if verb.feats.get("Person") == "1" and (state := self.voice(i)) is not None:
            return [Party(state, i, i, "pronoun")]
        if depth > 4 or verb.head < 0:
            return self._impersonal(i)
        above = g.tokens[verb.head]
        form = verb.feats.get("VerbForm")
        if (verb.pos == "ADJ" and not is_finite(verb)) or (form == "Part" and verb.feats.get("Variant") != "Short"):
            return self.of(above.i) if above.pos in NOMINAL else []
        if form == "Inf":
            return self._controller(i, depth)
        if form == "Conv":
            return self.subject(above.i, depth + 1) if is_predicate(above) else []
        if verb.rel == "conj" and is_finite(verb) and is_predicate(above) and _same_number(verb, above):
            return self.subject(above.i, depth + 1)
        if verb.rel == "ccomp" and is_predicate(above) and above.i < i and agrees(verb, above):
            return self.subject(above.i, depth + 1)  # «Дания заявила, что не намерена …»
        return self._impersonal(i)

    def _antecedent(self, i: int) -> list[Party]:
        """Whom «который» means: the noun that its clause describes."""
        clause = self.g.tokens[i]
        for _ in range(4):
            if clause.rel == "conj" and clause.head >= 0:
                clause = self.g.tokens[clause.head]
        return self.of(clause.head) if clause.head >= 0 and clause.rel.startswith("acl") else []

    def _controller(self, i: int, depth: int) -> list[Party]:
        """Whose an infinitive is: «США намерены ввести», «Польша призвала ЕС ввести», «решение США ввести»."""
        above = self.g.tokens[self.g.tokens[i].head]
        if is_predicate(above) or above.pos == "ADJ":
            if plain(above.lemma) in frames().words["object_control"]:
                told = [a for a in self.arguments(above.i) if not a.prep and a.rel in {"obj", "iobj"}]
                return self.of(told[0].head) if told else []
            return self.subject(above.i, depth + 1)
        if above.pos == "NOUN":
            whose = [p for a in self.arguments(above.i) if not a.prep and a.case == "Gen" for p in self.of(a.head)]
            return whose or self.adjectives(above.i) or self.announcer(above.i, depth)
        return []

    def announcer(self, i: int, depth: int = 0) -> list[Party]:
        """The subject of the verb that announces what a noun names: «заявили о готовности», «вынесла решение»."""
        words = frames().words
        own = plain(self.g.tokens[i].lemma) in words["coming"]
        up = self.g.tokens[i].head
        for _ in range(2):  # «рассматривает возможность передачи»
            if up < 0 or plain(self.g.tokens[up].lemma) not in words["coming"] | words["unreal"]:
                break
            if self.g.tokens[up].rel.startswith("nsubj"):
                return []
            own, up = True, self.g.tokens[up].head
        if up < 0 or not is_predicate(self.g.tokens[up]) or self.g.tokens[i].rel.startswith("nsubj"):
            return []
        return self.subject(up, depth + 1) if own or plain(self.g.tokens[up].lemma) in words["announcing"] else []

    def _impersonal(self, i: int) -> list[Party]:
        """«В Москве осудили», «в Кремле обвинили»: a verb in the plural without a subject, and a seat that speaks."""
        verb = self.g.tokens[i]
        if verb.feats.get("Number") != "Plur" or not is_finite(verb) or verb.feats.get("Voice") == "Pass":
            return []
        for argument in self.arguments(i):
            if argument.prep == "в" and argument.case == "Loc":
                found = [p for p in self.named(argument.head) if p.form in {"capital", "seat", "body", "name"}]
                if found:
                    return found
        return []

    def agent(self, i: int) -> list[Party]:
        """Who did what a passive says: «атакована Израилем»."""
        for argument in self.arguments(i):
            fixed = argument.rel.startswith("obl") and is_indeclinable(self.g.tokens[argument.head].text)
            if not argument.prep and (argument.case == "Ins" or fixed) and not argument.rel.startswith("nsubj"):
                found = self.of(argument.head)
                if found:
                    return found
        return []


def is_infinitive(token: Token) -> bool:
    return token.feats.get("VerbForm") == "Inf"


@lru_cache(maxsize=4096)
def of_capital(word: str) -> str | None:
    """The state whose capital ``word`` names, in whatever case; None for other places."""
    return next((e.id for e in lexicon().look_up(word.split()) if e.form == "capital" and e.id in states()), None)


def _same_number(a: Token, b: Token) -> bool:
    return a.feats.get("Number") == b.feats.get("Number") or "Number" not in b.feats


def _once(parties: Iterable[Party]) -> list[Party]:
    """One of each state, the first."""
    return list({p.id: p for p in reversed(list(parties))}.values())[::-1]
