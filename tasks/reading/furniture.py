"""Lines and sentences that say themselves what they are: calls to subscribe, captions, bylines, pointers elsewhere."""

from __future__ import annotations

import re

from .phrases import HEADING_WORDS, phrases
from .record import BlockKind

Verdict = tuple[BlockKind, str | None]
"""What a line is, and why it is cut; None for what is kept."""

_KEY = re.compile(r"[^\W_]+")


def furniture(shown: str) -> Verdict | None:
    """The kind of a line or sentence that opens with a set phrase, None where it does not."""
    p = phrases()
    if p.opening.match(shown) is None:
        return None
    words = len(shown.split())
    if (heading := p.read_also.match(shown)) is not None and words <= 40:
        rest = shown[heading.end() :].strip()
        if not rest and words <= HEADING_WORDS:
            return "promo", f"«{heading['cue']}» heads a list of other stories"
        if ":" in heading["colon"] and rest:
            return "headlines", f"«{heading['cue']}» points to another story"
    if (call := p.promo.match(shown)) is not None and words <= 45:
        named = p.promo_object.search(shown, call.end()) is not None
        if call["verb"] is None and _speaks_of_the_site(shown, call.end(), named):
            return "promo", f"«{call[0].strip()}…» speaks to the reader of the site, not of the story"
        if call["verb"] is not None and named and call["verb"][0].isupper():
            return "promo", f"«{call[0].strip()}…» calls on the reader"
    if (label := p.caption.match(shown)) is not None and words <= (6 if label[0][-1:] in "—–-" else 30):
        return "caption", "names a picture and where it is from"
    if words <= 12 and p.address.fullmatch(shown.rstrip()):
        return "promo", "tags or an address alone"
    if (signed := p.byline.match(shown)) is not None and words <= (6 if signed[0][-1:] in "—–" else 14):
        return "byline", "names the author, source or date"
    if (
        (date := p.date.match(shown)) is not None
        and words <= 10
        and len(_KEY.findall(shown[date.end() :])) <= (0 if shown.endswith(".") else 2)
    ):
        return "byline", "a date alone"
    return None


def _speaks_of_the_site(shown: str, end: int, named: bool) -> bool:
    """Whether a line that opens with a phrase up to ``end`` is no sentence of the story («Реклама подорожала вдвое.»).

    It is furniture if the phrase is nearly all of it, is long enough to be nothing else, asks («Нашли опечатку?»), or
    if no full stop ends the line and it names a channel, a page, a network.
    """
    rest = len(shown[end:].split())
    stopped = shown.endswith((".", ":"))
    return (
        rest <= 2
        or len(_KEY.findall(shown[:end])) >= 3
        or shown[end : end + 1] == "?"
        or (not stopped and (named or rest <= 5))
    )
