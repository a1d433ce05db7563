"""Dictionary forms of Russian words, by pymorphy3, remembered per process."""

from __future__ import annotations

from functools import lru_cache

import pymorphy3


@lru_cache(maxsize=1)
def analyzer() -> pymorphy3.MorphAnalyzer:
    """The one analyzer of this process."""
    return pymorphy3.MorphAnalyzer()


def lemma(text: str, pos: str, feats: dict[str, str]) -> str:
    """Dictionary form of ``text``, lower case."""
    return str(analyzer().parse(text)[0].normal_form)
