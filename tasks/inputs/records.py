"""Articles as records: JSON lines, one JSON document, CSV.

A JSON record is an article as Chancery spells it (``text``, ``html`` or ``url``, with ``title``, ``outlet``,
``published``, ``source``), a ninjs item, or a reading, whose document is taken again. A table needs a line of column
names; those it may have are in `COLUMNS`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO

from pydantic import ValidationError
from pydantic_core import from_json

from worker.events import EVENT_LIMIT
from worker.ninjs import NewsItem, is_ninjs

from ..reading import charset, documents
from .items import Input, Inputs, article, reasons

RECORD_LIMIT = EVENT_LIMIT
"""Bytes of one record: an HTML page at its largest, with room for JSON's escapes."""

COLUMNS = {
    "text": "text", "body": "text", "content": "text", "html": "html", "url": "url", "link": "url", "uri": "url",
    "title": "title", "headline": "title", "outlet": "outlet", "publisher": "outlet", "published": "published",
    "date": "published", "published_at": "published",
}  # fmt: skip
"""Column names of a table, in any case, and the field of an article that each one fills."""


def of(name: str, head: bytes) -> Inputs | None:
    """How the articles come out of a file that begins like this, if it is one of records."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if name.endswith((".csv", ".tsv")):
        return _table
    if name.endswith((".jsonl", ".ndjson")):
        return _lines
    if start.startswith((b"{", b"[")):
        first = start.partition(b"\n")[0].strip()
        one_a_line = first.startswith(b"{") and (first.endswith(b"}") or b"\n" not in start) and first != b"{"
        return _lines if one_a_line and not name.endswith(".json") else _document
    return None


def _lines(name: str, stream: BinaryIO) -> Iterator[Input]:
    number = 0
    while line := stream.readline(RECORD_LIMIT + 1):
        number += 1
        where = f"{name}:{number}"
        if len(line) > RECORD_LIMIT:
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
            yield Input(where, error=f"a line of over {RECORD_LIMIT:,} bytes: send articles one a line")
        elif line.strip():
            yield _parsed(where, line)


def _document(name: str, stream: BinaryIO) -> Iterator[Input]:
    """One record, or a list of them."""
    data = stream.read(10 * RECORD_LIMIT + 1)
    if len(data) > 10 * RECORD_LIMIT:
        yield Input(
            name, error=f"over {10 * RECORD_LIMIT:,} bytes in one JSON document: send one record a line (.jsonl)"
        )
        return
    try:
        value = from_json(data.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False)
    except ValueError as error:
        yield Input(name, error=f"it is no JSON: {error}")
        return
    if isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield _record(f"{name}:{number}", item)
    else:
        yield _record(name, value)


def _parsed(name: str, line: bytes) -> Input:
    try:
        value = from_json(line.removeprefix(b"\xef\xbb\xbf"), allow_inf_nan=False)
    except ValueError as error:
        return Input(name, error=f"it is no JSON: {error}")
    return _record(name, value)


def _record(name: str, value: Any) -> Input:
    if not isinstance(value, dict):
        return Input(name, error='it is no JSON object: a record names its fields, as in {"text": …}')
    try:
        if is_ninjs(value):
            return Input(name, NewsItem.model_validate(value).article())
    except ValidationError as error:
        return Input(name, error=reasons(error))
    except ValueError as error:
        return Input(name, error=str(error))
    if str(value.get("schema", "")).startswith("chancery.reading/") and isinstance(value.get("document"), dict):
        kept = value["document"]
        fields = ("text", "url", "outlet", "title", "published", "source")
        return article(name, {field: kept[field] for field in fields if kept.get(field) is not None})
    return article(name, value)


def _table(name: str, stream: BinaryIO) -> Iterator[Input]:
    """Rows of a table, separated by comma, semicolon or tab."""
    head = stream.read(1 << 16)
    try:
        _, encoding = charset.decode(head[: head.rfind(b"\n") + 1] or head, None)
    except charset.UndecodableError as error:
        yield Input(name, error=f"it can't be decoded: {error}; save it as UTF-8")
        return
    text = io.TextIOWrapper(io.BufferedReader(_Joined(head, stream)), encoding, errors="strict", newline="")
    unreadable = f"from here on it can't be decoded as {encoding}; save it as UTF-8"
    try:
        first = text.readline(1 << 16).removeprefix("\ufeff")
    except UnicodeDecodeError:
        yield Input(name, error=unreadable)
        return
    separator = max(",;\t", key=first.count)
    names = [cell.strip().lower() for cell in next(csv.reader([first], delimiter=separator), [])]
    known = {COLUMNS[column] for column in names if column in COLUMNS}
    if not known & {"text", "html", "url"}:
        yield Input(name, error=f"its first line names no column text, html or url, but {', '.join(names)[:200]}")
        return
    if strange := [column for column in names if column not in COLUMNS]:
        yield Input(name, note=f"columns that an article has no field for: {', '.join(strange)[:300]}")
    csv.field_size_limit(documents.PAGE_LIMIT)
    rows = csv.reader(text, delimiter=separator)
    number = 1
    while True:
        number += 1
        where = f"{name}:{number}"
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Input(where, error=f"it is no row of a table: {error}")
            continue
        except UnicodeDecodeError:
            yield Input(where, error=unreadable)
            return
        if not row:
            continue
        if len(row) > len(names):
            yield Input(
                where, error=f"{len(row)} cells under {len(names)} column names: quote cells that hold separators"
            )
            continue
        fields: dict[str, Any] = {}
        for column, cell in zip(names, row, strict=False):
            if cell and column in COLUMNS:
                fields.setdefault(COLUMNS[column], cell)
        yield _row(where, fields)


class _Joined(io.RawIOBase):
    """``head`` with the rest of the stream behind it."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)] or self._stream.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def _row(name: str, fields: dict[str, Any]) -> Input:
    if "published" in fields:
        moment = _moment(fields["published"])
        if moment is None:
            return Input(
                name, error=f"published: {fields['published']!r:.60} is no date: write 2026-01-31T12:00:00+03:00"
            )
        fields["published"] = moment
    return article(name, fields)


def _moment(text: str) -> datetime | None:
    """A point in time as ISO 8601 or RFC 5322 spell it; one without a zone is taken for UTC."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text.strip())
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
