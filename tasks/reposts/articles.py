"""An article as tracing sees it: its reading, and the words of its title and body."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tasks.reading.record import READ_BLOCKS

from .words import Words, split


@dataclass(frozen=True)
class Article:
    """A document's text with its reading as JSON-ready data (``tasks.reading.record.Reading``)."""

    text: str
    reading: dict[str, Any]

    @cached_property
    def words(self) -> Words:
        """The words of its title and body: what was scraped with it makes no repost."""
        return split(self.text, (b["span"] for b in self.reading["blocks"] if b["kind"] in READ_BLOCKS))

    def headline(self, title: str | None) -> str | None:
        """The headline: ``title``, where the article came with one, else the one that its text begins with."""
        if title:
            return title.strip()
        first = next((b["span"] for b in self.reading["blocks"] if b["kind"] == "title"), None)
        return self.text[slice(*first)].strip() or None if first else None

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Code points of the words from number ``first`` up to but not with ``last``."""
        return self.words.places[first][0], self.words.places[last - 1][1]

    def within(self, spans: list[tuple[int, int]]) -> list[int]:
        """Numbers of the words that begin in ``spans``."""
        starts = self._starts
        return [n for start, stop in spans for n in range(*np.searchsorted(starts, [start, stop]).tolist())]

    @cached_property
    def _starts(self) -> Any:
        return np.array([start for start, _ in self.words.places])
