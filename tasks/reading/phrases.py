"""The set phrases by which a page's furniture gives itself away, from ``ru/blocks.json`` and ``en/blocks.json``.

Phrases of both languages are always looked for: a Russian page may well end with "Share".
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

LANGUAGES = ("ru", "en")
HEADING_WORDS = 6
"""Words that a line which only heads a list («Читайте также:») has at most."""


class Phrases(NamedTuple):
    """Patterns that are matched at the start of a line or sentence, and everyday stems.

    ``opening`` is where any of those that furniture opens with may match: of most lines nothing else need be asked.
    """

    opening: re.Pattern[str]
    read_also: re.Pattern[str]
    promo: re.Pattern[str]
    promo_object: re.Pattern[str]
    caption: re.Pattern[str]
    comments: re.Pattern[str]
    byline: re.Pattern[str]
    date: re.Pattern[str]
    address: re.Pattern[str]
    glued: re.Pattern[str]
    resuming: re.Pattern[str]
    everyday: frozenset[str]


@lru_cache(maxsize=1)
def phrases() -> Phrases:
    """The phrases of every language, read once."""
    words: dict[str, list[str]] = {}
    for language in LANGUAGES:
        source = files("tasks.reading").joinpath(language, "blocks.json").read_text(encoding="utf-8")
        for name, listed in json.loads(source).items():
            words.setdefault(name, []).extend(listed)
    read_also, caption = _any(words["read_also"]), _any(words["caption"])
    verbs, months = _any(words["promo_verbs"]), _any(words["months"])
    clock = r"\d{1,2}[:.]\d{2}(?::\d{2})?"
    opening = {
        "read_also": rf"(?:[>»→▶•*#\-–—]\s?)?(?P<cue>{read_also})(?P<colon>\s?[:.…>»→]{{0,3}})(?=\s|$)",
        "promo": rf"[^\w«\"„“]{{0,4}}(?:(?P<verb>{verbs})|{_any(words['promo'])})(?!\w)",
        "caption": rf"(?:\(\s?)?(?:{caption})\s?(?:[:©/|—–-]|\.\s|$)|©",
        "byline": rf"(?:{_any(words['byline'])})\s?[:—–]|©|(?:{_any(words['signature'])})\s",
        "date": (
            rf"(?:[^\d\s]{{0,15}}\s)?(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|"
            rf"\d{{1,2}}\s(?:{months})(?:\s\d{{4}})?|(?:{months})\s\d{{1,2}},?\s\d{{4}}|{clock})"
            rf"(?:\s?г(?:\.|ода)?)?(?:[\s,|/—–T-]{{0,3}}{clock})?(?:\s\(?[a-zа-я]{{2,4}}\)?)?"
        ),
        "address": r"\s*(?:(?:#\w+[\s,]*)+|(?:https?://|t\.me/|www\.)\S+|@\w+)",
    }
    return Phrases(
        **{name: re.compile(pattern, re.I) for name, pattern in opening.items()},
        opening=re.compile("|".join(f"(?:{pattern})" for pattern in opening.values()), re.I),
        promo_object=re.compile(rf"\b(?:{_any(words['promo_objects'])})|https?://|t\.me/|@\w|ctrl\s?\+", re.I),
        comments=re.compile(rf"(?:\d+\s)?(?:{_any(words['comments'])})\s?[:(]?\s?\d*\)?\s?[:.]?$", re.I),
        glued=re.compile(rf"[.!?…»\")]\s{{0,3}}(?=(?:{read_also}|{caption})\s?:|#\w|©|(?:{verbs})\s)", re.I),
        resuming=re.compile(rf"(?:{_any(words['resuming'])})(?!\w)", re.I),
        everyday=frozenset(words["everyday"]),
    )


def _any(listed: list[str]) -> str:
    """An alternation, longest first, so that the longer phrase wins."""
    return "|".join(re.escape(p).replace(r"\ ", r"\s") for p in sorted(set(listed), key=lambda p: (-len(p), p)))
