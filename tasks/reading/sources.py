"""The sources of an article: whom each attribution is from, and the record of them all.

Whom a mention means is told by ``ru/anaphora.py``, in the order of the text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace

from .gazetteer.files import capitals, seats
from .record import Actor, Attribution, Source, SourceKind
from .ru import headings
from .ru.anaphora import identify
from .ru.clauses import Grammar, holds, token_at
from .ru.cues import plain
from .ru.found import Found
from .ru.memory import Identity, Memory
from .ru.morphology import normal
from .ru.people import COUNTERPART, HEADS, People, Person
from .ru.persons import post_before
from .ru.pronouns import THIRD
from .ru.sourcewords import words
from .ru.stems import stem
from .ru.strangers import Strangers
from .tokens import NameSpan

Span = tuple[int, int]
OUTLETS = frozenset({"media", "channel"})
NESTING = 40
"""Attributions that may hold one another."""


def same_voice(a: Identity, b: Identity) -> bool:
    """Whether two attributions frame one voice's words: the same source's, or a writer's and their text's."""
    if a.kind == "unnamed" or b.kind == "unnamed":
        return False
    if a == b:
        return True
    text, writer = (a, b) if a.kind == "document" else (b, a)
    written = text.titled or bool(words().texts & set(plain(text.name).split()))
    return text.kind == "document" and writer.kind in {"person", "official"} and written


def _nested(f: Found, who: Identity, around: Sequence[Found], identities: dict[int, Identity]) -> bool:
    """Whether words stand within another's; two outlets, or two who are none, may have said the same."""
    if not around or around[-1].content != f.content or f.rule == "reference":
        return bool(around)
    return (identities[id(around[-1])].kind in OUTLETS) is not (who.kind in OUTLETS)


class Sources:
    """The sources of one article."""

    def __init__(self, g: Grammar, bodies: Sequence[Span], actors: Sequence[Actor]) -> None:
        self.g = g
        self.bodies = bodies
        persons = [m.span for a in actors if a.kind == "person" for m in a.mentions]
        self.people = People(
            g, bodies, [NameSpan(a, b, token_at(g, a), token_at(g, b), "PER") for a, b in sorted(persons)],
            {m.span[0] for a in actors if a.kind == "state" for m in a.mentions if m.as_ == "name"},
        )  # fmt: skip
        self.actors = Actors(g, actors)

    def identify(self, found: Sequence[Found]) -> dict[int, Identity]:
        """Whom each attribution is from, by ``id(found)``."""
        memory = Memory(
            self.g, self.people, self.actors.kinds, self.actors.fullest, self.actors.leaders(self.g, self.people),
            self.actors.state_in, self.actors.towns, self.actors.places, self.actors.states, self.actors.capitals,
        )  # fmt: skip
        out: dict[int, Identity] = {}
        around: list[Found] = []
        headed = list(headings.outlets(self.g, self.actors.state_in))
        for f in sorted(found, key=lambda f: (f.content[0][0], -f.content[-1][1], f.at)):
            while around and around[-1].content[-1][1] <= f.content[0][0]:
                around.pop()
            while headed and headed[0][0] < f.content[0][0]:
                memory.spoken.append(headed.pop(0))
            outer = out[id(around[-1])] if around and around[-1].kind == "direct" else None
            memory.quoting = outer.name if outer is not None and outer.kind in {"person", "official"} else ""
            follows = out.get(id(f.follows)) if f.follows is not None else None
            who = follows or identify(memory, f)
            out[id(f)] = who
            by = self.g.tokens[f.source.head] if f.source is not None else None
            content = f.content if f.follows is None else ()
            memory.remember(self.g.tokens[f.at].start, who, by, content, nested=_nested(f, who, around, out))
            around.append(f)
        self._named_late(found, out)
        return out

    def _named_late(self, found: Sequence[Found], out: dict[int, Identity]) -> None:
        """«Слово взял глава государства. «Мы победим», — заявил он. «Казна пуста», — добавил Белов.»

        A surname alone that the article has not given before, with a cue that adds to what was said, is the name of the
        holder of a post, or of the «он», who spoke until then and was nobody named.
        """
        tokens, w = self.g.tokens, words()
        waiting: list[tuple[Found, str]] = []
        for f in sorted(found, key=lambda f: (f.content[0][0], -f.content[-1][1], f.at)):
            who, head = out[id(f)], tokens[f.source.head] if f.source is not None else None
            if head is None or f.source is None:
                waiting = []
            elif who.kind == "unnamed":
                sex = THIRD.get(plain(head.text), self.people.sex(head))
                post = plain(head.lemma) in w.official | HEADS and head.feats.get("Number") == "Sing"
                one = post or plain(head.text) in {"он", "она"}
                waiting = [*waiting, (f, sex)] if one else []
            else:
                self._introduced(f, out, waiting)
                adds = f.cue is not None and plain(tokens[f.at].lemma) in w.adding
                alone = f.source.last - f.source.first == 1 and " " not in who.name
                person = self.people.by_token.get(head.i) if waiting and adds and alone else None
                if person is not None and next(at for at, p, _ in self.people.order if p is person) == head.start:
                    for earlier, sex in waiting:
                        if sex in {"", person.gender} or not person.gender:
                            out[id(earlier)] = who
                waiting = []

    def _introduced(self, f: Found, out: dict[int, Identity], waiting: list[tuple[Found, str]]) -> None:
        """«Директор приюта заявил, что… По словам Олега Рудина, …»: a full name that nothing else introduces."""
        if not waiting or f.source is None:
            return
        person = self.people.by_token.get(f.source.first + f.source.place)
        head = self.g.tokens[f.source.first + f.source.place]
        earlier, sex = waiting[-1]
        owned = earlier.source is not None and earlier.source.last - earlier.source.head > 1
        fresh = person is not None and not person.posts and next(
            at for at, p, _ in self.people.order if p is person) == head.start  # fmt: skip
        if person is not None and fresh and owned and person.first and sex in {person.gender, ""}:
            out[id(earlier)] = out[id(f)]

    def record(self, found: Sequence[Found], identities: dict[int, Identity]) -> tuple[list[Source], list[Attribution]]:
        """Sources and attributions with ids in the order of the text, hearsay linked by ``within``."""
        ids: dict[tuple[str, str], Source] = {}
        strangers = Strangers(self.g)
        attributions: list[Attribution] = []
        for k, f in enumerate(found):
            who = self.actors.placed(identities[id(f)])
            span = self.g.span(f.source.first, f.source.last) if f.source is not None else None
            span = span if span is not None and holds(self.bodies, *span) else None
            stranger = strangers.who(f) if who.kind == "unnamed" else None
            held = stranger is not None and stranger.held
            key = (plain(who.name) if stranger is None else str(stranger.number), who.kind)
            if key not in ids:
                ids[key] = Source(
                    id=f"s{len(ids) + 1}", name=who.name, kind=who.kind, platform=who.platform,
                    anonymous=who.anonymous and not held,
                )  # fmt: skip
            if ids[key].actor is None:
                ids[key].actor = self.actors.of(replace(who, kind="official") if held else who, span)
            attributions.append(
                Attribution(
                    id=f"a{k + 1}", kind=f.kind, content=list(f.content), cue=f.cue, source_span=span,
                    source=ids[key].id, status=f.status, confidence=round(f.confidence, 2),
                )
            )  # fmt: skip
        link(attributions)
        count(attributions, ids.values(), {f"a{k + 1}" for k, f in enumerate(found) if f.rule == "reference"})
        return list(ids.values()), attributions


def link(attributions: Sequence[Attribution]) -> None:
    """Set ``within``: the smallest attribution of another source whose content holds content and cue."""
    around: list[Attribution] = []
    for a in attributions:  # by first character, the longer first
        start, stop = a.content[0][0], a.content[-1][1]
        while around and around[-1].content[-1][1] <= start:
            around.pop()
        for outer in reversed(around):
            first, last = outer.content[0][0], outer.content[-1][1]
            cue = a.cue or (start, stop)
            held = first <= min(start, cue[0]) and max(stop, cue[1]) <= last
            if held and last - first > stop - start and outer.source != a.source:
                a.within = outer.id
                break
        around.append(a)
        del around[:-NESTING]


def count(attributions: Sequence[Attribution], sources: Iterable[Source], referenced: Set[str]) -> None:
    """Set ``hops``: one more than that of the attribution that holds or passes on the same words.

    Outlets and channels pass on what others say («…, сообщил мэр, передаёт «Заря»»); ``referenced`` are the ids of
    those to whom another refers («со ссылкой на»).
    """
    outlets = {s.id for s in sources if s.kind in OUTLETS}
    passing: dict[tuple[Span, ...], Attribution] = {}
    for a in attributions:
        if a.source in outlets and a.id not in referenced:
            passing.setdefault(tuple(a.content), a)
    by_id: dict[str, Attribution] = {}
    for a in attributions:  # what holds another stands before it
        outer = by_id.get(a.within or "")
        through = passing.get(tuple(a.content))
        if through is not None and through.source != a.source and (a.source not in outlets or a.id in referenced):
            outer = outer or by_id.get(through.within or "")
            a.hops = 2 + (outer.hops if outer is not None else 0)
        else:
            a.hops = 1 + (outer.hops if outer is not None else 0)
        by_id[a.id] = a


NAMING = frozenset({"name", "capital", "seat", "body", "leader"})
"""Forms of mention that name a body or a state; «американцы» and «республика» do not."""
TOLD: dict[str, SourceKind] = {"state": "state_body", "body": "state_body", "bloc": "organization"}
"""What kind of source an actor is."""


def _fullest(g: Grammar, actor: Actor) -> dict[str, str]:
    """Every name of a body or bloc in the text, and the longest of them in the nominative: «ФАС» → its full name.

    A capital or a seat keeps its own: who writes «Брюссель» does not say whose.
    """
    named = [m for m in actor.mentions if m.as_ in {"name", "body"}]
    if len({plain(m.text) for m in named}) < 2:
        return {}
    longest = max(named, key=lambda m: (len(m.text), -m.span[0]))
    first = token_at(g, longest.span[0])
    full = normal(g.tokens[first : token_at(g, longest.span[1])])
    return {plain(m.text): full for m in named} if full else {}


def _told(actor: Actor) -> SourceKind:
    """The kind of source that an actor is; a body of no state that has a code is international: the WHO."""
    return "organization" if actor.kind == "body" and actor.state is None and actor.id.isupper() else TOLD[actor.kind]


def _rename(person: Person, leader: Actor) -> None:
    """Give a leader the surname's nominative that the gazetteer has, where grammar took another form for it."""
    *given, surname = person.name.split(" ")
    known = (leader.name.ru or "").split(" ")[-1]
    if surname != known and stem(surname) == stem(known):
        person.name = " ".join([*given, known])


class Actors:
    """Actors by what they are called and by where they are mentioned."""

    def __init__(self, g: Grammar, actors: Sequence[Actor]) -> None:
        self._by_name: dict[str, Actor] = {}
        places: list[tuple[int, int, Actor]] = []
        for actor in actors:
            for name in (actor.name.ru, *(m.text for m in actor.mentions if m.as_ in NAMING)):
                if name:
                    self._by_name.setdefault(plain(name), actor)
            if actor.kind == "person" and actor.state is not None and actor.name.ru:
                self._by_name.setdefault(plain(actor.name.ru.split()[-1]), actor)  # «принял Лаврова»
            for m in actor.mentions if actor.kind in TOLD else ():
                if m.as_ in NAMING:  # «в Кремле» is of the «Кремль»
                    first, last = token_at(g, m.span[0]), token_at(g, m.span[1])
                    self._by_name.setdefault(plain(normal(g.tokens[first:last])), actor)
            places += [(m.span[0], m.span[1], actor) for m in actor.mentions]
        self._places = sorted(places, key=lambda p: p[:2])
        self._starts = [p[0] for p in self._places]
        self.fullest = {
            name: full for a in actors if a.kind in {"body", "bloc"} for name, full in _fullest(g, a).items()
        }
        self.states = {a.id: a.name.ru for a in actors if a.kind == "state" and a.name.ru}
        self.capitals = {state: word for word, state in reversed(capitals().items())}
        here = [a for a in actors if a.kind == "place"]
        self.places = {plain(m.text) for a in here for m in a.mentions}
        self.towns = {plain(m.text) for a in here if a.name.ru not in seats() for m in a.mentions}
        self.kinds = {name: _told(a) for name, a in self._by_name.items() if a.kind in TOLD}

    def placed(self, who: Identity) -> Identity:
        """A person who leads a state is official, whether or not the article gives the post."""
        actor = self._by_name.get(plain(who.name)) if who.kind == "person" else None
        return replace(who, kind="official") if actor is not None and actor.state is not None else who

    def leaders(self, g: Grammar, people: People) -> Callable[[Span], Person | None]:
        """Whom «премьер-министр Израиля» means: the one leader of that state whom the article names."""
        by_state: dict[str, dict[str, Person]] = {}
        for start, _, actor in self._places:
            if actor.kind == "person" and actor.state is not None:
                person = people.by_token.get(token_at(g, start))
                if person is not None:
                    person.state = actor.state
                    t = g.tokens[token_at(g, start)]
                    if t.rel == "nmod" and t.feats.get("Case") == "Nom":  # no genitive is one: «посланник Трампа»
                        _rename(person, actor)
                    by_state.setdefault(actor.state, {})[person.name] = person
        for i, person in people.by_token.items():
            if person.state is None and person.official:
                person.state = self._post_of(g, i)
            if person.state is None and COUNTERPART in person.posts and person.official:
                first, name = g.tokens[max(i - 3, g.sentence(i).first)], g.tokens[i]
                told = self.state_in((first.start, name.start))  # «его чилийский коллега Диего Рохас»
                person.state = told[0] if told is not None else None

        def leader(span: Span) -> Person | None:
            found = list(by_state.get(self._state_id(span) or "", {}).values())
            return found[0] if len(found) == 1 else None

        return leader

    def _post_of(self, g: Grammar, name: int) -> str | None:
        """The state that the post before a name is of: «президент Южной Кореи Пак Мин», no «посол в Корее Пак Мин»."""
        first, last = post_before(g.parse, name)
        told = self.state_in((g.tokens[first].start, g.tokens[last].start)) if first < last else None
        at = token_at(g, told[1][0]) if told is not None else 0
        return told[0] if told is not None and g.tokens[at - 1].pos != "ADP" else None

    def of(self, who: Identity, span: Span | None) -> str | None:
        """Id of the actor that a source is, or of the state that an official or a body speaks for."""
        if who.kind in {"unnamed", "author", "document"}:
            return None
        actor = self._by_name.get(plain(who.name))
        if who.kind == "official" and who.gender == "Plur":
            return None  # «лидеры Чехии и Польши» speak for no one state
        if who.kind in {"official", "state_body"}:
            state = actor.state if actor is not None else None
            if state is None and actor is not None and actor.kind == "state":
                state = actor.id
            return state or self._state_id(span) or (actor.id if actor is not None else None)
        return actor.id if actor is not None else None

    def _state_id(self, span: Span | None) -> str | None:
        state = self.state_in(span) if span is not None else None
        return state[0] if state is not None else None

    def state_in(self, span: Span) -> tuple[str, Span] | None:
        """The state of the first state or body mentioned in ``span``, and where: «глава МИД Польши» → POL.

        A leader stands for theirs where there is no other: «советник Трампа» → USA.
        """
        led: tuple[str, Span] | None = None
        for k in range(bisect_left(self._starts, span[0]), len(self._places)):
            start, stop, actor = self._places[k]
            if start >= span[1]:
                return led
            state = actor.id if actor.kind == "state" else actor.state
            if stop <= span[1] and actor.kind in {"state", "body"} and state is not None:
                return state, (start, stop)
            if stop <= span[1] and actor.kind == "person" and state is not None and start > span[0]:
                led = led or (state, (start, stop))
        return led
