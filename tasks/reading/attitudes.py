"""Who is presented as friend or foe of whom: directed attitudes between the actors of an article.

Two judges, one decision. *Frames* (``ru/polarity.py``) read the words that set one role against another; a *model*
(``ru/stance.py``) reads the whole sentence. What both say of all whom a sentence names is weighed together, by what
was learned on sentences that the model had not seen (``ru/opinions.py``), and below ``LEAST`` nothing is said. Beside
them stand deeds: who accuses or attacks another is presented as its foe, who supports or helps it as its friend
(``DEEDS``). Time is linear in the text: a sentence asks about at most ``MOST`` mentions.
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .record import READ_BLOCKS, Actor, Attitude, Attribution, Block, Event, EventType, Mention, Polarity, Source
from .ru import bearings, opinions, polarity, stance
from .ru.bearings import Spot
from .ru.polarity import Link
from .tokens import Parse, Token

Span = tuple[int, int]
AUTHOR, UNKNOWN = "AUTHOR", "UNKNOWN"
HOLDERS = frozenset({"state", "bloc", "body", "person"})
"""Kinds of actor that hold attitudes and are held in one."""
LEAST = 0.7
"""The least probability at which an attitude is reported: of cross-validated ones above it three in four hold."""
HEARD = 0.25
"""The least probability at which a sentence adds to what others of the same voice show."""
MOST = 10
"""Mentions of a sentence that are asked about."""
AT_ONCE = 1024
"""Pairs of a mention and a word of its sentence that are looked at together, which bounds memory."""
NEAR = 32
"""Words from a mention within which its view is expressed."""
PREFIXED = 0.85
"""Probability of what «антироссийский» says of whose it is."""
CALLED: dict[Polarity, float] = {"negative": 0.7, "positive": 0.45}
"""Probability of what «X — агрессор», «X — чемпион» says of X: of 21 good ones in rusentne nine hold; it has no bad."""
WORDS = 0.5
"""A word belongs to the expression of an attitude if it does so with this share of the likeliest word's probability."""
DEEDS: dict[EventType, Polarity] = {
    "SUPPORT": "positive", "AID": "positive", "COOPERATE": "positive", "ACCUSE": "negative", "REJECT": "negative",
    "THREATEN": "negative", "SANCTION": "negative", "COERCE": "negative", "ASSAULT": "negative",
}  # fmt: skip
"""What an event shows of its actor's view of the recipient. Agreements and talks show none: foes have them, too."""
DONE = frozenset({"happened", "claimed", "planned"})
"""Statuses of events that show a view."""
SIGNS: tuple[Polarity, Polarity] = ("negative", "positive")

_KINDS = {
    "state": "COUNTRY", "place": "COUNTRY", "bloc": "ORGANIZATION", "body": "ORGANIZATION",
    "organization": "ORGANIZATION", "person": "PERSON",
}  # fmt: skip


class Named(NamedTuple):
    """A mention of an actor and its place in the parse."""

    actor: str
    span: Span
    spot: Spot
    sentence: int
    links: list[Link]


class View(NamedTuple):
    """Who is for or against whom, and the source whose words show it."""

    holder: str
    target: str
    polarity: Polarity
    source: str | None

    def opposite(self) -> View:
        return self._replace(polarity="positive" if self.polarity == "negative" else "negative")


class Held(NamedTuple):
    """An attitude that one sentence shows."""

    sentence: int

    holder: str
    target: str
    polarity: Polarity
    evidence: Span
    confidence: float


def kind_of(actor: Actor, mention: Mention) -> str:
    """The kind of a mention as rusentne names kinds."""
    return "NATIONALITY" if mention.as_ == "demonym" else _KINDS[actor.kind]


def find(
    parse: Parse,
    blocks: Sequence[Block],
    actors: Sequence[Actor],
    sources: Sequence[Source],
    attributions: Sequence[Attribution],
    events: Sequence[Event] = (),
) -> list[Attitude]:
    """The attitudes that title and body show, in the order of their first evidence."""
    spoken = {s.id: s.actor for s in sources}
    voices = sorted(attributions, key=lambda a: sum(y - x for x, y in a.content))
    kept: dict[View, list[tuple[Held, str | None]]] = defaultdict(list)
    deeds = list(_done(parse, events))
    # Who accuses another is not thereby accused: the words of a deed are its actor's alone.
    theirs = {(deed.sentence, deed.holder, deed.polarity) for deed in deeds}
    read = [b.span for b in blocks if b.kind in READ_BLOCKS]
    for held in (*deeds, *_held(parse, read, actors)):
        if held.holder in (AUTHOR, UNKNOWN) and (held.sentence, held.target, held.polarity) in theirs:
            continue
        voice = next((a for a in voices if _holds(a.content, held.evidence)), None)
        holder = held.holder
        if voice is not None and holder in (AUTHOR, UNKNOWN):
            # Words that show somebody in a light are those of whoever is quoted.
            holder = spoken.get(voice.source or "") or AUTHOR
        if holder != held.target:
            view = View(holder, held.target, held.polarity, voice.source if voice else None)
            kept[view].append((held, voice.id if voice else None))
    for view in [view for view in kept if view.holder == UNKNOWN]:
        if (author := view._replace(holder=AUTHOR)) in kept:
            kept[author] += kept.pop(view)
    sure = {view: _together([held for held, _ in found]) for view, found in kept.items()}
    out = []
    for view, found in kept.items():
        # One voice is not for and against at once.
        if sure[view] >= max(LEAST, sure.get(view.opposite(), 0.0)):
            best = max(found, key=lambda f: (f[0].confidence, -f[0].evidence[0]))[1]
            evidence = sorted({held.evidence for held, voice in found if voice == best})
            out.append((evidence, view, best))
    out.sort(key=lambda o: (o[0], o[1][:3]))
    return [
        Attitude(
            id=f"t{k}",
            holder=view.holder,
            target=view.target,
            polarity=view.polarity,
            evidence=evidence,
            attribution=voice,
            confidence=round(sure[view], 2),
        )
        for k, (evidence, view, voice) in enumerate(out, 1)
    ]


def _holds(content: Sequence[Span], span: Span) -> bool:
    return any(x <= span[0] and span[1] <= y for x, y in content)


def _together(found: Sequence[Held]) -> float:
    """How sure a view is that one voice shows in several sentences: that not all of them are misread."""
    by_sentence: dict[int, float] = defaultdict(float)
    for held in found:
        by_sentence[held.sentence] = max(by_sentence[held.sentence], held.confidence)
    return 1 - math.prod(1 - sure for sure in by_sentence.values())


def _done(parse: Parse, events: Sequence[Event]) -> Iterator[Held]:
    """What events show of those who took part in them."""
    starts = [s.start for s in parse.sentences]
    for event in events:
        shown = DEEDS.get(event.type)
        if shown is None or event.status not in DONE:
            continue
        span = event.evidence[0]
        sentence = bisect.bisect_right(starts, span[0]) - 1
        for holder, target in ((event.actor, event.recipient), (event.recipient, event.actor))[: 1 + event.mutual]:
            yield Held(sentence, holder, target, shown, span, event.confidence)


def _held(parse: Parse, read: Sequence[Span], actors: Sequence[Actor]) -> Iterator[Held]:
    """What each sentence shows, evidence inside the blocks that are read."""
    for batch in _batches(parse, read, actors):
        for held in _judged(parse, batch):
            block = next(b for b in read if b[0] < held.evidence[1] and held.evidence[0] < b[1])
            yield held._replace(evidence=(max(held.evidence[0], block[0]), min(held.evidence[1], block[1])))


def _batches(parse: Parse, read: Sequence[Span], actors: Sequence[Actor]) -> Iterator[list[Named]]:
    """The mentions worth asking about, of whole sentences, some sentences at once."""
    batch: list[Named] = []
    size = 0
    words = polarity.loaded()
    loaded = {t.sentence for t in parse.tokens if t.lemma in words}
    for sentence, found in sorted(_by_sentence(parse, read, actors).items()):
        named = _loaded(parse.tokens, sentence, found, sentence in loaded)
        if not named:
            continue
        cost = len(named) * (parse.sentences[sentence].last - parse.sentences[sentence].first)
        if batch and size + cost > AT_ONCE:
            yield batch
            batch, size = [], 0
        batch += named
        size += cost
    if batch:
        yield batch


def _loaded(
    tokens: Sequence[Token], sentence: int, found: Sequence[tuple[str, Span, Spot]], loaded: bool
) -> list[Named]:
    """Those of a sentence, if a word that sets actors for or against each other is said of any: of most is none.

    ``loaded`` tells whether such a word stands in it at all.
    """
    prefixed = any(polarity.prefixed(tokens, spot.head) for _, _, spot in found)
    if not prefixed and not loaded:
        return []
    words = polarity.loaded()
    named = [Named(actor, span, spot, sentence, polarity.links(tokens, spot.head)) for actor, span, spot in found]
    said = prefixed or any(tokens[link.predicate].lemma in words for at in named for link in at.links)
    return named if said else []


def _by_sentence(
    parse: Parse, read: Sequence[Span], actors: Sequence[Actor]
) -> dict[int, list[tuple[str, Span, Spot]]]:
    """The first ``MOST`` mentions of those who hold attitudes, by sentence, in the order of the text."""
    mentions = sorted(
        ((m.span, a.id, kind_of(a, m)) for a in actors if a.kind in HOLDERS for m in a.mentions), key=lambda m: m[:2]
    )
    out: dict[int, list[tuple[str, Span, Spot]]] = defaultdict(list)
    for span, actor, kind in mentions:
        first, last = bisect.bisect_right(parse.stops, span[0]), bisect.bisect_left(parse.starts, span[1])
        if first >= last or (sentence := parse.tokens[first].sentence) != parse.tokens[last - 1].sentence:
            continue
        if any(a <= span[0] and span[1] <= b for a, b in read) and len(out[sentence]) < MOST:
            out[sentence].append((actor, span, bearings.spot(parse.tokens, first, last, kind)))
    return out


def _judged(parse: Parse, named: Sequence[Named]) -> Iterator[Held]:
    """What participants hold of others in their sentence; and what of each is no participant's view, but the text's."""
    model = stance.model()
    seen, shown = model.ask(parse, [n.spot for n in named], [n.links for n in named])
    pairs = [
        (a, b)
        for b, target in enumerate(named)
        for a, holder in enumerate(named)
        if holder.sentence == target.sentence and holder.actor != target.actor
    ]
    between = model.between(seen, shown, pairs) if pairs else np.zeros((0, 3), np.float32)
    sure = opinions.judge(opinions.views(parse, seen, shown, pairs, between), model.judges)
    for k, sign in np.argwhere(sure.held >= HEARD).tolist():
        holder, target = (named[n] for n in pairs[k])
        evidence = _evidence(parse, seen, shown, pairs[k][1], target, holder)
        yield Held(target.sentence, holder.actor, target.actor, SIGNS[sign], evidence, float(sure.held[k, sign]))
    for k, sign in np.argwhere(sure.text >= HEARD).tolist():
        by = AUTHOR if sure.author[k, sign] >= 0.5 else UNKNOWN
        evidence = _evidence(parse, seen, shown, k, named[k])
        yield Held(named[k].sentence, by, named[k].actor, SIGNS[sign], evidence, float(sure.text[k, sign]))
    yield from _called(parse, named)
    yield from _prefixed(parse, named)


def _called(parse: Parse, named: Sequence[Named]) -> Iterator[Held]:
    """«Действия Лондона — это аннексия»: a judgement outright, by whoever says it."""
    for target in named:
        found = polarity.called(parse.tokens, target.spot.head)
        if found is not None:
            word = parse.tokens[found[1]]
            evidence = (min(target.span[0], word.start), max(target.span[1], word.stop))
            sign: Polarity = "negative" if found[0] < 0 else "positive"
            sure = CALLED[sign]
            yield Held(word.sentence, AUTHOR, target.actor, sign, evidence, sure)


def _prefixed(parse: Parse, named: Sequence[Named]) -> Iterator[Held]:
    """«Лондон занял антироссийскую позицию»: an adjective that holds the attitude and its target."""
    tokens = parse.tokens
    for target in named:
        sign = polarity.prefixed(tokens, target.spot.head)
        if not sign:
            continue
        turned = polarity.opposed(tokens, target.spot.head)
        value: Polarity = "positive" if (sign > 0) != turned else "negative"
        for head in polarity.bearers(tokens, target.spot.head):
            holder = next((n for n in named if n.spot.first <= head < n.spot.last and n.actor != target.actor), None)
            if holder is not None:
                stretch = (min(holder.span[0], target.span[0]), max(holder.span[1], target.span[1]))
                noun = tokens[tokens[target.spot.head].head]
                evidence = (stretch[0], max(stretch[1], noun.stop))
                yield Held(target.sentence, holder.actor, target.actor, value, evidence, PREFIXED)
                break


def _evidence(
    parse: Parse, seen: stance.Seen, shown: stance.Answer, k: int, target: Named, holder: Named | None = None
) -> Span:
    """From the first to the last of holder, target ``k`` and the words of the view (its likeliest word at least)."""
    begin, end = seen.of.starts[k : k + 2].tolist()
    likely = 1 - shown.expression[begin:end, 0]
    first = parse.sentences[target.sentence].first
    spans = [target.span, *([holder.span] if holder else [])]
    for word in np.flatnonzero(likely >= WORDS * likely.max()).tolist():
        # Words of a view far from whom it is of are likelier another's.
        if abs(first + word - target.spot.head) <= NEAR:
            spans.append((parse.tokens[first + word].start, parse.tokens[first + word].stop))
    return min(s[0] for s in spans), max(s[1] for s in spans)
