"""What a rule finds: one attribution before its source is resolved."""

from __future__ import annotations

from dataclasses import dataclass

from ..record import AttributionKind
from .cues import Status
from .mentions import Mention

Span = tuple[int, int]


@dataclass(slots=True)
class Found:
    """``content`` and ``cue`` in code points; ``at`` is the token that the rule started from.

    ``source`` None: the text names none here. ``impersonal``: nobody is meant («сообщается»); ``carries``: the words
    of the source before it go on («подчёркивается»); ``follows``: of that attribution's (a sentence without a cue).
    """

    rule: str
    at: int
    content: list[Span]
    cue: Span | None
    source: Mention | None
    status: Status
    confidence: float
    kind: AttributionKind = "indirect"
    impersonal: bool = False
    carries: bool = False
    follows: Found | None = None
