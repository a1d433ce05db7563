"""Who is acted upon: the states and blocs that the places of a frame hold.

A thing that merely belongs to a state is no party unless it is struck («украинские позиции») or is its people
(«американский дипломат»). Who acts is ``partydoers.py``'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..tokens import Token
from .arguments import Argument, fits
from .clauses import is_predicate
from .cues import plain
from .eventframes import Frame, Slot, frames
from .partydoers import Doers, is_leading
from .partynames import Party, once

PLACED = frozenset({("в", "Loc"), ("с", "Ins"), ("на территории", "Gen")})
"""Where what is struck may lie: «базы в Ираке», «границу с Ираном»."""

GIVING = frozenset({"AID", "COOPERATE", "REJECT"})
"""What is given or withheld has somebody whom it is for."""

HUNG = frozenset({"от", "из", "у", "по"})
"""What the tree hangs on a verb's object or means: «ввозит медь из Перу», «ударила ракетами по Перу»."""

PEOPLES = frozenset({"CONSULT", "REQUEST", "COOPERATE", "REJECT", "THREATEN"})
"""What passes with a people passes with its state: «потребовал от американцев», «переговоры с иранцами»."""


WITHIN = 6
"""Tokens behind a verb within which the condition that it warns by opens."""


class Parties(Doers):
    """The parties that stand at the tokens of one parse."""

    def struck(self, i: int, frame: Frame) -> list[Party]:
        """The parties of a recipient's place, by what is theirs where the frame allows it."""
        towns = frame.targets or frame.officials or frame.forces or frame.type == "CONSULT"
        whole = once([*self.seat(i), *self.of(i)]) or (self.town(i) if towns else [])
        if whole:
            return whole
        lying = self.lying(i, int(frame.places)) if frame.targets or frame.places else []
        if lying:
            return lying
        lemma = plain(self.g.tokens[i].lemma)
        words = frames().words
        if lemma in words["measures"] and (frame.goods or frame.people or frame.deeds):  # «часть норвежских товаров»
            packed = [
                p for a in self.arguments(i) if a.case == "Gen" and not a.prep for p in self.struck(a.head, frame)
            ]
            if packed:
                return packed
        if lemma in words["inland"]:  # «с юга Ливана»
            within = [Party(p.id, p.token, i, p.form) for a in self.arguments(i) if a.case == "Gen" and not a.prep
                      for p in self.of(a.head) or self.seat(a.head)]  # fmt: skip
            if within:
                return within
        if lemma == "столица" and frame.type == "CONSULT":
            return self._possessors(i, 0)
        if frame.type in PEOPLES and not frame.people and (people := self.nationals(i)):
            return people
        if frame.people or frame.type == "AGREE":
            demonyms = self.demonyms(i)
            if demonyms or (not frame.armed and (demonyms := self.citizen(i))):
                return demonyms
        kinds = {"targets": frame.targets, "people": frame.people, "deeds": frame.deeds, "systems": frame.systems}
        living = frame.people and not frame.armed and self.g.tokens[i].feats.get("Animacy") == "Anim"
        if living or frame.goods or any(wanted and lemma in words[kind] for kind, wanted in kinds.items()):
            found = self.adjectives(i)
            if frame.deeds and not found:  # «насилие, применённое властями Грузии», «проведение Украиной выборов»
                doing = [i, *(c.i for c in self.g.children(i, "acl", "amod") if c.pos in {"VERB", "ADJ", "NOUN"})]
                found = next((done for k in doing if (done := self.agent(k))), [])
                if found or lemma in words["handing"]:  # «продажа Чили ракет» is another's deed
                    return found
            for argument in self.arguments(i):
                owner = not argument.prep or (frame.goods and argument.prep == "из")
                if (owner and argument.case == "Gen") or (
                    (frame.targets or (frame.deeds and lemma in words["deeds"] and not found))
                    and (argument.prep, argument.case) in PLACED
                ):
                    inner = self.of(argument.head) or self.seat(argument.head)
                    if (
                        not inner and (frame.deeds or frame.systems) and not argument.prep
                    ):  # «изменение конституции Дании»
                        inner = [p for a in self.arguments(argument.head) if not a.prep and a.case == "Gen"
                                 for p in self.of(a.head)]  # fmt: skip
                    found += [Party(p.id, p.token, i, p.form) for p in inner]
            return once(found)
        return []

    def accused(self, i: int) -> list[Party]:
        """Who is blamed for what a noun names: «обвинил Турцию в обстреле»."""
        up = self.g.tokens[i].head
        blamed = up >= 0 and plain(self.g.tokens[up].lemma) in frames().words["accusing"]
        if not blamed or not any(plain(self.g.tokens[k].text) in {"в", "во"} for k in self.g.tokens[i].children):
            return []
        told = [a for a in self.arguments(up) if a.rel == "obj"]
        return self.of(told[0].head) if told else []

    def fill(
        self, frame: Frame, slots: Sequence[Slot], heads: Sequence[int], *, passive: bool = False,
        but: Iterable[Party] = (),
    ) -> list[Party]:  # fmt: skip
        """The parties in the first of ``slots`` that holds any, beside any of ``heads`` and not in ``but``."""
        taken = {p.head for p in but}
        for slot in slots:
            for head in heads:
                noun = self.g.tokens[head].pos in {"NOUN", "PROPN"}
                if slot.case in {"adj", "own"}:
                    found = self.adjectives(head, against=slot.case == "adj") if noun else []
                    if not found and noun and frame.people and slot.case == "own":  # «его выдача»
                        found = [p for c in self.g.children(head, "det") for p in self.citizen(c.i)]
                    if found:
                        return found
                    continue
                if slot.case == "gen" and not noun:
                    continue
                if slot.case == "self":
                    found = self.of(head)
                    if found:
                        return found
                    continue
                if slot.case == "ware":
                    found = self.made(head, passive=passive)
                    if found:
                        return found
                    continue
                if slot.case == "if":
                    found = [] if noun else self.warned(head)
                    if found:
                        return found
                    continue
                if slot.case == "below":
                    found = [] if noun else self.below(head)
                    if found:
                        return found
                    continue
                if slot.case == "clause":
                    found = [] if noun else self.demanded(head)
                    if found:
                        return found
                    continue
                deep = slot.prep or (noun and slot.case == "dat")
                for argument in self._reach(head, slot.prep) if deep else self.arguments(head):
                    doing = (
                        not passive
                        and slot.case == "obj"
                        and is_leading(self.g.tokens[head], self.g.tokens[argument.head])
                    )
                    if argument.head not in taken and not doing and fits(self.g, argument, slot, passive=passive):
                        found = self.struck(argument.head, frame)
                        if found:
                            return found
                if slot.case == "obj" and not passive and not noun and (found := self._told_to(head, frame)):
                    return found
        if frame.officials and slots[0].case == "obj" and is_predicate(self.g.tokens[heads[0]]):
            return self._received(heads[0], frame)
        given = frame.type in GIVING and any(slot.case == "dat" and not slot.prep for slot in slots)
        return next((found for head in heads if (found := self._given(head))), []) if given else []

    def _told_to(self, head: int, frame: Frame) -> list[Party]:
        """Who is told to do something, whom the tree hung on what he is to do: «пригласил её посетить Чили»."""
        if frame.type != "REQUEST":
            return []
        told = (c.i for verb in self.g.children(head, "xcomp") for c in self.g.children(verb.i, "obj", "iobj")
                if head < c.i < verb.i)  # fmt: skip
        return next((found for k in told if (found := self.struck(k, frame))), [])

    def _received(self, head: int, frame: Frame) -> list[Party]:
        """Who is received, whom the tree hung on the place: «принял в Белом доме премьера Чили»."""
        if any(True for _ in self.g.children(head, "obj")):
            return []
        places = [a.head for a in self.arguments(head) if a.prep == "в" and a.case == "Loc"]
        people = (c.i for k in places for c in self.g.children(k, "nmod") if c.feats.get("Animacy") == "Anim")
        return next((found for k in people if (found := self.struck(k, frame))), [])

    def _given(self, head: int) -> list[Party]:
        """Who gets the thing on which the tree hung him, as dative and genitive look alike: «поставляет газ Дании»."""
        if not is_predicate(self.g.tokens[head]):
            return []
        things = [c.i for c in self.g.children(head, "obj") if c.pos == "NOUN" and c.feats.get("Animacy") == "Inan"]
        hung = (a.head for k in things for a in self.arguments(k) if not a.prep and a.rel == "nmod" and a.case == "Gen")
        alike = (k for k in hung if plain(self.g.tokens[k].text).endswith("ии"))
        return next((found for k in alike if self.named(k) and (found := self.of(k))), [])

    def _reach(self, head: int, prep: str, depth: int = 0) -> Iterator[Argument]:
        """Arguments of ``head`` and, of a noun, those that the tree hung on its complement.

        «соглашение о сотрудничестве между Казахстаном и Грузией»: the tree gives «между» to «сотрудничестве», and
        «в Перу» to «МИД» in «визит главы МИД Чили в Перу».
        """
        for argument in self.arguments(head):
            yield argument
            inner = self.g.tokens[argument.head]
            whose = argument.case == "Gen" and not argument.prep and argument.rel == "nmod" and depth < 3
            if prep in {"в", "на", "с"} and whose and self.g.tokens[head].pos == "NOUN" and self.of(argument.head):
                yield from (a for a in self._reach(argument.head, prep, depth + 1) if a.prep == prep)
            if is_infinitive(self.g.tokens[head]) or argument.prep == "за":  # «ввозить вино из Грузии»
                down = argument.rel == "obj" or argument.prep == "за"
            elif is_predicate(self.g.tokens[head]) and prep in HUNG and not argument.prep and _is_means(argument):
                down = plain(inner.lemma) not in frames().words["parting"]
            else:
                nominal = self.g.tokens[head].pos in {"NOUN", "PROPN"}
                content = argument.prep in {"", "о", "по", "в", "на"} and not self._is_of_two(inner)
                down = nominal and content
            if down and depth < 3 and inner.pos == "NOUN" and not self.of(argument.head):
                yield from self._reach(argument.head, prep, depth + 1)

    def _is_of_two(self, noun: Token) -> bool:
        """Whether a noun has two sides of its own: «соглашение о переговорах с Данией»."""
        several = frames().nouns.get(plain(noun.lemma), ())
        return any(not frame.going and (frame.mutual or frame.type in {"ASSAULT", "ACCUSE"}) for frame in several)

    def sides(self, i: int) -> list[Party]:
        """The sides of a treaty that the tree hung on what it is about: «договор о дружбе Чили и Перу»."""
        below = (a.head for a in self.arguments(i) if a.prep == "о")
        found = next((f for k in below for a in self.arguments(k) if a.case == "Gen" and not a.prep
                      and (f := self.with_company(self.of(a.head)))), [])  # fmt: skip
        return found if len(found) == 2 else []

    def thanked(self, i: int) -> tuple[list[Party], list[Party]]:
        """Who gave and who got what somebody is thanked for: «поблагодарил Данию за помощь»."""
        up = self.g.tokens[i].head
        thanks = up >= 0 and plain(self.g.tokens[up].lemma) in frames().words["thanking"]
        if not thanks or not any(plain(self.g.tokens[k].text) == "за" for k in self.g.tokens[i].children):
            return [], []
        told = [a for a in self.arguments(up) if a.rel in {"obj", "iobj"} and not a.prep]
        return (self.of(told[0].head) if told else []), self.subject(up)

    def provoker(self, i: int, noun: int, acting: Sequence[Party]) -> list[Party]:
        """Whom an answer is for: who acts in the clause before it, «ЕС ввёл пошлины, и Пекин ответил эмбарго».

        An answer is what is called so («ответил», «ответные санкции»), or follows a deed: «После того как Анкара
        сбила самолёт, Москва ввела эмбарго».
        """
        g, verb = self.g, self.g.tokens[i]
        answers = plain(verb.lemma) in frames().words["answering"] or any(
            plain(c.lemma) == "ответный" for c in g.children(noun, "amod")
        )
        clauses = [*g.children(i, "advcl"), *(d for c in g.children(i, "obl") for d in g.children(c.i, "acl"))]
        before = [c.i for c in clauses if c.i < i and (answers or self._comes_after(c.i))]
        if answers and verb.rel in {"conj", "parataxis"} and is_predicate(g.tokens[verb.head]):
            before.append(verb.head)
        own = {p.id for p in acting}
        return next((found for k in before if (found := [p for p in self.subject(k) if p.id not in own])), [])

    def _comes_after(self, i: int) -> bool:
        """«после того как …»"""
        first = self.g.sentence(i).first
        return any(plain(t.text) == "после" for t in self.g.tokens[max(first, self.g.left[i] - 3) : i])

    def below(self, i: int) -> list[Party]:
        """The one state in what a verb threatens or forbids: «пригрозил ввести пошлины на товары Перу», «… ударом»."""
        g = self.g
        acting = {p.id for p in self.subject(i)}
        found = once(
            p for c in g.children(i, "xcomp", "csubj", "ccomp", "obl", "obj", "iobj")
            if is_infinitive(c) or (c.feats.get("Case") == "Ins" and c.rel[:1] == "o" and c.pos == "NOUN")
            for k in range(c.i, g.right[c.i] + 1) for p in self._in(k) if p.id not in acting
        )  # fmt: skip
        return found if len(found) == 1 else []

    def _in(self, k: int) -> list[Party]:
        """Whom a token names or means, in whatever way."""
        token = self.g.tokens[k]
        meant = token.pos in {"PRON", "DET"} and plain(token.text) in {"его", "ее", "их", "ему", "ей", "им"}
        return self.pronoun(k) if meant else [*self.at.get(k, ()), *self.seat(k)]

    def made(self, head: int, *, passive: bool = False) -> list[Party]:
        """Whose the things are that are bought or sold: «покупает чилийскую медь», «поставки нефти Чада»."""
        noun = self.g.tokens[head].pos in {"NOUN", "PROPN"}
        for argument in self.arguments(head):
            bought = argument.case == "Gen" if noun else argument.rel.startswith("nsubj" if passive else "obj")
            thing = argument.head
            if argument.prep or not bought or self.g.tokens[thing].feats.get("Animacy") == "Anim" or self.of(thing):
                continue
            if plain(self.g.tokens[thing].lemma) in frames().nouns:  # a deed is no ware
                continue
            inner = [a.head for a in self.arguments(thing) if not a.prep and a.case == "Gen"]
            if plain(self.g.tokens[thing].lemma) in frames().words["measures"]:
                found = next((f for k in inner if (f := self.adjectives(k) or self.of(k))), [])
            else:
                found = self.adjectives(thing) or next((f for k in inner if (f := self.of(k))), [])
            if found:
                return [Party(p.id, p.token, thing, p.form) for p in found]
        return []

    def warned(self, i: int) -> list[Party]:
        """Who is warned by what would follow upon his deed: «предупредил: если Чили закроет порт, ответ последует».

        What follows is the speaker's own deed, a blow or an answer, and not what the other does next.
        """
        g = self.g
        last = g.sentence(i).last
        mark = next((t for t in g.tokens[i + 1 : min(i + WITHIN, last)] if plain(t.text) == "если"), None)
        if mark is None or mark.head < 0:
            return []
        clause = mark.head
        warned = [p for c in g.children(clause, "nsubj") for p in self.of(c.i)]
        up = g.tokens[clause].head
        own = {p.id for p in self.subject(i)}
        for c in g.children(up, "nsubj") if up > i else ():
            blow = plain(c.lemma) in frames().words["blows"]
            if blow or own & {p.id for p in self.of(c.i)}:
                return [p for p in warned if p.id not in own]
        return []

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
        return once(out)


def _is_means(argument: Argument) -> bool:
    return argument.rel == "obj" or argument.case == "Ins"


def is_infinitive(token: Token) -> bool:
    return token.feats.get("VerbForm") == "Inf"
