"""Which language a text is in, and how sure that is.

py3langid's naive Bayes over byte n-grams ranks the languages of every stretch of the text; the alphabets then decide
between neighbours that share most of their words: a text with «ы» is no Ukrainian, one with «ї» no Russian. The
stretches vote by their length, so that a text in two languages says so by a low confidence.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from .record import Language

STRETCH = 480
"""Characters of one stretch: enough for n-grams to tell, short enough that a quoted language has its own."""
STRETCHES = 5
"""At most so many are read, evenly spread, so that a long text costs no more than a page."""

_NOISE = re.compile(r"https?://\S+|www\.\S+|[@#][\w.]+|[A-Za-z]*\d[A-Za-z\d-]*|[^\w\s'’ʼ-]|_")
_LETTER = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
ALPHABETS = {
    "ru": frozenset(_RUSSIAN),
    "uk": frozenset("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "be": frozenset("абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    "bg": frozenset("абвгдежзийклмнопрстуфхцчшщъьюя"),
    "mk": frozenset("абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ"),
    "sr": frozenset("абвгдђежзијклљмнњопрстћуфхцчџш"),
    "kk": frozenset(_RUSSIAN + "әғқңөұүһі"),
    "ky": frozenset(_RUSSIAN + "ңөү"),
    "mn": frozenset(_RUSSIAN + "өү"),
    "tg": frozenset("абвгғдеёжзийӣкқлмнопрстуӯфхҳчҷшъэюя"),
    "tt": frozenset(_RUSSIAN + "әҗңөүһ"),
}
"""Letters of the languages in Cyrillic; each is a sign against every language that lacks it."""
STRANGE_LETTER = 1.5
"""Nats against a language for each letter that it does not have, up to ``STRANGE_LETTERS`` of them."""
STRANGE_LETTERS = 6
LEADING = 8
"""Languages by n-grams that the alphabets are asked about, beside those in `ALPHABETS`."""
RUSSIAN_PRIOR = 1.0
"""Nats for Russian among texts in Cyrillic: what this reader is sent is Russian far oftener than, say, Tatar."""


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect(text: str) -> Language:
    """The language of ``text`` as an ISO 639-1 code with its probability; ``und`` and 0.0 where it has no letter.

    Addresses, handles, and words with digits are not read. A short text, or one in two languages, has a low
    confidence. Deterministic.
    """
    votes: dict[str, float] = {}
    weight = 0
    for stretch in _stretches(text):
        letters = len(_LETTER.findall(stretch))
        weight += letters
        for code, probability in _probabilities(stretch).items():
            votes[code] = votes.get(code, 0.0) + letters * probability
    if not weight:
        return Language(code="und", confidence=0.0)
    code = max(votes, key=lambda c: (votes[c], c))
    return Language(code=code, confidence=round(min(1.0, votes[code] / weight), 4))


def _stretches(text: str) -> list[str]:
    """Up to ``STRETCHES`` pieces of about ``STRETCH`` characters with a letter in them, evenly spread over ``text``."""
    step = max(STRETCH, math.ceil(len(text) / STRETCHES))
    begins = range(0, len(text), step)
    if len(text) > STRETCH * STRETCHES:
        pieces = [text[b : b + STRETCH] for b in begins]
    else:
        pieces = _words_together(text)
    cleaned = (" ".join(_NOISE.sub(" ", piece).split()) for piece in pieces)
    return [c for c in cleaned if _LETTER.search(c)]


def _words_together(text: str) -> list[str]:
    """``text`` cut at spaces into pieces of ``STRETCH`` characters or a little more; the last may be half as long."""
    pieces: list[str] = []
    begin = 0
    while len(text) - begin > 1.5 * STRETCH:
        space = text.find(" ", begin + STRETCH, begin + 2 * STRETCH)
        end = space if space >= 0 else begin + STRETCH
        pieces.append(text[begin:end])
        begin = end
    pieces.append(text[begin:])
    return pieces


def _probabilities(stretch: str) -> dict[str, float]:
    """Probabilities by language of one stretch, n-grams and alphabet together."""
    ranked = _identifier().rank(stretch)
    cyrillic = Counter(_CYRILLIC.findall(stretch.lower()))
    if 2 * cyrillic.total() < len(_LETTER.findall(stretch)):
        return dict(ranked)
    scores = {c: math.log(max(p, 1e-12)) for n, (c, p) in enumerate(ranked) if n < LEADING or c in ALPHABETS}
    for code, alphabet in ALPHABETS.items():
        strange = sum(n for c, n in cyrillic.items() if c not in alphabet)
        scores[code] = scores.get(code, -30.0) - STRANGE_LETTER * min(strange, STRANGE_LETTERS)
    scores["ru"] += RUSSIAN_PRIOR
    top = max(scores.values())
    total = sum(math.exp(s - top) for s in scores.values())
    return {code: math.exp(s - top) / total for code, s in scores.items()}
