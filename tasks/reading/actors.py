"""States, blocs, bodies, persons, organizations and places: who an article speaks of, and where.

The gazetteer says what words may stand for (``gazetteer/``), grammar whether they do here (``ru/metonyms.py`` for
capitals and seats, ``ru/homonyms.py`` for words that are other words too); the tagger's names are what remains.

A state is *mentioned* by its name, adjective, demonym, capital or seat. A leader («Путин», «президент Обама») is a
person with ``state``, mentioned as ``leader``, while in office on the article's day; out of office one is a ``name``,
and has a ``state`` only by the post that the article gives, or where the article has no day. The mention is the
person's and not the state's. A ministry is a ``body`` with ``state``, in the same way. What is dated is read on the
article's day, and on the gazetteer's where that is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from .gathering import Found, Gathering, key
from .gazetteer.files import blocs
from .gazetteer.lexicon import HISTORIC, Entry, Hit, lexicon, states, today
from .people import People
from .record import READ_BLOCKS, Actor, Block, Event, MentionForm, Name
from .ru import homonyms, metonyms
from .ru.morphology import normal
from .ru.persons import BODIES, POSTS, proper
from .tokens import NameSpan, Parse, Token

NAMELESS = frozenset({"ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "PART", "PRON", "PUNCT", "SCONJ"})
"""Classes of words that are no names by themselves."""
QUOTES = frozenset('«»„“”"')
FORMS: Mapping[str, MentionForm] = {
    "name": "name", "adjective": "adjective", "compound": "adjective", "qualified": "adjective",
    "demonym": "demonym", "capital": "capital", "seat": "seat", "body": "body", "leader": "leader",
}  # fmt: skip
"""The record's `as` by the gazetteer's forms."""


def find(parse: Parse, blocks: list[Block], published: datetime | None) -> list[Actor]:
    """Every actor that the title and body of a parsed Russian text mention, in the order of their first mention."""
    gathering = Gathering(parse, today(published.date() if published else None))
    stretches = [parse.places(*span) for span in sorted(block.span for block in blocks if block.kind in READ_BLOCKS)]
    inside = set().union(*stretches)
    hits = gazetteer_hits(parse, stretches)
    names = [n for n in parse.names if inside.issuperset(range(n.first, n.last)) and can_name(parse, n)]
    names = proper(parse.tokens, names)
    countries = {hit.first: hit.last for hit in hits if hit.entries[0].form == "name"}
    names = [n for n in names if not is_post(parse, n, countries)]
    tagged = {i: name for name in names for i in range(name.first, name.last)}
    hits = homonyms.sift(parse, hits, tagged)
    bodies: list[tuple[Hit, Entry]] = []
    leaders: dict[int, Hit] = {}
    for hit in hits:
        entry = hit.entries[0]
        if entry.form == "leader":
            leaders[hit.first] = hit
        elif entry.form == "body" and entry.id not in blocs():
            bodies.append((hit, entry))
        elif entry.form in ("capital", "seat"):
            add_metonym(gathering, hit)
        else:
            add_plain(gathering, hit)
    add_bodies(gathering, bodies, tagged)
    People(gathering, leaders, dated=published is not None).read([name for name in names if name.kind == "PER"])
    add_others(gathering, [name for name in names if name.kind != "PER"])
    return gathering.actors()


def placed(actors: list[Actor], events: list[Event]) -> list[Actor]:
    """The states that events name by a town alone («прибыл в Ригу»): actors without a mention of their own."""
    known = {a.id for a in actors} | {a.state for a in actors} | {m for a in actors for m in a.members or ()}
    parties = {party for event in events for party in (event.actor, event.recipient)}
    return [
        Actor(id=state, kind="state", name=Name(ru=states()[state].ru, en=states()[state].en), mentions=[])
        for state in sorted((parties - known) & states().keys())
    ]


def can_name(parse: Parse, name: NameSpan) -> bool:
    """Whether a word of the name is of a class that names things: «Ещё» at a sentence's head is not, capital or no."""
    return any(token.pos not in NAMELESS for token in parse.tokens[name.first : name.last])


def is_post(parse: Parse, name: NameSpan, states: Mapping[int, int]) -> bool:
    """Whether a post and its state, whose name ends by its first token in ``states``, were taken for a name."""
    return name.kind == "PER" and states.get(name.first + 1) == name.last and parse.tokens[name.first].lemma in POSTS


def gazetteer_hits(parse: Parse, stretches: list[range]) -> list[Hit]:
    """What the gazetteer knows among the tokens of each stretch; a hit crosses no sentence and no gap."""
    words = spelling(parse.tokens)
    hits: list[Hit] = []
    for stretch in stretches:
        first = stretch.start
        while first < stretch.stop:
            last = min(stretch.stop, parse.sentences[parse.tokens[first].sentence].last)
            hits.extend(lexicon().find(words, parse.starts, parse.stops, first, last))
            first = last
    # «Банк России», «Служба безопасности Украины» name a body and a state.
    bodies = [hit for hit in hits if hit.entries[0].form == "body"]
    held = [h for b in bodies for h in lexicon().find(words, parse.starts, parse.stops, b.first + 1, b.last)]
    return hits + [hit for hit in held if hit.entries[0].form == "name"]


def spelling(tokens: list[Token]) -> list[str]:
    """The tokens' texts as the gazetteer spells them: е for ё, «» for any quotation marks."""
    # No token holds a blank, so that all are spelt at once.
    out = "\n".join(token.text for token in tokens).replace("ё", "е").replace("Ё", "Е").split("\n")
    opened = False
    for i in [i for i, word in enumerate(out) if word in QUOTES]:
        opened = out[i] in "„«" or (out[i] not in "»”" and not opened)
        out[i] = "«" if opened else "»"
    return out


def add_plain(gathering: Gathering, hit: Hit) -> None:
    """A name, adjective or demonym; of several entries the one so spelt, else the files' first, others as alternatives.

    «ГУАМ» is the organization, «Гуам» the island.
    """
    shown = gathering.parse.text[hit.start : hit.stop]
    entry = next((e for e in hit.entries if e.word == shown), hit.entries[0])
    head = metonyms.head_within(gathering.parse, hit.first, hit.last)
    if entry.form in ("name", "body"):
        gathering.taken.update(range(hit.first, hit.last))
    if entry.form == "name" and entry.id in HISTORIC and metonyms.is_former(gathering.parse, head):
        gathering.place(entry.word, hit.start, hit.stop)
        return
    others = list(dict.fromkeys(e.id for e in hit.entries if e.id != entry.id))
    gathering.add(gathering.know(entry.id), FORMS[entry.form], hit.start, hit.stop, others)


def add_metonym(gathering: Gathering, hit: Hit) -> None:
    """A capital or a seat: its state where it acts, a place where things happen."""
    entries = [entry for entry in hit.entries if entry.holds(gathering.day)]
    head = metonyms.head_within(gathering.parse, hit.first, hit.last)
    gathering.taken.update(range(hit.first, hit.last))
    if entries and metonyms.stands_for_state(gathering.parse, head, seat=entries[0].form == "seat"):
        chosen, *rest = in_context(gathering, entries)
        others = [*(entry.id for entry in rest), *chosen.other]
        gathering.add(gathering.know(chosen.id), FORMS[chosen.form], hit.start, hit.stop, others)
    else:
        gathering.place(hit.entries[0].word, hit.start, hit.stop)


def in_context(gathering: Gathering, entries: list[Entry]) -> list[Entry]:
    """«Брюссель»: whom the article has spoken of most by then; else the EU, then NATO, then Belgium."""

    def rank(entry: Entry) -> tuple[int, bool, bool]:
        found = gathering.found.get(entry.id)
        return -len(found.mentions) if found else 0, entry.id != "EU", entry.id != "NATO"

    return sorted(entries, key=rank)


def add_bodies(gathering: Gathering, hits: list[tuple[Hit, Entry]], tagged: Mapping[int, NameSpan]) -> None:
    """Ministries and services with their states; one named without its state is the one first named with it."""
    text, tokens = gathering.parse.text, gathering.parse.tokens
    told: list[tuple[Hit, Entry, str | None, int]] = []
    first_state: dict[str, str] = {}
    for hit, entry in hits:
        state, last = gathering.state_beside(hit.first, hit.last)
        state = state or (entry.id if entry.id != "-" else None)
        told.append((hit, entry, state, last))
        if state:
            first_state.setdefault(entry.other[0], state)
    for hit, entry, state, last in told:
        span = tagged.get(hit.first)
        # The tagger tells «Конгресс» of «Конгресса США» from «МИД России»; the name is the whole in both.
        stop = tokens[max(hit.last, span.last if span is not None and span.first == hit.first else last) - 1].stop
        name = entry.word + text[hit.stop : max(stop, tokens[last - 1].stop)]
        state = state or first_state.get(entry.other[0])
        actor = f"body:{key(entry.other[0])}" + (f":{state}" if state else "")
        found = gathering.found.setdefault(actor, Found("body", name, state=state))
        found.ru = max(found.ru, name, key=len)
        gathering.add(actor, "body", hit.start, stop)
        gathering.taken.update(i for i in range(hit.first, max(last, hit.last)) if tokens[i].start < stop)


def add_others(gathering: Gathering, names: list[NameSpan]) -> None:
    """Organizations and places that the gazetteer does not know; an organ of a state is a body."""
    for name in names:
        tokens = gathering.parse.tokens[name.first : name.last]
        nominative = normal(tokens).strip('«»"“”„ ')
        # «Путь Грузии» is an organization that holds a state's name; «Сирия» of «Сирия» is the state.
        claimed = tokens[:1] if name.kind == "ORG" else tokens
        if not nominative or any(t.i in gathering.taken for t in claimed):
            continue
        if name.kind == "LOC":
            gathering.place(nominative, name.start, name.stop)
            continue
        state = organ_of(gathering, name) if any(t.lemma in BODIES for t in tokens[:2]) else None
        actor = f"body:{key(nominative)}:{state}" if state else f"org:{key(nominative)}"
        gathering.found.setdefault(actor, Found("body" if state else "organization", nominative, state=state))
        gathering.add(actor, "body" if state else "name", name.start, name.stop)


def organ_of(gathering: Gathering, name: NameSpan) -> str | None:
    """The state that an organization's name holds, or that stands beside it."""
    state = gathering.state_within(name.first, name.last) or gathering.state_beside(name.first, name.last)[0]
    return state if state in states() else None
