"""On whose word an article rests: shares of its body by the source that vouches for them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .record import Attribution, Block, Flag, Provenance, Source

ANONYMOUS_SHARE = 0.5
"""Part of what is attributed that anonymous sources must carry for an article to rest on them."""

SHOWN = np.array([not chr(k).isspace() for k in range(0x3002)])
"""Whether a code point is no blank; beyond there are none."""


def weigh(
    blocks: Sequence[Block], sources: Sequence[Source], attributions: Sequence[Attribution], text: str
) -> Provenance:
    """Shares of the body's characters, blanks left out, by outermost source; the rest is the article's own voice.

    Of hearsay (A says that B said) the share is A's. A cue and the words that name its source count with the content:
    they are no claim of the article's own.
    """
    owner = np.full(len(text), -1, np.int32)  # by character, which of ``outer`` vouches for it
    # The longest content first: what lies inside another's words is vouched for by that other.
    outer = sorted(
        attributions, key=lambda a: (a.within is not None, -sum(y - x for x, y in a.content), a.content[0][0])
    )
    authors = {None, *(s.id for s in sources if s.kind == "author")}
    for number, a in enumerate(outer):
        if a.source in authors:
            continue
        for start, stop in (*a.content, *(s for s in (a.cue, a.source_span) if s is not None)):
            part = owner[start:stop]
            part[part < 0] = number
    shown = SHOWN.take(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.int32), mode="clip")
    body = [owner[slice(*b.span)][shown[slice(*b.span)]] for b in blocks if b.kind == "body"]
    total = sum(map(len, body))
    carried: dict[str, int] = {}
    for part in body:
        edges = [0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(part)]
        for begin, end in pairwise(edges):
            if begin < end and (number := part[begin]) >= 0:
                source = outer[number].source or ""
                carried[source] = carried.get(source, 0) + end - begin
    if not total:
        return Provenance(own_voice=0.0, flags=["no-source"])
    attributed = sum(carried.values())
    flags: list[Flag] = []
    if not carried:
        flags.append("no-source")
    if len(carried) == 1:
        flags.append("single-source")
    anonymous = {s.id for s in sources if s.anonymous}
    if attributed and sum(n for s, n in carried.items() if s in anonymous) >= ANONYMOUS_SHARE * attributed:
        flags.append("anonymous-source")
    return Provenance(
        own_voice=round(1 - attributed / total, 4),
        shares={s: round(n / total, 4) for s, n in carried.items()},
        sole_source=next(iter(carried)) if len(carried) == 1 else None,
        flags=flags,
        hops=max((a.hops for a in attributions), default=0),
    )
