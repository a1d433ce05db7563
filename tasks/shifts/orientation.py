"""Orientation: where a state stands between two poles, by what is told of it and of those who belong to them.

A day's balance is the sum of Goldstein's weights of what passed between the state and either pole: cooperation with the
second and conflict with the first draw it up, conflict with the second and cooperation with the first draw it down. A
shift of it is told by the same test as of any series; it shows that the sum moved, and the statements show why.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from tasks.reading.gazetteer import lexicon
from tasks.reading.gazetteer.files import blocs

from . import series
from .series import Cell


@dataclass(frozen=True)
class Pole:
    """One end of a balance; see poles.toml."""

    id: str
    en: str
    states: frozenset[str]
    blocs: frozenset[str]
    of: tuple[str, ...]
    without: frozenset[str]

    def holds(self, party: str, day: date) -> bool:
        """Whether a state or bloc belongs to it on a day."""
        if party in self.states or party in self.blocs:
            return True
        return party not in self.without and any(party in _members(bloc, day) for bloc in self.of)


@cache
def poles() -> dict[str, Pole]:
    """Every pole by id."""
    return {
        id_: Pole(
            id_, entry["en"], frozenset(entry["states"]), frozenset(entry.get("blocs", ())),
            tuple(entry.get("of", ())), frozenset(entry.get("without", ())),
        )
        for id_, entry in _data().items() if isinstance(entry, dict)
    }  # fmt: skip


@cache
def balances() -> tuple[str, ...]:
    """Every balance, as ``RUSSIA:WEST``: two poles, the second of which is up."""
    return tuple(_data()["balances"])


def ends(balance: str) -> tuple[Pole, Pole]:
    """The two poles of a balance."""
    first, _, second = balance.partition(":")
    return poles()[first], poles()[second]


@cache
def parties_of(balance: str) -> tuple[str, ...]:
    """Everybody who belongs, or belonged on any day, to either pole of a balance."""
    found: set[str] = set()
    for pole in ends(balance):
        members = {member.partition(" ")[0] for bloc in pole.of for member in blocs()[bloc]["members"]}
        found |= pole.states | pole.blocs | (members - pole.without)
    return tuple(sorted(found))


def concerned(actor: str, recipient: str, day: date) -> set[tuple[str, str]]:
    """(state, balance) of every balance that what passes between the two on that day belongs to."""
    found = set()
    for state, other in ((actor, recipient), (recipient, actor)):
        for balance in balances():
            if stands_between(state, balance) and any(pole.holds(other, day) for pole in ends(balance)):
                found.add((state, balance))
    return found


def stands_between(state: str, balance: str) -> bool:
    """Whether a party is a state that is no head of either pole."""
    return state in lexicon.states() and not any(state in pole.states for pole in ends(balance))


def side(state: str, balance: str, actor: str, recipient: str, day: date) -> int:
    """1 where what passed is between the state and the balance's second pole, -1 the first, 0 neither or both."""
    other = recipient if actor == state else actor
    first, second = (pole.holds(other, day) for pole in ends(balance))
    return second - first


def draw(state: str, balance: str, cell: Cell) -> int:
    """`side` of a cell."""
    return side(state, balance, cell.actor, cell.recipient, cell.day)


def orientation(state: str, balance: str, cells: Iterable[Cell]) -> dict[date, float]:
    """What draws a state to the second pole of a balance, by day, less what draws it to the first."""
    return series.balance(cells, lambda cell: draw(state, balance, cell))


@cache
def _members(bloc: str, day: date) -> frozenset[str]:
    return frozenset(lexicon.members(bloc, day.isoformat()))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("poles.toml").read_text(encoding="utf-8"))
