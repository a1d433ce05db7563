"""The states and blocs that are named by where a thing lies or where people do something."""

from __future__ import annotations

from .arguments import is_indeclinable
from .cues import plain
from .eventframes import frames
from .partybefore import Before
from .partynames import Party


class Places(Before):
    """Who is named where, with what lies or happens there."""

    def lying(self, i: int, depth: int = 0) -> list[Party]:
        """The state where a thing lies: «порт Одессы», «склад в Алеппо», «город на востоке Чада»."""
        thing = self.g.tokens[i]
        if thing.pos != "NOUN" or (not depth and plain(thing.lemma) not in frames().words["targets"]):
            return []
        for argument in self.arguments(i):
            owns = not argument.prep and argument.case == "Gen"
            if owns or (argument.prep in {"в", "на", "под", "близ"} and argument.case in {"Loc", "Ins", "Gen"}):
                k = argument.head
                found = (self.named(k) if not owns or depth else []) or self.seat(k) or self.town(k)
                found = found or (self.lying(k, depth + 1) if depth < 2 else [])
                found = found or (self.adjectives(k) if argument.prep else [])  # «лагерь в афганской провинции»
                if found:
                    return [Party(p.id, p.token, i, p.form) for p in found[:1]]
        return []

    def sitting(self, i: int) -> list[Party]:
        """The state of the town whose an organ is: «суд Вены», «полиция города Салоники»."""
        whose = [a.head for a in self.arguments(i) if a.case == "Gen" and not a.prep]
        whose += [c.i for k in whose for c in self.g.children(k, "appos", "nmod")]
        return next((there for k in whose if (there := self.seat(k) or self.town(k))), [])

    def located(self, i: int) -> list[Party]:
        """The state where something takes place: «в Багдаде прошёл митинг», «протесты в Пакистане»."""
        for argument in self.arguments(i):
            k = argument.head
            if argument.prep in {"в", "на"} and (argument.case == "Loc" or is_indeclinable(self.g.tokens[k].text)):
                found = self.of(k) or self.seat(k) or self.town(k)
                if not found and plain(self.g.tokens[k].lemma) in frames().words["inland"]:
                    found = self.adjectives(k)  # «в датской провинции»
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
        if at < 0:
            return []
        near = [a.head for a in self.arguments(at) if a.prep in {"перед", "у", "возле", "около"}]
        return next((found for k in (at, *near) if (found := self.located(k))), [])  # «у посольства Дании в Осло»
