"""An article by line, and what is glued to the end of a paragraph by itself.

Pages lose their line breaks on the way to plain text, so that a headline, a caption or a call to subscribe may stand
behind the last full stop of a paragraph, on the same line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from .furniture import furniture
from .lines import Line, line, overlap
from .phrases import phrases
from .tokens import Parse

HEADLINE_WORDS = 26
"""Words that a headline has at most; longer lines without a full stop are prose that lost it."""
PARAGRAPH_WORDS = 13
"""Words over which two sentences on a line are taken for a paragraph, and not for a headline of two sentences."""

_BAR = re.compile(r"\s[|•·]\s")
_WORD = re.compile(r"[^\W_]")


def pieces_of(text: str, paragraphs: Sequence[tuple[int, int]], parse: Parse | None) -> list[Line]:
    """The lines, those apart that stand glued to the end of a paragraph."""
    pieces: list[Line] = []
    end = 0
    for start, stop in paragraphs:
        whole = line(text, start, stop, parse)
        whole.gap = text.count("\n", end, start) > 1
        end = stop
        cut = _glued_phrase(whole) if whole.inner else None
        if cut is None:
            pieces.append(whole)
            continue
        before = line(text, start, start + len(text[start:cut].rstrip()), parse)
        before.gap = whole.gap
        after = line(text, cut, stop, parse)
        after.glued = True
        pieces += [before, after]
    return _split_tail(text, pieces, parse)


def _glued_phrase(whole: Line) -> int | None:
    """Where «Читайте также: …», «Фото: …», tags or a call to subscribe begin behind the sentences of a line."""
    cuts = {whole.start + match.end() for match in phrases().glued.finditer(whole.text)} | set(whole.inner)
    for cut in sorted(cuts):
        tail = whole.text[cut - whole.start :]
        if len(tail) < 300 and balanced(whole.text[: cut - whole.start]) and furniture(tail) is not None:
            return cut
    return None


def balanced(shown: str) -> bool:
    """Whether the last quotation that is opened is closed; a close alone ends one of a paragraph before."""
    return shown.rfind("«") <= shown.rfind("»") and shown.rfind("„") <= max(shown.rfind("“"), shown.rfind("”"))


def _split_tail(text: str, pieces: list[Line], parse: Parse | None) -> list[Line]:
    """The last paragraph apart from what is glued behind its last full stop; below it there are headlines at most."""
    known = Counter(s for p in pieces for s in p.stems)
    last = len(pieces) - 1
    while last >= 0 and _may_be_headline(pieces[last], known):
        last -= 1
    if last + 1 < len(pieces) and _sentence_first(text, pieces[last + 1], known, parse):
        last += 1
    if last < 0 or pieces[last].final not in ("", "?", "!", "…") or not pieces[last].inner or pieces[last].glued:
        return pieces
    whole = pieces[last]
    for stem in whole.stems:
        known[stem] -= 1
    cuts = [whole.inner[-1]]
    for earlier, cut in zip(reversed(whole.inner[:-1]), reversed(whole.inner), strict=False):
        asked = line(text, earlier, cut, parse)
        if asked.final not in ("?", "!", "…") or len(asked.words) > 14 or overlap(asked.stems, known) > 0.2:
            break
        cuts.insert(0, earlier)
    if not balanced(text[whole.start : cuts[0]]) or _WORD.search(text, cuts[-1], whole.stop) is None:
        return pieces
    before = line(text, whole.start, whole.start + len(text[whole.start : cuts[0]].rstrip()), parse)
    before.gap = whole.gap
    tails = []
    for begin, end in zip(cuts, [*cuts[1:], whole.stop], strict=True):
        tails += [line(text, a, b, parse) for a, b in _stuck(text, begin, end, parse)]
    for tail in tails:
        tail.glued = True
    return [*pieces[:last], before, *tails, *pieces[last + 1 :]]


def _may_be_headline(ln: Line, known: Counter[str]) -> bool:
    """Whether a line is passed over when the last paragraph is looked for from the end."""
    if ln.inner and len(ln.words) > PARAGRAPH_WORDS:
        return len(ln.inner) == 1 and len(ln.words) <= 20 and overlap(ln.stems, known, 1) < 0.15
    if ln.final in ("", "?", "!", "…"):
        return len(ln.words) <= HEADLINE_WORDS
    return ln.final == "." and len(ln.words) <= PARAGRAPH_WORDS and overlap(ln.stems, known, 1) < 0.2


def _sentence_first(text: str, ln: Line, known: Counter[str], parse: Parse | None) -> bool:
    """Whether a short line opens with a sentence of the article: a long one, or one that resumes or shares a word."""
    if not ln.inner or ln.final == ".":
        return False
    first = line(text, ln.start, ln.inner[-1], parse)
    whole = len(first.words) >= 6 and first.finite is not False
    return len(first.words) >= 3 and (whole or first.resumes or overlap(first.stems, known, 1) > 0)


def _stuck(text: str, start: int, stop: int, parse: Parse | None) -> list[tuple[int, int]]:
    """Headlines in a row without a mark between: each begins where a capital follows and nothing asks for one."""
    if bars := list(_BAR.finditer(text, start, stop)):
        edges = [start, *(at for bar in bars for at in bar.span()), stop]
        return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
    if parse is None:
        return [(start, stop)]
    tokens = parse.within(start, stop)
    named = {i for n in parse.names for i in range(n.first, n.last)}
    begins = [start]
    for before, token in pairwise(tokens):
        capital = token.text[:1].isupper() and before.text[-1:].isalnum() and before.pos not in ("ADJ", "ADP")
        common = token.pos != "PROPN" or token.rel.startswith("nsubj")
        common = common and not token.text.isupper() and token.i not in named
        if capital and common and token.start - begins[-1] >= 20 and stop - token.start >= 15:
            begins.append(token.start)
    ends = [*begins[1:], stop]
    return [(a, a + len(text[a:b].rstrip())) for a, b in zip(begins, ends, strict=True)]
