"""Interviews: lines that take turns to ask and to answer. Pure text: nothing here knows who anybody is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[int, int]

_LABEL = re.compile(r"(?:[—–-]\s*)?(?P<who>«?[A-ZА-ЯЁ][\w.’»-]*(?:\s[\w.«»’-]+){0,3}?):\s+(?=\S)")
_DASH = re.compile(r"[—–-]\s+(?=\S)")
_ASKED = re.compile(r"\?[»”\"]?\s*$")
_DASHED = 2
"""Questions that an interview without labels has at least."""
_NAME = re.compile(r"(?:[A-ZА-ЯЁ]\.\s?)+[A-ZА-ЯЁ][\w-]+|[A-ZА-ЯЁ][\w-]+(?:\s[A-ZА-ЯЁ][\w-]+)+")
"""A first name or initials with a surname: the label of one who speaks once only."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said in one turn, a span a paragraph; ``label`` is the name before its colon, None behind a dash.

    ``asks``: whoever speaks is the one who asks.
    """

    said: tuple[Span, ...]
    label: Span | None
    asks: bool


def turns(text: str, paragraphs: Sequence[Span]) -> list[Turn]:
    """The turns of an interview in order; none where the text is none.

    Two labels at least alternate («Газета: …?», «Иванов: …»), all of them names or one repeated, and one of them asks
    for the most part; behind the first label a dash gives the turn to the other side. Paragraphs without either go on
    with the turn before them, but not the last one's.
    """
    if "?" not in text:
        return []
    labels = {i: m for i, (a, b) in enumerate(paragraphs) if (m := _LABEL.match(text, a, b))}
    asking = Counter(m["who"] for i, m in labels.items() if _asks(text, paragraphs, i))
    shown = Counter(m["who"] for m in labels.values())
    askers = {who for who, times in asking.items() if 2 * times > shown[who]}
    if not askers or len(askers) == len(shown):
        return _questions(text, paragraphs) or _dashed(text, paragraphs)
    dashed = any(_DASH.match(text, a, b) for a, b in paragraphs[min(labels) + 1 :])
    if not dashed and max(shown.values()) == 1 and not all(map(_NAME.fullmatch, shown)):
        return []
    order = [m["who"] for m in labels.values()]
    speakers = askers | {answers for asked, answers in pairwise(order) if asked in askers}
    labels = {i: m for i, m in labels.items() if m["who"] in speakers}
    first = min(labels)
    dashes = {i: m for i in range(first + 1, len(paragraphs)) if (m := _DASH.match(text, *paragraphs[i]))}
    begins = sorted(labels.keys() | dashes.keys())
    out: list[Turn] = []
    for i, following in zip(begins, [*begins[1:], begins[-1] + 1], strict=True):
        match = labels.get(i) or dashes[i]
        stop = paragraphs[i][1]
        label = match.span("who") if i in labels else None
        asks = match["who"] in askers if i in labels else not out[-1].asks
        out.append(Turn(((match.end(), stop), *paragraphs[i + 1 : following]), label, asks))
    return out


def _questions(text: str, paragraphs: Sequence[Span]) -> list[Turn]:
    """Questions behind a dash or label, two at least, with answers in quotation marks below: «— Когда?», «Осенью».

    Lines that no empty line parts are one question.
    """
    out: list[Turn] = []
    for i, (start, stop) in enumerate(paragraphs):
        begins = _DASH.match(text, start, stop) or _LABEL.match(text, start, stop)
        after = _block(text, paragraphs, i) if begins else i + 1
        answered = after < len(paragraphs) and text[paragraphs[after][0]] in '«„"'
        if begins and answered and _asks(text, paragraphs, i):
            label = begins.span("who") if begins.re is _LABEL else None
            out.append(Turn(((begins.end(), stop), *paragraphs[i + 1 : after]), label, asks=True))
    return out if len(out) > 1 else []


def _dashed(text: str, paragraphs: Sequence[Span]) -> list[Turn]:
    """Questions, two at least, with answers behind a dash; the questions all have one, too, or none has."""
    dashes = {i: m for i in range(len(paragraphs)) if (m := _DASH.match(text, *paragraphs[i]))}
    asked = [i for i in range(len(paragraphs) - 1) if i + 1 in dashes and _ASKED.search(text[slice(*paragraphs[i])])]
    first = [i for i in asked if i in dashes]
    if len(asked) < _DASHED or 0 < len(first) < len(asked) - 1:
        return []
    if any(text[dashes[i].end()].islower() for i in first):
        return []  # a list
    questions = set(asked)
    begins = sorted({k for k in dashes if k >= asked[0]} | questions)
    out: list[Turn] = []
    for i, following in zip(begins, [*begins[1:], begins[-1] + 1], strict=True):
        start, stop = paragraphs[i]
        asks = (not out or not out[-1].asks) if first else i in questions
        said = (dashes[i].end() if i in dashes else start, stop)
        out.append(Turn((said, *paragraphs[i + 1 : following]), None, asks))
    return out


def _block(text: str, paragraphs: Sequence[Span], i: int) -> int:
    """Index after the last of the lines that go on with line ``i``, no empty line between and no turn of their own."""
    after = i + 1
    while after < len(paragraphs) and text.count("\n", paragraphs[after - 1][1], paragraphs[after][0]) == 1:
        if _DASH.match(text, *paragraphs[after]) or _LABEL.match(text, *paragraphs[after]):
            break
        after += 1
    return after


def _asks(text: str, paragraphs: Sequence[Span], i: int) -> bool:
    """Whether the lines that line ``i`` begins end with a question mark."""
    return _ASKED.search(text[slice(*paragraphs[_block(text, paragraphs, i) - 1])]) is not None
