"""Content codings undone as they come, never to more than was asked for (RFC 9110, section 8.4).

A bomb is told by what it would unpack to, so every coding is pulled for a piece of bounded size at a time, whatever the
ratio: gzip, deflate, brotli and zstd, and one within another.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

import brotli
import zstandard

from tasks.web.faults import Refused, Unavailable

ACCEPTED = "gzip, deflate, br, zstd"
NESTED = 2
"""Codings that may lie one within another."""
PIECE = 65_536
"""Bytes that are unpacked at a time."""
WINDOW = 8 * 1024 * 1024
"""Bytes of memory that a zstd frame may ask for (RFC 9659)."""
SLICE = 64
"""Bytes of a zstd frame that are unpacked at a time: to 2 MiB at the worst."""


def decoded(chunks: Iterable[bytes], header: str | None) -> Iterator[bytes]:
    """The content of ``chunks``, whose Content-Encoding is ``header``, in pieces of `PIECE` bytes at most.

    Raises:
        Refused: code ``encoding``: an unknown coding, too many, or broken data.
        Unavailable: code ``cut-short``: the data end before the coding does.
    """
    names = [
        name for name in (part.strip().lower() for part in (header or "").split(",")) if name not in ("", "identity")
    ]
    if len(names) > NESTED:
        raise Refused("encoding", f"the answer is packed {len(names)} times; at most {NESTED} are undone")
    found = iter(chunks)
    for name in reversed(names):
        if name not in _DECODERS:
            raise Refused("encoding", f"the answer is packed as {name[:40]!r}, which was not asked for")
        found = _DECODERS[name](found)
    return found


def _broken(name: str, error: Exception) -> Refused:
    return Refused("encoding", f"the answer can't be unpacked: {name}: {error}")


def _cut(name: str) -> Unavailable:
    return Unavailable("cut-short", f"the answer's {name} data end too early")


def _gzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """One gzip member after another; what follows and is none is padding."""
    rest, member, started = b"", zlib.decompressobj(wbits=31), False
    for chunk in chunks:
        rest += chunk
        while rest:
            try:
                piece = member.decompress(rest, PIECE)
            except zlib.error as error:
                raise _broken("gzip", error) from None
            started = True
            if piece:
                yield piece
            rest = member.unconsumed_tail
            if member.eof:
                rest = member.unused_data
                if rest[:1] not in (b"", b"\x1f"):
                    return
                member, started = zlib.decompressobj(wbits=31), False
    if started:
        raise _cut("gzip")


def _deflate(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """zlib's format, which the RFC means, or bare deflate, which some servers send."""
    first = b""
    while len(first) < 2 and (chunk := next(chunks, None)) is not None:
        first += chunk
    if not first:
        return
    zlib_header = len(first) > 1 and first[0] & 0x0F == 8 and int.from_bytes(first[:2], "big") % 31 == 0
    stream = zlib.decompressobj(wbits=15 if zlib_header else -15)
    for rest in chain((first,), chunks):
        while rest and not stream.eof:
            try:
                piece = stream.decompress(rest, PIECE)
            except zlib.error as error:
                raise _broken("deflate", error) from None
            if piece:
                yield piece
            rest = stream.unconsumed_tail
        if stream.eof:
            return
    raise _cut("deflate")


def _brotli(chunks: Iterator[bytes]) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    empty = True
    try:
        for chunk in chunks:
            empty = empty and not chunk
            piece = stream.process(chunk, output_buffer_limit=PIECE)
            while piece or not stream.can_accept_more_data():
                yield from (piece[i : i + PIECE] for i in range(0, len(piece), PIECE))
                piece = stream.process(b"", output_buffer_limit=PIECE)
            if stream.is_finished():
                return
    except brotli.error as error:
        raise _broken("brotli", error) from None
    if not empty:
        raise _cut("brotli")


def _zstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """One frame after another. What comes out has no bound but by what goes in: at most 128 KiB for 4 bytes."""
    opener = zstandard.ZstdDecompressor(max_window_size=WINDOW)
    frame, started = opener.decompressobj(write_size=PIECE // 4), False
    for chunk in chunks:
        rest, at = chunk, 0
        while at < len(rest):
            try:
                unpacked = frame.decompress(rest[at : at + SLICE])
            except zstandard.ZstdError as error:
                raise _broken("zstd", error) from None
            started, at = True, at + SLICE
            yield from (unpacked[i : i + PIECE] for i in range(0, len(unpacked), PIECE))
            if frame.eof:
                rest, at = frame.unused_data + rest[at:], 0
                frame, started = opener.decompressobj(write_size=PIECE // 4), False
    if started:
        raise _cut("zstd")


_DECODERS = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
