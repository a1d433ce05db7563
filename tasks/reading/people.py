"""The people of an article: full names first, then each surname with the full name that it is a part of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .gathering import Found, Gathering
from .gazetteer.lexicon import Entry, Hit
from .record import MentionForm
from .ru import persons
from .tokens import NameSpan


class People:
    """Persons by the nominative of their surname (lower case, е for ё); ``leaders`` are the gazetteer's, by token.

    In an article that is not ``dated`` a leader of any time speaks for the state.
    """

    def __init__(self, gathering: Gathering, leaders: Mapping[int, Hit], *, dated: bool) -> None:
        self.gathering = gathering
        self.dated = dated
        self.leaders = leaders
        self.by_surname: dict[str, list[tuple[str, list[str]]]] = {}

    def read(self, spans: Sequence[NameSpan]) -> None:
        """Persons that the tagger saw, and leaders whom it did not."""
        gathering, tokens = self.gathering, self.gathering.parse.tokens
        within = {i for hit in self.leaders.values() for i in range(hit.first + 1, hit.last)}
        # «Лам» is seen and «То Лам» known: the whole name is read below.
        people = [s for s in spans if not self.is_something_else(s) and s.first not in within]
        inside = {i for s in people for i in range(s.first, s.last)}
        single: list[tuple[NameSpan, list[str]]] = []
        for span in people:
            words = persons.name(tokens[span.first : span.last])
            if len(words) > 1 and not persons.is_patronymic(words[-1]):
                self.add(span, words)
            elif words:
                single.append((span, words))
        for span, words in single:
            known = self.known_by(tokens[span.first].text)
            if known is not None:
                form, _ = next(iter(gathering.found[known].mentions.values()))
                gathering.add(known, form, span.start, span.stop)
            else:
                self.add(span, words)
        for i, hit in self.leaders.items():
            whole = hit.last - hit.first > 1
            if i not in inside and (tokens[i].pos == "PROPN" or whole):
                gathering.taken.update(range(hit.first, hit.last) if whole else ())
                self.add(NameSpan(hit.start, hit.stop, hit.first, hit.last, "PER"), [hit.entries[0].word])

    def is_something_else(self, span: NameSpan) -> bool:
        """A name that the gazetteer has claimed: «Акорда», «Японо-китайские»."""
        if self.gathering.taken.issuperset(range(span.first, span.last)):
            return True
        return span.last - span.first == 1 and self.gathering.state_within(span.first, span.last) is not None

    def known_by(self, word: str) -> str | None:
        """The first person whose surname ``word`` may be a form of."""
        return next((self.by_surname[s][0][0] for s in persons.surnames(word) if s in self.by_surname), None)

    def add(self, span: NameSpan, words: list[str]) -> None:
        """A mention of a person by the nominative words of the name."""
        gathering = self.gathering
        entry = self.leader(span, words)
        surname = words[-2] if len(words) > 1 and set(words[-1]) <= set("IVX") else words[-1]
        if entry is not None:
            full, *told = entry.other
            surname = told[0] if told else entry.word
            hers = words[0] != gathering.parse.tokens[span.first].text == full.split(" ")[0]
            if told or len(words) == 1 or words[-1] != surname or hers:
                words = full.split(" ")
        surname = surname.lower().replace("ё", "е")
        namesakes = self.by_surname.setdefault(surname, [])
        alike = (a for a, its in namesakes if 1 in (len(its), len(words)) or _same_given(its[0], words[0]))
        actor = next(alike, None)
        if actor is None:
            actor = "person:" + (" ".join(words).lower() if namesakes else surname)
            namesakes.append((actor, words))
            gathering.found.setdefault(actor, Found("person", " ".join(words)))
        found = gathering.found[actor]
        found.ru = max(found.ru, " ".join(words), key=len)
        leads = entry is not None and entry.holds(gathering.day)
        if entry is not None and (leads or not self.dated):
            found.state = entry.id
        elif found.state is None:
            found.state = self.state_of_post(span)
        form: MentionForm = "leader" if leads else "name"
        gathering.add(actor, form, span.start, span.stop)

    def leader(self, span: NameSpan, words: list[str]) -> Entry | None:
        """The leader whose surname is in the name, if a first name does not tell otherwise; in office before others."""
        hit = next((self.leaders[i] for i in range(span.first, span.last) if i in self.leaders), None)
        if hit is None:
            return None
        whole = len(hit.entries[0].other) > 1
        first = {words[0], self.gathering.parse.tokens[span.first].text}  # «Джорджа» is no Джордж
        fitting = [
            e for e in hit.entries
            if whole or len(words) == 1 or any(_same_given(e.other[0].split(" ")[0], given) for given in first)
        ]  # fmt: skip
        told = self.state_of_post(span) if len(fitting) > 1 else None
        fitting = [e for e in fitting if e.id == told] or fitting  # «премьер Норвегии Столтенберг», whatever the day
        latest = max(fitting, key=lambda entry: entry.dates, default=None)
        return next((e for e in fitting if e.holds(self.gathering.day)), latest)

    def state_of_post(self, span: NameSpan) -> str | None:
        """The state that a post speaks for: «министр обороны Латвии Андрис Спрудс», «Спрудс, министр Латвии»."""
        parse = self.gathering.parse
        for first, last in (persons.post_before(parse, span.first), persons.post_after(parse, span.last)):
            if state := self.gathering.state_within(first, last):
                return state
        return None


def _same_given(a: str, b: str) -> bool:
    """Whether two first names may be one: «Фёдор» and «Ф.»."""
    return a == b or (a[:1] == b[:1] and "." in (a[-1:], b[-1:]))
