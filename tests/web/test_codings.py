"""Content codings are undone whatever the pieces they come in, and never to more than a piece at a time."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import partial

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.web.codings import PIECE, decoded
from tasks.web.faults import Refused, Unavailable

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "br": partial(brotli.compress, quality=5),
    "zstd": zstandard.compress, "identity": bytes,
}  # fmt: skip
codings = st.lists(st.sampled_from(sorted(PACKERS)), max_size=2)


def chunks(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@settings(deadline=None)
@given(st.binary(max_size=3_000), codings, st.integers(1, 400))
def test_what_was_packed_comes_out_as_it_was(data: bytes, names: list[str], size: int) -> None:
    packed = data
    for name in names:
        packed = PACKERS[name](packed)
    assert b"".join(decoded(chunks(packed, size), ", ".join(names))) == data


def undone(chunks: Iterator[bytes], header: str) -> str:
    """What becomes of it: ``ok``, or a fault's code."""
    try:
        assert all(len(piece) <= PIECE for piece in decoded(chunks, header))
    except (Refused, Unavailable) as fault:
        return fault.code
    return "ok"


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=2_000), codings, st.integers(1, 400), st.data())
def test_what_is_cut_or_changed_is_refused_or_harmless(
    data: bytes, names: list[str], size: int, draw: st.DataObject
) -> None:
    packed = data
    for name in names:
        packed = PACKERS[name](packed)
    end = draw.draw(st.integers(0, len(packed)))
    at = draw.draw(st.integers(0, max(0, len(packed) - 1)))
    broken = packed[:at] + draw.draw(st.binary(max_size=4)) + packed[at : max(at, end)]
    assert undone(chunks(broken, size), ", ".join(names)) in {"ok", "encoding", "cut-short"}


@settings(deadline=None)
@given(st.binary(max_size=500), st.sampled_from(sorted(PACKERS)))
def test_bytes_that_were_never_packed_are_refused_or_harmless(data: bytes, name: str) -> None:
    assert undone(iter([data]), name) in {"ok", "encoding", "cut-short"}


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_comes_out_a_piece_at_a_time(name: str) -> None:
    bomb = PACKERS[name](bytes(5_000_000))
    pieces = decoded(iter([bomb]), name)
    assert all(len(next(pieces)) <= PIECE for _ in range(20))


@pytest.mark.parametrize("header", [None, "", "identity", " , identity,", "IDENTITY"])
def test_what_is_not_packed_is_left_as_it_is(header: str | None) -> None:
    assert list(decoded(iter([b"a", b"b"]), header)) == [b"a", b"b"]
