"""What wikis, corpora and channels leave in a text: blanked for the parse, every other character in its place."""

from __future__ import annotations

import re

EMPHASIS = re.compile(r"'{3,5}|''")
LINK = re.compile(r"\[(?:https?://|//)[^\s\[\]]{1,500}([^\[\]\n]{0,300})\]")
PAGE = re.compile(r"\[\[(?:[^\[\]|\n]{1,200}\|)?([^\[\]|\n]{1,200})\]\]")
REMARK = re.compile(r"\{[^{}\n«»]{1,80}\}")
_PICTURED = "\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u23e9-\u23fa\u25aa-\u25fe\ufe0f\u200d"
PICTURE = re.compile(rf"(?:[0-9#*]\ufe0f?\u20e3|[{_PICTURED}])+")
"""Emoji, with what joins and shades them, and figures in key caps."""
_HAS_PICTURE = re.compile(f"[{_PICTURED}\u20e3]")
MARKS = frozenset('«»„“”"')


def blanked(text: str) -> str:
    """``text`` without wiki links, emphasis, remarks in braces and emoji, as long as it was.

    «[http://… сайт]» is a «сайт», ''Bild'' stands in quotation marks as it would elsewhere.
    """
    if "[" in text:
        for link in (PAGE, LINK):
            text = link.sub(_label, text)
    if "{" in text:
        text = REMARK.sub(lambda m: " " * len(m[0]), text)
    if _HAS_PICTURE.search(text):
        text = PICTURE.sub(lambda m: " " * len(m[0]), text)
    return "\n".join(map(_emphasis, text.split("\n"))) if "''" in text else text


def _label(link: re.Match[str]) -> str:
    start, stop = link.start(1) - link.start(), link.end(1) - link.start()
    return " " * start + link[1] + " " * (len(link[0]) - stop)


def _emphasis(line: str) -> str:
    """A line whose marks of emphasis, by pairs, are quotation marks, or blank where such marks stand already."""
    marks = list(EMPHASIS.finditer(line))
    for opening, closing in zip(marks[::2], marks[1::2], strict=False):
        inner = line[opening.end() : closing.start()].strip()
        beside = line[opening.start() - 1] if opening.start() else " "
        plain = opening[0] == closing[0] == "''" and inner and not {inner[0], inner[-1], beside} & MARKS
        left, right = (' "', '" ') if plain else (" " * len(opening[0]), " " * len(closing[0]))
        line = line[: opening.start()] + left + line[opening.end() : closing.start()] + right + line[closing.end() :]
    return EMPHASIS.sub(lambda m: " " * len(m[0]), line)
