"""Whom series are kept of: states and blocs, by the gazetteer."""

from __future__ import annotations

from functools import cache

from tasks.reading.gazetteer import lexicon
from tasks.reading.gazetteer.files import blocs


class UnknownParty(ValueError):
    """What was given is neither a state nor a bloc."""


@cache
def names() -> dict[str, str]:
    """English names of every state and bloc by id."""
    return {id_: state.en for id_, state in lexicon.states().items()} | {id_: b["en"] for id_, b in blocs().items()}


def party(given: str) -> str:
    """The id of a state or bloc, given as id or English or Russian name. Raises UnknownParty."""
    wanted = given.strip().casefold()
    for id_, name in names().items():
        if wanted in {id_.casefold(), name.casefold()}:
            return id_
    for id_, state in lexicon.states().items():
        if wanted == state.ru.casefold():
            return id_
    for id_, bloc in blocs().items():
        if wanted in {name.casefold() for name in bloc["names"]}:
            return id_
    raise UnknownParty(
        f"{given[:80]!r} is neither a state nor a bloc: give an ISO 3166-1 alpha-3 code such as KAZ, a bloc such as "
        "NATO, or its name"
    )


def pair(first: str, second: str) -> tuple[str, str]:
    """The two in the order in which a pair is kept."""
    return (first, second) if first < second else (second, first)
