"""What lies beyond one clause: «об этом сообщил…», phrases of verb and noun, words that go on without a cue."""

from __future__ import annotations

from collections.abc import Sequence

from ..tokens import Token
from .clauses import Grammar, is_finite
from .cues import Cue, lexicon, plain
from .found import Found, Span
from .frames import speaker
from .mentions import following


def entry(g: Grammar, token: Token, lemma: str) -> Cue | None:
    """«выразил надежду, что…», «пришёл к выводу, что…», «дал понять, что…»: a verb that attributes with its noun."""
    words = lexicon()
    if lemma in words.reflexive:
        return Cue(frozenset({"that", "about"}), "says")
    known = words.phrases.get(lemma)
    if known is None:
        return None
    nouns, status = known
    for k in range(token.i + 1, min(token.i + 8, g.sentence(token.i).last)):
        if plain(g.tokens[k].lemma) in nouns:
            return Cue(frozenset({"that"}), status)
        if is_finite(g.tokens[k]):
            return None
    return None


def reaching_back(g: Grammar, found: Sequence[Found], bodies: Sequence[Span]) -> list[Found]:
    """«… Об этом сообщил министр.» takes the sentence before it."""
    out: list[Found] = []
    tokens = g.tokens
    body = [s for s in g.parse.sentences if any(a <= s.start and s.stop <= b for a, b in bodies)]
    for before, sentence in zip(body, body[1:], strict=False):
        words = [plain(t.text) for t in tokens[sentence.first : min(sentence.last, sentence.first + 14)]]
        if not ("этом" in words[:4] and words[0] in {"об", "о", "про", "ранее", "сегодня", "накануне", "также"}):
            continue
        verb = next((t for t in tokens[sentence.first : sentence.last]
                     if is_finite(t) and (plain(t.lemma) in lexicon().verbs or plain(t.lemma) in lexicon().reflexive)), None)  # fmt: skip
        if verb is None:
            continue
        source = speaker(g, verb.i, sentence.first, sentence.last) or following(g, verb.i, sentence.last)
        span = g.span(before.first, before.last)
        if span is not None:
            out.append(Found("reaching back", verb.i, [span], (verb.start, verb.stop), source, "says", 0.85,
                             impersonal=source is None))  # fmt: skip
    return out
