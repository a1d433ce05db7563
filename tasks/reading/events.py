"""What passed between states and blocs: PLOVER's sixteen types, each event with its status and whose word it is.

Frames of words (``ru/eventframes.toml``) find their parties by dependency (``ru/eventrules.py``, ``ru/parties.py``):
actor and recipient stand in one clause with the word that says what passed, or are resolved into it by its subject, its
control or its relative pronoun. Parties of different clauses are never joined. An organ that stands alone is of the
state with which the article has named it, if all of its kind are of that state. Membership is no event; to join a bloc
is an agreement with it, to leave it a reduction of relations. Who says that another breaks, hinders or deceives accuses
him. No event either is what passed before 1992, in an age before or with a state that ended by then: that is history;
nor what a novel or a film tells. «Мы» and «наш» in a quotation are the state that is spoken for; a pronoun is whom its
sentence leaves no choice but to mean. A town that is struck, visited or left is its state's. A citizen is his state's
where he is arrested, sentenced, imprisoned, handed over, expelled or kept out, and what the article once tells of whose
he is holds for all of it (``ru/belonging.py``). International bodies are parties; organs of the United Nations are the
United Nations. Not to recognize, to admit or to join is to reject; to help or to trade no more reduces relations.

Where a deed could be of several types the PLOVER codebook decides. ACCUSE is what one says of another, an official
complaint too (CAMEO 114: a note, a protest handed over, an ambassador summoned); PROTEST is what people do in the
street, and a boycott. REJECT answers something that was asked, offered or agreed, by refusal, veto or denial; to say no
more than that another is wrong is ACCUSE. To ease sanctions, visas or bans is CONCEDE (CAMEO 085); RETREAT is material:
troops leave, people or things are given back. Troops that are moved into or towards another are MOBILIZE.

**status** is, in this order:

* ``denied``: the clause is negated («не вводил»), or a source denies it («опроверг, что …»);
* ``hypothetical``: under «если», «бы», «может», «возможно», in what somebody asks for, proposes or foresees, in a
  question;
* ``planned``: in the future, or under «намерен», «готов», «решил», «обещал»;
* ``claimed``: what its source alone stands for: under a cue that commits to nothing («утверждает», «полагает», «по
  версии»), «якобы», or blame («обвинил в обстреле»); and a contested deed (force, coercion, troops) that somebody else
  than its actor or a news outlet reports, or any hostile act that another state tells of. What its own actor announces
  has happened by that announcement, and an outlet reports as the article itself does;
* ``happened``: all else, with what a source recalls or confirms («напомнил, что подписали»), and what an official says
  of both sides of whom the text does not tell whose he is. What a source takes for granted («недавнее подписание
  соглашения стало сигналом») is not what it argues for: it has happened, and ``attribution`` still says in whose words.

Types, quad classes and CAMEO roots follow the PLOVER manual (Halterman et al., 2023; draft 0.8 of 2021).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import chain

from . import quotations
from .gazetteer.lexicon import HISTORIC
from .record import READ_BLOCKS, Actor, Attribution, Block, Event, EventStatus, Source, Topic
from .ru import dates, eventrules
from .ru.clauses import Grammar, grammar, holds, token_at
from .ru.cues import plain
from .ru.eventframes import QUADS, frames
from .ru.eventhits import Hit
from .ru.eventsources import Words
from .ru.eventstatus import HEARSAY
from .ru.parties import Parties
from .ru.partybefore import looks_back
from .ru.partynames import of_capital, party_of
from .ru.towns import towns
from .tokens import Parse, Sentence

Span = tuple[int, int]

THRESHOLD = 0.5
"""Confidence below which nothing is emitted."""

AGE = "1992"
"""The year (ISO) before which an event is history: a reading is for what passes between the states of its day."""

PAST_AGE = re.compile(
    r"\b(?:(?:годы|время|период|ходе|начале|конце) (?:\w+ ){0,2}(?:мировой|отечественной|холодной) войны"
    r"|средние века|(?:[IVX]+|1?\d-[а-я]+|(?:поза)?прошлом) (?:век|столети)"
    r"|(?:двадцатых|тридцатых|сороковых|пятидесятых|шестидесятых|семидесятых|восьмидесятых) годах)",
    re.IGNORECASE,
)
"""Words that put what is told in an age before ours."""

NEAR = 6
"""Tokens behind an event's words within which its age stands."""

PERSONAL = frozenset(["он", "она", "его", "её", "ее", "ему", "ей", "него", "неё", "нее", "нему", "ней", "им", "ним"])
"""Pronouns that may mean a person of the sentence before."""

BYGONE = HISTORIC - {"YUG", "SCG"}
"""States that ended by then."""

CONTESTED = frozenset({"ASSAULT", "COERCE", "MOBILIZE"})
"""Deeds that who did them may deny, and others may invent."""

LONGEST = 300
"""Tokens of the longest sentence that is read: what is longer is a table or a list."""


def find(
    parse: Parse,
    blocks: Sequence[Block],
    actors: Sequence[Actor],
    attributions: Sequence[Attribution],
    published: datetime | None,
    sources: Sequence[Source] = (),
) -> list[Event]:
    """The events of a Russian article, in the order of their evidence, which lies in its title and body.

    ``sources`` says for whom the sources of ``attributions`` speak.
    """
    spans = [b.span for b in blocks if b.kind in READ_BLOCKS]
    voices = _voices(actors, attributions, sources)
    if not _speaks_of_two(parse, actors):
        return []
    g = grammar(parse, quotations.find(parse.text, spans))
    words = Words(g, actors, attributions, sources)

    def voice(i: int) -> str | None:
        said = words.around((g.tokens[i].start, g.tokens[i].stop)) if voices else None
        return words.speaks_for(said) if said is not None and said.kind != "indirect" else None

    parties = words.parties = Parties(g, actors, voice, words.teller, words.speakers.get)
    shared = _shared(parse, parties, voices, words.speakers)
    day = published.date() if published else None
    found: dict[tuple[object, ...], Event] = {}
    for number in shared:
        sentence = parse.sentences[number]
        if sentence.last - sentence.first > LONGEST or not holds(spans, sentence.start, sentence.stop):
            continue
        if _is_made_up(parse, sentence):
            continue
        asked = parse.text[sentence.start : sentence.stop].rstrip('»" ').endswith("?")
        for hit in eventrules.find(g, parties, sentence.first, sentence.last):
            event = _event(g, hit, words, day, asked=asked)
            if event.confidence >= THRESHOLD and not _is_history(event) and not _is_of_past_age(g, hit):
                pair = frozenset((event.actor, event.recipient)) if event.mutual else (event.actor, event.recipient)
                key = (event.type, pair, event.evidence[0])
                if key not in found or found[key].confidence < event.confidence:
                    found[key] = event
    # ``words`` and its parties hold each other, and the whole parse: apart, they are freed at once, without a search.
    del words.parties
    ordered = sorted(found.values(), key=lambda e: (e.evidence[0], e.type, e.actor, e.recipient))
    return [event.model_copy(update={"id": f"e{n}"}) for n, event in enumerate(_distinct(ordered), 1)]


def _speaks_of_two(parse: Parse, actors: Sequence[Actor]) -> bool:
    """Whether an article names two states or blocs, or one and a place where another may lie."""
    parties = {party_of(a) for a in actors} - {None}
    if len(parties) != 1:
        return len(parties) > 1
    known = towns()
    return any(a.kind == "place" and of_capital(a.mentions[0].text) is not None for a in actors if a.mentions) or any(
        plain(t.text) in known for t in parse.tokens if t.text[:1].isupper()
    )


def _is_made_up(parse: Parse, sentence: Sentence) -> bool:
    """Whether a sentence tells of a work of art: «в романе Дания нападает на Норвегию»."""
    told = frames().words["fiction"]
    return not told.isdisjoint([t.lemma for t in parse.tokens[sentence.first : sentence.last]])


def _is_of_past_age(g: Grammar, hit: Hit) -> bool:
    """Whether the words of an event are put in an age before ours: «в XIX веке Британия воевала с Афганистаном»."""
    sentence = g.sentence(hit.anchors[0])
    for found in PAST_AGE.finditer(g.parse.text, sentence.start, sentence.stop):
        at = token_at(g, found.start())
        if at - max(hit.anchors) > NEAR:
            continue  # the tree may hang the age of one thing on another
        for _ in range(3):
            if at in hit.anchors:
                return True
            at = g.tokens[at].head if at >= 0 else -1
    return False


def _is_history(event: Event) -> bool:
    """Whether an event is one of the age before: by its date, or by a state that ended with it."""
    return bool(BYGONE & {event.actor, event.recipient}) or (event.date is not None and event.date < AGE)


def _voices(
    actors: Sequence[Actor], attributions: Sequence[Attribution], sources: Sequence[Source]
) -> list[tuple[Span, str]]:
    """What is quoted of who speaks for a state or bloc, with that state: there «мы» names it."""
    states = {a.id: party_of(a) for a in actors}
    speakers = {s.id: states.get(s.actor or "") for s in sources}
    starts = sorted((m.span[0], state) for a in actors if (state := states[a.id]) is not None for m in a.mentions)
    out: list[tuple[Span, str]] = []
    for said in attributions:
        state = speakers.get(said.source or "")
        if state is None and said.source_span is not None:
            within = bisect_right(starts, (said.source_span[0], ""))
            state = starts[within][1] if within < len(starts) and starts[within][0] < said.source_span[1] else None
        if state is not None and said.kind != "indirect":
            out += [(span, state) for span in said.content]
    return out


def _shared(parse: Parse, parties: Parties, voices: Sequence[tuple[Span, str]], speakers: dict[int, str]) -> list[int]:
    """Numbers of the sentences that name two states or blocs or more: nothing passes between fewer.

    A statement names him who makes it for a state, a person his home, and a pronoun whom the sentence before names.
    """
    starts = [s.start for s in parse.sentences]
    named: dict[int, set[str]] = {}
    for (start, stop), state in voices:
        number = max(bisect_right(starts, start) - 1, 0)
        while number < len(starts) and starts[number] < stop:
            named.setdefault(number, set()).add(state)
            number += 1
    homes = {i: home for i, person in parties.people.items() if (home := parties.homes.get(person)) is not None}
    for i, state in chain(parties.seats.items(), parties.towns.items(), homes.items(), parties.organs.items()):
        named.setdefault(parse.tokens[i].sentence, set()).add(state)
    for i, those in parties.at.items():
        named.setdefault(parse.tokens[i].sentence, set()).update(p.id for p in those)
    for i, state in speakers.items():
        named.setdefault(parse.tokens[i].sentence, set()).add(state)
    for number in sorted(named, reverse=True):  # «Макрон прибыл в Осло. Он предложил …»
        if number + 1 < len(starts):
            sentence = parse.sentences[number + 1]
            if looks_back(plain(t.text) for t in parse.tokens[sentence.first : sentence.last]):
                named.setdefault(number + 1, set()).update(named[number])
    for i, home in homes.items():  # «Орлов скрылся. Его арестовали в Чили»
        after = parse.tokens[i].sentence + 1
        if home not in named.get(after, {home}):
            sentence = parse.sentences[after]
            if not PERSONAL.isdisjoint(t.text.lower() for t in parse.tokens[sentence.first : sentence.last]):
                named[after].add(home)
    return sorted(number for number, states in named.items() if len(states) > 1)


def _distinct(events: list[Event]) -> list[Event]:
    """Of events of one type and pair whose evidence overlaps, the surest."""
    kept: list[Event] = []
    for event in sorted(events, key=lambda e: -e.confidence):
        a, b = event.evidence[0]
        same = (
            e
            for e in kept
            if e.type == event.type and {e.actor, e.recipient} == {event.actor, event.recipient}
            and e.evidence[0][0] < b and a < e.evidence[0][1]
        )  # fmt: skip
        if next(same, None) is None:
            kept.append(event)
    return sorted(kept, key=lambda e: (e.evidence[0], e.type, e.actor, e.recipient))


def _event(g: Grammar, hit: Hit, words: Words, day: date | None, *, asked: bool) -> Event:
    evidence = _evidence(g, hit)
    said = words.around(evidence)
    status = _status(g, hit, words, said, asked=asked)
    return Event(
        id="e0",
        type=hit.frame.type,
        actor=hit.actor.id,
        recipient=hit.recipient.id,
        mutual=hit.mutual,
        status=status,
        topic=_topic(g, hit, evidence),
        date=dates.of(g, set(hit.anchors), day, future=status in {"planned", "hypothetical"}),
        evidence=[evidence],
        attribution=said.id if said is not None else None,
        confidence=hit.confidence,
        quad=QUADS[hit.frame.type],
        root=hit.frame.root,
    )


def _evidence(g: Grammar, hit: Hit) -> Span:
    """From the first to the last of the words that say it and of those that name its parties."""
    at = {*hit.anchors, hit.actor.token, hit.actor.head, hit.recipient.token, hit.recipient.head}
    return g.tokens[min(at)].start, g.tokens[max(at)].stop


def _status(g: Grammar, hit: Hit, words: Words, said: Attribution | None, *, asked: bool) -> EventStatus:
    """The grammar's status under what the source's cue adds; see the head of this module."""
    status: EventStatus = hit.modality.status
    cue = words.cue(said) if said is not None else "says"
    if status in {"denied", "claimed"}:
        return status
    if cue == "denies" and hit.modality.asserted:
        return "denied"
    if asked or status == "hypothetical":
        return "hypothetical"
    if status == "planned":
        return status
    if said is not None and hit.modality.asserted and cue in {"predicts", "demands", "asks"}:
        return "hypothetical"
    low, high = min(hit.anchors), max(hit.anchors)
    sentence = g.sentence(low)
    if any(plain(t.text) in HEARSAY for t in g.tokens[max(sentence.first, low - 4) : high + 1]):
        return "claimed"
    if said is None or not hit.modality.asserted or words.is_outlet(said):
        return status
    if words.takes_for_granted(said) or (hit.mutual and words.is_some_official(said)):
        return status
    own = {hit.actor.id, hit.recipient.id} if hit.mutual else {hit.actor.id}
    speaker = words.speaks_for(said)
    if speaker in own:
        return status
    hostile = speaker is not None and QUADS[hit.frame.type].endswith("conflict")
    return "claimed" if hostile or hit.frame.type in CONTESTED or words.is_doubtful(said) else status


def _topic(g: Grammar, hit: Hit, evidence: Span) -> Topic:
    """What the event is about: the frame's own topic, or the field that most words of its phrase belong to."""
    topics = frames().topics
    counts: Counter[Topic] = Counter()
    first = min(hit.anchors)
    inside = {t.i for t in g.tokens[first : g.sentence(first).last] if evidence[0] <= t.start and t.stop <= evidence[1]}
    for anchor in hit.anchors:
        for k in g.tokens[anchor].children:
            inside.update(range(g.left[k], g.right[k] + 1) if g.tokens[k].rel.startswith(("nmod", "obl", "amod", "obj"))
                          else ())  # fmt: skip
    for k in inside:
        topic = topics.get(plain(g.tokens[k].lemma))
        if topic is not None:
            counts[topic] += 1
    if hit.frame.topic is not None:
        return hit.frame.topic
    if hit.frame.type == "ASSAULT":
        return "military"
    named = [topic for topic, _ in counts.most_common() if topic != "diplomacy"]
    if named:
        return named[0]
    return "diplomacy" if counts or hit.frame.type == "CONSULT" else "other"
