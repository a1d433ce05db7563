"""When an event took place: the dates that its clause gives, absolute or counted from the article's own.

ISO 8601, as exact as the text is: ``2024-09-12``, ``2024-09``, ``2024``. A day or month without a year is the nearest
on the right side of publication: the last one for what happened, the next for what is planned; without a date of
publication it is not resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .clauses import Grammar
from .cues import plain

_MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
MONTHS = {name: k for k, name in enumerate(_MONTHS, 1)}
_WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
WEEKDAYS = {name: k for k, name in enumerate(_WEEKDAYS)}
DAYS = {"позавчера": -2, "вчера": -1, "сегодня": 0, "завтра": 1, "послезавтра": 2}
PARTS = frozenset({"конец", "начало", "середина", "день", "вечер", "утро", "ночь", "год", "месяц"})
YEAR = re.compile(r"(?:1[89]|20)\d\d")
DAY = re.compile(r"[0-3]?\d")


@dataclass(frozen=True, slots=True)
class Expression:
    """A date as written: tokens ``[first, last)`` and what they give."""

    first: int
    last: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    offset: int | None = None
    weekday: int | None = None


def expressions(g: Grammar, first: int, last: int) -> Iterator[Expression]:
    """The date expressions of the tokens ``[first, last)``: «12 марта 2024 года», «в сентябре», «вчера», «в среду»."""
    i = first
    while i < last:
        found = _at(g, i, last)
        if found is not None:
            yield found
            i = found.last
        else:
            i += 1


def _at(g: Grammar, i: int, last: int) -> Expression | None:
    token = g.tokens[i]
    word, lemma = plain(token.text), plain(token.lemma)
    before = plain(g.tokens[i - 1].text) if i else ""
    if word in DAYS:
        return Expression(i, i + 1, offset=DAYS[word])
    if lemma in WEEKDAYS and before in {"в", "во"} and token.feats.get("Case") == "Acc":
        return Expression(i, i + 1, weekday=WEEKDAYS[lemma])
    if DAY.fullmatch(word) and i + 1 < last and plain(g.tokens[i + 1].lemma) in MONTHS and 1 <= int(word) <= 31:
        year, stop = _year(g, i + 2, last)
        return Expression(i, stop, year, MONTHS[plain(g.tokens[i + 1].lemma)], int(word))
    if lemma in MONTHS and (before in {"в", "с", "к", "до", "конце", "начале", "середине"} or i + 1 < last):
        year, stop = _year(g, i + 1, last)
        if year is not None or before in {"в", "конце", "начале", "середине"}:
            return Expression(i, stop, year, MONTHS[lemma])
        return None
    if YEAR.fullmatch(word):
        year, stop = _year(g, i, last)
        if year is not None:
            return Expression(i, stop, year)
    return None


def _year(g: Grammar, i: int, last: int) -> tuple[int | None, int]:
    """The year that begins at token ``i`` («2024 года», «2024-го», «2024»), and where it ends."""
    if i < last and YEAR.fullmatch(g.tokens[i].text):
        named = i + 1 < last and plain(g.tokens[i + 1].text).startswith(("год", "г"))
        if named or plain(g.tokens[i - 1].lemma) in MONTHS:
            return int(g.tokens[i].text), i + 2 if named else i + 1
    return None, i


def of(g: Grammar, anchors: set[int], published: date | None, *, future: bool) -> str | None:
    """The date that the clause of ``anchors`` gives, the nearest where it gives several; None for none."""
    any_anchor = next(iter(anchors))
    sentence = g.sentence(any_anchor)
    found = [e for e in expressions(g, sentence.first, sentence.last) if _governor(g, e) in anchors]
    for expression in sorted(found, key=lambda e: min(abs(e.first - a) for a in anchors)):
        resolved = resolve(expression, published, future=future)
        if resolved is not None:
            return resolved
    return None


def _governor(g: Grammar, expression: Expression) -> int:
    """The predicate or noun that a date says the time of."""
    i = expression.first
    for _ in range(expression.last - expression.first):
        if expression.first <= g.tokens[i].head < expression.last:
            i = g.tokens[i].head
    up = g.tokens[i].head
    for _ in range(4):  # «в конце сентября»
        if up < 0 or plain(g.tokens[up].lemma) not in PARTS:
            break
        up = g.tokens[up].head
    return up


def resolve(e: Expression, published: date | None, *, future: bool) -> str | None:
    """ISO 8601 of an expression; None where it depends on a date of publication that is not known."""
    try:
        if e.offset is not None:
            return None if published is None else (published + timedelta(days=e.offset)).isoformat()
        if e.weekday is not None:
            if published is None:
                return None
            step = (e.weekday - published.weekday()) % 7 if future else -((published.weekday() - e.weekday) % 7)
            return (published + timedelta(days=step)).isoformat()
        year = e.year
        if year is None and e.month is not None:
            if published is None:
                return None
            day = (e.month, e.day) if e.day else (e.month,)
            today = (published.month, published.day) if e.day else (published.month,)
            year = published.year + (day < today if future else -(day > today))
        if e.day is not None and e.month is not None and year is not None:
            return date(year, e.month, e.day).isoformat()
    except (ValueError, OverflowError):  # «31 февраля»
        return None
    return f"{year}-{e.month:02}" if e.month else f"{year}"
