"""Articles in tar and zip files, read where they lie: nothing is written to disk, so a member's path leads nowhere."""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import BinaryIO, Self

from ..reading import documents
from .items import Input, Inputs, document

MEMBERS = 1_000_000
"""Files in a container, at most."""
UNPACKED = 20_000_000_000
"""Bytes of all of them, unpacked."""
SPOOLED = 4_000_000_000
"""Bytes of a zip file that comes through a pipe: its table of contents is at its end, so it is put on disk first."""
ARTICLES = (".txt", ".html", ".htm", ".xhtml", ".md")
"""How the names of files with an article end, each also with .gz behind it."""
_OFFICE = (".docx", ".xlsx", ".pptx", ".odt", ".epub")


def of(name: str, head: bytes) -> Inputs | None:
    """How the articles come out of a file that begins like this, if it is a container."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not name.endswith(
        (".docx", ".xlsx", ".pptx", ".odt", ".epub")
    ):
        return _zip
    if head[257:262] == b"ustar" or name.endswith((".tar", ".tgz")):
        return _tar
    return None


def left_out(kinds: Mapping[str, int]) -> str:
    """Words for files that are no articles, by the ends of their names."""
    listed = ", ".join(f"{n} {kind}" for kind, n in Counter(kinds).most_common(8))
    return f"left out, since no article ends so: {listed}"


def _tar(name: str, stream: BinaryIO) -> Iterator[Input]:
    """Members as they come, in one pass."""
    left: Counter[str] = Counter()
    total = count = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|", errorlevel=1, tarinfo=_Member) as container:
            for member in container:
                count, total = count + 1, total + member.size
                if total > UNPACKED or count > MEMBERS:
                    yield Input(name, error=_too_much(member.name))
                    return
                if member.isdir():
                    continue
                if not member.isfile():
                    yield Input(f"{name}:{member.name}", error="it is a link or device within a container, not a file")
                elif not _is_article(member.name):
                    left[PurePosixPath(member.name).suffix or member.name] += 1
                elif member.size > documents.PAGE_LIMIT:
                    yield _too_large(f"{name}:{member.name}", member.size)
                else:
                    file = container.extractfile(member)
                    assert file is not None
                    yield document(f"{name}:{member.name}", file)
    except tarfile.TarError as error:
        yield Input(name, error=f"it is damaged or no tar file ({error}); what stood before that was taken")
    if left:
        yield Input(name, note=left_out(left))


class _Member(tarfile.TarInfo):
    """A member of a tar file that ends in order: tarfile takes a broken header, or none, for the end."""

    @classmethod
    def fromtarfile(cls, container: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(container)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.SubsequentHeaderError(str(error)) from error  # type: ignore[attr-defined]


def _zip(name: str, stream: BinaryIO) -> Iterator[Input]:
    with tempfile.TemporaryFile() as file:
        while file.tell() <= SPOOLED and (data := stream.read(1 << 20)):
            file.write(data)
        if file.tell() > SPOOLED:
            yield Input(name, error=f"a zip file of over {SPOOLED:,} bytes: give it in parts, or as tar")
            return
        try:
            with zipfile.ZipFile(file) as container:
                yield from _members(name, container)
        except (zipfile.BadZipFile, NotImplementedError) as error:
            yield Input(name, error=f"it is damaged or no zip file: {error}")


def _members(name: str, container: zipfile.ZipFile) -> Iterator[Input]:
    left: Counter[str] = Counter()
    total = 0
    for count, member in enumerate(container.infolist(), 1):
        where = f"{name}:{member.filename}"
        total += member.file_size
        if total > UNPACKED or count > MEMBERS:
            yield Input(name, error=_too_much(member.filename))
            return
        if member.is_dir():
            continue
        if not _is_article(member.filename):
            left[PurePosixPath(member.filename).suffix or member.filename] += 1
        elif member.flag_bits & 1:
            yield Input(where, error="it is locked with a password: pack it without one")
        elif member.file_size > documents.PAGE_LIMIT:
            yield _too_large(where, member.file_size)
        else:
            try:
                with container.open(member) as file:
                    yield document(where, file)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
                yield Input(where, error=f"it can't be unpacked: {error}")
    if left:
        yield Input(name, note=left_out(left))


def _is_article(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith(ARTICLES)


def _too_large(name: str, size: int) -> Input:
    return Input(name, error=f"{size:,} bytes are over the limit of {documents.PAGE_LIMIT:,} for a page")


def _too_much(at: str) -> str:
    return (
        f"from {at!r:.200} on nothing was read: a container may hold {MEMBERS:,} files and {UNPACKED:,} bytes, "
        "unpacked; give it in parts"
    )
