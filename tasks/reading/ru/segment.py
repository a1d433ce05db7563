"""Sentences and tokens by razdel, in time linear in the text, a repeated chunk cut only once.

razdel's tokens never cross white space, and what its rules see of a neighbouring chunk is little: where a chunk begins
or ends with a dash, underscore, point, comma or slash, the kind of the nearest letter beyond («а -б» is «а», «-б», but
«, -б» is «,», «-», «б»). So a chunk with the kinds of its neighbours, where they matter, determines its tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import razdel
from razdel.segmenters.punct import DASHES
from razdel.segmenters.sentenize import DELIMITER, SentSegmenter, SentSplitter
from razdel.segmenters.sokr import SOKRS
from razdel.segmenters.tokenize import ATOM

Piece = tuple[int, int, str]
"""A token: where it starts and stops, and its text."""

WINDOW = 16_384
"""Code points cut at once. A longer paragraph is cut at the last white space before: razdel's time grows with the
square of a sentence without end."""

CHUNKS = 20_000
"""Chunks remembered, of at most ``CHUNK`` code points each."""
CHUNK = 48

_CHUNK = re.compile(r"\S+")
_PLAIN = re.compile(r"""([«"„(“]?)([а-яё]+|[a-z]+)([.,:;?»")…]?)""", re.I)
"""A word, bare or in single marks that no rule of razdel joins to it."""
_OPENER = (
    r"(?:А|Без|В|Во|Всего|Вскоре|До|Для|Его|Если|Ещё|Её|За|Затем|Здесь|И|Из|Их|К|Как|Когда|Кроме|На|Не|Но|"
    r"О|Об|Однако|Он|Она|Они|Оно|От|Перед|По|Под|Позднее|Позже|Потом|После|При|Ранее|С|Сегодня|Сейчас|Со|Среди|Так|Также|"
    r"Там|Теперь|Тогда|У|Уже|Через|Эта|Эти|Это|Этот)"
)
"""Words that have a capital only where a sentence begins."""
_YEAR = re.compile(rf"(\d{{4}}\s?гг?\.)\s+(?={_OPENER}\s)")
_STUCK = re.compile(
    rf"(?:(?<![^\W\d_])([а-яё]{{3,}}|[А-ЯЁ][а-яё]{{2,}}(?=[.!?…]+[«„\"]))|[а-яё»”\")%](?=\W+{_OPENER}\s)|[»”\")])"
    r"[.!?…]+(?P<quote>[»”\"]?)"
    r"(?=[«„\"]?[А-ЯЁ][а-яё]*[\s,])"
)
"""The end of a sentence without a space behind it: «уехал.Позже», «домой».Он»."""
_MONTHS = "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
_DAY = rf"\d{{1,2}}\s?(?:{_MONTHS})\w*\.?(?:\s\d{{4}}(?:\s?г\.?)?)?"
_WIRE = r"(?:[(/][^()/\n]{2,40}[)/]|[A-ZА-ЯЁ][A-ZА-ЯЁ.-]{2,}(?:\s[\w.-]+)?)"
_DATELINE = re.compile(
    rf"\s*[А-ЯЁ][\w-]+(?:\s[А-ЯЁ][\w-]+)?(?:[.,]\s?|\s)(?:{_DAY}[.,]?\s?(?:{_WIRE}[.,]?\s)?|{_WIRE}[.,]?\s)[-–—]{{1,2}}\s+"
    r"(?=[«„\"]?[A-ZА-ЯЁ])(?![^.!?\n]{2,40}\.\s)"
)
"""«Москва. 11 ноября. ИНТЕРФАКС – », «АСТАНА, 3 дек (БелТА) — »: where a report is from, up to its dash."""
_NO_SPACE = re.compile(r"[.!?…][»”\"]?[«„\"]?[А-ЯЁ]")
_SPACE = re.compile(r"\s(?=\S*\Z)")
_SENTENCES = SentSegmenter(SentSplitter(rf"{DELIMITER}(?=\s)(?!\s[а-яё]+\b)"))
"""razdel's, but that it does not ask all its rules of a mark which its first ones let end no sentence: what no space
follows, or a word without a capital."""
_JOINING = frozenset(DASHES + "_.,/\\")
_KINDS = {"INT": "1", "PUNCT": "!"}


def windows(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """``[start, stop)`` of ``text`` in pieces of at most ``WINDOW`` code points, cut at white space if any."""
    while stop - start > WINDOW:
        space = _SPACE.search(text[start : start + WINDOW])
        cut = start + (space.end() if space else WINDOW)
        yield start, cut
        start = cut
    yield start, stop


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of ``text`` as ``(start, stop)``, without those that hold only white space.

    razdel's, but for «… в 1969 г. Через год …», where a year's point ends a sentence if a word follows that would have
    no capital otherwise, for «он уехал.Позже …», where the space behind a full stop was lost, and for a dateline, which
    is a sentence by itself.
    """
    begin = 0
    if dateline := _DATELINE.match(text):
        begin = dateline.end()
        yield len(text) - len(text.lstrip()), len(dateline[0].rstrip())
    for sentence in _SENTENCES(text[begin:]):
        start = begin + sentence.start
        for end in sorted(_ends(sentence.text)):
            yield start, begin + sentence.start + len(sentence.text[:end].rstrip())
            start = begin + sentence.start + end
        if sentence.text:
            yield start, begin + sentence.stop


def _ends(sentence: str) -> Iterator[int]:
    """Where sentences begin within what razdel takes for one."""
    if "г." in sentence:
        yield from (match.end() for match in _YEAR.finditer(sentence))
    for match in _STUCK.finditer(sentence) if _NO_SPACE.search(sentence) else ():
        if match[1] and match[1].lower() in SOKRS:
            continue
        opens = match["quote"] == '"' and sentence.count('"', 0, match.start("quote")) % 2 == 0
        yield match.start("quote") if opens else match.end()


def tokens(text: str, start: int = 0, stop: int | None = None) -> list[Piece]:
    """The tokens of ``text[start:stop]``, which is read by itself, where they stand in ``text``: razdel's."""
    out: list[Piece] = []
    chunks = [m.span() for m in _CHUNK.finditer(text, start, len(text) if stop is None else stop)]
    for k, (begin, end) in enumerate(chunks):
        chunk = text[begin:end]
        whole = _whole.get(chunk)
        if whole is not None:
            out.append((begin, end, whole))
            continue
        left = right = ""
        if chunk[0] in _JOINING and k:
            left = _kind(text[chunks[k - 1][1] - 1])
        if chunk[-1] in _JOINING and k + 1 < len(chunks):
            right = _kind(text[chunks[k + 1][0]])
        pieces = (_cut if end - begin <= CHUNK else _cut.__wrapped__)(chunk, left, right)
        if len(pieces) == 1 and end - begin <= CHUNK and _JOINING.isdisjoint((chunk[0], chunk[-1])):
            if len(_whole) >= CHUNKS:
                _whole.clear()
            _whole[chunk] = chunk
        for a, b, token in pieces:
            out.append((begin + a, begin + b, token))
    return out


_whole: dict[str, str] = {}
"""Chunks that are one token, whatever stands beside them; every look-up of a word then meets the same string."""


@lru_cache(maxsize=256)
def _kind(character: str) -> str:
    """A character that razdel's rules take for the same kind: a digit, a punctuation mark or anything else."""
    atom = ATOM.match(character)
    return _KINDS.get(atom.lastgroup or "", "a") if atom else "a"


@lru_cache(maxsize=CHUNKS)
def _cut(chunk: str, left: str, right: str) -> tuple[Piece, ...]:
    """The tokens of a chunk without white space between neighbours of the kinds ``left`` and ``right``."""
    if plain := _PLAIN.fullmatch(chunk):
        return tuple((*plain.span(k), plain[k]) for k in (1, 2, 3) if plain[k])
    begin = len(left) + 1
    end = begin + len(chunk)
    pieces = razdel.tokenize(f"{left} {chunk} {right}")
    return tuple((p.start - begin, p.stop - begin, p.text) for p in pieces if begin <= p.start < end)
