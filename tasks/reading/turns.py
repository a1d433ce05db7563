"""Interviews: lines that take turns to ask and to answer. Pure text: nothing here knows who anybody is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]

_LABEL = re.compile(r"(?:[—–-]\s*)?(?P<who>«?[A-ZА-ЯЁ][\w.’»-]*(?:\s[\w.«»’-]+){0,3}?):\s+(?=\S)")
_DASH = re.compile(r"[—–-]\s+(?=\S)")
_ASKED = re.compile(r"\?[»”\"]?\s*$")
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
    for the most part; behind the first label a dash takes a turn, too. Paragraphs without either go on with the turn
    before them, but not the last one's.
    """
    labels = {i: m for i, (a, b) in enumerate(paragraphs) if (m := _LABEL.match(text, a, b))}
    asking = Counter(m["who"] for i, m in labels.items() if _ASKED.search(text[slice(*paragraphs[i])]))
    shown = Counter(m["who"] for m in labels.values())
    askers = {who for who, times in asking.items() if 2 * times > shown[who]}
    if not askers or len(askers) == len(shown):
        return []
    dashed = any(_DASH.match(text, a, b) for a, b in paragraphs[min(labels) + 1 :])
    if not dashed and max(shown.values()) == 1 and not all(map(_NAME.fullmatch, shown)):
        return []
    speakers = askers | {who for i, m in labels.items() for who in [m["who"]] if _answers(labels, i, askers)}
    labels = {i: m for i, m in labels.items() if m["who"] in speakers}
    first, last = min(labels), max(labels)
    dashes = {i: m for i in range(first + 1, len(paragraphs)) if (m := _DASH.match(text, *paragraphs[i]))}
    begins = sorted(labels.keys() | dashes.keys())
    last = max(begins)
    out = []
    for i, following in zip(begins, [*begins[1:], last + 1], strict=True):
        match = labels.get(i) or dashes[i]
        start, stop = paragraphs[i]
        label = match.span("who") if i in labels else None
        asks = match["who"] in askers if i in labels else _ASKED.search(text[start:stop]) is not None
        out.append(Turn(((match.end(), stop), *paragraphs[i + 1 : following]), label, asks))
    return out


def _answers(labels: dict[int, re.Match[str]], i: int, askers: set[str]) -> bool:
    """Whether the label of paragraph ``i`` stands behind one who asks."""
    before = max((k for k in labels if k < i), default=None)
    return before is not None and labels[before]["who"] in askers
