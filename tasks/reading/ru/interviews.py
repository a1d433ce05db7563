"""What is said in an interview: whole turns without a cue, of whoever their label or the turn before names."""

from __future__ import annotations

from collections.abc import Sequence

from ..turns import turns
from . import speech
from .clauses import Grammar, token_at
from .cues import plain
from .found import Found, Span
from .mentions import Mention

ASKING = frozenset({"вопрос", "корреспондент", "журналист", "ведущий", "ведущая", "редакция", "в", "корр"})
"""Labels of the writer, whose questions are nobody else's words."""
ANSWERING = frozenset({"ответ", "о"})
"""Labels of whom the text named before."""


def answers(g: Grammar, paragraphs: Sequence[Span]) -> list[Found]:
    """The turns of an interview as direct speech, but for the questions of the writer."""
    out: list[Found] = []
    last: dict[bool, Found] = {}
    taken = turns(g.parse.text, paragraphs)
    if not taken:
        return []
    begin = token_at(g, taken[0].said[0][0])
    unlabelled, unanswered = all(t.label is None for t in taken), all(t.asks for t in taken)
    sides: dict[bool, Mention | None] = {
        True: _interviewer(g, begin) if unlabelled or unanswered else None,
        False: _named(g, begin) if unlabelled else None,
    }
    for turn in taken:
        same = last.get(turn.asks) if turn.label is None else None
        who = _labelled(g, turn.label) if turn.label is not None else None
        if same is None and who is None:
            who = sides[turn.asks]
        spans = [s for s in (speech.trimmed(g.parse.text, s) for s in turn.said) if s[0] < s[1]]
        if not spans or (who is None and same is None):
            continue
        follows = (same.follows or same) if same is not None else None
        last[turn.asks] = Found("turn", token_at(g, spans[0][0]), spans, None, who, "says", 0.8, kind="direct",
                                follows=follows)  # fmt: skip
        out.append(last[turn.asks])
    return out


def _labelled(g: Grammar, label: Span) -> Mention | None:
    """Whom a label names: «Иванов», «Газета», or «Ответ» of the last person named before."""
    first, last = token_at(g, label[0]), token_at(g, label[1])
    word = plain(g.parse.text[slice(*label)]).strip(".")
    if word in ASKING or first >= last:
        return None
    if word in ANSWERING:
        return _named(g, first)
    head = next((t.i for t in g.tokens[first:last] if t.pos in {"NOUN", "PROPN", "X"}), first)
    return Mention(first, last, head)


def _named(g: Grammar, last: int) -> Mention | None:
    """The person named last before token ``last``."""
    name = next((n for n in reversed(g.parse.names) if n.kind == "PER" and n.last <= last), None)
    return Mention(name.first, name.last, name.first) if name is not None else None


def _interviewer(g: Grammar, last: int) -> Mention | None:
    """The outlet that somebody before token ``last`` spoke to: «в интервью «Заре»», «в беседе с «Волной»»."""
    for i in range(last):
        if plain(g.tokens[i].lemma) in {"интервью", "беседа", "разговор"}:
            name = next(g.names_from(i + 1), None)
            if name is not None and name.kind == "ORG" and name.first <= i + 4 and name.last <= last:
                return Mention(name.first, name.last, name.first)
    return None
