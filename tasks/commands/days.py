"""Days as they are given on the command line."""

from __future__ import annotations

from datetime import date

from worker import console

FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
"""Between which a day must be, so that one can be counted on from it in either direction."""


def parsed(given: str | None) -> date | None:
    """The day that was given, if one was; what is no day ends the command."""
    if given is None:
        return None
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or not FIRST <= found <= LAST:
        console.fail(f"{given[:40]!r} is no day: give one as 2026-03-01, from {FIRST.year} to {LAST.year}", 2)
    return found
