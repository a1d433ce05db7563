"""Words without their endings, by which forms of a name are known for one."""

from __future__ import annotations

import re
from functools import lru_cache

from .cues import plain

DOUBLE = re.compile(r"(.)\1")
ENDING = re.compile(r"(ого|его|ому|ему|ыми|ими|ой|ей|ою|ею|ым|им|ом|ем|ая|яя|ий|ый|ах|ях|ам|ям|а|я|у|ю|е|ы|и|о|ь|й)$")


def stem(word: str) -> str:
    """A word without its ending, to match cases: «Иванова» and «Ивановым» alike."""
    lower = plain(word)
    return ENDING.sub("", lower) if len(lower) > 3 else lower


@lru_cache(maxsize=20_000)
def key(word: str) -> str:
    """A word of a name without its ending and its double letters: «Лолла» and «Лолой» are one woman's."""
    return DOUBLE.sub(r"\1", stem(word))
