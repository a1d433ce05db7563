"""Bytes in an unknown charset, decoded.

The order: a byte order mark, valid UTF-8, what was declared, what is detected. For the single-byte charsets of Russian
(windows-1251, koi8-r, cp866, iso-8859-5, mac-cyrillic), which all turn any bytes into some letters, the one wins whose
letters come as often as they do in Russian.
"""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from itertools import pairwise

import charset_normalizer

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CYRILLIC = ("windows-1251", "koi8-r", "cp866", "iso-8859-5", "mac-cyrillic")

RUSSIAN = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (10.97, 8.45, 8.01, 7.35, 6.70, 6.26, 5.47, 4.73, 4.54, 4.40, 3.49, 3.21, 2.98, 2.81, 2.62, 2.01, 1.90,
         1.74, 1.70, 1.65, 1.59, 1.44, 1.21, 0.97, 0.94, 0.73, 0.64, 0.48, 0.36, 0.32, 0.26, 0.04, 0.04),
        strict=True,
    )
)  # fmt: skip
"""Letters by their share of Russian text in per cent (Sharov's frequencies of the National Corpus)."""
UNCOMMON = 0.3
"""Nats against the charsets after the first two: pages and feeds of today have windows-1251 or koi8-r if any."""
RARE = 0.01
"""The share in per cent that a character outside of the alphabet is given."""
LIKELY = -4.2
"""Mean log share of a letter above which text is Russian: news has about -3, UTF-8 read as windows-1251 under -8."""
MARKS_OF_PRINT = frozenset("«»„“”‘’–—…№§°×\xa0")
SAMPLE = 65_536
"""Bytes that are looked at to detect a charset."""

_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}?encoding=[\"']([\w.:-]{2,40})", re.I
)


class UndecodableError(ValueError):
    """The bytes are text in no charset that was declared or could be detected."""


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """``data`` as text, and the name of the charset that it was in.

    ``declared`` is what came with the data (a Content-Type header); a page's own ``<meta charset>`` is read as well.

    Raises:
        UndecodableError: no charset fits.
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            try:
                return data.decode(name), name
            except UnicodeDecodeError as error:
                raise UndecodableError(f"it opens with a mark of {name} but {_fault(error)}") from error
    if (wide := _wide(data)) is not None:
        return wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        fault = _fault(error)
    names = [n for n in (declared, *_declared(data)) if n]
    return _single_byte(data, names, fault)


def _fault(error: UnicodeDecodeError) -> str:
    return f"byte {error.start} is no {error.encoding.upper()}"


def _declared(data: bytes) -> list[str]:
    """Charsets that the head of a page names."""
    return [(m[1] or m[2]).decode("ascii") for m in _DECLARED.finditer(data[:4096])][:3]


def _wide(data: bytes) -> tuple[str, str] | None:
    """UTF-16 without a mark: every second byte of Latin text is 0, of Cyrillic text 0 or 4."""
    head = data[:4096]
    if len(head) < 4 or len(data) % 2 or b"\0" not in head:
        return None
    for name, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if sum(b in (0, 4) for b in high) > 0.9 * len(high):
            try:
                return data.decode(name), name
            except UnicodeDecodeError:
                continue
    return None


def _single_byte(data: bytes, declared: list[str], fault: str) -> tuple[str, str]:
    """Bytes that are not UTF-8: the declared charset unless the letters speak against it, else the detected one."""
    sample = data[:SAMPLE]
    likelihood = {n: _russian(sample.decode(n, "ignore")) - (UNCOMMON if i > 1 else 0) for i, n in enumerate(CYRILLIC)}
    best = max(likelihood, key=lambda n: likelihood[n])
    for name in declared:
        try:
            text, codec = data.decode(name), codecs.lookup(name).name
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
        cyrillic = codec in {codecs.lookup(n).name for n in CYRILLIC}
        if not cyrillic or likelihood[best] - _russian(sample.decode(name, "ignore")) < 0.3:
            return text, codec
    if likelihood[best] > LIKELY:
        return data.decode(best, "replace"), best
    if (guess := charset_normalizer.from_bytes(sample).best()) is not None and guess.chaos < 0.1:
        try:
            return data.decode(guess.encoding), guess.encoding
        except (UnicodeDecodeError, LookupError):
            pass
    raise UndecodableError(fault)


def _russian(text: str) -> float:
    """Mean natural log of the shares of the letters beyond ASCII; a capital after a small letter counts as rare.

    koi8-r read as windows-1251 swaps the cases as well as the letters, so the case decides where the text is short.
    """
    high = [c for c in text if c > "\x7f" and c not in MARKS_OF_PRINT]
    if not high:
        return -math.inf
    rare = math.log(RARE / 100)
    counts = Counter(high)
    total = sum(n * (math.log(RUSSIAN[c.lower()] / 100) if c.lower() in RUSSIAN else rare) for c, n in counts.items())
    swapped = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    return (total + 2 * rare * swapped) / len(high)
