"""Rows of an export as JSON lines, CSV, Parquet, or FollowTheMoney entities, written as they come."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO, Literal, get_args

import sqlalchemy as sa

from . import entities, keeping
from .columns import Time
from .errors import ArchiveError
from .exporting import BATCH, Kind, columns

Format = Literal["jsonl", "csv", "parquet", "ftm"]
FORMATS: tuple[Format, ...] = get_args(Format)
Rows = Iterable[sa.Row[Any, Any]]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, its full-width forms too (OWASP, CSV injection)."""


def write(rows: Rows, kind: Kind, form: Format, out: BinaryIO) -> None:
    """Writes an export's rows. Raises ArchiveError where this installation can't write the format."""
    _WRITERS[form](rows, kind, out)


def _jsonl(rows: Rows, kind: Kind, out: BinaryIO) -> None:
    names = list(columns(kind))
    for row in rows:
        # A reading is the object that everything else here calls by that name.
        given = keeping.with_text(row.body, row.text) if kind == "readings" else _named(row, names)
        out.write(_json(given) + b"\n")


def _ftm(rows: Rows, kind: Kind, out: BinaryIO) -> None:
    for entity in entities.of(rows, kind):
        out.write(_json(entity) + b"\n")


def _csv(rows: Rows, kind: Kind, out: BinaryIO) -> None:
    names = list(columns(kind))
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(names)
        for row in rows:
            writer.writerow([cell(row._mapping[name]) for name in names])
    finally:
        text.detach()


def cell(value: Any) -> Any:
    """A value as a spreadsheet may hold it: text that it would run as a formula has an apostrophe before it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str) and value.lstrip(" \xa0").startswith(_FORMULA):
        return "'" + value
    return value


def _parquet(rows: Rows, kind: Kind, out: BinaryIO) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ArchiveError("Parquet needs pyarrow: install it with `pip install 'chancery[parquet]'`") from error
    schema = pa.schema([(name, _arrow(pa, type_)) for name, type_ in columns(kind).items()])
    written = Counted(out)
    with pq.ParquetWriter(pa.PythonFile(written, mode="w"), schema, compression="zstd") as writer:
        for batch in _batches(rows):
            data = {name: [_plain(row._mapping[name]) for row in batch] for name in schema.names}
            writer.write_table(pa.table(data, schema=schema))


def _arrow(pa: Any, type_: sa.types.TypeEngine[Any]) -> Any:
    kinds: list[tuple[type, Callable[[], Any]]] = [
        (Time, lambda: pa.timestamp("us", tz="UTC")), (sa.Date, pa.date32), (sa.Boolean, pa.bool_),
        (sa.Integer, pa.int64), (sa.Float, pa.float64),
    ]  # fmt: skip
    return next((made() for kind, made in kinds if isinstance(type_, kind)), pa.string())


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


class Counted:
    """A stream that knows how far it is, as Parquet has to, also where it is a pipe."""

    closed = False

    def __init__(self, out: BinaryIO) -> None:
        self._out, self._at = out, 0

    def write(self, data: bytes) -> int:
        """Writes all of it."""
        self._out.write(data)
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        """Bytes written."""
        return self._at

    def flush(self) -> None:
        """Hands on what is written."""
        self._out.flush()

    def close(self) -> None:
        """Leaves the stream to whoever gave it."""


_WRITERS: dict[Format, Callable[[Rows, Kind, BinaryIO], None]] = {
    "jsonl": _jsonl, "csv": _csv, "parquet": _parquet, "ftm": _ftm,
}  # fmt: skip


def _named(row: sa.Row[Any, Any], names: list[str]) -> dict[str, Any]:
    return {name: _iso(row._mapping[name]) for name in names}


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _batches(rows: Rows) -> Iterator[list[sa.Row[Any, Any]]]:
    batch: list[sa.Row[Any, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
