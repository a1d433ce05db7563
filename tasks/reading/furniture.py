"""Lines and sentences that say themselves what they are: calls to subscribe, captions, bylines, pointers elsewhere."""

from __future__ import annotations

import re

from .phrases import phrases
from .record import BlockKind

Verdict = tuple[BlockKind, str | None]
"""What a line is, and why it is cut; None for what is kept."""

_KEY = re.compile(r"[^\W_]+")


def furniture(shown: str, short: bool = True) -> Verdict | None:
    """The kind of a line or sentence that opens with a set phrase, None where it does not.

    ``short``: the whole line must be as short as such lines are.
    """
    p = phrases()
    words = len(shown.split())
    if (heading := p.read_also.match(shown)) is not None and words <= 40:
        rest = shown[heading.end() :].strip()
        if not rest and words <= 6:
            return "promo", f"«{heading['cue']}» heads a list of other stories"
        if ":" in heading["colon"] and rest:
            return "headlines", f"«{heading['cue']}» points to another story"
    if (call := p.promo.match(shown)) is not None and words <= 45:
        if call["verb"] is None:
            if words <= 12 or p.promo_object.search(shown):
                return "promo", f"«{call[0].strip()}…» speaks to the reader of the site, not of the story"
        elif p.promo_object.search(shown, call.end()) and call[0].strip()[:1].isupper() | (not short):
            return "promo", f"«{call[0].strip()}…» calls on the reader"
    if p.caption.match(shown) and words <= 30:
        return "caption", "names a picture and where it is from"
    if words <= 12 and re.fullmatch(r"(?:#\w+[\s,]*)+|(?:https?://|t\.me/|www\.)\S+|@\w+", shown.strip()):
        return "promo", "tags or an address alone"
    if words <= 14 and p.byline.match(shown):
        return "byline", "names the author, source or date"
    if (
        (date := p.date.match(shown)) is not None
        and words <= 10
        and len(_KEY.findall(shown[date.end() :])) <= (0 if shown.endswith(".") else 2)
    ):
        return "byline", "a date alone"
    return None
