"""Who has spoken so far: what pronouns, «ресурс» and «автор» are resolved against."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from ..record import SourceKind
from ..tokens import Token
from . import posts, roles
from .clauses import Grammar, token_at
from .cues import plain
from .mentions import Mention, phrase
from .people import HEADS, NEAR, NOBODY, People, Person
from .sourcewords import words

GENERAL = frozenset({"политик", "парламентарий", "дипломат", "военный", "спортсмен", "артист", "бизнесмен", "чиновник"})
"""What many may be called who were given a post of another name."""
TITLE = 80
"""Characters that a name in quotation marks has at most."""
BEGINNING = 6
"""Letters of a name that no case changes."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a source is. Unnamed ones are all alike here; `strangers` tells them apart. ``gender`` is for «он» and «она».

    ``titled``: a text by its title, «Куда плывём».
    """

    name: str
    kind: SourceKind
    platform: str | None = None
    anonymous: bool = False
    gender: str = ""
    titled: bool = field(default=False, compare=False)


UNNAMED = Identity("UNNAMED", "unnamed", anonymous=True)


def of_people(people: Sequence[Person]) -> Identity:
    """One person, or several that speak as one: «Трамп и Путин»."""
    official = all(p.official for p in people)
    gender = people[0].gender if len(people) == 1 else "Plur"
    return Identity(" и ".join(p.name for p in people), "official" if official else "person", gender=gender)


def somebody(head: Token) -> Identity:
    """One who is not named, but whom «он» or «она» may follow up."""
    gender = head.feats.get("Gender", "") if head.feats.get("Number") == "Sing" else "Plur"
    return replace(UNNAMED, gender=gender)


def noun_before(g: Grammar, first: int) -> str:
    """The noun before a name, in marks or not: «издание Weather News»."""
    noun = g.tokens[first - 2 if first > 1 and g.tokens[first - 1].pos == "PUNCT" else first - 1] if first else None
    return plain(noun.lemma) if noun is not None and noun.pos == "NOUN" else ""


@dataclass(slots=True)
class Memory:
    """Identities in the order in which they spoke, newest last, with where; and what was named in quotation marks.

    ``before``: the code point where the words begin that are being attributed; nobody is their source, by a pronoun or
    a post, who is named first within them. ``towns``: names, as the text has them, of what is only a place;
    ``places``: and of capitals where they are no more.
    ``states`` and ``capitals``: their names by the states' codes. ``quoting``: the name of the person in whose direct
    speech the words stand, who is «я» there and never «он». ``called``: the gender of the noun by which each body,
    outlet or channel was called last. ``several``: nouns for several whom the text left unnamed, «дипломаты».
    ``introduced``: by the noun before it, where each name of no person stands first, by its first letters.
    """

    g: Grammar
    people: People
    kinds: dict[str, SourceKind]
    fullest: dict[str, str]
    leader: Callable[[tuple[int, int]], Person | None]
    state_in: Callable[[tuple[int, int]], tuple[str, tuple[int, int]] | None]
    towns: Set[str] = frozenset()
    places: Set[str] = frozenset()
    states: Mapping[str, str] = field(default_factory=dict)
    capitals: Mapping[str, str] = field(default_factory=dict)
    spoken: list[tuple[int, Identity]] = field(default_factory=list)
    by_name: dict[str, Identity] = field(default_factory=dict)
    before: int = 0
    quoting: str = ""
    called: dict[str, str] = field(default_factory=dict)
    several: set[str] = field(default_factory=set)
    introduced: dict[str, dict[str, int]] = field(default_factory=dict)
    _titles: dict[str, tuple[list[int], list[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Gather what stands in quotation marks by the noun before it: холдинг «Заря», статья «Куда плывём»."""
        self.people.words.clear()
        tokens = self.g.tokens
        if "ссылк" in self.g.parse.text:  # «со ссылкой на дипломатов»: one of whom «дипломат» is
            cited = (t for t in tokens if t.head >= 0 and tokens[t.head].lemma == "ссылка" and t.pos == "NOUN")
            self.several.update(plain(t.lemma) for t in cited if t.feats.get("Number") == "Plur")
        for n in self.people.names:
            if n.kind != "PER":
                first_named = self.introduced.setdefault(noun_before(self.g, n.first), {})
                first_named.setdefault(plain(self.g.parse.text[n.start : n.stop])[:BEGINNING], n.start)
        for q in self.g.quotations:
            first = token_at(self.g, q.start)
            if 0 < first < len(tokens) and tokens[first - 1].pos == "NOUN":
                name = self.g.parse.text[q.inner[0][0] : q.inner[0][1]]
                if len(name) < TITLE:
                    noun = plain(tokens[first - 1].lemma)
                    for word in {noun, noun.split("-")[-1]}:  # «канал» may be the «телеграм-канал»
                        starts, named = self._titles.setdefault(word, ([], []))
                        starts.append(q.start)
                        named.append(name)

    def remember(
        self, at: int, who: Identity, by: Token | None, content: Sequence[tuple[int, int]], *, nested: bool
    ) -> None:
        """Keep who spoke, and where of others; who is quoted by another stands behind that other.

        ``by``: the head of the words that told who.
        """
        if by is not None and by.pos == "NOUN" and not who.gender:
            self.called[who.name] = by.feats.get("Gender", "")
        if content and (who.kind in {"person", "official"} or who.gender in {"Masc", "Fem"}):
            self.people.words.extend(content)
        self.spoken.insert(len(self.spoken) - (1 if nested and self.spoken else 0), (at, who))
        if who.kind != "unnamed":
            self.by_name.setdefault(plain(who.name), who)

    def last(self, *kinds: SourceKind) -> Identity | None:
        """Who spoke last, of ``kinds`` if any are given."""
        return next((who for who in self.recent() if not kinds or who.kind in kinds), None)

    def recent(self) -> Iterator[Identity]:
        """The last who spoke, newest first; no further back than a reader remembers."""
        for _, who in reversed(self.spoken[-60:]):
            yield who

    def report(self, at: int) -> Identity | None:
        """The outlet or text whose report a paragraph gives, nobody of name having spoken since."""
        for start, who in reversed(self.spoken[-8:]):
            if who.kind in {"person", "official"} or "\n" in self.g.parse.text[start:at]:
                return None
            if who.kind in {"media", "channel", "document"}:
                return who
        return None

    def last_speaker(self) -> Identity | None:
        """The person who spoke last, named or not."""
        return next((who for who in self.recent() if who.kind in {"person", "official"} or who.gender), None)

    def goes_on(self, head: Token, mention: Mention) -> Identity | None:
        """The person who spoke last, where «эксперт», «чешский дипломат» may mean them by all that is known of them."""
        last = self.last_speaker()
        person = self.people.called(last.name) if last is not None else None
        if person is None or mention.first == mention.head:
            return last
        noun = plain(head.lemma)
        return None if self._elsewhere(mention, noun, person) or roles.cannot_mean(noun, person.posts) else last

    def just_before(self, at: int, sex: str, noun: str = "", mention: Mention | None = None) -> Identity | None:
        """The person who spoke, or was a subject, just before ``at``; ``noun``: what they are called in ``mention``."""
        near = next(((pos, who) for pos, who in reversed(self.spoken[-2:]) if who.kind in {"person", "official"}), None)
        if near is None or at - near[0] >= NEAR // 2 or (sex and near[1].gender not in {sex, ""}):
            named = self.people.last_named(min(at, self.before), sex)
            subject = named is not None and named[2] and at - named[0] < NEAR // 3
            near = (named[0], of_people([named[1]])) if named is not None and subject else None
        if near is None:
            return None
        person = self.people.called(near[1].name)
        if person is None or not person.posts:
            return near[1]
        if mention is not None and self._elsewhere(mention, noun, person):
            return None
        if noun in HEADS:  # a researcher is no «глава»
            return None if not person.posts.keys() - words().for_speaker - words().unnamed else near[1]
        return None if roles.cannot_mean(noun, person.posts) else near[1]

    def _elsewhere(self, mention: Mention, noun: str, person: Person) -> bool:
        """Whether a post is said to be of another state or body than a person's."""
        tokens = self.g.tokens
        owners = self.people.modifiers(mention.first, mention.last, mention.head, None)
        state = self.state_in((tokens[mention.first].start, tokens[mention.last - 1].stop))
        foreign = state is not None and person.state not in {None, state[0]}
        return foreign or posts.another(person, noun, owners)

    def described(self, head: Token, mention: Mention) -> Person | None:
        """The person that a post means, by what is known of states and of who spoke last."""
        span = self.g.tokens[mention.first].start, self.g.tokens[mention.last - 1].stop
        state = self.state_in(span)
        told = None
        if state is not None:
            told = (
                state[0],
                {plain(t.lemma) for t in self.g.tokens[token_at(self.g, state[1][0]) : token_at(self.g, state[1][1])]},
            )
        speaker = self.last_speaker()
        known = posts.described(
            self.people, head, mention, told, speaker.name if speaker is not None else "", self.before, self.fullest
        )
        alone = mention.last - mention.first == 1 and head.feats.get("Number") == "Sing"
        if alone and known is not None and (self.one_of_several(head, known) or self._another(head, known)):
            return None
        if alone and known is not None and speaker is not None and known.name != speaker.name:
            return self._goes_on(head, known, speaker) or known
        return known

    def one_of_several(self, head: Token, known: Person) -> bool:
        """«со ссылкой на дипломатов», then «дипломат»: one of those, and no ambassador named since."""
        noun = plain(head.lemma)
        called_so = any(post == noun or roles.may_mean(noun, NOBODY, post, NOBODY) for post in known.posts)
        return noun in self.several and not called_so

    def _another(self, head: Token, known: Person) -> bool:
        """«по словам чиновника из Минска», then «чиновник»: that nameless one, named since whom the noun may mean."""
        named = max((at for at, who, _ in self.people.order if who is known and at < head.start), default=head.start)
        noun = plain(head.lemma)
        for k in range(head.i - 1, token_at(self.g, named), -1):
            token = self.g.tokens[k]
            if token.pos == "NOUN" and token.feats.get("Number") == "Sing" and plain(token.lemma) == noun:
                earlier = phrase(self.g, k)
                owned = earlier.last - earlier.head > 1
                return owned and not self.people.named_in(earlier) and self.described(token, earlier) is not known
        return False

    def _goes_on(self, head: Token, known: Person, speaker: Identity) -> Person | None:
        """The last speaker, where nothing says that they are not the «политик» and ``known`` was named before."""
        person = self.people.called(speaker.name)
        noun = plain(head.lemma)
        asked = noun == "эксперт" and person is not None and not person.official  # so is anybody called who is asked
        if person is None or (not asked and (noun not in GENERAL or roles.cannot_mean(noun, person.posts))):
            return None
        spoke = next(at for at, who in reversed(self.spoken) if who.name == speaker.name)
        return person if self.people.acted(known, head.start) < spoke and known.gender in {person.gender, ""} else None

    def titled(self, noun: str, at: int) -> str | None:
        """The name in quotation marks that ``noun`` was said with last before ``at``, or else first after it."""
        starts, named = self._titles.get(noun, ([], []))
        return named[max(0, bisect_left(starts, at) - 1)] if named else None
