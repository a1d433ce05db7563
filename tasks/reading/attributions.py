"""Who is presented as saying what: content, cue and source of every attribution of an article.

The model is PARC's (Pareti, 2012). Rules over the parse find candidates (``ru/speech.py`` direct speech,
``ru/frames.py`` and ``ru/asides.py`` the rest, ``ru/passages.py`` what reaches beyond a sentence); this module puts
them in order and ``sources.py`` says whom they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from . import quotations, sources
from .record import Actor, Attribution, AttributionKind, Block, Source
from .ru import (
    asides,
    authors,
    colons,
    continuations,
    frames,
    interviews,
    judgements,
    nouns,
    passages,
    quotedwords,
    regards,
    scopes,
    speech,
)
from .ru.assertions import speaks
from .ru.clauses import Grammar, grammar, holds, is_finite, is_predicate, token_at
from .ru.cues import lexicon, plain
from .ru.found import Found
from .ru.memory import Identity
from .tokens import Parse, Sentence, Token

Span = tuple[int, int]
OURS = frozenset({"мой", "наш"})
BEFORE_COLON = frozenset({"that", "to", "wish", "ask", "small"})
"""Rules of what stands before a colon that introduces a quotation: «призвал не спешить: «Время есть»»."""
CUES = lexicon().attributing | nouns.UTTERED
"""Dictionary forms of words that may attribute."""
NOMINAL = frozenset({"NOUN", "PROPN"})
ATTRIBUTING = NOMINAL | {"VERB", "AUX", "ADJ"}
"""Parts of speech of the words that attribute; a noun that opens a sentence may pass for a name."""
PHRASES = frozenset({"quoted words", "small", "as", "to", "noun"})
"""Rules of phrases that a cue governs."""
LONGEST = 300
"""Tokens of the longest sentence that is read: what is longer is a table or a list, and reading it takes long."""


def find(parse: Parse, blocks: Sequence[Block], actors: Sequence[Actor]) -> tuple[list[Source], list[Attribution]]:
    """The sources and the attributions of a Russian article, in the order of their first character.

    Spans lie in the article's body; the headline is not marked. ``actors`` says which states and bodies the sources
    speak for and may be empty.
    """
    bodies = [b.span for b in blocks if b.kind == "body"]
    lines = _lines(parse.text, bodies)
    g = grammar(parse, quotations.find(parse.text, lines))
    body = [
        s
        for s in parse.sentences
        if s.first < s.last and holds(bodies, s.start, s.stop) and s.last - s.first <= LONGEST
    ]
    names = _names(g)
    paragraphs = _paragraphs(parse.text, lines, body)
    found = _ordered(continuations.own_words(g, said(g, lines, paragraphs, body, names)), bodies)
    reading = sources.Sources(g, bodies, actors)
    who = _authors(g, found, reading.identify(found))
    more = continuations.going_on(
        g,
        found,
        lambda a, b: sources.same_voice(who[id(a)], who[id(b)]),
        _by_paragraph(body, paragraphs),
        lambda f: who[id(f)].name,
        names,
    )
    if more:
        found = _ordered([*found, *more], bodies)
        who = _authors(g, found, reading.identify(found))
    for f in found:
        whole_quotation(g, f)
        whole_row(g, f, names)
        f.kind = kind(g, f, names)
    cued = {tuple(f.content) for f in found if f.cue is not None}
    told = sorted(s for f in found if f.kind == "direct" for s in f.content)
    found = [f for f in found if who[id(f)].kind != "author" or not all(holds(told, *s) for s in f.content)]
    # A name before a colon is no second attribution where a cue has the same words: «По словам Иванова: «…»».
    found = [f for f in found if f.cue is not None or tuple(f.content) not in cued]
    return reading.record(_ordered(found, bodies), who)


def _authors(g: Grammar, found: Sequence[Found], who: dict[int, Identity]) -> dict[int, Identity]:
    """``who`` with the writer of the article for «по нашим данным» and «думаю, …»."""
    ours = (f for f in found if f.rule == authors.RULE or (f.source and plain(g.tokens[f.source.head].lemma) in OURS))
    return who | {id(f): Identity("AUTHOR", "author") for f in ours}


def _lines(text: str, bodies: Sequence[Span]) -> list[Span]:
    """The lines of the body that hold something."""
    out: list[Span] = []
    for start, stop in bodies:
        at = start
        for line in text[start:stop].splitlines(keepends=True):
            if line.strip():
                out.append((at + len(line) - len(line.lstrip()), at + len(line.rstrip())))
            at += len(line)
    return out


def _paragraphs(text: str, lines: list[Span], body: Sequence[Sentence]) -> list[Span]:
    """The lines; where each holds one sentence and some stand apart, those between empty lines together."""
    if len(body) > len(lines) or not any(text.count("\n", a, b) == 1 for (_, a), (b, _) in pairwise(lines)):
        return lines
    out: list[Span] = []
    for start, stop in lines:
        if out and text.count("\n", out[-1][1], start) == 1:
            out[-1] = (out[-1][0], stop)
        else:
            out.append((start, stop))
    return out if len(out) > 1 else lines


def _by_paragraph(body: Sequence[Sentence], paragraphs: Sequence[Span]) -> list[list[Sentence]]:
    out: list[list[Sentence]] = [[] for _ in paragraphs]
    at = 0
    for sentence in body:
        while at + 1 < len(paragraphs) and paragraphs[at][1] <= sentence.start:
            at += 1
        out[at].append(sentence)
    return out


def _names(g: Grammar) -> set[int]:
    """Numbers of the quotations that are names and titles."""
    tagged = {n.first: n.last for n in g.parse.names}
    return {k for k, q in enumerate(g.quotations) if q.depth == 0 and speech.is_name(g, q, tagged)}


def said(
    g: Grammar, lines: Sequence[Span], paragraphs: Sequence[Span], body: Sequence[Sentence], names: set[int]
) -> list[Found]:
    """Every attribution with a cue of its own."""
    found: list[Found] = []
    before: list[Span] = []
    for number, q in enumerate(g.quotations):
        if q.depth:
            continue
        row = before if before and _beside(g.parse.text, before[-1][1], q.start) else []
        before = [*row, *(speech.trimmed(g.parse.text, s) for s in q.inner)]
        if number in names:
            continue
        direct = speech.direct(g, q) if speech.is_speech(g, q) else None
        last = found[-1] if found else None
        if direct is not None and last is not None and direct.cue is not None and direct.cue == last.cue:
            last.content += direct.content  # «Цели две», — сказал он: «Первая — мир, вторая — труд»
        elif direct is not None:
            known = last.content[-1][1] if last is not None else 0
            if direct.rule == "quotation" and direct.cue is not None and direct.cue[0] > q.start:
                direct.content[:0] = [s for s in row if s[0] >= known]  # «Браво!», «Ура!», — писали зрители
            found.append(direct)
        elif last is not None and (
            _beside(g.parse.text, last.content[-1][1], q.start) or _resumed(g.parse.text, last, q.start)
        ):
            last.content += [speech.trimmed(g.parse.text, s) for s in q.inner]
        elif last is not None and last.kind == "direct" and _listed(g.parse.text, last.content[-1][1], q.start):
            found.append(replace(last, content=[speech.trimmed(g.parse.text, s) for s in q.inner]))
    for start, stop in lines:
        spoken = speech.dialogue(g, start, stop)
        if spoken is not None:
            found.append(spoken)
    found += speech.joined_dialogue(g, body, {start for start, _ in lines})
    found += passages.introduced(g, lines)
    turns = interviews.answers(g, lines)
    found += turns
    # A cue behind a quotation is spent; one before a colon may have words on its left too.
    spent = {f.at for f in found if f.cue is not None and f.cue[0] >= f.content[0][0]}
    leading = {f.at for f in found if f.cue is not None} - spent
    for noun in [i for i in spent if g.tokens[i].pos == "NOUN"]:  # «передаёт «Заря» слова мэра»: so is the verb
        spent |= {k for k in range(max(noun - 8, 0), noun) if is_finite(g.tokens[k])}
    labelled = {f.source.first for f in turns if f.source is not None}
    for sentence in body:
        here = reported(g, sentence, spent, leading, names)
        found += [f for f in here if f.rule != "named colon" or sentence.first not in labelled]
    found += passages.reaching_back(g, found, body)
    found += passages.referenced(g, found, body)
    found = _without_echoes(found)
    found += passages.uncued(g, found, names, lines, paragraphs)
    found += passages.allegedly(g, found, body)
    return regards.uttered(g, found)


def _beside(text: str, stop: int, start: int) -> bool:
    """«скандировали: «Свободу!», «Долой!» и «Позор!»»: whether one quotation follows on another."""
    between = text[stop:start].strip(' .!?…»"”“,\u00a0')
    return start - stop < 12 and text[stop:start].count("\n") == 0 and between in {"", "и"} and (
        "," in text[stop:start] or between == "и")  # fmt: skip


def _listed(text: str, stop: int, start: int) -> bool:
    """«В письмах пишут: «Воды нет»; «Свет гаснет»»: whether a semicolon parts one quotation from another."""
    return start - stop < 12 and text[stop:start].strip(' .!?…»"”“\u00a0') == ";"


def _resumed(text: str, last: Found, start: int) -> bool:
    """«Это ошибка», — сказал посол, — «мы её исправим»: whether a dash leads back into a quotation that was closed."""
    if last.kind != "direct" or last.cue is None or last.cue[0] < last.content[-1][1] or start - last.cue[1] > 120:
        return False
    return re.fullmatch(r"[^.!?…:\n«»\"]*[.,!?]?\s*[-–—]\s*", text[last.cue[1] : start]) is not None


def _without_echoes(found: list[Found]) -> list[Found]:
    """``found`` without second cues of a quotation: «Нет, — сказал он. — Никогда», — добавил он»."""
    quoted = sorted(s for f in found if f.kind == "direct" and f.cue is not None for s in f.content)

    def echoes(f: Found) -> bool:
        return f.kind != "direct" and f.cue is not None and all(holds(quoted, *s) for s in f.content) and not holds(
            quoted, *f.cue)  # fmt: skip

    return [f for f in found if not echoes(f)]


def reported(g: Grammar, sentence: Sentence, spent: set[int], leading: set[int], names: set[int]) -> list[Found]:
    """The indirect and mixed attributions of one sentence."""
    beside = [a for a in asides.find(g, sentence) if a.cue_first not in spent]
    beside = [a for a in beside if a.source is not None or a.rule != "aside" or g.inside[a.cue_first] < 0]
    out: list[Found] = []
    for aside in beside:
        content = scopes.content(g, sentence, aside, beside)
        if aside.cue_first in leading and not _says_something(g, content):
            continue  # «В компании «Заря» сообщили: «…»»
        if aside.rule == "aside" and not _says_anything(g, content):
            continue  # «Таким образом, о намерении уйти заявили трое»
        if content:
            cue = (g.tokens[aside.cue_first].start, g.tokens[aside.cue_last - 1].stop)
            out.append(Found(aside.rule, aside.cue_first, content, cue, aside.source, aside.status, 0.9,
                             impersonal=aside.impersonal))  # fmt: skip
    named = colons.named_colon(g, sentence.first) or colons.named_dash(g, sentence)
    if named is not None:
        out.append(named)
    hearsay = colons.hearsay(g, sentence) or colons.manner(g, sentence)
    if hearsay is not None:
        out.append(hearsay)
    out += authors.opinions(g, sentence)
    trailing = [(a.first, a.last) for a in beside if a.rule in {"aside", "like"}]
    used = spent | {a.cue_first for a in beside} | ({hearsay.at} if hearsay is not None else set())
    for token in g.tokens[sentence.first : sentence.last]:
        if token.lemma in CUES and token.pos in ATTRIBUTING and token.i not in used:
            hit = by_cue(g, token, trailing, names)
            if hit is not None and (_generic(g, token, hit) or (token.i in leading and hit.rule not in BEFORE_COLON)):
                continue  # «сообщил: «…»»: the words behind the colon are read as direct speech
            if hit is not None and not (hit.rule == "noun" and any(_covers(g, f, hit) for f in out)):
                out.append(hit)
    return out


def _covers(g: Grammar, outer: Found, noun: Found) -> bool:
    """Whether the quoted words beside a noun are another's already: «назвал слухи об уходе «чушью»»."""
    if outer.content == noun.content:
        return True
    start, stop = noun.content[0][0], noun.content[-1][1]
    clause = plain(g.tokens[token_at(g, start) - 1].text) in {"что", "будто", "якобы"}
    return outer.rule in {"small", "as", "quoted words"} and not clause and holds(outer.content, start, stop)


def _says_something(g: Grammar, content: list[Span]) -> bool:
    """Whether a finite verb stands in ``content``."""
    return any(is_finite(t) for a, b in content for t in g.tokens[token_at(g, a) : token_at(g, b)])


def _says_anything(g: Grammar, content: list[Span]) -> bool:
    """Whether ``content`` has a predicate, or a word in the nominative or accusative that may be one's subject."""
    tokens = [t for a, b in content for t in g.tokens[token_at(g, a) : token_at(g, b)]]
    return any(is_predicate(t) for t in tokens) or any(
        t.pos in {"X", "PROPN"}
        or (t.feats.get("Case") in {"Nom", "Acc"} and not any(g.tokens[k].rel == "case" for k in t.children))
        for t in tokens
        if t.pos not in {"NUM", "ADJ"}
    )


def _generic(g: Grammar, token: Token, hit: Found) -> bool:
    """«…, — сказал он. — Говорят, что будет дождь»: people in general, whom somebody speaks of, are no source.

    «Нам ответили, что дождь будет»: somebody said so once.
    """
    once = plain(token.lemma) in lexicon().reflexive or token.feats.get("Tense") in {"Past", "Fut"}
    return hit.source is None and g.inside[token.i] >= 0 and is_predicate(token) and not once


def by_cue(g: Grammar, token: Token, trailing: list[Span], names: set[int]) -> Found | None:
    """What ``token`` attributes in the first of its frames that fits."""
    words = lexicon()
    if token.pos in NOMINAL:
        return nouns.said_in_noun(g, token, trailing, names) if plain(token.lemma) in nouns.UTTERED else None
    if not is_predicate(token):
        return None
    lemma = plain(token.lemma)
    entry = words.verbs.get(lemma) or words.predicatives.get(lemma) or passages.entry(g, token, lemma)
    if entry is None or not speaks(g, token):
        return None
    for frame, rule in RULES:
        if frame in entry.frames:
            hit = (
                quotedwords.quoted_words(g, token, entry, trailing, names)
                if rule is None
                else rule(g, token, entry, trailing)
            )
            if hit is not None:
                return hit
    return None


RULES = (
    ("heard", frames.heard),
    ("that", frames.that),
    ("known", frames.known),
    ("upon", frames.that),
    ("charge", frames.that),
    ("wish", frames.wish),
    ("to", frames.to),
    ("ask", frames.ask),
    ("ask", colons.colon),
    ("question", frames.ask),
    ("question", colons.colon),
    ("that", colons.colon),
    ("that", frames.ask),
    ("about", None),
    ("about", frames.intent),
    ("phrase", frames.intent),
    ("likeness", None),
    ("words", None),
    ("phrase", None),
    ("cause", regards.explained),
    ("charge", None),
    ("small", judgements.small),
    ("small", None),
    ("quote", None),
    ("small", regards.named_in),
    ("small", regards.named_among),
    ("seen", regards.seen),
    ("as", regards.as_),
    ("quote", colons.colon),
    ("begun", frames.begun),
)
"""Frames in the order they are tried; None is the rule of quoted words."""


def whole_quotation(g: Grammar, found: Found) -> None:
    """Let a paraphrase that ends in a quotation have all of it, sentences that follow inside the marks too."""
    start, stop = found.content[-1]
    last = token_at(g, stop) - 1
    if found.kind == "direct" or last < 0 or g.inside[last] < 0:
        return
    q = g.quotations[g.inside[last]]
    if start <= q.start and q.stop > stop:
        found.content[-1] = (start, q.stop)


def whole_row(g: Grammar, found: Found, names: set[int]) -> None:
    """Let quoted words in a phrase have those that go on with them: «назвал речь «пустой» и «вредной для дела»»."""
    if found.rule not in PHRASES:
        return
    start, stop = found.content[-1]
    last, limit = token_at(g, stop), g.sentence(found.at).last
    if 0 < last < limit and g.inside[last - 1] >= 0 and g.inside[last - 1] != g.inside[last]:
        end = quotedwords.with_its_own(g, last, limit)
        end = quotedwords.drawn_out(g, end, limit, names) if end < limit else end
        found.content[-1] = start, g.tokens[end - 1].stop


def kind(g: Grammar, found: Found, names: set[int]) -> AttributionKind:
    """Direct where nothing but a quotation is said, mixed where quoted words stand in a paraphrase."""
    if found.kind == "direct":
        return "direct"
    text = g.parse.text
    quoted: list[Span] = []
    for a, b in found.content:
        i = token_at(g, a)
        while i < len(g.tokens) and g.tokens[i].start < b:
            number = g.inside[i]
            if number >= 0:
                q = g.quotations[number]
                if number not in names and a <= q.start and q.stop <= b and (not quoted or quoted[-1][0] != q.start):
                    quoted.append((q.start, q.stop))
                i = max(i + 1, token_at(g, q.stop))
            else:
                i += 1
    if not quoted:
        return "indirect"
    clause = found.rule == "noun" and plain(g.tokens[token_at(g, found.content[0][0]) - 1].text) == "что"
    if found.rule in PHRASES and not clause:
        return "mixed"
    rest = ""
    for a, b in found.content:
        for start, stop in quoted:
            if a <= start and stop <= b:
                rest += text[a:start]
                a = stop
        rest += text[a:b]
    if rest.strip(" ,.;:—–-\u00a0\n") in {"", "и", "а", "но"}:
        found.content = [speech.trimmed(text, (start + 1, stop - 1)) for start, stop in quoted]
        return "direct"
    return "mixed"


def _ordered(found: Iterable[Found], bodies: Sequence[Span]) -> list[Found]:
    """By first character, the longer first, without doubles; what is not of the body goes."""
    kept: dict[tuple[Span | None, tuple[Span, ...]], Found] = {}
    for f in sorted(found, key=lambda f: (f.content[0][0], -f.content[-1][1], -f.confidence, f.at)):
        if not all(holds(bodies, *span) for span in f.content):
            continue
        if f.cue is not None and not holds(bodies, *f.cue):
            continue
        kept.setdefault((f.cue, tuple(f.content)), f)
    return list(kept.values())
