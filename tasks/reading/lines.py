"""What can be seen of one line of an article: its end mark, its words, whether it resumes what was said."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from .markup import PICTURE
from .phrases import phrases
from .tokens import Parse

STEM = 5
"""Letters of a word that are compared: «Казахстан» and «казахстанский» are one, endings are gone. No dictionary."""
NAME, WORD, EVERYDAY = 2.0, 1.0, 0.25
"""Weights of a shared name, of a shared word, and of a word that is in every article («Россия», «заявил», «год»)."""

WORDS, LETTERS = 10_000, 48
"""Words whose looks are remembered, and the letters by which a word is judged."""

_WORD = re.compile(r"[^\W_]+(?:[-’'.][^\W_]+)*")
_CLOSERS = " \t\xa0\u200b»”“\"’')]}*_"
_INNER = re.compile(
    r"[.!?…](?<![.!?…]{2})[.!?…]*+[»”\")’']{0,2}(?:\[\d{1,3}\])?\s{0,8}(?=[«\"„“(\[]{0,2}[A-ZА-ЯЁІЇЄҐЎ0-9])"
)
_TAGGED = re.compile(r"[»”\"][,.!?…]{0,3}\s{0,2}[—–-]\s?[а-яёa-z]")
_BULLET = re.compile(rf"(?:[•*▪●·◦‣–—-]|\d{{1,2}}[.)])\s|{PICTURE.pattern}")


@dataclass(slots=True)
class Line:
    """A line or, where something was glued to it, a part of one. Offsets are code points of the whole text.

    ``final`` is the mark that ends its sentence (one of ``.!?…:,``) or empty; ``finite`` whether it has a finite verb
    (None where there is no parse); ``stems`` its content words with their weights; ``name`` that it is a name alone.
    """

    start: int
    stop: int
    text: str
    words: list[str]
    final: str
    finite: bool | None
    name: bool
    stems: dict[str, float]
    inner: list[int]
    glued: bool = False
    gap: bool = False

    @property
    def resumes(self) -> bool:
        """It goes on from what was said: by a pronoun, connective or small letter, or by a tag («…», — сказал он)."""
        shown = self.text.lstrip('—–-«"„“( \xa0')
        if shown[:1].islower() or phrases().resuming.match(shown) is not None:
            return True
        return bool(self.final) and _TAGGED.search(self.text) is not None

    @property
    def bullet(self) -> bool:
        """It opens with a list's mark, an emoji or a dialogue's dash."""
        return _BULLET.match(self.text) is not None

    @property
    def solid(self) -> bool:
        """A paragraph beyond doubt: a sentence with its full stop, or too long for anything but prose."""
        if not self.words:
            return False
        return (self.final in (".", ":", ",") and len(self.words) >= 4) or len(self.words) > 32 or (
            self.final in ("?", "!", "…") and (len(self.words) >= 12 or bool(self.inner))
        )  # fmt: skip


def line(text: str, start: int, stop: int, parse: Parse | None) -> Line:
    """The line ``text[start:stop]``."""
    shown = text[start:stop]
    words = _WORD.findall(shown)
    finite, names = _parsed(parse, start, stop)
    inner = [start + m.end() for m in _INNER.finditer(shown) if _ends_sentence(shown, m.start())]
    name = False
    if 0 < len(words) <= 5:
        covered = sum(len(_WORD.findall(text[a:b])) for a, b in names)
        name = covered >= max(1, sum(not w.isdigit() for w in words))
    stems = _stems(words, [text[a:b].lower() for a, b in names])
    return Line(start, stop, shown, words, _final(shown), finite, name, stems, inner)


def overlap(stems: dict[str, float], body: Counter[str], own: int = 0) -> float:
    """The share of ``stems``, by weight, that the body has more than ``own`` times: 0 to 1; 0 for no stem."""
    total = sum(stems.values())
    return sum(w for s, w in stems.items() if body[s] > own) / total if total else 0.0


def _parsed(parse: Parse | None, start: int, stop: int) -> tuple[bool | None, list[tuple[int, int]]]:
    """Whether there is a finite verb in ``[start, stop)``, and the names there."""
    if parse is None:
        return None, []
    finite = any(
        t.feats.get("VerbForm") == "Fin" or (t.pos in ("VERB", "ADJ") and t.feats.get("Variant") == "Short")
        for t in parse.within(start, stop)
    )
    low = bisect_left(parse.names, start, key=lambda n: n.start)
    high = bisect_right(parse.names, stop, key=lambda n: n.stop)
    return finite, [(n.start, n.stop) for n in parse.names[low:high]]


def _final(shown: str) -> str:
    """The mark that closes the line's last sentence, seen through closing quotation marks and brackets."""
    bare = shown.rstrip(_CLOSERS)
    bare = re.sub(r"(?:\[\d{1,3}\])+$", "", bare) if bare.endswith("]") else bare
    last = bare[-1:]
    if last == "." and bare.endswith(".."):
        return "…"
    if last in ".!?…:":
        return last
    return "," if last and last in ",;—–-" else ""


def _ends_sentence(shown: str, at: int) -> bool:
    """Whether the mark at ``at`` ends a sentence: the word before is none of the short ones that take a point."""
    if shown[at] != ".":
        return True
    begin = at
    while begin > 0 and at - begin < 5 and shown[begin - 1].isalpha():
        begin -= 1
    word = shown[begin:at]
    if not word:
        return at > 0 and (shown[at - 1] in '»”")%' or shown[at - 1].isdigit())
    if word.isupper():
        return len(word) >= 2
    if word in _SHORT:
        return True
    return len(word) >= 3 and word.lower() not in _POINTED


_POINTED = frozenset(
    (
        "руб",
        "долл",
        "тыс",
        "млн",
        "млрд",
        "трлн",
        "тел",
        "стр",
        "гос",
        "зам",
        "обл",
        "просп",
        "ред",
        "корр",
        "прим",
        "inc",
    )
)
"""Short forms of three letters and more that take a point."""
_SHORT = frozenset(
    ("я", "он", "их", "её", "ее", "ей", "им", "мы", "вы", "ты", "да", "то", "кг", "км", "it", "us", "me", "so")
)
"""Whole words of one letter or two that end sentences."""


def _stems(words: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    """Content words of a line, cut to `STEM` letters, with their weights; ``names`` are those in it, in small letters.

    A capital makes a name of a word, but of the first only where the tagger says so too.
    """
    found = [_stem(word[:LETTERS]) for word in words]
    if found and found[0] is not None and not (len(words[0]) > 1 and words[0].isupper()):
        lowered, (stem, weight) = _lowered(words[0]), found[0]
        named = weight != NAME or any(lowered in name for name in names)
        found[0] = None if len(words[0]) < 4 else (stem, weight if named else WORD)
    # Of two weights of one stem the greater, which comes last, stays.
    return dict(sorted(filter(None, found), key=itemgetter(1)))


@lru_cache(maxsize=WORDS)
def _stem(word: str) -> tuple[str, float] | None:
    """The stem and weight of a word that does not open its line; None where it says nothing."""
    lowered = _lowered(word)
    acronym, capital = len(word) > 1 and word.isupper(), word[0].isupper()
    if not (acronym or ((len(word) >= 4 or (capital and len(word) == 3)) and not lowered.isdigit())):
        return None
    stem = lowered[:STEM]
    return stem, EVERYDAY if stem in phrases().everyday else NAME if capital or acronym else WORD


def _lowered(word: str) -> str:
    return word.lower().replace("ё", "е")
