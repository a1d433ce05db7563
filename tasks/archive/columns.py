"""Column types that SQLite and PostgreSQL agree on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import zstandard
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary
from sqlalchemy.types import TypeDecorator

PACKED_LIMIT = 256_000_000
"""Bytes that a packed value may unpack to: above what the longest text that is read can turn into."""

Id = BigInteger().with_variant(Integer(), "sqlite")
"""A row's number: 64 bits on both."""


def utc(moment: datetime) -> datetime:
    """The moment in UTC. One at the edge of the calendar, which would fall off it, is taken as it stands."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


class Time(TypeDecorator[datetime]):
    """A moment, aware of its zone: given in any, kept and returned in UTC. Naive ones raise ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone: give a datetime that is aware of its own")
        moment = utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else utc(value)


class Packed(TypeDecorator[Any]):
    """JSON-ready data as compressed JSON: a reading is mostly repeated field names."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - the base's
        if value is None:
            return None
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return zstandard.ZstdCompressor(level=3).compress(data)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:  # noqa: ARG002 - the base's
        if value is None:
            return None
        if zstandard.frame_content_size(value) not in range(PACKED_LIMIT + 1):
            raise ValueError(f"a packed value of the archive is over {PACKED_LIMIT:,} bytes")
        return json.loads(zstandard.ZstdDecompressor().decompress(value))
