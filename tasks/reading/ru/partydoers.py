"""Who acts: the states and blocs that a noun phrase names, and those that do what a verb says.

An official, an organ or an army counts as its state («президент Грузии», «российские войска»), a person as the state
that he speaks for. A demonym is people and no state.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ..gazetteer.lexicon import states
from ..tokens import Token
from .arguments import NOMINAL, disagrees, is_indeclinable
from .clauses import is_finite, is_predicate
from .cues import plain
from .eventframes import frames
from .mentions import agrees
from .partynames import BOTH, Party, once
from .partyplaces import Places

ENVOYS = frozenset({"эксперт", "инспектор", "наблюдатель", "специалист"})
"""Who acts for a bloc or a body that sends him, and for no state: «инспекторы МАГАТЭ», «эксперты из ООН»."""

COMING = frozenset({"коллега", "представитель", "чиновник", "министр", "делегация", "хакер", *ENVOYS})
"""Who may be told by where he comes from."""


MANY = frozenset({"authorities", "intelligence"})
"""Organs that are named in the plural: of others, several are those of several states."""

IMPERSONAL = frozenset({"удаться", "удаваться", "прийтись", "приходиться", "предстоять"})
"""Verbs whose dative does what their infinitive says."""


class Doers(Places):
    """The parties that act, at the tokens of one parse."""

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
        return once(out)

    def _own(self, i: int, depth: int) -> Iterator[Party]:
        here = self.named(i)
        if here:
            yield from here
            if here[0].form == "body":  # «главы МИД Японии и Южной Кореи»
                yield from (p for p in self._possessors(i, depth) if p.id != here[0].id)
            return
        if self.is_former(i):
            return
        if plain(self.g.tokens[i].lemma) in BOTH and (both := self.both(i) or self.sides_before(i)):
            yield from both
            return
        if self._acts(i):
            whose = self._possessors(i, depth) or self.country(i) or self.known(i) or self._shared_owner(i, depth)
            yield from whose or self.same_official(i)
        elif i in self.organs:
            yield from self.known(i)
        elif plain(self.g.tokens[i].lemma) in ENVOYS:
            yield from (p for p in self._possessors(i, depth) if p.id not in states())
        elif self.g.tokens[i].feats.get("Animacy") == "Anim":
            yield from self._beside(i)

    def _shared_owner(self, i: int, depth: int) -> list[Party]:
        """Whose an organ is that is named before another thing of its state: «правительству и народу Чили»."""
        joined = (
            a.head for c in self.g.children(i, "conj") for a in self.arguments(c.i) if a.rel == "nmod" and not a.prep
        )
        return next(([Party(p.id, p.token, i, p.form) for p in found]
                     for k in joined if depth < 4 and (found := self.of(k, depth + 1))), [])  # fmt: skip

    def known(self, i: int) -> list[Party]:
        """Whose an organ is that the article has named with its state: «Суд в Осло … Суд приговорил …»."""
        state = self.organs.get(i)
        return [Party(state, i, i, "pronoun")] if state is not None else []

    @cached_property
    def organs(self) -> dict[int, str]:
        """The states of the organs that stand alone, where all of their kind named before are of one state."""
        kinds = frames().organs
        before: dict[str, set[str]] = {}
        out = self.__dict__["organs"] = dict[int, str]()  # which is what is known while it is looked for
        allied = any(a.id == "NATO" for a in self.actors)
        for t in self.nouns:
            kind = kinds.get(t.lemma)
            if allied and t.lemma == "альянс" and next(self.g.children(t.i, "amod", "nmod", "det"), None) is None:
                out[t.i] = "NATO"
            if kind is None or (kind not in MANY and t.feats.get("Number") == "Plur"):
                continue
            named = {p.id for p in self.named(t.i) or self._possessors(t.i, 0)}
            if named:
                before.setdefault(kind, set()).update(named)
            elif len(before.get(kind, ())) == 1 and next(self.g.children(t.i, "amod", "nmod", "det"), None) is None:
                out[t.i] = next(iter(before[kind]))
        return out

    def _acts(self, i: int) -> bool:
        lemma = plain(self.g.tokens[i].lemma)
        agents = frames().words["agents"]
        if plain(self.g.tokens[i].text).startswith("поверенн"):  # which the tagger makes of «поверить»
            return self.g.tokens[i].pos == "NOUN"
        return lemma in agents or lemma.split("-")[-1] in agents

    def _possessors(self, i: int, depth: int) -> list[Party]:
        """Whose an organ or an official is: genitive before adjective before the name beside it."""
        if plain(self.g.tokens[i].lemma) == "коллега":  # «его чилийский коллега»
            named = [p for p in self.adjectives(i) if p.form == "adjective"]
            if named:
                return named
        for argument in self.arguments(i):
            fixed = is_indeclinable(self.g.tokens[argument.head].text)
            own = fixed or argument.case in {"Gen", "", "Dat"}
            if not argument.prep and argument.rel in {"nmod", "iobj", "obl"} and own:
                whose = self.of(argument.head, depth + 1)
                department = plain(self.g.tokens[argument.head].lemma) in frames().words["departments"]
                if not whose and department and depth < 4:  # «министр иностранных дел Грузии»
                    whose = self._possessors(argument.head, depth + 1)
                if whose and whose[0].form == "body":  # «глав МИД Эфиопии и Египта»: the tree may hang both on «глав»
                    others = (
                        a.head for a in self.arguments(i) if not a.prep and a.case == "Gen" and a.head > argument.head
                    )
                    whose = once([*whose, *(p for k in others for p in self.of(k, depth + 1))])
                if whose:
                    return [Party(p.id, p.token, i, p.form) for p in whose]
        adjectives = self.adjectives(i)
        if adjectives:
            return adjectives
        if plain(self.g.tokens[i].lemma) in {"сторона", "страна", "государство"}:  # «стороны — Литва и Латвия — …»
            for child in self.g.children(i, "appos", "parataxis"):
                return self.of(child.i, depth + 1)
        if plain(self.g.tokens[i].text).startswith("поверенн"):  # the tree may give «в делах Чили» to the verb
            business = i + 2 if i + 2 < len(self.g.tokens) and plain(self.g.tokens[i + 2].lemma) == "дело" else -1
            whose = (
                [p for c in self.g.children(business, "nmod") for p in self.of(c.i, depth + 1)] if business >= 0 else []
            )
            if whose:
                return [Party(p.id, p.token, i, p.form) for p in whose]
        local = plain(self.g.tokens[i].lemma) in frames().words["local"]  # «суд в Москве», «суд Салоник»
        if local and not self._is_world_court(i) and (there := self.located(i) or self.lying(i, 1) or self.sitting(i)):
            return [Party(p.id, p.token, i, p.form) for p in there]
        if plain(self.g.tokens[i].lemma) in COMING:  # «переговоры с коллегой из Чада»
            for argument in self.arguments(i):
                if argument.prep == "из" and (there := self.named(argument.head)):
                    return [Party(p.id, p.token, i, p.form) for p in there]
        return self._beside(i)

    def _is_world_court(self, i: int) -> bool:
        """«суд в Гааге» is of no state, and least of all of the one where it sits."""
        return any(plain(self.g.tokens[a.head].text).startswith("гааг") for a in self.arguments(i))

    def _beside(self, i: int) -> list[Party]:
        """The state of the person whose name stands beside a noun: «своего друга Путина»."""
        for child in self.g.children(i, "appos", "flat", "nmod"):
            if child.i in self.people and self.named(child.i):
                named = self.named(child.i)
                if self.g.tokens[i].feats.get("Number") == "Plur":  # «министры Орлов и Сильва»
                    named = self.of(child.i)
                return [Party(p.id, p.token, i, p.form) for p in named]
        return []

    def subject(self, i: int, depth: int = 0) -> list[Party]:
        """The parties that do what the verb ``i`` says, found within its clause or by what controls it."""
        g, verb = self.g, self.g.tokens[i]
        own = self._subjects(i)
        if is_finite(verb):  # «продолжает санкции»
            own = [c for c in own if not disagrees(verb, c)]
        if any(c.feats.get("Case") == "Nom" for c in own):  # «Дания заверила Чили»: the tree may call both subjects
            own = [c for c in own if c.feats.get("Case") not in {"Acc", "Dat"}]
        if own:
            child = own[0]
            if plain(child.lemma) in {"который", "кто"}:
                return self._antecedent(i)
            return [p for c in own for p in self.of(c.i)]
        objects = [c for c in g.children(i, "obj") if c.feats.get("Case") == "Acc"]
        if is_finite(verb) and len(objects) > 1 and objects[-1].i > i > objects[0].i and agrees(verb, objects[-1]):
            return self.of(objects[-1].i)  # «пошлины ввёл Китай»: one of the two is its subject
        leading = [c for c in g.children(i, "obj") if is_leading(verb, c)]
        if leading and len(list(g.children(i, "obj"))) > 1:  # «Чили сбила самолёты»
            return self.of(leading[0].i)
        if is_finite(verb) and (strayed := self._strayed(i)):
            return strayed
        if verb.feats.get("Person") == "1" and (state := self.voice(i)) is not None:
            return [Party(state, i, i, "pronoun")]
        if depth > 4 or verb.head < 0:
            return self._impersonal(i) or (self._shared_subject(i, depth) if depth < 4 else [])
        above = g.tokens[verb.head]
        form = verb.feats.get("VerbForm")
        if (verb.pos == "ADJ" and not is_finite(verb)) or (form == "Part" and verb.feats.get("Variant") != "Short"):
            return (self.of(above.i) or self._enacting(above)) if above.pos in NOMINAL else []
        if form == "Inf":
            return self._controller(i, depth)
        if form == "Conv":
            return self.subject(above.i, depth + 1) if is_predicate(above) else []
        if verb.rel == "conj" and is_finite(verb) and is_predicate(above) and _same_number(verb, above):
            return self.subject(above.i, depth + 1)
        if verb.rel == "ccomp" and is_predicate(above) and above.i < i and agrees(verb, above):
            return self.subject(above.i, depth + 1)  # «Дания заявила, что не намерена …»
        if not own and is_finite(verb) and (state := self.speaker(i)) is not None:  # «Потребовал от Чили извинений»
            return [Party(state, i, i, "pronoun")]
        return self._impersonal(i)

    def _subjects(self, i: int) -> list[Token]:
        """What the tree calls the subjects of a verb, mended where several verbs lead one sentence.

        «ЕС продлил санкции, Осло выторговал отсрочку»: the tree gives both to one of the verbs, or one to none.
        """
        own = list(self.g.children(i, "nsubj"))
        leading = self._leading(i)
        if i not in leading or (len(leading) < 2 and own):
            return own
        sentence = self.g.sentence(i)
        said = (t for t in self.g.tokens[sentence.first : sentence.last] if t.rel.startswith("nsubj"))
        candidates = [t for t in said if t.head < 0 or t.head in leading]
        return [t for t in candidates if self._of_which(t, leading) == i]

    def _leading(self, i: int) -> list[int]:
        """The finite verbs that lead the sentence of ``i``."""
        number = self.g.tokens[i].sentence
        if number not in self.led:
            sentence = self.g.sentence(i)
            here = self.g.tokens[sentence.first : sentence.last]
            self.led[number] = [t.i for t in here if t.head < 0 and is_finite(t)]
        return self.led[number]

    def _of_which(self, noun: Token, leading: list[int]) -> int:
        """Which of the verbs that lead a sentence a subject is of: the first behind it that no comma parts from it."""
        told = noun.head
        after = next((v for v in leading if v > noun.i), -1)
        if after < 0 or after == told:
            return told
        agreed = agrees(self.g.tokens[after], noun)
        if told > noun.i or told < 0:
            return after if agreed else told
        parted = any(t.text == "," for t in self.g.tokens[told + 1 : noun.i])
        second = any(c.i < told for c in self.g.children(told, "nsubj"))
        alone = next(self.g.children(after, "nsubj"), None) is None
        return after if parted and alone and (agreed or second) else told

    def _enacting(self, paper: Token) -> list[Party]:
        """Who says what a paper does: «сенат Чили принял закон, вводящий санкции», «резолюция Чили, осуждающая …»."""
        words = frames().words
        if plain(paper.lemma) not in words["decrees"] | words["papers"]:
            return []
        passed = paper.rel.startswith("obj") and is_predicate(self.g.tokens[paper.head])
        return self._possessors(paper.i, 0) or (self.subject(paper.head, 3) if passed else [])

    def _strayed(self, i: int) -> list[Party]:
        """The subject right before a verb that the tree gave to another noun: «после отъезда Накамуры Абэ прилетел»."""
        g, verb = self.g, self.g.tokens[i]
        before = g.tokens[i - 1] if i > g.sentence(i).first else None
        if before is None or before.pos != "PROPN" or before.feats.get("Case") != "Nom" or before.head == i:
            return []
        if before.rel == "conj" and g.tokens[before.head].feats.get("Case") == "Nom":  # «договор Осло и Рига заключили»
            both = g.tokens[before.head]
            plural = both.pos == "PROPN" and both.head != i and verb.feats.get("Number") == "Plur"
            return once([*self.of(both.i), *self.seat(both.i), *self.seat(before.i)]) if plural else []
        gone_astray = before.rel.startswith("nmod") and agrees(verb, before)
        return self.of(before.i) if gone_astray else []

    def _shared_subject(self, i: int, depth: int) -> list[Party]:
        """The subject of the verb before, where two lead one tree: «подписала договор, обсудила план»."""
        verb, sentence = self.g.tokens[i], self.g.sentence(i)
        if verb.feats.get("VerbForm") == "Conv":  # «заморозив участие, Чили …»
            leading = (t for t in self.g.tokens[i + 1 : sentence.last] if t.head < 0 and is_finite(t))
            return next((self.subject(t.i, depth + 1) for t in leading), [])
        for k in range(i - 1, sentence.first - 1, -1):
            other = self.g.tokens[k]
            if other.head < 0 and is_finite(other) and is_finite(verb):
                same = all(verb.feats.get(f) == other.feats.get(f) for f in ("Number", "Gender", "Tense"))
                return self.subject(k, depth + 1) if same else []
        return []

    def _antecedent(self, i: int) -> list[Party]:
        """Whom «который» means: the noun that its clause describes."""
        clause = self.g.tokens[i]
        for _ in range(4):
            if clause.rel == "conj" and clause.head >= 0:
                clause = self.g.tokens[clause.head]
        if clause.head >= 0 and clause.rel.startswith("acl"):
            return self.of(clause.head)
        return self._before_relative(i)

    def _before_relative(self, i: int) -> list[Party]:
        """Whom «который» means where the tree hung its clause on nothing: the noun phrase before the comma."""
        g = self.g
        which = next((c.i for c in g.children(i, "nsubj") if plain(c.lemma) == "который"), -1)
        comma = which - 1
        if which < 2 or g.tokens[comma].text != ",":
            return []
        at = comma - 1
        for _ in range(4):
            noun = g.tokens[at]
            if noun.pos in NOMINAL and same(noun, g.tokens[which], "Number", "Gender") and (meant := self.of(at)):
                return meant
            at = noun.head
            if at < 0 or g.right[at] > comma:
                break
        return []

    def _controller(self, i: int, depth: int) -> list[Party]:
        """Whose an infinitive is: «США намерены ввести», «Польша призвала ЕС ввести», «решение США ввести»."""
        above = self.g.tokens[self.g.tokens[i].head]
        if above.pos == "PRON" and above.head >= 0 and plain(above.lemma) == "тот":  # «перед тем, как встретиться»
            above = self.g.tokens[above.head]
        if plain(above.lemma) in IMPERSONAL:  # «чилийским войскам удалось захватить»
            return [p for a in self.arguments(above.i) if a.case == "Dat" and not a.prep for p in self.of(a.head)]
        if is_predicate(above) or above.pos == "ADJ":
            if plain(above.lemma) in frames().words["object_control"]:
                told = [a for a in self.arguments(above.i) if not a.prep and a.rel in {"obj", "iobj"}]
                return self.of(told[0].head) if told else []
            return self.subject(above.i, depth + 1)
        if above.pos in {"NOUN", "PROPN"}:
            whose = [p for a in self.arguments(above.i) if not a.prep and a.case == "Gen" for p in self.of(a.head)]
            return whose or self.adjectives(above.i) or self.announcer(above.i, depth)
        return []

    def announcer(self, i: int, depth: int = 0) -> list[Party]:
        """The subject of the verb that announces what a noun names: «заявили о готовности», «вынесла решение»."""
        words = frames().words
        own = plain(self.g.tokens[i].lemma) in words["coming"]
        up = self.g.tokens[i].head
        if up >= 0 and plain(self.g.tokens[up].lemma) in words["rumours"]:
            up = self.g.tokens[up].head  # «опроверг сообщения о переговорах»
            if up < 0 or plain(self.g.tokens[up].lemma) not in words["denying"]:
                return []
        for _ in range(2):  # «рассматривает возможность передачи»
            if up < 0 or plain(self.g.tokens[up].lemma) not in words["coming"] | words["unreal"] | words["decrees"]:
                break
            if self.g.tokens[up].rel.startswith("nsubj"):
                return []
            own, up = True, self.g.tokens[up].head
        if up < 0 or not is_predicate(self.g.tokens[up]) or self.g.tokens[i].rel.startswith("nsubj"):
            return []
        announced = plain(self.g.tokens[up].lemma) in words["announcing"] | words["denying"]
        return self.subject(up, depth + 1) if own or announced else []

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

    def nation(self, i: int) -> list[Party]:
        """The state whose people are the subject, all of them: «индийцы подписали», not «двое индийцев подписали»."""
        verb = self.g.tokens[i]
        whose = self._subjects(i)
        if not whose and verb.rel == "conj" and verb.head >= 0:  # «японцы встревожились и попросили»
            whose = self._subjects(verb.head)
        return [p for c in whose for p in self.nationals(c.i)]

    def nationals(self, i: int) -> list[Party]:
        """The state whose people a noun names, all of them."""
        some = next(self.g.children(i, "amod", "nummod", "det", "nmod", "acl"), None) is not None
        return self.demonyms(i) if self.g.tokens[i].feats.get("Number") == "Plur" and not some else []

    def agent(self, i: int) -> list[Party]:
        """Who did what a passive or a noun says: «атакована Израилем», «захват судов Израилем», «по указу короля»."""
        told = list(self.arguments(i))
        if self.g.tokens[i].pos in {"NOUN", "PROPN"}:  # the tree may hang «Израилем» on what was attacked
            told += [inner for a in told if a.case == "Gen" and not a.prep for inner in self.arguments(a.head)]
        for argument in told:
            fixed = argument.rel.startswith("obl") and is_indeclinable(self.g.tokens[argument.head].text)
            if not argument.prep and (argument.case == "Ins" or fixed) and not argument.rel.startswith("nsubj"):
                found = self.of(argument.head)
                if found:
                    return found
        words = frames().words
        ordered = [a.head for a in told if a.prep in {"по", "согласно"} and a.case == "Dat"
                   and plain(self.g.tokens[a.head].lemma) in words["decrees"]]  # fmt: skip
        if self.g.tokens[i].pos == "VERB":  # «в докладе Пентагона осуждаются …»
            ordered += [a.head for a in told if a.prep == "в" and a.case == "Loc"
                        and plain(self.g.tokens[a.head].lemma) in words["papers"]]  # fmt: skip
        return next((self._possessors(k, 0) for k in ordered), [])


def is_leading(verb: Token, noun: Token) -> bool:
    """Whether a nominative before a finite verb agrees with it, whatever the tree calls it."""
    return noun.i < verb.i and noun.feats.get("Case") == "Nom" and is_finite(verb) and agrees(verb, noun)


def same(a: Token, b: Token, *features: str) -> bool:
    """Whether two words agree in what both show."""
    return all(a.feats.get(f) in {b.feats.get(f), None} or f not in b.feats for f in features)


def _same_number(a: Token, b: Token) -> bool:
    return a.feats.get("Number") == b.feats.get("Number") or "Number" not in b.feats
