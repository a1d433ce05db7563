"""Readings that were kept in files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from ..reading.record import Reading
from .items import reasons

LONGEST_READING = 64_000_000
"""Bytes of the longest line that may be a reading: more than any article that is accepted turns into."""


def stored_readings(names: Iterable[str]) -> Iterator[tuple[str, Reading | str]]:
    """The readings in the files that ``names`` name, one a line or one a file, each under its name and line.

    In place of a reading that can't be had stands why not.
    """
    for name in names:
        try:
            if name == "-":
                yield from _lines("standard input", sys.stdin.buffer)
            else:
                with Path(name).open("rb") as file:
                    yield from _lines(name, file)
        except OSError as error:
            yield name, f"it can't be read: {error.strerror or error}"


def _lines(name: str, file: BinaryIO) -> Iterator[tuple[str, Reading | str]]:
    number = 0
    while line := file.readline(LONGEST_READING):
        number += 1
        if number == 1 and line.strip() in {b"{", b"["}:  # printed over many lines: one reading a file
            line += file.read(LONGEST_READING)
        if line.strip():
            yield f"{name}:{number}", _reading(line)


def _reading(line: bytes) -> Reading | str:
    try:
        return Reading.model_validate_json(line)
    except ValidationError as error:
        return f"it is no reading: {reasons(error).partition('; ')[0]}"
