"""The people of an article: every name of each, the fullest in the nominative, and the posts they are given."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from ..tokens import NameSpan, Token
from . import acting, genders, names, persons, repeats, roles, tenures
from .clauses import Grammar, holds
from .cues import plain, word_set
from .mentions import Mention
from .persons import case_of, proper
from .sourcewords import words
from .stems import key

RELATIONAL = word_set("relational")
AIDES = word_set("aides")
HEADS = word_set("heads")
CHIEFS = word_set("chiefs")
KIN = word_set("kin")
SPEAKERS = word_set("speakers")
THEIRS = word_set("theirs")
ENTOURAGE = frozenset({"администрация", "аппарат", "канцелярия", "команда", "лагерь", "окружение", "офис", "штаб"})
"""What is of the person named behind it."""
COUNTERPART = "коллега"
NOBODY: frozenset[str] = frozenset()
NEAR = FAR = 900
"""Characters within which «политик» or «он» looks for the person last named or who spoke last."""
CYRILLIC = re.compile("[А-Яа-яЁё]")


@dataclass(slots=True)
class Person:
    """One person: ``name`` the fullest form in the nominative; ``posts`` what they are called, with whose.

    ``former``: those of the posts that they have left. ``state``: the ISO code of the state that they speak for.
    ``gender``: the one with most ``votes``, see ``genders``.
    """

    name: str
    first: str
    surname: str
    gender: str
    posts: dict[str, set[str]] = field(default_factory=dict)
    former: set[str] = field(default_factory=set)
    official: bool = False
    state: str | None = None
    votes: genders.Votes = field(default_factory=genders.Votes)


def _fullness(name: str) -> int:
    """Words of a name that are written out."""
    return sum(len(w.strip(".")) > 1 for w in name.split())


class People:
    """Names of the tagger, and of ``persons`` where it has none, gathered into people.

    ``by_token``: who is named by the name that begins at a token. ``order``: every name of a person as its first code
    point, the person, and whether it is a subject; ``at`` those code points alone. ``by_post``: people by their posts.
    ``words``: where people's words stand, as far as the article has been followed. ``spoken_of``: the names of those
    who aren't the source of the words in question, for these have them by name: «он сказал, что Белов ушёл».
    """

    def __init__(
        self,
        g: Grammar,
        readable: Sequence[tuple[int, int]],
        persons: Sequence[NameSpan] = (),
        states: Set[int] = frozenset(),
    ) -> None:
        self.g = g
        # What is a state's name or ends in one, by its first code point, names nobody: «Султан Омана».
        self.names = [
            n
            for n in proper(g.tokens, g.parse.names)
            if holds(readable, n.start, n.stop) and not (n.kind == "PER" and g.tokens[n.last - 1].start in states)
        ]
        tagged = {i for n in self.names for i in range(n.first, n.last)}
        self.names += [n for n in persons if n.first < n.last and tagged.isdisjoint(range(n.first, n.last))]
        self.names.sort(key=lambda n: n.first)
        self.starts = [n.first for n in self.names]
        self.by_token: dict[int, Person] = {}
        self._by_surname: dict[str, list[Person]] = {}
        self._by_first: dict[str, list[Person]] = {}
        self.by_post: dict[str, list[Person]] = {}
        # «Папа», «Патриарх» with a capital are posts, whatever the tagger makes of them.
        posts = words().for_person
        spans = [
            n
            for n in self.names
            if n.kind == "PER"
            and (n.last - n.first > 1 or roles.in_office(plain(g.tokens[n.first].lemma)) not in posts)
        ]
        full = [n for n in spans if n.last - n.first > 1]
        for n in full:
            self._add(n)
        missed = list(repeats.surnames(g, self.names, readable, lambda word: key(word) in self._by_surname))
        if missed:
            self.names, spans = (sorted([*of, *missed], key=lambda n: n.first) for of in (self.names, spans))
            self.starts = [n.first for n in self.names]
        for n in spans:
            if n.last - n.first < 2:
                self._add(n)
        self.order = [(n.start, self.by_token[n.first], acting.acts(g, n)) for n in spans]
        self.initials: dict[str, str] | None = None
        self.at = [start for start, _, _ in self.order]
        self.words: list[tuple[int, int]] = []
        self.spoken_of: Set[str] = frozenset()

    def _add(self, n: NameSpan) -> None:
        parts = [t for t in self.g.tokens[n.first : n.last] if t.text[:1].isalpha()]
        if not parts:
            parts = self.g.tokens[n.first : n.last]
        numbered = parts[-1].text if len(parts) > 1 and set(parts[-1].text) <= set("IVX") else ""
        parts = [t for t in parts if CYRILLIC.search(t.text)] or parts  # «Джефф Сешнс (Jeff Sessions)»
        last, first = parts[-1], parts[0]
        name = f"{names.person(self.g, first.i, last.i + 1)} {numbered}".strip()  # «Лев XIV»
        surname = key(last.text)
        votes = genders.votes(self.g, n)
        person = self._known(first.text if len(parts) > 1 else "", last.text, votes.winner)
        if person is None:
            person = Person(name, key(first.text) if len(parts) > 1 else "", surname, "")
            self._by_surname.setdefault(surname, []).append(person)
            if len(parts) > 1:
                self._by_first.setdefault(person.first, []).append(person)
        person.votes.add(votes)
        person.gender = person.votes.winner
        nominative = all(t.feats.get("Case", "Nom") == "Nom" for t in parts)
        whole = surname == person.surname or not person.first  # «Виктор Фёдорович» leaves out the surname
        if nominative and whole and _fullness(name) >= _fullness(person.name):
            # A form that the text itself has in the nominative beats one that grammar makes.
            person.name = name
        elif nominative and len(parts) == 1 and person.gender != "Fem" and person.name.endswith(f"{last.text}а"):
            # «задержали Рашида Агаева», then «Агаев»: a man's name in the genitive, whatever the tagger made of it
            words_of = person.name.split(" ")
            person.name = " ".join(persons.word_of_name(w, "Gen", "Masc", given=k == 0) for k, w in enumerate(words_of))
        self.by_token[n.first] = person
        self._describe(n, person)

    def _known(self, given: str, surname: str, gender: str) -> Person | None:
        """Who of those named so far a name may mean; ``given`` is "" where one word stands alone."""
        last, first = key(surname), key(given)
        namesakes = self._by_surname.get(last, [])
        if given:
            for known in namesakes:
                if (
                    not known.first
                    or known.first == first
                    or (1 in {len(first), len(known.first)} and first[:1] == known.first[:1])
                ):
                    return known
            if persons.is_patronymic(surname):  # «Виктор Фёдорович»
                return next(iter(self._by_first.get(first, [])), None)
            return next((p for p in namesakes if persons.variants(p.first, first)), None)
        alike = [p for p in namesakes if gender in {p.gender, ""}] or namesakes
        return next(iter(alike or self._by_first.get(last, [])), None) or self._misspelt(last)

    def _misspelt(self, surname: str) -> Person | None:
        """«Капричков» for the «Карпичков» who was named in full."""
        if len(surname) < 6:
            return None
        alike = (p for s, named in self._by_surname.items() for p in named if p.first and persons.one_apart(s, surname))
        return next(alike, None)

    def _describe(self, n: NameSpan, person: Person) -> None:
        """Posts that stand with a name: «министр связи Игорь Щёголев», «Иванов, глава думы»."""
        g = self.g
        heads: list[Token] = []
        for token in g.tokens[n.first : n.last]:
            above = g.tokens[token.head] if token.head >= 0 else token
            if token.rel.startswith(("appos", "flat")) and not n.first <= above.i < n.last and not self.owns(n, above):
                post = self._nearest(token, above)
                heads += [] if self.owns(n, post) else [post]
            heads += [c for c in g.children(token.i, "appos") if not n.first <= c.i < n.last]
            if (
                token.i == n.first
                and not heads
                and token.head >= 0
                and token.rel == "nmod"
                and token.head == token.i - 1
            ):
                above = g.tokens[token.head]
                same = above.feats.get("Case") == token.feats.get("Case") and plain(above.lemma) not in RELATIONAL
                # «пожаловался на директора Семёна Рака»: of a man accusative and genitive are one form
                alike = above.feats.get("Case") == "Acc" and token.feats.get("Case") in {"Gen", "Acc"}
                alike = alike and n.last - n.first > 1
                if same or (alike and plain(above.lemma) in words().official | HEADS and person.gender == "Masc"):
                    heads.append(above)
        for head in [*heads, *(post for one in heads for post in tenures.joined(g, one))]:
            if head.pos not in {"NOUN", "ADJ"} and (head.pos != "PROPN" or g.named(head.i, head.i + 1)):
                continue
            lemma = roles.in_office(plain(head.lemma))
            if head.feats.get("Animacy") == "Inan" and lemma not in words().person | words().official | HEADS:
                continue  # «на съезде партии Белов»
            listed = (t.i for t in g.children(head.i, "conj"))
            owners = self.modifiers(g.left[head.i], next(listed, g.right[head.i] + 1), head.i, n)
            self._give(person, lemma, owners)
            if lemma == COUNTERPART:
                self._counterpart(n, person, owners)
            if roles.is_former(g, head):
                person.former.add(lemma)
            elif self._official(lemma, owners, head.i, g.right[head.i] + 1):
                person.official = True
        for lemma, told in tenures.of(g, n):
            own = {plain(told.lemma)} if lemma == tenures.LEADER else set()
            self._give(person, lemma, own | self.modifiers(g.left[told.i], g.right[told.i] + 1, told.i, n))

    def _counterpart(self, n: NameSpan, person: Person, owners: set[str]) -> None:
        """«министр обороны Дании Олег Белов и его чешский коллега Ян Ковар»: a minister of defence, if a Czech one."""
        first = self.g.sentence(n.first).first
        earlier = [self.by_token[m.first] for m in self.names_between(first, n.first) if m.first in self.by_token]
        for post, whose in list(earlier[-1].posts.items()) if earlier and earlier[-1].official else ():
            if post in words().official | HEADS:
                self._give(person, post, owners | {o for o in whose if o in words().state_body})
                person.official = True

    def _give(self, person: Person, post: str, owners: set[str]) -> None:
        if post not in person.posts:
            self.by_post.setdefault(post, []).append(person)
        person.posts.setdefault(post, set()).update(owners)

    def learn(self, people: Sequence[Person], post: Token) -> None:
        """Give a person the post of a mention that grammar had to complete: «глава «Луча», где бастуют, Олег Белов»."""
        w, lemma = words(), roles.in_office(plain(post.lemma))
        known = lemma in w.official | w.person | w.for_person | HEADS
        if len(people) == 1 and post.pos == "NOUN" and known and lemma not in people[0].posts:
            self._give(people[0], lemma, self.modifiers(post.i, self.g.right[post.i] + 1, post.i, None))

    def _nearest(self, name: Token, head: Token) -> Token:
        """The post right before a name: «с мэром города и с тренером команды Олегом Беловым» is of a trainer."""
        case = name.feats.get("Case")
        while case == "Nom" and head.feats.get("Case") == "Gen" and head.head >= 0 and head.rel == "nmod":
            head = self.g.tokens[head.head]  # «биограф инженера Фредерик Белов» is a biographer
        between = self.g.tokens[head.i + 1 : name.i] if case not in {"Gen", None} else []
        alike = (t for t in reversed(between) if t.pos == "NOUN" and t.feats.get("Case") == case)
        return next((t for t in alike if t.feats.get("Animacy") == "Anim" and not t.text[:1].isupper()), head)

    def _official(self, post: str, owners: set[str], head: int, last: int) -> bool:
        """Whether a post speaks for a state: «министр», «глава МИД», «президент Чехии», not «президент форума»."""
        w = words()
        if owners & w.state_body:
            return post in w.official | AIDES | HEADS
        if post in HEADS and post != "министр":
            adjective = any(o.endswith("ский") for o in owners) and not owners & w.organization
            country = any(n.kind == "LOC" and n.first <= head + 2 for n in self.names_between(head + 1, last))
            return country or adjective or (not owners and post in w.official)
        return post in w.official or (post in AIDES and bool(owners & w.official))

    def modifiers(self, first: int, last: int, head: int, but: NameSpan | None) -> set[str]:
        """Dictionary forms of what a post is the post of."""
        out = set()
        for t in self.g.tokens[max(first, head - 8) : min(last, head + 14)]:
            if (
                t.i == head
                or (but is not None and but.first <= t.i < but.last)
                or t.pos not in {"NOUN", "PROPN", "ADJ", "X"}
            ):
                continue
            lemma = plain(t.lemma)
            whose = lemma.endswith(("ский", "цкий", "иностранный", "внутренний")) and lemma not in ADJECTIVES
            if lemma != "дело" and (t.pos != "ADJ" or whose):
                out.add(lemma)
        return out

    def names_between(self, first: int, last: int) -> Iterator[NameSpan]:
        """Names that begin in the tokens ``[first, last)``."""
        for k in range(bisect_left(self.starts, first), len(self.names)):
            if self.names[k].first >= last:
                return
            yield self.names[k]

    def named_between(self, spans: Sequence[tuple[int, int]], *, acting: bool) -> set[str]:
        """The names of the people that stretches of the text name; ``acting``: as subjects alone."""
        within = (o for a, b in spans for o in self.order[bisect_left(self.at, a) : bisect_left(self.at, b)])
        return {who.name for _, who, subject in within if subject or not acting}

    def organizations_before(self, token: int) -> Iterator[NameSpan]:
        """Organizations named before ``token``, the nearest first, no more than forty names back; «СМИ» is none."""
        at = bisect_left(self.starts, token)
        for k in range(at - 1, max(-1, at - 41), -1):
            n = self.names[k]
            if n.kind == "ORG" and (n.last - n.first > 1 or self.g.tokens[n.first].text != "СМИ"):
                yield n

    def called(self, name: str) -> Person | None:
        """The person of that name."""
        return next((p for p in self.by_token.values() if p.name == name), None)

    def by_stem(self, word: str) -> Person | None:
        """The person whose name ``word`` is, though the tagger missed it here."""
        return self._known("", word, "")

    def named_in(self, mention: Mention) -> list[Person]:
        """The people that a mention names: «пресс-секретарь Путина Дмитрий Песков» → Песков; «Вера и Илья» → both."""
        g = self.g
        between = self.names_between(mention.first, mention.last)
        spans = [n for n in between if n.kind == "PER" and n.first in self.by_token]
        head = g.tokens[mention.head]
        bracket = next((k for k in range(mention.head + 1, mention.last) if g.tokens[k].text == "("), mention.last)
        if bracket > mention.head + 1 and any(n.first < bracket for n in spans):  # «Фолькера Буфье (Volker Bouffier)»
            mention = Mention(mention.first, bracket, mention.head, mention.place)
            spans = [n for n in spans if n.first < bracket]
        for n in spans:
            if n.first <= mention.head < n.last:
                joined = [self.by_token[n.first]]
                for other in spans:
                    t = g.tokens[other.first]
                    if other is not n and t.rel == "conj" and n.first <= t.head < n.last:
                        joined.append(self.by_token[other.first])
                return joined
        for n in reversed(spans):
            if n.first > mention.head and self._names_head(n, head, mention):
                return [self.by_token[n.first]]
        return []

    def _names_head(self, n: NameSpan, head: Token, mention: Mention) -> bool:
        """Whether a name behind a noun is that person's own and not their owner's."""
        g = self.g
        token = g.tokens[n.first]
        case, over = case_of(token), head.feats.get("Case")
        above = token.head
        between = g.tokens[head.i + 1 : n.first]
        theirs = plain(head.lemma) in words().nameless or plain(between[-1].lemma) in ENTOURAGE if between else False
        if self.owns(n, head) or (theirs and any(t.pos == "ADP" for t in between)):
            return False  # «источник в правительстве Белова», «человек из команды Белова»
        for _ in range(4):
            if above == head.i or above < 0 or not g.tokens[above].rel.startswith(("appos", "flat")):
                break
            above = g.tokens[above].head
        relational = plain(head.lemma) in RELATIONAL and n.first == head.i + 1
        bare = self.by_token[n.first].name.split(" ")[-1]
        if relational and n.last - n.first == 1 and token.text == bare + "а":
            return False  # «адвокат Эльсаеда» of an Эльсаед, whatever the tree makes of it
        nominative = any(t.feats.get("Case") == "Nom" for t in g.tokens[n.first : n.last])
        if nominative and head.rel.startswith("nsubj") and token.rel.startswith("appos") and above == head.i:
            return True  # a subject is in the nominative, whatever the tagger makes of «экс-председатель»
        by = g.tokens[token.head] if token.rel.startswith("appos") and token.head >= 0 else head
        both = {by.feats.get("Case"), case}
        if by.i != head.i and above == head.i and (len(both) == 1 or both == {"Gen", "Acc"}):
            return True  # «задержали лидера союза, активиста Льва Белова»
        if relational and token.rel == "nmod" and n.last - n.first == 1:
            return False  # «спецпредставитель Трампа», whatever case the tagger sees in it
        if case and over and case != over and not (over == "Nom" and case == "Acc"):
            return False
        if token.rel.startswith(("appos", "flat")) and above == head.i:
            return not (relational and over == case == "Gen" and n.last - n.first == 1)
        if over == "Gen" and case == "Gen":
            return not relational and n.last >= mention.last - 1
        if case in {"Gen", "Dat", "Ins", "Loc"} and over in {"Nom", None}:
            return False
        return case in {over, ""} and n.last >= mention.last - 1

    def owns(self, n: NameSpan, head: Token) -> bool:
        """«представитель партии Цвангираи»: a surname that does not decline names the party, not its speaker."""
        between = self.g.tokens[n.first - 1]
        lone = n.last - n.first == 1 and plain(self.g.tokens[n.first].text)[-1:] in "иоуэе"
        group = plain(between.lemma) in THEIRS and between.pos == "NOUN" and between.feats.get("Case") == "Gen"
        return lone and group and head.i < between.i and not between.text[:1].isupper()

    def owns_at(self, token: int, head: Token) -> bool:
        """As ``owns`` for the name that begins at ``token``, if one does."""
        return any(self.owns(n, head) for n in self.names_between(token, token + 1))

    def sex(self, head: Token) -> str:
        """The gender of whom a word means: that of its verb («министр добавила»), or its own if a feminine noun's."""
        if head.rel.startswith("nsubj") and head.head >= 0:
            verb = self.g.tokens[head.head].feats
            if verb.get("Tense") == "Past" and "Gender" in verb:
                return verb["Gender"]
        return "Fem" if head.pos == "NOUN" and head.feats.get("Gender") == "Fem" else ""

    def acted(self, person: Person, before: int) -> int:
        """Where a person was last named as a subject before a place in the text; -1 where never."""
        return max((at for at, who, subject in self.order if at < before and who is person and subject), default=-1)

    def before(self, at: int, gender: str, noun: str = "") -> Person | None:
        """The person named last before ``at`` who agrees in gender; a subject of the last sentences goes first.

        ``noun`` is what the text calls them, if anything.
        """
        named = self.last_named(at, gender, noun)
        return named[1] if named is not None else None

    def in_words(self, at: int) -> bool:
        """Whether what stands at ``at`` stands in words that a person said: who is named there is only spoken of."""
        return any(start <= at < stop for start, stop in self.words[-12:])

    def last_named(
        self, at: int, gender: str, noun: str = "", *, passing: bool = False
    ) -> tuple[int, Person, bool] | None:
        """Where that person was named, who it is, and whether as a subject; ``passing``: no subject goes first."""
        upto = bisect_left(self.at, at)
        fallback: tuple[int, Person, bool] | None = None
        for start, person, subject in reversed(self.order[max(0, upto - 40) : upto]):
            if at - start > NEAR or (gender and person.gender not in {gender, ""}) or person.name in self.spoken_of:
                continue
            if noun and roles.cannot_mean(noun, person.posts):
                continue
            acts = subject and not self.in_words(start)
            if acts != passing and (not gender or person.gender == gender):
                return start, person, acts
            if fallback is None or (gender and fallback[1].gender != gender and person.gender == gender):
                fallback = start, person, acts
        return fallback


ADJECTIVES = word_set("adjectives")
