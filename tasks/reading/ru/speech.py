"""Direct speech: which quotations and dialogue dashes are somebody's words, and whose."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..quotations import Quotation
from ..tokens import Sentence, Token
from . import quoting
from .clauses import COMMA, DASH, TERMINAL, Grammar, is_finite, is_predicate, token_at
from .cues import Cue, plain, word_set
from .found import Found, Span
from .mentions import Mention

CLASSIFIERS = word_set("classifiers")
CLAUSE_WORDS = frozenset({"нет", "это", "надо", "нужно", "можно", "нельзя", "пора", "жаль"})
"""Words that make a clause of what has no verb."""


def words(text: str) -> int:
    """Number of words."""
    return len(re.findall(r"\w+", text))


def is_name(g: Grammar, q: Quotation, tagged: dict[int, int]) -> bool:
    """Whether a quotation is a name or a title: «Заря», газета «Утро страны», ООО «Рога и копыта».

    ``tagged`` maps the first token of a name to its end.
    """
    text = g.parse.text[q.inner[0][0] : q.inner[-1][1]]
    inside = quoting.inner_tokens(g, q)
    if not inside:
        return True
    count = words(text)
    if inside.start in tagged and tagged[inside.start] >= inside.stop:
        return True
    capital = text[:1].isupper() or text[:1].isdigit()
    before = g.tokens[inside.start - 2] if inside.start >= 2 else None
    if (
        before is not None
        and before.sentence == g.tokens[inside.start].sentence
        and not quoting.with_words(g, before.i)
        and (
            plain(before.text) in CLASSIFIERS
            or (before.pos in {"NOUN", "PROPN"} and plain(before.lemma) in CLASSIFIERS)
        )
    ):
        return capital
    if has_cue(g, q):
        return False
    return capital and count <= 5 and not _is_clause(g, inside) and text[-1:] not in ".!?…"


def has_cue(g: Grammar, q: Quotation) -> bool:
    """Whether a cue shows a quotation to be speech, however short: «Времени мало», — добавил он; ответил: «Нет»."""
    opens = g.sentence(token_at(g, q.inner[0][0])).first >= token_at(g, q.start)
    if opens and re.match(r"[.,!?…]?\s*[-–—]\s+[а-яё]", g.parse.text[q.stop : q.stop + 6]):
        return quoting.cue_after(g, q) is not None
    before = quoting.cue_before(g, q)
    return before is not None and before[0] is not None and is_predicate(before[0])


def _is_clause(g: Grammar, inside: range) -> bool:
    """Whether words in quotation marks are a clause: «Это наше дело», «Мы — партнёры», «Никаких потерь нет»."""
    tokens = g.tokens
    return any(
        is_finite(tokens[k])
        or plain(tokens[k].text) in CLAUSE_WORDS
        or (tokens[k].pos == "PRON" and tokens[k].feats.get("Case") == "Nom")
        for k in inside
    )


def is_speech(g: Grammar, q: Quotation) -> bool:
    """Whether a quotation is long enough to be somebody's words: a clause, five words, its own full stop or a cue."""
    text = g.parse.text[q.inner[0][0] : q.inner[-1][1]]
    count = words(text)
    if count < 2:
        return count == 1 and has_cue(g, q)
    inside = quoting.inner_tokens(g, q)
    if count >= 5 or text.rstrip()[-1:] in ".!?…," or any(is_predicate(g.tokens[k]) for k in inside):
        return True
    return _is_clause(g, inside) or has_cue(g, q)


def direct(g: Grammar, q: Quotation) -> Found | None:
    """One quotation with what attributes it; None where nothing does."""
    inside = quoting.inner_tokens(g, q)
    if not inside:
        return None
    pieces, broken = interruptions(g, inside.start, inside.stop)
    if broken is not None:
        token, entry, source, _ = broken
        spans = [s for s in (g.span(a, b) for a, b in pieces) if s]
        if spans:
            return _found(g, "interrupted", token, spans, source, entry, 0.95)
    spans = [trimmed(g.parse.text, s) for s in q.inner]
    after = quoting.cue_after(g, q)
    own = quoting.cue_before(g, q) if after is not None and quoting.passes_on(g, after[2]) else None
    if own is not None and own[2] is not None:
        return _found(g, "quotation", own[0], spans, own[2], own[1], 0.85)  # «Мэр злится: «…», сообщает «Заря»»
    if after is not None and _ends_a_clause(g, q, inside.start, after[0]):
        known = quoting.cue_before(g, q)
        shown = known is not None and known[0] is not None
        return _found(g, "quotation", known[0], spans, known[2], known[1], 0.8) if known and shown else None
    if after is not None:
        token, entry, source, _ = after
        return _found(g, "quotation", token, spans, source, entry, 0.97 if source else 0.85)
    named = quoting.named_after(g, q)
    if named is not None:
        return _found(g, "quotation", None, spans, named, None, 0.75)
    before = quoting.cue_before(g, q) if not quoting.within_clause(g, q) else None
    if before is not None:
        found_cue, found_entry, source = before
        return _found(g, "quotation", found_cue, spans, source, found_entry, 0.95 if source else 0.8)
    return None


def _ends_a_clause(g: Grammar, q: Quotation, first: int, cue: Token) -> bool:
    """«Солдаты «прибыли по приглашению правительства», заявило ведомство»: quoted words end a paraphrase."""
    begin = g.sentence(first).first
    if g.tokens[begin].start >= q.start or g.sentence(cue.i).first != begin:
        return False
    before = g.tokens[begin : first - 1]
    while before and set(before[-1].text) == {"'"}:
        before = before[:-1]  # a wiki's italics
    return bool(before) and before[-1].text not in {":", *COMMA, *DASH, *TERMINAL} and before[-1].pos not in {"PUNCT"}


def interruptions(
    g: Grammar, first: int, last: int
) -> tuple[list[Span], tuple[Token, Cue, Mention | None, int] | None]:
    """The pieces of ``[first, last)`` that a cue between dashes breaks: «Нет, — сказал он. — Никогда».

    Tokens of the pieces as pairs, and the cue; one piece and no cue where nothing breaks it.
    """
    tokens = g.tokens
    pieces: list[Span] = []
    begin, found = first, None
    nested = _nested(g, first, last)
    i = first + 1
    while i < last - 1:
        if (
            tokens[i].text in DASH
            and i not in nested
            and tokens[i - 1].text in COMMA | TERMINAL | {"?..", "!.."}
            and tokens[i + 1].text[0].islower()
        ):
            cue = quoting.cue_clause(g, i + 1, dashed=True)
            if cue is not None and cue[0].i < last and cue[0].i - i < 8 and _verb_first(cue, i + 1):
                stop = cue[3]
                pieces.append((begin, i))
                begin = min(stop, last)
                found = found or cue
                i = begin
                continue
        i += 1
    if begin < last:
        pieces.append((begin, last))
    return pieces, found


def _nested(g: Grammar, first: int, last: int) -> set[int]:
    """Tokens of the quotations that lie in the one of the tokens ``[first, last)``: what breaks them is their own."""
    if first >= last or g.inside[first] < 0:
        return set()
    out: set[int] = set()
    depth = g.quotations[g.inside[first]].depth
    for k in range(g.inside[first] + 1, len(g.quotations)):
        q = g.quotations[k]
        if q.start >= g.tokens[last - 1].stop:
            break
        if q.depth > depth:
            out.update(range(token_at(g, q.start), token_at(g, q.stop)))
    return out


def _verb_first(cue: tuple[Token, Cue, Mention | None, int], first: int) -> bool:
    token, _, source, _ = cue
    return source is not None and (source.head > token.i or source.head >= first)


def dialogue(g: Grammar, start: int, stop: int) -> Found | None:
    """A paragraph of dialogue: «— Мы готовы, — сказал министр. — Завтра начнём.»

    Only where a cue between dashes says whose words they are: lists begin with dashes too.
    """
    text = g.parse.text
    k = start
    while k < stop and text[k].isspace():
        k += 1
    if k >= stop or text[k] not in "-–—―" or not text[k + 1 : k + 2].isspace():
        return None
    first, last = token_at(g, k + 1), token_at(g, stop)
    pieces, cue = interruptions(g, first, last)
    if cue is None:
        return None
    spans = [s for s in (g.span(a, b) for a, b in pieces) if s]
    return _found(g, "dialogue", cue[0], spans, cue[2], cue[1], 0.9) if spans else None


def joined_dialogue(g: Grammar, sentences: Sequence[Sentence], starts: set[int]) -> list[Found]:
    """Dialogue within a paragraph, its lines joined: «Мост закрыт. — Мы ждём, — сказал мэр. — Запчастей нет.»

    ``starts`` are where paragraphs begin, whose own dialogue `dialogue` reads.
    """
    out: list[Found] = []
    last: Found | None = None
    for sentence in sentences:
        first = sentence.first + 1
        if g.tokens[sentence.first].text not in DASH or g.inside[sentence.first] >= 0 or sentence.start in starts:
            last = None
            continue
        pieces, cue = interruptions(g, first, sentence.last)
        spans = [s for s in (g.span(a, b) for a, b in pieces) if s]
        if cue is not None and spans:
            last = _found(g, "dialogue", cue[0], spans, cue[2], cue[1], 0.85)
            out.append(last)
        elif last is not None:
            last.content += spans
    return out


def trimmed(text: str, span: Span) -> Span:
    """A span without the blanks, commas and single full stop around it."""
    start, stop = span
    while start < stop and (text[start].isspace() or text[start : start + 2] == "''"):
        start += 2 if text[start] == "'" else 1  # two apostrophes are a wiki's italics
    while stop > start and (text[stop - 1].isspace() or text[stop - 1] == "," or text[stop - 2 : stop] == "''"):
        stop -= 2 if text[stop - 1] == "'" else 1
    return start, max(start, stop)


def _found(
    g: Grammar, rule: str, cue: Token | None, spans: list[Span], source: Mention | None, entry: Cue | None, sure: float
) -> Found:
    at = cue.i if cue is not None else token_at(g, spans[0][0])
    return Found(rule, at, spans, (cue.start, cue.stop) if cue else None, source, entry.status if entry else "says",
                 sure, kind="direct", impersonal=source is None and cue is not None)  # fmt: skip
