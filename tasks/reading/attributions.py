"""Who is presented as saying what: content, cue and source of every attribution of an article.

The model is PARC's (Pareti, 2012). Rules over the parse find candidates (``ru/speech.py`` direct speech,
``ru/frames.py`` and ``ru/asides.py`` the rest); this module puts them in order and ``sources.py`` says whom they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import quotations, sources
from .record import READ_BLOCKS, Actor, Attribution, AttributionKind, Block, Source
from .ru import asides, frames, passages, speech
from .ru.clauses import Grammar, grammar, is_predicate
from .ru.cues import lexicon, plain
from .ru.found import Found
from .tokens import Parse, Sentence

Span = tuple[int, int]


def find(parse: Parse, blocks: Sequence[Block], actors: Sequence[Actor]) -> tuple[list[Source], list[Attribution]]:
    """The sources and the attributions of a Russian article, in the order of their first character.

    Spans lie in the article's body; the headline is not marked. ``actors`` names the states and bodies that sources
    speak for and may be empty.
    """
    bodies = [b.span for b in blocks if b.kind == "body"]
    g = grammar(parse, quotations.find(parse.text, _paragraphs(parse, bodies)))
    found = candidates(g, bodies)
    readable = [b.span for b in blocks if b.kind in READ_BLOCKS]
    return sources.resolve(g, found, actors, readable)


def _paragraphs(parse: Parse, bodies: Sequence[Span]) -> list[Span]:
    """The lines of the body that hold something."""
    out: list[Span] = []
    for start, stop in bodies:
        at = start
        for line in parse.text[start:stop].splitlines(keepends=True):
            if line.strip():
                out.append((at, at + len(line.rstrip())))
            at += len(line)
    return out


def candidates(g: Grammar, bodies: Sequence[Span]) -> list[Found]:
    """Every attribution that the rules find in the body, ordered, without doubles."""
    tagged = {n.first: n.last for n in g.parse.names}
    names = {k for k, q in enumerate(g.quotations) if q.depth == 0 and speech.is_name(g, q, tagged)}
    found: list[Found] = []
    for q in quotations.outermost(g.quotations):
        if speech.is_speech(g, q):
            direct = speech.direct(g, q)
            if direct is not None:
                found.append(direct)
    for start, stop in _paragraphs(g.parse, bodies):
        spoken = speech.dialogue(g, start, stop)
        if spoken is not None:
            found.append(spoken)
    taken = {f.at for f in found if f.cue is not None}
    for sentence in g.parse.sentences:
        if _inside(bodies, sentence):
            found += reported(g, sentence, taken, names)
    found += passages.reaching_back(g, found, bodies)
    for f in found:
        f.kind = kind(g, f, names)
    return _ordered(g, found, bodies)


def reported(g: Grammar, sentence: Sentence, taken: set[int], names: set[int]) -> list[Found]:
    """The indirect and mixed attributions of one sentence."""
    words = lexicon()
    beside = [a for a in asides.find(g, sentence) if a.cue_first not in taken]
    out: list[Found] = []
    trailing = [(a.first, a.last) for a in beside if a.rule in {"aside", "like"}]
    for aside in beside:
        content = asides.content(g, sentence, aside, beside)
        if content:
            cue = (g.tokens[aside.cue_first].start, g.tokens[aside.cue_last - 1].stop)
            out.append(Found(aside.rule, aside.cue_first, content, cue, aside.source, aside.status, 0.9,
                             impersonal=aside.impersonal))  # fmt: skip
    used = taken | {a.cue_first for a in beside}
    for token in g.tokens[sentence.first : sentence.last]:
        if token.i in used:
            continue
        if is_predicate(token):
            lemma = plain(token.lemma)
            entry = words.verbs.get(lemma) or words.predicatives.get(lemma) or passages.entry(g, token, lemma)
            if entry is None or not frames.speaks(g, token):
                continue
            hit = None
            if entry.frames & {"that", "charge"}:
                hit = frames.that(g, token, entry, trailing)
            if hit is None and "wish" in entry.frames:
                hit = frames.wish(g, token, entry, trailing)
            if hit is None and "to" in entry.frames:
                hit = frames.to(g, token, entry, trailing)
            if hit is None and "ask" in entry.frames:
                hit = frames.ask(g, token, entry, trailing)
            if hit is None and "that" in entry.frames:
                hit = frames.colon(g, token, entry, trailing)
            if hit is None and entry.frames & {"about", "likeness", "charge", "small", "quote"}:
                hit = frames.quoted_words(g, token, entry, trailing, names)
            if hit is None and "small" in entry.frames:
                hit = frames.small(g, token, entry, trailing)
            if hit is None and "as" in entry.frames:
                hit = frames.as_(g, token, entry, trailing)
            if hit is not None:
                out.append(hit)
        elif token.pos == "NOUN" and plain(token.lemma) in words.nouns:
            said = frames.said_in_noun(g, token, trailing, names)
            if said is not None:
                out.append(said)
    return out


def kind(g: Grammar, found: Found, names: set[int]) -> AttributionKind:
    """Direct where nothing but a quotation is said, mixed where quoted words stand in a paraphrase."""
    if found.kind == "direct":
        return "direct"
    text = g.parse.text
    quoted: list[Span] = []
    for number, q in enumerate(g.quotations):
        if q.depth == 0 and number not in names and any(a <= q.start + 1 and q.stop - 1 <= b for a, b in found.content):
            quoted.append((q.start, q.stop))
    if not quoted:
        return "indirect"
    rest = "".join(
        ch for a, b in found.content for i, ch in enumerate(text[a:b], a)
        if not any(x <= i < y for x, y in quoted)
    )  # fmt: skip
    if rest.strip(" ,.;:—–-\u00a0\n") in {"", "и", "а", "но"}:
        found.content = [speech.trimmed(text, (q[0] + 1, q[1] - 1)) for q in quoted]
        return "direct"
    return "mixed"


def _inside(spans: Sequence[Span], sentence: Sentence) -> bool:
    return any(a <= sentence.start and sentence.stop <= b for a, b in spans)


def _ordered(g: Grammar, found: Iterable[Found], bodies: Sequence[Span]) -> list[Found]:
    """By first character, the longer first; of two with the same content and source the surer one stays."""
    kept: dict[tuple[Span | None, tuple[Span, ...]], Found] = {}
    for f in sorted(found, key=lambda f: (f.content[0][0], -f.content[-1][1], -f.confidence, f.at)):
        if not all(any(a <= x and y <= b for a, b in bodies) for x, y in f.content):
            continue
        kept.setdefault((f.cue, tuple(f.content)), f)
    return list(kept.values())
