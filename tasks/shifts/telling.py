"""A shift in words and as data: what is told downstream, what a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import orientation
from .parties import names

FLAGS = {
    "rests-on-claims": "without what is only claimed it would not be seen",
    "rests-on-anonymous-sources": "without sources that nobody answers for by name it would not be seen",
    "single-source": "one source says all of it",
    "one-pole": "only one of the poles is spoken of",
}


def announcement(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `shifts` as the JSON-ready data of a ``chancery.shift.v1`` event."""
    told = "undone" if row["undone"] else "told" if row["revision"] == 1 else "restored"
    return {
        "key": row["key"], "state": told, "revision": row["revision"],
        "actor": row["actor"], "recipient": row["recipient"], "pair": pair_of(row),
        "measure": row["measure"], "direction": row["direction"], "summary": sentence(row),
        "onset": row["onset"].isoformat(), "day": row["day"].isoformat(), "detected": row["detected"].isoformat(),
        "years": row["statistic"], "before": row["before"], "after": row["after"],
        "flags": list(row["flags"]), "evidence": list(row["evidence"]),
        "sources": sorted({e["source"] for e in row["evidence"] if e["source"]}),
    }  # fmt: skip


def pair_of(row: Mapping[str, Any]) -> list[str]:
    """The states and blocs that a shift is of: of a balance, the state alone."""
    return [row["actor"]] if ":" in row["recipient"] else sorted((row["actor"], row["recipient"]))


def sentence(row: Mapping[str, Any]) -> str:
    """What shifted, when, from what to what, and whose word it takes to see it. Nothing is asserted: it is told."""
    a_day = " a day" if row["measure"] != "attitude" else ""
    said = (
        f"{_subject(row)} from {row['before']:.2f} to {row['after']:.2f}{a_day} since {row['onset'].isoformat()}"
        f" (seen on {row['day'].isoformat()})"
    )
    reserves = [FLAGS[flag] for flag in row["flags"] if flag in FLAGS]
    if reserves:
        said += "; " + ", and ".join(reserves)
    return f"No longer seen: {said}." if row["undone"] else f"{said}."


def _subject(row: Mapping[str, Any]) -> str:
    actor, up = names().get(row["actor"], row["actor"]), row["direction"] == "up"
    if row["measure"] == "orientation":
        first, second = orientation.ends(row["recipient"])
        to, away = (second, first) if up else (first, second)
        return f"What is told of {actor} draws towards {to.en} and away from {away.en}, its balance going"
    other = names().get(row["recipient"], row["recipient"])
    if row["measure"] == "attitude":
        return f"What is told of {actor}'s attitude towards {other} grows {'warmer' if up else 'colder'},"
    return f"{row['measure'].capitalize()} told of between {actor} and {other} {'rises' if up else 'falls'}"
