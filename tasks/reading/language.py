"""Which language a text is in, and how sure that is.

py3langid's naive Bayes over byte n-grams ranks the languages of every stretch of the text; the alphabets then decide
between neighbours that share most of their words: a text with «ы» is no Ukrainian, one with «ї» no Russian. The
stretches vote by their length, so that a text in two languages says so by a low confidence. A stretch that can only be
Russian, which most of what is read is, is not ranked at all: that takes a fiftieth of the time.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from .record import Language
from .ru.morphology import in_dictionary

WHOLE = 720
"""Characters of a text that is read in one stretch."""
STRETCH = 240
"""Characters of each stretch of a longer one: enough for n-grams to tell, and a quoted language has its own."""
STRETCHES = 4
"""So many are read of a longer one, evenly spread, so that a long text costs no more than a short one."""

ENOUGH, SURE = 2, 0.99
"""So many stretches are enough where they are in one language by so much of their vote."""

_NOISE = re.compile(r"https?://\S+|www\.\S+|[@#][\w.]+|[A-Za-z]*\d[A-Za-z\d-]*|[^\w\s'’ʼ-]|_")
_LETTER = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")

_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_RUSSIAN_LETTERS = frozenset(_RUSSIAN)
ALPHABETS = {
    "ru": _RUSSIAN_LETTERS,
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
PLAIN_LETTERS = 100
"""Letters of a stretch from which on its letters and small words alone can say that it is Russian."""
RUSSIAN_SIGNS = frozenset((
    "что", "чтобы", "это", "этого", "этому", "этом", "этот", "этой", "этих", "был", "были", "его", "ее", "её", "их",
    "только", "также", "тоже", "еще", "ещё", "когда", "который", "которая", "которое", "которые", "которого",
    "которой", "которых", "может", "будет", "будут",
))  # fmt: skip
"""Words that are spelt so in Russian alone; of letters, «ы» and «э» are such signs against its Slavic neighbours."""
SMALL_WORDS = frozenset((
    "и", "в", "во", "на", "с", "со", "не", "по", "из", "к", "о", "об", "от", "для", "за", "до", "у", "а", "но", "что",
    "как", "при", "их", "его",
))  # fmt: skip
"""Every fourth word of Russian is one of these."""
LEADING = 8
"""Languages by n-grams that the alphabets are asked about, beside those in `ALPHABETS`."""
RUSSIAN_PRIOR = 1.0
"""Nats for Russian among texts in Cyrillic: what this reader is sent is Russian far oftener than, say, Tatar."""
KNOWN_WORD, UNKNOWN_WORD = 0.5, -1.5
"""Nats for Russian for a word of ``LONG_WORD`` letters or more, no name, that its dictionary has, and that it lacks: of
Russian words it has nearly all, of a neighbour's a half. Asked of short stretches, where n-grams tell little."""
LONG_WORD = 4


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
    for number, stretch in enumerate(_stretches(text), 1):
        letters = sum(map(str.isalpha, stretch))
        weight += letters
        found = {"ru": 1.0} if _is_plain_russian(stretch, letters) else _probabilities(stretch, letters)
        for code, probability in found.items():
            votes[code] = votes.get(code, 0.0) + letters * probability
        if number == ENOUGH and max(votes.values()) >= SURE * weight:
            break
    if not weight:
        return Language(code="und", confidence=0.0)
    code = max(votes, key=lambda c: (votes[c], c))
    return Language(code=code, confidence=round(min(1.0, votes[code] / weight), 4))


def _stretches(text: str) -> Iterator[str]:
    """``text`` if it is short, or else ``STRETCHES`` pieces of it; those with a letter in them.

    Every second piece comes first, so that what is read is spread over the text wherever the reading stops.
    """
    begins = range(0, len(text), math.ceil(len(text) / STRETCHES) or 1)
    pieces = [text] if len(text) <= WHOLE else [text[b : b + STRETCH] for b in (*begins[::2], *begins[1::2])]
    cleaned = (" ".join(_NOISE.sub(" ", piece).split()) for piece in pieces)
    return (c for c in cleaned if _LETTER.search(c))


def _is_plain_russian(stretch: str, letters: int) -> bool:
    """Whether a stretch with so many letters can be nothing but Russian. If not, it may be Russian all the same."""
    if letters < PLAIN_LETTERS:
        return False
    lowered = stretch.lower()
    foreign = {c for c in lowered if c not in _RUSSIAN_LETTERS and c.isalpha()}
    if any(map(_CYRILLIC.match, foreign)) or 5 * sum(map(lowered.count, foreign)) > letters:
        return False
    words = lowered.split()
    signs = lowered.count("ы") + lowered.count("э") + sum(map(RUSSIAN_SIGNS.__contains__, words))
    # Bulgarian is full of «ъ», Belarusian has no «и».
    if signs < 2 or lowered.count("ъ") > 1 or 50 * lowered.count("и") < letters:
        return False
    return 12 * sum(map(SMALL_WORDS.__contains__, words)) >= len(words)


def _probabilities(stretch: str, letters: int) -> dict[str, float]:
    """Probabilities by language of one stretch with so many letters, n-grams and alphabet together."""
    ranked = _identifier().rank(stretch)
    cyrillic = Counter(_CYRILLIC.findall(stretch.lower()))
    if 2 * cyrillic.total() < letters:
        return dict(ranked)
    scores = {c: math.log(max(p, 1e-12)) for n, (c, p) in enumerate(ranked) if n < LEADING or c in ALPHABETS}
    for code, alphabet in ALPHABETS.items():
        strange = sum(n for c, n in cyrillic.items() if c not in alphabet)
        scores[code] = scores.get(code, -30.0) - STRANGE_LETTER * min(strange, STRANGE_LETTERS)
    scores["ru"] += RUSSIAN_PRIOR
    if letters < PLAIN_LETTERS:
        words = [w for w in stretch.split() if len(w) >= LONG_WORD and w.islower() and _CYRILLIC.match(w)]
        scores["ru"] += sum(KNOWN_WORD if in_dictionary(w) else UNKNOWN_WORD for w in words)
    top = max(scores.values())
    total = sum(math.exp(s - top) for s in scores.values())
    return {code: math.exp(s - top) / total for code, s in scores.items()}
