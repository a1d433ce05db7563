"""Where a reported clause begins: the «что» of a cue, and what only looks like it."""

from __future__ import annotations

from itertools import pairwise

from .clauses import COMMA, DASH, Grammar, is_finite, is_predicate
from .cues import lexicon, plain

CONDITIONS = frozenset({"условии", "условием", "случае", "расчетом", "расчёте", "расчете"})
"""Nouns that make a conjunction together with «что»: «согласился при условии, что»."""
EXCEPT = (["кроме", "того"], ["помимо", "того"], ["из-за", "того"], ["благодаря", "тому"], ["вместо", "того"])
"""What makes one too: «не сообщили ничего, кроме того, что»."""
DEGREES = frozenset({"настолько", "столь", "так", "такой"})
"""«считает угрозу настолько большой, что готовится к войне»: how much, and what comes of it."""
REACH = 45
"""Tokens that a rule looks ahead of its cue."""


def complementizer(g: Grammar, cue: int, words: frozenset[str]) -> int | None:
    """The «что» (or one of ``words``) that opens the clause of ``cue``."""
    tokens = g.tokens
    last = g.sentence(cue).last
    depth = 0
    for i in range(cue + 1, min(last, cue + REACH)):
        token = tokens[i]
        if token.text in {"«", "(", "„"}:
            depth += 1
        elif token.text in {"»", ")", "“"} and depth:
            depth -= 1
        elif token.text == ":" and not depth:
            return None
        lower = plain(token.text)
        if lower in words and not depth:
            before = tokens[i - 1]
            noun = i == cue + 2 and before.pos == "NOUN" and plain(tokens[cue].lemma) in lexicon().phrases
            # «отметив что рост есть», «выразил надежду что»: the comma was forgotten
            forgotten = lower == "что" and (i == cue + 1 or noun)
            if (
                forgotten
                or before.text in COMMA
                or plain(before.text) in {"то", "том", "тем", "и", "а"}
                or before.text in DASH
            ):
                if i - 2 >= 0 and plain(before.text) in {"потому", "так", "затем"}:
                    return None
                if plain(tokens[i - 2].text) in CONDITIONS and before.text in COMMA:
                    return None
                if before.text in COMMA and [plain(t.text) for t in tokens[i - 3 : i - 1]] in EXCEPT:
                    return None
                if any(plain(a.lemma) in DEGREES and b.pos in {"ADJ", "ADV"} for a, b in pairwise(tokens[cue + 1 : i])):
                    return None
                if _reaches(g, i, cue):
                    return i
            continue
        if is_finite(token) and not depth and token.pos != "AUX" and not _ends_inside(g, i, cue):
            return None
    return None


def _ends_inside(g: Grammar, verb: int, cue: int) -> bool:
    """Whether a finite verb after ``cue`` belongs to a clause within the cue's own phrase."""
    token = g.tokens[verb]
    return token.rel.startswith("acl") and token.head > cue - 12 and token.head != cue and token.head < verb


def _reaches(g: Grammar, opener: int, cue: int) -> bool:
    """Whether the clause that ``opener`` begins hangs on ``cue``, or might for want of a better cue between."""
    up = g.tokens[opener].head
    if up < 0:
        return True
    above = up
    for _ in range(12):
        if above < 0 or above == cue:
            break
        above = g.tokens[above].head
    if above == cue:
        # Straight below, or below a noun or pronoun of the cue's: not below another verb between the two.
        step = g.tokens[up].head
        while step >= 0 and step != cue:
            noun = g.tokens[step].feats.get("VerbForm") == "Part" and g.tokens[up].head != step
            if cue < step < opener and is_predicate(g.tokens[step]) and not noun and not _by_the_way(g, step):
                return False  # but «объясняя случившееся тем, что…»
            step = g.tokens[step].head
        return True
    return all(not is_predicate(g.tokens[k]) or _by_the_way(g, k) for k in range(cue + 1, opener))


def _by_the_way(g: Grammar, verb: int) -> bool:
    """«утверждает, ссылаясь на чиновников, что…»: a gerund between commas that takes no clause itself."""
    token = g.tokens[verb]
    if plain(token.text) == "понять":
        return True  # «дал понять, что встреча возможна»
    known = lexicon().verbs.get(plain(token.lemma))
    nouns = lexicon().phrases.get(plain(token.lemma), ((), ""))[0]
    if plain(g.tokens[verb + 1].lemma) in nouns:
        return False  # «отметил он, обратив внимание, что…»
    return token.feats.get("VerbForm") == "Conv" and (known is None or "that" not in known.frames)
