"""What a person names on the command line, as articles to submit: files, folders, pages, standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from worker.jobs import Article

from .reading import documents
from .reading.record import Reading

SUFFIXES = (".txt", ".html", ".htm", ".xhtml", ".md")
"""What is taken from a folder, each also as .gz; a file that is named itself is taken whatever it is called."""

LONGEST_READING = 64_000_000
"""Bytes of the longest line that may be a reading: more than any article that is accepted turns into."""

SAMPLE = "sample"
"""What the article that ships with the package is called."""


@dataclass(frozen=True, slots=True)
class Input:
    """One thing named: its ``name`` and either the ``article`` in it or the ``error`` that says why there is none."""

    name: str
    article: Article | None = None
    error: str | None = None


def gather(names: Iterable[str]) -> Iterator[Input]:
    """The inputs that ``names`` name, in their order, each read as it comes to its turn; none named: the sample."""
    named = False
    for name in names:
        named = True
        if name == "-":
            yield _opened("standard input", sys.stdin.buffer)
        elif name.startswith(("http://", "https://")):
            yield _article(name, url=name)
        else:
            yield from _path(Path(name))
    if not named:
        text = files("tasks").joinpath("samples/sample.txt").read_text("utf-8")
        yield Input(SAMPLE, Article(text=text))


def _path(path: Path) -> Iterator[Input]:
    if not path.is_dir():
        yield _file(path)
        return
    found = sorted(p for p in path.rglob("*") if p.name.removesuffix(".gz").endswith(SUFFIXES) and p.is_file())
    if not found:
        yield Input(str(path), error=f"the folder holds no article: no file ends in {', '.join(SUFFIXES)} or .gz")
    for file in found:
        yield _file(file)


def _file(path: Path) -> Input:
    try:
        if not path.is_file() and not path.is_fifo():
            why = "it is a device or socket, not a file" if path.exists() else "there is no such file, folder or URL"
            return Input(str(path), error=why)
        with path.open("rb") as file:
            return _opened(str(path), file)
    except OSError as error:
        return Input(str(path), error=f"it can't be read: {error.strerror or error}")


def _opened(name: str, file: BinaryIO) -> Input:
    """The article in an open file. What is over the limit is told by its first byte too many, never read whole."""
    try:
        opened = documents.open_document(file.read(documents.PAGE_LIMIT + 1))
    except documents.Rejected as error:
        return Input(name, error=str(error))
    except OSError as error:
        return Input(name, error=f"it can't be read: {error.strerror or error}")
    return _article(name, html=opened.text) if opened.is_html else _article(name, text=opened.text)


def _article(name: str, **fields: Any) -> Input:
    try:
        return Input(name, Article(**fields))
    except ValidationError as error:
        return Input(name, error="; ".join(e["msg"].removeprefix("Value error, ") for e in error.errors()))


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
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        return f"it is no reading: {where + ': ' if where else ''}{first['msg']}"
