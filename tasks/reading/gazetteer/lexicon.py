"""The gazetteer in memory: what a run of tokens may stand for.

Matching is by a table from the first token of a form to the lengths of the forms that begin with it, so a text costs
one look-up a token; among forms that begin at the same token the longest wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from . import GAZETTEER_DATE
from .files import blocs, table


@dataclass(frozen=True, slots=True)
class Entry:
    """What one form may stand for: ``form`` is the record's `as`, or ``compound``, ``qualified`` or ``mask``."""

    id: str
    form: str
    word: str
    guard: str
    dates: tuple[str, str]
    other: tuple[str, ...]

    def holds(self, day: str) -> bool:
        """Whether the entry's dates take in ``day`` (ISO)."""
        return self.dates[0] <= day <= (self.dates[1] or "9999")


@dataclass(frozen=True, slots=True)
class Hit:
    """Tokens ``first`` to ``last`` (exclusive), or a part of one token, and what they may stand for."""

    first: int
    last: int
    start: int
    stop: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class State:
    id: str
    ru: str
    en: str


WORDS, LONGEST = 20_000, 48
"""Words whose beginnings are remembered, of so many letters at most."""

Part = tuple[int, int, tuple[Entry, ...]]
"""A part of a token, from its beginning, and what it may stand for."""
Beginning = tuple[Sequence[int], Sequence[Part]]


class Lexicon:
    """Forms by their lower-case tokens joined by a space; each with the spelling that the text must show."""

    def __init__(self) -> None:
        self.forms: dict[str, list[tuple[str, Entry]]] = {}
        self.lengths: dict[str, tuple[int, ...]] = {}
        self.seen: dict[str, Beginning | None] = {}
        lengths: dict[str, set[int]] = {}
        for state, form, word, guard, dates, other, begin, endings in table("forms.tsv"):
            since, _, until = dates.partition("..")
            others = tuple(o for o in other.split(";") if o)
            entry = Entry(state, form, word, guard, (since, until), others)
            for ending in endings.split("|"):
                spelling = begin + ending
                key = spelling.lower()
                self.forms.setdefault(key, []).append((spelling, entry))
                first, _, rest = key.partition(" ")
                lengths.setdefault(first, set()).add(1 + rest.count(" ") + bool(rest))
        self.lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def look_up(self, words: Sequence[str]) -> tuple[Entry, ...]:
        """Entries whose form is ``words``, spelt with at least the capitals of the form."""
        text = " ".join(words)
        found = self.forms.get(text.lower(), ())
        return tuple(dict.fromkeys(entry for spelling, entry in found if spelt(text, spelling, entry.form)))

    def find(
        self, words: Sequence[str], starts: Sequence[int], stops: Sequence[int], first: int, last: int
    ) -> Iterator[Hit]:
        """Hits among tokens ``first`` to ``last`` (exclusive), left to right, none overlapping."""
        i = first
        while i < last:
            word = words[i]
            begins = self.seen[word] if word in self.seen else self.beginning(word)
            if begins is None:
                i += 1
                continue
            lengths, parts = begins
            for length in lengths:
                if i + length <= last and (entries := self.look_up(words[i : i + length])):
                    yield Hit(i, i + length, starts[i], stops[i + length - 1], entries)
                    i += length
                    break
            else:
                for begin, end, entries in parts:
                    yield Hit(i, i + 1, starts[i] + begin, starts[i] + end, entries)
                i += 1

    def beginning(self, word: str) -> Beginning | None:
        """Lengths of the forms that may begin with ``word``, and what its parts stand for; None as for most words."""
        begins = self.lengths.get(word.lower(), ()), self.parts(word)
        found = begins if any(begins) else None
        if len(word) <= LONGEST:
            if len(self.seen) >= WORDS:
                self.seen.clear()
            self.seen[word] = found
        return found

    def parts(self, word: str) -> Sequence[Part]:
        """Hits within one token: «российско-американский», «антироссийский», «Россия—США», «РоссииНа»."""
        if not DASH.isdisjoint(word):
            pieces = hyphenated(word)
            found: list[Part] = []
            for k, (offset, piece) in enumerate(pieces):
                compound = k < len(pieces) - 1
                entries = tuple(
                    e for e in self.look_up([piece]) if e.form != "mask" and (e.form != "compound" or compound)
                )
                if entries:
                    found.append((offset, offset + len(piece), entries))
            telling = ("adjective", "demonym")  # «охранник-афганец»
            last = found[-1] if found and found[-1][1] == len(word) else None
            whole = len(found) == len(pieces) or (last is not None and any(e.form in telling for e in last[2]))
            return found if whole else ()
        lower = word.lower()
        if lower.startswith(PREFIXES):
            prefix = next(p for p in PREFIXES if lower.startswith(p))
            rest = self.look_up([lower[len(prefix) :]])
            entries = tuple(e for e in rest if e.form in ("adjective", "qualified"))
            return [(0, len(word), entries)] if entries else ()
        if glued := GLUED.fullmatch(word):
            left = glued[1] or glued[2]
            entries = tuple(e for e in self.look_up([left]) if e.form == "name" and not e.guard)
            return [(0, len(left), entries)] if entries else ()
        return ()


PREFIXES = ("анти", "про", "внутри", "обще")
DASH = frozenset("-–—")
GLUED = re.compile(r"([А-ЯЁ][а-яё]{3,})[А-ЯЁ].*|([А-ЯЁ]{3,})[а-яё]{1,3}")
"""Words run together where a page lost its spaces: «РоссииНа», «СШАв»."""


def hyphenated(word: str) -> list[tuple[int, str]]:
    """Pieces of a hyphenated word with their offsets."""
    pieces, begin = [], 0
    for k, letter in enumerate(word + "-"):
        if letter in DASH:
            if k > begin:
                pieces.append((begin, word[begin:k]))
            begin = k + 1
    return pieces


def spelt(text: str, spelling: str, form: str) -> bool:
    """Whether ``text`` has the capitals that ``spelling`` needs.

    A word in capitals (an abbreviation) needs them all, a capitalised one its first. A demonym or an adjective is
    written small; with a capital it may stand at a sentence's start, which its guard decides.
    """
    if text == spelling or form == "compound":
        return True
    if len(text) != len(spelling):
        return False
    if spelling.isupper() or (text.isupper() and form == "capital" and len(text) < 5):
        return False  # «САНА» is the agency, «Сана» the city
    return all(not s.isupper() or t.isupper() for t, s in zip(text, spelling, strict=True))


def members(bloc: str, day: str) -> list[str]:
    """ids of the members of ``bloc`` on ``day`` (ISO), in the alphabet's order; those who froze their part left out."""
    entry = blocs()[bloc]
    if not entry.get("from", "") <= day <= entry.get("to", "9999"):
        day = entry.get("to", entry.get("from", day))
    frozen = {state for state, _, since in (f.partition(" ") for f in entry.get("frozen", ())) if since <= day}
    found = set()
    for member in entry["members"]:
        state, _, dates = member.partition(" ")
        since, _, until = dates.partition("..")
        if since <= day < (until or "9999") and state not in frozen:
            found.add(state)
    return sorted(found)


@cache
def states() -> dict[str, State]:
    """Every state of ``states.tsv`` by id."""
    english = {cells[0]: cells[3] for cells in table("cldr.tsv")}
    return {
        cells[0]: State(cells[0], cells[1].partition(";")[0], english.get(cells[0], ENGLISH.get(cells[0], cells[0])))
        for cells in table("states.tsv")
    }


HISTORIC = frozenset(("SUN", "YUG", "CSK", "DDR", "SCG", "ZAR", "ANT", "YMD", "VDR"))
"""Codes of ISO 3166-3 (DDR, YUG …): states that are no more."""

ENGLISH = {
    "SUN": "Soviet Union", "YUG": "Yugoslavia", "CSK": "Czechoslovakia", "DDR": "East Germany",
    "SCG": "Serbia and Montenegro", "ZAR": "Zaire", "ANT": "Netherlands Antilles", "YMD": "South Yemen",
    "VDR": "North Vietnam", "XAB": "Abkhazia", "XOS": "South Ossetia", "XPM": "Transnistria",
    "XNC": "Northern Cyprus", "XNK": "Nagorno-Karabakh", "XSL": "Somaliland",
}  # fmt: skip


@cache
def lexicon() -> Lexicon:
    """The one lexicon of this process."""
    return Lexicon()


def today(published: date | None) -> str:
    """The day that decides what is dated: the article's, or the gazetteer's where that is unknown."""
    return published.isoformat() if published else GAZETTEER_DATE
