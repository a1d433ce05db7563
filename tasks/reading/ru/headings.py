"""Outlets that head a part of an article: in a review of the press each has its own, «The Dover Mail, Англия»."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .clauses import Grammar, token_at
from .cues import plain
from .memory import Identity
from .sourcewords import words

LINE = re.compile(r"^.{3,100}$", re.MULTILINE)
HEADING = re.compile(
    r"(?:[«\"„“](?P<quoted>[^«»\"„“”]{2,40})[»\"”“]|(?P<latin>[A-Z][\w.&'’-]*(?: [A-Za-z][\w.&'’-]*){0,4}))"
    r"\s*(?:$|[,(]\s*(?P<where>[А-ЯЁ][\w. -]{1,30}?)\)?\s*(?:$|:)|:\s)"
)
"""A name alone, with where it appears, or with what it says there."""


def outlets(g: Grammar, state_in: Callable[[tuple[int, int]], object]) -> Iterator[tuple[int, Identity]]:
    """Where each such heading stands, and its outlet: a known one, one of some state, or one called so beneath it.

    The first line heads the whole article, and only a known one is told by it.
    """
    w, text = words(), g.parse.text
    found = [(line, m) for line in LINE.finditer(text) if (m := HEADING.match(line.group())) is not None]
    for k, (line, match) in enumerate(found):
        name = match["quoted"] or match["latin"]
        known = plain(name) in w.outlets
        if not known and line.start() == 0:
            continue
        where = match["where"]
        at = line.start() + match.start("where")
        beneath = token_at(g, line.end()), token_at(g, found[k + 1][0].start() if k + 1 < len(found) else len(text))
        if (
            known
            or (where is not None and state_in((at, at + len(where))) is not None)
            or any(t.rel == "nsubj" and plain(t.lemma) in w.for_media for t in g.tokens[beneath[0] : beneath[1]])
        ):
            yield line.start(), Identity(name, "media")
