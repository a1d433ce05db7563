"""One thing to submit, or why it is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from pydantic import ValidationError

from worker.jobs import Article

from ..reading import documents


@dataclass(frozen=True, slots=True)
class Input:
    """One thing named: its ``name`` and the ``article`` in it, or the ``error`` that says why there is none.

    One with neither is a ``note``: something that was never meant for an article and is left out.
    """

    name: str
    article: Article | None = None
    error: str | None = None
    note: str | None = None


Inputs = Callable[[str, BinaryIO], Iterator[Input]]
"""How the inputs come out of an open file of this name."""


def document(name: str, file: IO[bytes], content_type: str | None = None, **fields: Any) -> Input:
    """The article in an open file. What is over the limit is told by its first byte too many, never read whole."""
    try:
        opened = documents.open_document(file.read(documents.PAGE_LIMIT + 1), content_type=content_type)
    except documents.Rejected as error:
        return Input(name, error=str(error))
    return article(name, {"html" if opened.is_html else "text": opened.text, **fields})


def article(name: str, fields: Mapping[str, Any]) -> Input:
    """The article with these fields, or why they make none."""
    try:
        return Input(name, Article(**fields))
    except ValidationError as error:
        return Input(name, error=reasons(error))


def reasons(error: ValidationError) -> str:
    """What pydantic has against a value, each with the field it is about."""
    found = []
    for problem in error.errors(include_url=False, include_input=False):
        where = ".".join(str(step) for step in problem["loc"])
        found.append(f"{where + ': ' if where else ''}{problem['msg'].removeprefix('Value error, ')}")
    return "; ".join(found)
