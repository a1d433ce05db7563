"""Names to open files, and each file to what is in it."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO, cast

from worker.jobs import Article

from . import containers, newsml, records, warc
from .containers import ARTICLES
from .items import Input, article, document

COLLECTIONS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".xml", ".tar", ".tgz", ".zip", ".warc")
"""What is taken from a folder, each also as .gz; a file that is named itself is taken whatever it is called."""

HEAD = 4096
"""Bytes by which a file is told."""

SAMPLE = "sample"
"""What the article that ships with the package is called."""

Read = Callable[[int], None]
"""Told how many bytes more of the files were read."""


def gather(names: Iterable[str], read: Read = lambda _: None) -> Iterator[Input]:
    """The inputs that ``names`` name, in their order, each read as it comes to its turn; none named: the sample."""
    named = False
    for name in names:
        named = True
        if name == "-":
            yield from _opened("standard input", cast(io.BufferedReader, sys.stdin.buffer), read)
        elif name.startswith(("http://", "https://")):
            yield article(name, {"url": name})
        else:
            yield from _path(Path(name), read)
    if not named:
        text = files("tasks").joinpath("samples/sample.txt").read_text("utf-8")
        yield Input(SAMPLE, Article(text=text))


def size(names: Iterable[str]) -> int | None:
    """Bytes of all that ``names`` name, if it is all of files and folders."""
    total = 0
    for name in names:
        path = Path(name)
        try:
            if path.is_dir():
                total += sum(p.stat().st_size for p in _taken(path))
            elif path.is_file():
                total += path.stat().st_size
            else:
                return None
        except OSError:
            return None
    return total


def _path(path: Path, read: Read) -> Iterator[Input]:
    if not path.is_dir():
        yield from _file(path, read)
        return
    found = _taken(path)
    if not found:
        wanted = ", ".join((*ARTICLES, *COLLECTIONS))
        yield Input(str(path), error=f"the folder holds no article: no file ends in {wanted} or .gz")
        return
    for file in found:
        yield from _file(file, read)
    taken = set(found)
    left = Counter(p.suffix or p.name for p in path.rglob("*") if p.is_file() and p not in taken)
    if left:
        yield Input(str(path), note=containers.left_out(left))


def _taken(folder: Path) -> list[Path]:
    ends = (*ARTICLES, *COLLECTIONS)
    return sorted(p for p in folder.rglob("*") if p.name.lower().removesuffix(".gz").endswith(ends) and p.is_file())


def _file(path: Path, read: Read) -> Iterator[Input]:
    try:
        if not path.is_file() and not path.is_fifo():
            why = "it is a device or socket, not a file" if path.exists() else "there is no such file, folder or URL"
            yield Input(str(path), error=why)
            return
        with path.open("rb") as file:
            yield from _opened(str(path), file, read)
    except OSError as error:
        yield Input(str(path), error=f"it can't be read: {error.strerror or error}")


class _Begun(io.RawIOBase):
    """A file whose beginning was read already; it tells how much of it was read."""

    def __init__(self, head: bytes, file: io.BufferedReader, read: Read) -> None:
        self._head, self._file, self._read = head, file, read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._head:
            data, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        else:
            # As much as a pipe has: its first articles go on their way before its last is written.
            data = self._file.read1(len(buffer))
        buffer[: len(data)] = data
        self._read(len(data))
        return len(data)


def _opened(name: str, file: io.BufferedReader, read: Read) -> Iterator[Input]:
    """The inputs in an open file, of any kind. One that breaks off gives what came before, and says so."""
    head = file.read(HEAD)
    stream = io.BufferedReader(_Begun(head, file, read), 1 << 16)
    packed = head.startswith(b"\x1f\x8b")
    if packed:
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, HEAD)
        except zlib.error:
            head = b""
    for kind in (containers, warc, records, newsml):
        inputs = kind.of(name.lower().removesuffix(".gz"), head)
        if inputs is None:
            continue
        inside = cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if packed and kind is not warc else stream
        try:
            yield from inputs(name, inside)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield Input(name, error=f"it is damaged or cut short ({error}); what stood before that was taken")
        return
    yield document(name, stream)
