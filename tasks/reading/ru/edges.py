"""Where an aside begins and ends: the marks that part it from its sentence."""

from __future__ import annotations

from dataclasses import dataclass

from ..tokens import Token
from .clauses import COMMA, DASH, TERMINAL, Grammar
from .cues import Status, plain, word_set
from .mentions import Mention

MONTHS = word_set("months")


@dataclass(frozen=True, slots=True)
class Aside:
    """Tokens ``[first, last)`` without the marks around it; ``cue`` is ``[cue_first, cue_last)``."""

    rule: str
    first: int
    last: int
    cue_first: int
    cue_last: int
    source: Mention | None
    status: Status
    impersonal: bool = False


def delimiter(token: Token) -> bool:
    """Whether ``token`` can part an aside from its sentence."""
    return token.text in COMMA or token.text in DASH or token.text in {"(", ")"} or token.text in TERMINAL


def next_mark(g: Grammar, first: int, end: int) -> int:
    for i in range(first, end):
        if delimiter(g.tokens[i]) and g.tokens[i].text != "(" and not _in_date(g, i):
            return i
    return end


def _in_date(g: Grammar, mark: int) -> bool:
    """Whether a comma parts a date: «сообщила в понедельник, 4 декабря 2017 года, партия»."""
    tokens = g.tokens
    first, last = max(mark - 5, g.sentence(mark).first), min(mark + 3, g.sentence(mark).last)
    months = [k for k in range(first, last) if plain(tokens[k].lemma) in MONTHS and tokens[k - 1].text.isdigit()]
    opens = any(k == mark + 2 for k in months)
    closes = any(k < mark and tokens[k - 2].text in COMMA for k in months) and (
        tokens[mark - 1].text in {"года", "г"} or mark - 1 in months)  # fmt: skip
    return tokens[mark].text in COMMA and (opens or closes)
