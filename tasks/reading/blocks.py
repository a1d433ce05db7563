"""An article apart from what was scraped with it.

Lines are told apart in the order of certainty: set phrases («Читайте также», «Фото:», «Подписывайтесь»), then what
opens the text (title, byline), then lines that do not end as sentences do. News prose ends its paragraphs with a full
stop and resumes its own names; a headline of another story does neither. Each such line is weighed by `_foreign`, whose
terms a reader can follow, and every cut says which of them counted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from .furniture import Verdict, furniture
from .lines import NAME, Line, overlap
from .phrases import phrases
from .pieces import HEADLINE_WORDS, balanced, pieces_of
from .record import Block
from .tokens import Parse
from .turns import turns

POST_WORDS = 40
"""Words under which a text is a post: its last sentence often has no full stop."""
BRIEF_WORDS = 60
"""Words of a body under which what a line above it shares with it tells little: a news brief names each thing once."""
LIST_LINES = 20
"""Lines in a row between paragraphs above which they are a list of the article (a table, a line-up)."""
CUT = 2.0
"""The score from which a line is of another story."""
OWN_TITLE = 0.34
"""Share of a title's content words, by weight, that its own article has at least."""

_NEWLINES = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_LOWER = re.compile(r"[a-zа-яёіїєґў]")
_KEY = re.compile(r"[^\W_]+")

_BODY: Verdict = ("body", None)


def paragraphs(text: str) -> list[tuple[int, int]]:
    """``[start, stop)`` of each paragraph, without the spaces around it: a line, or hard-wrapped lines together.

    Lines count as hard-wrapped where at least three are full (the next word would not have fitted into the longest)
    and most of the full ones go on with a small letter.
    """
    lines: list[tuple[int, int]] = []
    for match in _NEWLINES.finditer(text):
        shown = match[0]
        bare = shown.strip()
        if bare:
            start = match.start() + len(shown) - len(shown.lstrip())
            lines.append((start, start + len(bare)))
    if len(lines) < 4:
        return lines
    width = max(stop - start for start, stop in lines)
    if not 30 <= width <= 120:
        return lines
    joined = [_wrapped(text, a, b, width) for a, b in pairwise(lines)]
    small = [_LOWER.match(text[b[0]]) is not None for b in lines[1:]]
    full = sum(joined)
    if full < 3 or sum(j and s for j, s in zip(joined, small, strict=True)) * 2 < full:
        return lines
    out = [lines[0]]
    for join, (start, stop) in zip(joined, lines[1:], strict=True):
        if join:
            out[-1] = (out[-1][0], stop)
        else:
            out.append((start, stop))
    return out


def _wrapped(text: str, above: tuple[int, int], below: tuple[int, int], width: int) -> bool:
    """Whether ``below`` goes on with the line ``above``: no empty line between, and its first word did not fit."""
    between = text[above[1] : below[0]]
    if between.count("\n") > 1 or between.count("\r") > 1:
        return False
    space = text.find(" ", below[0], below[1])
    word = (space if space >= 0 else below[1]) - below[0]
    return above[1] - above[0] + 1 + word > width


def separate(
    text: str, paragraphs: Sequence[tuple[int, int]], parse: Parse | None, title: str | None = None
) -> list[Block]:
    """Blocks that cover ``text`` from 0 to its end, in order, without gaps; everything cut has a ``why``.

    ``paragraphs`` are those of `paragraphs`, ``parse`` the parse over them (None where the language has none: then
    only what marks and words show is weighed), ``title`` what the page or feed calls its article. Spaces between blocks
    belong to the block before them. An empty text has no block.
    """
    if not text:
        return []
    lines = pieces_of(text, paragraphs, parse)
    if not lines:
        return [Block(span=(0, len(text)), kind="body")]
    starts = [ln.start for ln in lines]
    spoken = {bisect_right(starts, a) - 1 for turn in turns(text, paragraphs) for a, _ in turn.said}
    verdicts = _judge(lines, title, spoken)
    return _cover(text, lines, verdicts)


# -- judging


def _judge(lines: list[Line], title: str | None, spoken: set[int]) -> list[Verdict]:
    """What each line is, by certainty: set phrases, the head of the text, then the score of the rest.

    ``spoken`` are the lines of an interview, which are its body, whatever they look like.
    """
    verdicts: list[Verdict | None] = [_BODY if i in spoken else None for i in range(len(lines))]
    _set_phrases(lines, verdicts)
    solid = [i for i, ln in enumerate(lines) if verdicts[i] in (None, _BODY) and ln.solid]
    body = Counter(s for i in solid for s in lines[i].stems)
    while not spoken and len(solid) > 1 and _stopped_headline(lines, solid[0], body):
        for stem in lines[solid.pop(0)].stems:
            body[stem] -= 1
    if solid:
        _head(lines, verdicts, solid, body, title)
        _rest(lines, verdicts, solid, body)
    return [v or _BODY for v in verdicts]


def _stopped_headline(lines: list[Line], i: int, body: Counter[str]) -> bool:
    """A headline with a full stop above the text: short, beside a line without one, and strange to the body."""
    ln = lines[i]
    beside = [j for j in (i - 1, i + 1) if 0 <= j < len(lines) and not lines[j].solid and len(lines[j].words) > 2]
    if not beside or len(ln.words) > 14 or ln.inner or ln.resumes:
        return False
    rest = sum(len(other.words) for other in lines[i + 1 :] if other.solid)
    return rest >= BRIEF_WORDS and _strange(ln, body, 1)


def _strange(ln: Line, body: Counter[str], own: int) -> bool:
    """It names somebody or something that the body does not, and shares next to nothing with it."""
    return any(w == NAME and body[s] <= own for s, w in ln.stems.items()) and overlap(ln.stems, body, own) < 0.2


def _set_phrases(lines: list[Line], verdicts: list[Verdict | None]) -> None:
    """Lines that say what they are; a heading («Читайте также») takes the lines under it along."""
    under: str | None = None
    opened = False
    for i, ln in enumerate(lines):
        opened = opened or (i > 0 and verdicts[i - 1] is None)
        if verdicts[i] is not None:
            continue
        if opened and phrases().comments.match(ln.text) and len(ln.words) <= 5 and _talk(lines, i + 1):
            for j in range(i, len(lines)):
                verdicts[j] = ("comments", "under the heading of the readers' comments")
            return
        found = furniture(ln.text)
        if found is not None:
            verdicts[i] = found
            heading = phrases().read_also.match(ln.text)
            under = heading["cue"] if heading and not ln.text[heading.end() :].strip() else None
        elif under is not None and len(ln.words) <= HEADLINE_WORDS and not (ln.solid and ln.gap and ln.inner):
            if ln.solid and (len(ln.words) > 18 or ln.resumes):
                under = None
            else:
                verdicts[i] = ("headlines", f"listed under «{under}»")
        else:
            under = None


def _talk(lines: list[Line], first: int) -> bool:
    """Whether the lines from ``first`` on are readers' talk: names and times alone, or hardly a paragraph of prose."""
    said = lines[first:]
    stamped = any(phrases().date.search(ln.text) and len(ln.words) <= 8 for ln in said[:4])
    return stamped or 3 * sum(len(ln.words) >= 16 for ln in said) <= len(said)


def _head(
    lines: list[Line], verdicts: list[Verdict | None], solid: list[int], body: Counter[str], title: str | None
) -> None:
    """Title, byline, captions and foreign headlines above the first paragraph."""
    lead = Counter(s for i in solid[:2] for s in lines[i].stems)
    head = [i for i in range(solid[0]) if verdicts[i] is None]
    brief = len(head) <= 2 and sum(len(lines[i].words) for i in solid) < BRIEF_WORDS
    own = _own_title(lines, head, solid[0], lead, body, title, brief)
    deck = None
    if own is not None:
        verdicts[own] = ("title", None)
        under = [i for i in head if i > own and not lines[i].name]
        deck = under[0] if len(under) == 1 and lines[under[0]].finite is not False else None
    for i in head:
        ln = lines[i]
        share = overlap(ln.stems, body)
        below = own is not None and i > own
        if i == own:
            continue
        if ln.name or (below and len(ln.words) <= 3 and not ln.finite and not ln.final):
            verdicts[i] = ("caption" if below else "byline", "a name or phrase alone above the text")
        elif ln.bullet or ln.final == ":" or ln.resumes or (i == deck and (share >= 0.5 or brief)):
            verdicts[i] = _BODY
        elif share >= 0.5 and below and not ln.finite and len(ln.words) <= 16:
            verdicts[i] = ("caption", "a phrase without verb and full stop under the title")
        elif len(ln.words) <= HEADLINE_WORDS and (share < 0.5 or own is not None):
            verdicts[i] = ("headlines", _why(ln, share, len(head), "above the text"))


def _own_title(
    lines: list[Line],
    head: list[int],
    first: int,
    lead: Counter[str],
    body: Counter[str],
    title: str | None,
    brief: bool,
) -> int | None:
    """Which of the lines above the text is its title: the one that is called so, or the first to share its words.

    A name alone is a title only where nothing else stands there: under a title it is the caption of a portrait. Above
    a ``brief`` text the first is the title.
    """
    if title and (named := _same(title)):
        for i in range(min(first + 1, len(lines))):
            if _same(lines[i].text) == named:
                return i
    fit = {i: (overlap(lines[i].stems, lead) + overlap(lines[i].stems, body)) / 2 for i in head}
    eligible = [i for i in head if not lines[i].resumes and lines[i].final not in (":", ",")]
    eligible = [i for i in eligible if not lines[i].name] or eligible
    if not eligible:
        return None
    if brief:
        return eligible[0]
    best = max(fit[i] for i in eligible)
    if best >= OWN_TITLE:
        return next(i for i in eligible if fit[i] >= max(OWN_TITLE, best - 0.25))
    alone = eligible[0]
    return alone if len(head) == 1 and sum(lines[alone].stems.values()) < 2 else None


def _rest(lines: list[Line], verdicts: list[Verdict | None], solid: list[int], body: Counter[str]) -> None:
    """Lines between and behind the paragraphs."""
    last = solid[-1]
    long = [lines[i] for i in solid if len(lines[i].words) >= 10]
    unmarked = sum(not ln.final for ln in long) * 2 > len(long) if long else False
    brief = sum(len(lines[i].words) for i in solid) < POST_WORDS
    scores: dict[int, float] = {}
    for i, ln in enumerate(lines):
        if verdicts[i] is None and i > solid[0] and not ln.solid:
            scores[i] = _foreign(lines, i, i > last, overlap(ln.stems, body), unmarked, brief)
    runs = _runs([i for i, score in scores.items() if score >= CUT])
    for i, run in runs.items():
        ln = lines[i]
        share = overlap(ln.stems, body)
        where = "behind the text" if i > last else "between paragraphs"
        if ln.glued:
            where = "glued to the last paragraph"
        if run > LIST_LINES and i < last:
            continue
        if ln.name and i > last:
            verdicts[i] = ("byline", "a name alone under the text")
        elif ln.name or (not ln.finite and share > 0.2 and len(ln.words) <= 12 and i < last):
            verdicts[i] = ("caption", "a name or phrase without verb and full stop: the caption of a picture")
        else:
            verdicts[i] = ("headlines", _why(ln, share, run, where))
    _neighbours(lines, verdicts, body, solid)


def _foreign(lines: list[Line], i: int, behind: bool, share: float, unmarked: bool, brief: bool) -> float:
    """How much speaks for line ``i`` being of another story; `CUT` is enough.

    No full stop speaks for it, as do other such lines around it, a place behind the text, and names that the body does
    not have; what resumes the body (a pronoun, a connective, a list opened by a colon, the body's own names) against.
    """
    ln = lines[i]
    before = lines[i - 1]
    score = 0.0
    score += 2.0 if not ln.final else 0.8 if ln.final in "?!…" else -0.5
    score += 1.0 if behind else 0.3
    company = [lines[j] for j in (i - 1, i + 1) if 0 <= j < len(lines) and not lines[j].solid and not lines[j].final]
    score += 0.6 * len(company)
    score += 1.0 - 2.0 * share
    if ln.resumes:
        score -= 2.0
    if ln.bullet:
        score -= 1.5 if before.final == ":" or before.bullet else 0.5
    if before.final in (":", ","):
        score -= 2.0
    if len(ln.words) > HEADLINE_WORDS:
        score -= 3.0
    if len(ln.words) <= 4 and not behind and not company and not ln.name and not ln.finite:
        score -= 1.5  # a subheading
    if ln.glued:
        score -= 0.5
        if share > 0.5:
            score -= 1.0
        if brief:
            score -= 2.5
        if ln.final and not company:
            score -= 1.0
    if not balanced(ln.text):
        score -= 1.0
    if unmarked:
        score -= 2.0
    return score


def _neighbours(lines: list[Line], verdicts: list[Verdict | None], body: Counter[str], solid: list[int]) -> None:
    """Short lines among foreign headlines, which end with a mark themselves, go with them.

    One that ends with a question or exclamation mark needs one headline beside it; a sentence with a full stop must
    name what the body does not, and stand between two headlines, at the end, or apart from the body.
    """
    cut = [v is not None and v[0] == "headlines" for v in verdicts]
    for order in (range(solid[0] + 1, len(lines)), range(len(lines) - 2, solid[0], -1)):
        for i in order:
            beside = i - order.step
            other = i + order.step
            ln = lines[i]
            if cut[i] or verdicts[i] is not None or not cut[beside] or ln.resumes or not balanced(ln.text):
                continue
            if order.step < 0 and lines[beside].glued:
                continue
            own = 1 if ln.solid else 0
            share = overlap(ln.stems, body, own)
            if len(ln.words) > 18 or len(ln.inner) > 1 or share >= 0.25 or ln.final in (":", ",") or ln.bullet:
                continue
            near, far = (ln, lines[other]) if order.step > 0 and other < len(lines) else (lines[beside], ln)
            edge = other >= len(lines) or cut[other]
            if ln.final in ("?", "!", "…", "") or (_strange(ln, body, own) and (edge or (far.gap and not near.gap))):
                verdicts[i] = ("headlines", _why(ln, share, 2, "among headlines of other stories"))
                cut[i] = True


def _runs(cut: list[int]) -> dict[int, int]:
    """For each index in ``cut``, ascending, how many there are in the row that it stands in."""
    runs: dict[int, int] = {}
    row: list[int] = []
    for i in cut:
        if row and i != row[-1] + 1:
            runs |= dict.fromkeys(row, len(row))
            row = []
        row.append(i)
    return runs | dict.fromkeys(row, len(row))


def _why(ln: Line, share: float, run: int, where: str) -> str:
    """The terms that counted, for people."""
    terms = [where, "no full stop" if not ln.final else "a short line"]
    if ln.finite is False:
        terms.append("no verb")
    if not share:
        terms.append("shares no name or word with the body")
    elif share < 0.4:
        terms.append("shares little with the body")
    if run > 1:
        terms.append(f"one of {run} such lines")
    return ", ".join(terms)


def _same(text: str) -> str:
    """What is left of a title when marks, spaces and case do not count."""
    return "".join(_KEY.findall(text.lower()))


# -- covering


def _cover(text: str, lines: list[Line], verdicts: list[Verdict]) -> list[Block]:
    """Blocks over the whole text: paragraphs of the body together, everything cut by itself."""
    blocks: list[Block] = []
    begin = 0
    for i, (kind, why) in enumerate(verdicts):
        end = lines[i + 1].start if i + 1 < len(lines) else len(text)
        following = verdicts[i + 1] if i + 1 < len(lines) else None
        if following is not None and kind in ("body", "comments") and following[0] == kind:
            continue
        blocks.append(Block(span=(begin, end), kind=kind, why=why))
        begin = end
    return blocks
