"""States, blocs, bodies, persons, organizations and places: who an article speaks of, and where.

The gazetteer says what words may stand for (``gazetteer/``), grammar whether they do here (``ru/metonyms.py`` for
capitals and seats, ``ru/homonyms.py`` for words that are other words too); the tagger's names are what remains.

A state is *mentioned* by its name, adjective, demonym, capital or seat. A leader («Путин», «президент Обама») is a
person with ``state``, mentioned as ``leader`` while in office on the article's day and as ``name`` otherwise; the
mention is the person's and not the state's. A ministry is a ``body`` with ``state``, in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .gazetteer.files import blocs
from .gazetteer.lexicon import HISTORIC, Entry, Hit, lexicon, members, states, today
from .record import READ_BLOCKS, Actor, ActorKind, Block, Mention, MentionForm, Name
from .ru import homonyms, metonyms, persons
from .ru.morphology import normal
from .ru.persons import BODIES
from .tokens import NameSpan, Parse, Token

Span = tuple[int, int]
QUOTES = frozenset('«»„“”"')


@dataclass(slots=True)
class Found:
    """An actor being gathered: its mentions by span, in the order of the text when it is done."""

    kind: ActorKind
    ru: str
    en: str | None = None
    state: str | None = None
    mentions: dict[Span, Mention] = field(default_factory=dict)


def find(parse: Parse, blocks: list[Block], published: datetime | None) -> list[Actor]:
    """Every actor that the title and body of a parsed Russian text mention, in the order of their first mention."""
    spans = [block.span for block in blocks if block.kind in READ_BLOCKS]
    inside = [t for t in parse.tokens if any(a <= t.start and t.stop <= b for a, b in spans)]
    article = Article(parse, today(published.date() if published else None))
    if inside:
        allowed = {t.i for t in inside}
        article.read(runs(inside), [n for n in parse.names if all(i in allowed for i in range(n.first, n.last))])
    return article.actors()


def runs(tokens: list[Token]) -> list[tuple[int, int]]:
    """``[first, last)`` of each run of neighbouring tokens of one sentence."""
    out: list[tuple[int, int]] = []
    sentence = -1
    for t in tokens:
        if t.sentence == sentence and out[-1][1] == t.i:
            out[-1] = (out[-1][0], t.i + 1)
        else:
            out.append((t.i, t.i + 1))
        sentence = t.sentence
    return out


def spelling(tokens: list[Token]) -> list[str]:
    """The tokens' texts as the gazetteer spells them: е for ё, «» for any quotation marks."""
    out, opened = [], False
    for t in tokens:
        word = t.text
        if word in QUOTES:
            opened = word in "„«" or (word not in "»”" and not opened)
            word = "«" if opened else "»"
        out.append(word.replace("ё", "е").replace("Ё", "Е"))
    return out


def key(name: str) -> str:
    """A name as an id has it: lower case, single spaces."""
    return " ".join(name.lower().split())


class Article:
    """One article's actors while they are gathered."""

    def __init__(self, parse: Parse, day: str) -> None:
        self.parse = parse
        self.day = day
        self.found: dict[str, Found] = {}

    def add(self, actor: str, form: MentionForm, start: int, stop: int, alternatives: list[str] | None = None) -> None:
        """One more mention of an actor that is known."""
        text = self.parse.text[start:stop]
        mention = Mention.model_validate(
            {"span": (start, stop), "text": text, "as": form, "alternatives": alternatives or None}
        )
        self.found[actor].mentions.setdefault((start, stop), mention)

    def know(self, entry_id: str) -> str:
        """The actor of a gazetteer id, begun if it is new."""
        if entry_id not in self.found:
            if entry_id in states():
                state = states()[entry_id]
                self.found[entry_id] = Found("state", state.ru, state.en)
            else:
                bloc = blocs()[entry_id]
                kind: ActorKind = "body" if bloc.get("kind") == "body" else "bloc"
                self.found[entry_id] = Found(kind, bloc["names"][0].strip("«»"), bloc["en"], bloc.get("of"))
        return entry_id

    def read(self, stretches: list[tuple[int, int]], spans: list[NameSpan]) -> None:
        """Gazetteer first, then the tagger's names."""
        tokens = self.parse.tokens
        words = spelling(tokens)
        offsets = [(t.start, t.stop) for t in tokens]
        tagged = {i: span for span in spans for i in range(span.first, span.last)}
        hits = [h for first, last in stretches for h in lexicon().find(words, offsets, first, last)]
        # «Банк России», «Служба безопасности Украины» name a body and a state.
        within = [
            h for b in hits if b.entries[0].form == "body" for h in lexicon().find(words, offsets, b.first + 1, b.last)
        ]
        hits = homonyms.sift(self.parse, hits + [h for h in within if h.entries[0].form == "name"], tagged)
        taken: set[int] = set()
        bodies: list[tuple[Hit, Entry]] = []
        leaders: dict[int, Hit] = {}
        for hit in hits:
            entries = hit.entries
            form = entries[0].form
            if form == "leader":
                leaders[hit.first] = hit
            elif form == "body" and entries[0].id not in blocs():
                bodies.append((hit, entries[0]))
            elif form in ("capital", "seat"):
                self.metonym(hit, taken)
            else:
                self.plain(hit, taken)
        self.bodies(bodies, tagged, taken)
        self.persons(spans, leaders, taken)
        self.others(spans, taken)

    def plain(self, hit: Hit, taken: set[int]) -> None:
        """A name, adjective or demonym; several entries are alternatives in the order of the files."""
        entry = hit.entries[0]
        if entry.id in HISTORIC and entry.form == "name" and metonyms.is_former(self.parse, self.head(hit)):
            taken.update(range(hit.first, hit.last))
            self.place(entry.word, hit.start, hit.stop)
            return
        form: MentionForm = "adjective" if entry.form in ("compound", "qualified") else entry.form  # type: ignore[assignment]
        others = [o for e in hit.entries[1:] if e.id != entry.id for o in [e.id]] + list(
            entry.other if entry.form == "seat" else ()
        )
        self.add(self.know(entry.id), form, hit.start, hit.stop, list(dict.fromkeys(others)))
        if entry.form in ("name", "body"):
            taken.update(range(hit.first, hit.last))

    def head(self, hit: Hit) -> Token:
        return metonyms.head_within(self.parse, hit.first, hit.last)

    def metonym(self, hit: Hit, taken: set[int]) -> None:
        """A capital or a seat: its state where it acts, a place where things happen."""
        seat = hit.entries[0].form == "seat"
        entries = [e for e in hit.entries if e.holds(self.day)] or []
        taken.update(range(hit.first, hit.last))
        if entries and metonyms.stands_for_state(self.parse, self.head(hit), seat):
            chosen, *others = self.in_context(entries)
            alternatives = [e.id for e in others] + list(chosen.other)
            self.add(self.know(chosen.id), chosen.form, hit.start, hit.stop, alternatives)  # type: ignore[arg-type]
        else:
            self.place(hit.entries[0].word, hit.start, hit.stop)

    def in_context(self, entries: list[Entry]) -> list[Entry]:
        """«Брюссель»: the EU's unless the article speaks of NATO and not of the EU; the others after it."""

        def weight(entry: Entry) -> tuple[int, bool, bool]:
            spoken = len(self.found[entry.id].mentions) if entry.id in self.found else 0
            return -spoken, entry.id != "EU", entry.id != "NATO"

        return sorted(entries, key=weight)

    def place(self, name: str, start: int, stop: int) -> None:
        actor = f"place:{name.lower()}"
        self.found.setdefault(actor, Found("place", name))
        self.add(actor, "name", start, stop)

    def state_beside(self, first: int, last: int) -> tuple[str | None, int]:
        """The state that an adjective before or a genitive after tokens ``first`` to ``last`` names; the new end."""
        tokens = self.parse.tokens
        before = tokens[first - 1] if first else None
        after = tokens[last] if last < len(tokens) else None
        for actor, found in self.found.items():
            if found.kind not in ("state", "bloc"):
                continue
            for (start, stop), mention in found.mentions.items():
                if after is not None and start == after.start and mention.as_ == "name":
                    return actor, next(i for i in range(last, len(tokens)) if tokens[i].stop >= stop) + 1
                if before is not None and stop == before.stop and mention.as_ == "adjective":
                    return actor, last
        return None, last

    def bodies(self, hits: list[tuple[Hit, Entry]], tagged: dict[int, NameSpan], taken: set[int]) -> None:
        """Ministries and services with their states; one named without its state is the one named with it."""
        told: list[tuple[Hit, Entry, str | None, int]] = []
        by_name: dict[str, list[str]] = {}
        for hit, entry in hits:
            state, last = self.state_beside(hit.first, hit.last)
            state = state or (entry.id if entry.id != "-" else None)
            told.append((hit, entry, state, last))
            if state and state not in by_name.setdefault(entry.other[0], []):
                by_name[entry.other[0]].append(state)
        for hit, entry, state, last in told:
            span = tagged.get(hit.first)
            named = max(last, span.last if span is not None and span.first == hit.first else last)
            state = state or next(iter(by_name.get(entry.other[0], ())), None)
            actor = f"body:{entry.other[0].lower()}" + (f":{state}" if state else "")
            name = entry.word + self.parse.text[hit.stop : self.parse.tokens[named - 1].stop]
            if span is not None and span.first == hit.first:
                last = max(hit.last, span.last)  # the tagger tells «Конгресс» of «Конгресса США» from «МИД России»
            stop = self.parse.tokens[last - 1].stop
            known = self.found.setdefault(actor, Found("body", name, state=state))
            known.ru = max(known.ru, name, key=len)
            self.add(actor, "body", hit.start, stop)
            taken.update(range(hit.first, last))

    def persons(self, spans: list[NameSpan], leaders: dict[int, Hit], taken: set[int]) -> None:
        """The tagger's persons: full names first, then each single word with the full name that it may be a part of."""
        tokens = self.parse.tokens
        people = [s for s in spans if s.kind == "PER" and not all(i in taken for i in range(s.first, s.last))]
        inside = {i for s in people for i in range(s.first, s.last)}
        full: dict[str, list[tuple[str, list[str]]]] = {}
        later: list[tuple[NameSpan, list[str]]] = []
        for span in people:
            words = persons.name(tokens[span.first : span.last])
            if len(words) > 1 and not persons.is_patronymic(words[-1]):
                self.person(span, words, leaders, full)
            elif words:
                later.append((span, words))
        for span, words in later:
            token = next(t for t in tokens[span.first : span.last] if t.text[:1].isalpha())
            known = next(
                (found[0][0] for surname, found in full.items() if persons.could_be(token.text, surname)), None
            )
            if known is not None:
                form = next(iter(self.found[known].mentions.values())).as_
                self.add(known, form, span.start, span.stop)
            else:
                self.person(span, words, leaders, full)
        for i, hit in leaders.items():
            if i not in inside and tokens[i].pos == "PROPN":
                span = NameSpan(hit.start, hit.stop, hit.first, hit.last, "PER")
                self.person(span, [hit.entries[0].word], leaders, full)

    def person(
        self,
        span: NameSpan,
        words: list[str],
        leaders: dict[int, Hit],
        full: dict[str, list[tuple[str, list[str]]]],
    ) -> None:
        """A person by full name or first seen surname."""
        entry = self.leader(span, words, leaders)
        if entry is not None:
            whole = entry.other[0].split(" ")
            words = whole if len(words) == 1 or words[-1] != whole[-1] else words
        surname = words[-1].lower().replace("ё", "е")
        known = full.setdefault(surname, [])
        same = next((actor for actor, its in known if its[0] == words[0] or len(its) == 1 or len(words) == 1), None)
        if same is None:
            same = f"person:{surname}" if not known else "person:" + " ".join(words).lower()
            known.append((same, words))
            self.found.setdefault(same, Found("person", " ".join(words)))
        found = self.found[same]
        found.ru = max(found.ru, " ".join(words), key=len)
        if entry is not None:
            found.state = entry.id
        elif found.state is None:
            found.state = self.state_of_post(span)
        form: MentionForm = "leader" if entry is not None and entry.holds(self.day) else "name"
        self.add(same, form, span.start, span.stop)

    def state_of_post(self, span: NameSpan) -> str | None:
        """The state that a person speaks for: «министр обороны Латвии Андрис Спрудс», «Спрудс, министр Латвии»."""
        before = persons.post_before(self.parse, span.first)
        after = persons.post_after(self.parse, span.last)
        for first, last in (before, after):
            begin, end = self.parse.tokens[first].start, self.parse.tokens[max(first, last - 1)].stop
            for actor, found in self.found.items():
                if last > first and any(begin <= a and b <= end for a, b in found.mentions):
                    if found.kind == "state":
                        return actor
                    if found.kind == "body" and found.state in states():
                        return found.state
        return None

    def leader(self, span: NameSpan, words: list[str], leaders: dict[int, Hit]) -> Entry | None:
        """The leader whose surname ends the name, if the rest of the name does not tell otherwise."""
        hit = next((leaders[i] for i in range(span.first, span.last) if i in leaders), None)
        if hit is None:
            return None
        fitting = [e for e in hit.entries if len(words) == 1 or e.other[0].split(" ")[0] == words[0]]
        return next((e for e in fitting if e.holds(self.day)), fitting[0] if fitting else None)

    def others(self, spans: list[NameSpan], taken: set[int]) -> None:
        """Organizations and places that the gazetteer does not know; an organ of a state is a body."""
        for span in spans:
            inside = range(span.first, span.first + 1 if span.kind == "ORG" else span.last)
            if span.kind == "PER" or any(i in taken for i in inside):
                continue
            tokens = self.parse.tokens[span.first : span.last]
            name = normal(tokens).strip('«»"“”„ ')
            if not name:
                continue
            kind, actor, state = "place", f"place:{key(name)}", None
            if span.kind == "ORG":
                kind, actor = "organization", f"org:{key(name)}"
                state = self.state_within(span) if any(t.lemma in BODIES for t in tokens[:2]) else None
                if state is not None:
                    kind, actor = "body", f"body:{key(name)}:{state}"
            self.found.setdefault(actor, Found(kind, name, state=state))  # type: ignore[arg-type]
            self.add(actor, "body" if kind == "body" else "name", span.start, span.stop)

    def state_within(self, span: NameSpan) -> str | None:
        """The state that an organization's name holds or that stands beside it."""
        for actor, found in self.found.items():
            if found.kind == "state" and any(span.start <= a and b <= span.stop for a, b in found.mentions):
                return actor
        state, _ = self.state_beside(span.first, span.last)
        return state if state in states() else None

    def actors(self) -> list[Actor]:
        """The record's actors, in the order of their first mention."""
        out = []
        for actor, found in self.found.items():
            mentions = [found.mentions[span] for span in sorted(found.mentions)]
            bloc = members(actor, self.day) if found.kind == "bloc" else None
            name = Name(ru=found.ru, en=found.en)
            out.append(Actor(
                id=actor, kind=found.kind, name=name, members=bloc or None, state=found.state, mentions=mentions
            ))  # fmt: skip
        return sorted(out, key=lambda a: (a.mentions[0].span, a.id))
