"""The written data files, row by row: what a person edits and ``build.py`` inflects."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

FOLDER = Path(__file__).parent

Form = Literal["name", "adjective", "demonym", "compound", "capital", "seat", "body", "leader", "qualified", "mask"]


class Row(NamedTuple):
    """One word or phrase in its dictionary form, and what it stands for."""

    id: str
    form: Form
    word: str
    dates: str = ""
    """``from..to``, either side may be empty, ISO days."""
    other: str = ""
    """ids it may mean besides, ";"-separated; of a body, its display name; of a leader, the whole name, and the surname
    where it is not the last word; of a qualified adjective, the lists of nouns before which it counts."""


def table(name: str) -> Iterator[list[str]]:
    """The lines of a tab-separated file without comments."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def several(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


GUARDS = {cells[0]: cells[1] for cells in table("guards.tsv")}


@cache
def blocs() -> dict[str, dict[str, Any]]:
    """``blocs.toml`` by id."""
    return tomllib.loads((FOLDER / "blocs.toml").read_text(encoding="utf-8"))


def state_rows() -> Iterator[Row]:
    for cells in table("states.tsv"):
        state, names, adjectives, demonyms, capitals, compounds = cells + [""] * (6 - len(cells))
        yield from (Row(state, "name", name) for name in several(names))
        yield from (Row(state, "adjective", word) for word in several(adjectives))
        yield from (Row(state, "demonym", word) for pair in several(demonyms) for word in pair.split("/"))
        for capital in several(capitals):
            word, _, dates = capital.partition("@")
            yield Row(state, "capital", word, dates)
        yield from (Row(state, "compound", word) for word in several(compounds))


@cache
def seats() -> frozenset[str]:
    """Where states and blocs sit: capitals and seats of power."""
    return frozenset(row.word for rows in (state_rows, bloc_rows, seat_rows) for row in rows()
                     if row.form in {"capital", "seat"})  # fmt: skip


@cache
def capitals() -> dict[str, str]:
    """States by their capitals, dated ones left out; of several names of one the first is today's."""
    return {row.word: row.id for row in state_rows() if row.form == "capital" and not row.dates}


def cldr_rows() -> Iterator[Row]:
    """CLDR's names, where they are words of running text and not labels of a map."""
    for state, _, russian, _ in table("cldr.tsv"):
        if not any(mark in russian for mark in ("(", "о-в", " - ", " и ")):
            yield Row(state, "name", russian)


def bloc_rows() -> Iterator[Row]:
    for bloc, entry in blocs().items():
        form: Form = "body" if entry.get("kind") == "body" else "name"
        yield from (Row(bloc, form, name) for name in entry["names"])
        yield from (Row(bloc, "adjective", word) for word in entry.get("adjectives", ()))
        yield from (Row(bloc, "capital", word) for word in entry.get("capitals", ()))


def seat_rows() -> Iterator[Row]:
    for cells in table("seats.tsv"):
        yield Row(cells[0], "seat", cells[1], other=cells[2] if len(cells) > 2 else "")


def qualified_rows() -> Iterator[Row]:
    for actor, word, lists in table("qualified.tsv"):
        yield Row(actor, "qualified", word, other=lists.replace(" ", ";"))


def body_rows() -> Iterator[Row]:
    for state, names in table("bodies.tsv"):
        first = several(names)[0]
        yield from (Row(state, "body", name, other=first) for name in several(names))


def leader_rows() -> Iterator[Row]:
    """The surname stands for a leader; the whole name does where the surname is not its last word."""
    for cells in table("leaders.tsv"):
        state, name, _office, dates, surname = cells if len(cells) == 5 else (*cells, "")
        yield Row(
            state,
            "leader",
            name if surname else name.rpartition(" ")[2],
            dates,
            f"{name};{surname}" if surname else name,
        )


def rows() -> Iterator[Row]:
    """Every row of every file, in a fixed order; the first of two equal ones wins."""
    seen = set()
    for source in (state_rows, cldr_rows, bloc_rows, seat_rows, qualified_rows, body_rows, leader_rows):
        for row in source():
            if row not in seen:
                seen.add(row)
                yield row
    yield from (Row("-", "mask", cells[0]) for cells in table("masks.tsv"))
