"""The texts that the annotated sets are offsets into, each checked to be the one that was annotated."""

from __future__ import annotations

import csv
import hashlib
import sys
from functools import lru_cache

from tests.conftest import SHARED

DATA = SHARED / "data"
PAIRS = "tgcontest_pairs"
LONGEST = 1_000_000
"""Characters of a field of the pairs of texts, at most."""


def article(doc: str) -> str:
    """The text of ``doc``, a path under the data without ``.txt``, as its set has it.

    ``tgcontest_pairs/POOL/ROW/SIDE`` is one text of a pair, ``first`` or ``second``: title, empty line, text.
    """
    set_, *rest = doc.split("/")
    if set_ == PAIRS:
        return _of_pair(*rest)
    with (DATA / f"{doc}.txt").open(encoding="utf-8", newline="") as file:
        return file.read()


def annotated(doc: str, sha256: str) -> str:
    """The text of ``doc``, its lines ended by ``\\n`` alone; one that is another than was annotated ends the run."""
    text = article(doc).replace("\r\n", "\n")
    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        sys.exit(f"{doc} is not the text that was annotated")
    return text


def _of_pair(pool: str, row: str, side: str) -> str:
    pair = _pairs(pool)[int(row)]
    return f"{pair[f'INPUT:{side}_title']}\n\n{pair[f'INPUT:{side}_text']}"


@lru_cache
def _pairs(pool: str) -> list[dict[str, str]]:
    csv.field_size_limit(LONGEST)
    with (DATA / PAIRS / f"{pool}.tsv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter="\t"))
