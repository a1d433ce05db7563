"""The people of an article: every name of each, the fullest in the nominative, and the posts they are given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..tokens import NameSpan, Token
from . import names
from .clauses import Grammar
from .cues import plain
from .mentions import Mention
from .sourcewords import words

RELATIONAL = frozenset(
    """
    адвокат помощник помощница пресс-секретарь представитель супруга супруг сын дочь мать отец брат сестра жена муж вдова
    друг подруга соратник коллега сторонник противник защитник родственник семья близкий дети ребенок знакомый
    сотрудник секретарь заместитель зам команда штаб окружение администрация директор менеджер агент слова статья
    """.split()
)


@dataclass(slots=True)
class Person:
    """One person: ``name`` the fullest form in the nominative, ``words`` its plain stems, ``posts`` what they are."""

    name: str
    first: str
    surname: str
    gender: str
    posts: set[str] = field(default_factory=set)
    at: list[int] = field(default_factory=list)
    subject_at: int = -1
    official: bool = False


def stem(word: str) -> str:
    """A word without its ending, to match cases: «Иванова» and «Ивановым» alike."""
    lower = plain(word)
    return re.sub(r"(ого|его|ому|ему|ыми|ими|ой|ей|ою|ею|ым|им|ом|ем|ого|ую|юю|ая|яя|ий|ый|ах|ях|ам|ям|а|я|у|ю|е|ы|и|о|ь|й)$",
                  "", lower) if len(lower) > 3 else lower  # fmt: skip


class People:
    """Names of the tagger, gathered into people."""

    def __init__(self, g: Grammar, readable: Sequence[tuple[int, int]]) -> None:
        self.g = g
        self.names = [n for n in g.parse.names if any(a <= n.start and n.stop <= b for a, b in readable)]
        self.people: list[Person] = []
        self.by_name: dict[int, Person] = {}
        self._by_surname: dict[str, list[Person]] = {}
        self._by_first: dict[str, list[Person]] = {}
        spans = [n for n in self.names if n.kind == "PER"]
        for n in sorted(spans, key=lambda n: (n.last - n.first < 2, n.first)):
            self._add(n)
        self._order: list[tuple[int, Person]] = []
        for n in spans:
            person = self.by_name[n.first]
            person.at.append(n.start)
            self._order.append((n.start, person))
        self._starts = [n.first for n in self.names]

    def _add(self, n: NameSpan) -> None:
        tokens = self.g.tokens[n.first : n.last]
        parts = [t for t in tokens if re.search(r"\w", t.text)]
        last, first = parts[-1], parts[0]
        name = names.person(self.g, n.first, n.last)
        gender = first.feats.get("Gender", "") or last.feats.get("Gender", "")
        surname = stem(last.text)
        person = None
        for known in self._by_surname.get(surname, []):
            if (
                len(parts) == 1
                or known.first == ""
                or stem(first.text) == known.first
                or len(first.text) == 1
                and known.first.startswith(plain(first.text))
            ):
                person = known
                break
        if person is None and len(parts) == 1:
            person = next(iter(self._by_first.get(surname, [])), None)
        if person is None:
            person = Person(name, stem(first.text) if len(parts) > 1 else "", surname, gender)
            self.people.append(person)
            self._by_surname.setdefault(surname, []).append(person)
            if len(parts) > 1:
                self._by_first.setdefault(person.first, []).append(person)
        nominative = all(t.feats.get("Case", "Nom") == "Nom" for t in parts)
        if nominative and len(name.split()) >= len(person.name.split()) and len(parts) > 1:
            person.name = name
        elif nominative and len(person.name.split()) == 1 and len(parts) == 1:
            person.name = name
        self.by_name[n.first] = person
        self._describe(n, person)

    def _describe(self, n: NameSpan, person: Person) -> None:
        """Posts that stand with a name: «министр связи Игорь Щёголев», «Иванов, глава думы»."""
        g = self.g
        token = g.tokens[n.first]
        if token.rel.startswith("nsubj") or g.tokens[n.last - 1].rel.startswith("nsubj"):
            person.subject_at = max(person.subject_at, token.start)
        heads: list[Token] = []
        if token.head >= 0 and token.rel.startswith(("appos", "flat")):
            heads.append(g.tokens[token.head])
            if g.tokens[token.head].rel.startswith("nsubj"):
                person.subject_at = max(person.subject_at, token.start)
        heads += [c for c in g.children(token.i, "appos")]
        if (
            token.head >= 0
            and g.tokens[token.head].pos == "NOUN"
            and token.head == token.i - 1
            and token.feats.get("Case") == "Nom"
        ):
            heads.append(g.tokens[token.head])
        for head in heads:
            lemma = plain(head.lemma)
            person.posts.add(lemma)
            if lemma in words().official:
                person.official = True
            for c in head.children:
                child = g.tokens[c]
                if child.pos == "NOUN" and child.i < n.first:
                    person.posts.add(plain(child.lemma) + "*")

    def names_between(self, first: int, last: int) -> Iterator[NameSpan]:
        """Names that lie in the tokens ``[first, last)``."""
        lo, hi = 0, len(self._starts)
        while lo < hi:
            mid = (lo + hi) // 2
            if self._starts[mid] < first:
                lo = mid + 1
            else:
                hi = mid
        while lo < len(self.names) and self.names[lo].first < last:
            yield self.names[lo]
            lo += 1

    def organizations_before(self, token: int) -> Iterator[NameSpan]:
        """Organizations named before ``token``, the nearest first, no more than forty names back."""
        before = [n for n in self.names_between(max(0, token - 600), token) if n.kind == "ORG"]
        yield from reversed(before[-40:])

    def named_in(self, mention: Mention) -> Person | None:
        """The person that a mention names: «пресс-секретарь Путина Дмитрий Песков» → Песков."""
        g = self.g
        spans = [n for n in self.names_between(mention.first, mention.last) if n.kind == "PER"]
        if not spans:
            return None
        head = g.tokens[mention.head]
        for n in spans:
            if n.first <= mention.head < n.last:
                return self.by_name[n.first]
        for n in reversed(spans):
            token = g.tokens[n.first]
            case = token.feats.get("Case")
            if n.first < mention.head:
                continue
            if token.rel.startswith(("appos", "flat")) and (token.head == mention.head or g.is_under(token.head, mention.head)
                                                            and g.tokens[token.head].rel.startswith(("appos", "flat"))):  # fmt: skip
                return self.by_name[n.first]
            if head.feats.get("Case") == "Nom" and case in {"Gen", "Dat", "Ins", "Loc"}:
                continue
            if case == head.feats.get("Case") and case != "Gen":
                return self.by_name[n.first]
            if case == "Gen" and head.feats.get("Case") == "Gen":
                lemma = plain(head.lemma)
                complement = n.first > mention.head + 1
                if lemma in RELATIONAL and not complement:
                    continue
                if n.last >= mention.last - 1:
                    return self.by_name[n.first]
        return None

    def described(self, lemma: str, head: Token, mention: Mention) -> Person | None:
        """The person that a post means: «министр», «глава Минсвязи», «актриса»: one given it, else the last that agrees."""
        at = self.g.tokens[mention.first].start
        modifiers = mention.last - mention.first
        best: Person | None = None
        for start, person in reversed(self._order):
            if start >= at:
                continue
            if lemma in person.posts:
                return person
        for person in self.people:
            if lemma in person.posts:
                return person
        if modifiers > 4:
            return None
        gender = head.feats.get("Gender", "")
        for start, person in reversed(self._order):
            if (
                start < at
                and at - start < 900
                and (not gender or not person.gender or person.gender == gender or gender == "Masc")
            ):
                best = person
                break
        return best if lemma in words().for_person else None

    def before(self, at: int, gender: str) -> Person | None:
        """The person named last before ``at`` who agrees in gender."""
        for start, person in reversed(self._order):
            if start < at and person.gender in {gender, ""} or start < at and not gender:
                return person
        return None
