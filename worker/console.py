"""How every command speaks: answers on stdout, everything else on stderr, errors in one line with a status."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import NoReturn

import typer
from redis.exceptions import RedisError
from rich.console import Console
from rich.text import Text

from worker.ledger import BrokerUnavailable, QueueFull
from worker.producer import NoSuchJob, StillOpen
from worker.quarantine import NotQuarantined
from worker.settings import Settings, SettingsError, load

EXPECTED = (BrokerUnavailable, QueueFull, NoSuchJob, NotQuarantined, StillOpen, SettingsError, RedisError)
"""Errors whose message says what to do; they end a command in one line."""

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


_held_back: list[int] | None = None
"""Signals that came during the block of `undisturbed`, while there is one."""


class Interrupted(KeyboardInterrupt):
    """A signal asked the command to end; ``number`` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def complain(message: str, name: str = "chancery") -> None:
    """One line of trouble on stderr, under the name of what it is about."""
    # As Text, for a name or a message may hold brackets that rich would take for markup.
    err.print(Text.assemble((name, "bold red"), ": ", message), soft_wrap=True)


def fail(message: str, status: int = 1) -> NoReturn:
    """End the command with one line of trouble."""
    complain(message)
    raise typer.Exit(status)


def configured() -> Settings:
    """The settings, their warnings told in the manner of this command line."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        chosen = load()
    for warning in caught:
        complain(str(warning.message), "warning")
    return chosen


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside the block SIGINT and SIGTERM raise `Interrupted`, once: a second one finds the cleaning-up undisturbed."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        if _held_back is None:
            raise Interrupted(number)
        _held_back.append(number)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """In an `interruptible` block: `Interrupted` is raised at this one's end, so that what is done is told as well."""
    global _held_back
    _held_back = []
    try:
        yield
    finally:
        came, _held_back = _held_back, None
        if came:
            raise Interrupted(came[0])


def age(moment: datetime | None) -> str:
    """How long ago, in the largest unit that fits: `4 s`, `12 min`, `3 h`, `5 d`."""
    if moment is None:
        return ""
    seconds = max(0.0, (datetime.now(UTC) - moment).total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
