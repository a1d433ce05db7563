"""A folder that others write articles into: files that are new or have changed, once they are written whole.

A file counts as written when its size and time stand still for `SETTLED` seconds and while it is read. What is hidden,
or named as something unfinished, is waited for under its final name.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from tasks.reading import documents
from tasks.sources.source import Item
from worker.jobs import Article

SETTLED = 10.0
"""Seconds without a change, after which a file counts as written."""
SUFFIXES = (".txt", ".md", ".html", ".htm", ".xhtml")
"""Of the files that are taken, each also as .gz."""
FILES = 200_000
"""In a folder, that are looked at."""
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", "~")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it stands: its path, and a ``mark`` that changes with its size and time."""

    path: Path
    size: int
    changed: int

    @property
    def mark(self) -> str:
        return f"{self.path}\n{self.size}\n{self.changed}"


def written(folder: Path, now: datetime) -> Iterator[File]:
    """The files in a folder and below it that are written whole, oldest first. Raises OSError."""
    found = []
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder that can be looked into here")
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            if name.startswith(".") or not name.lower().removesuffix(".gz").endswith(SUFFIXES):
                continue
            file = _file(Path(parent, name))
            if file is not None and now.timestamp() - file.changed / 1e9 >= SETTLED:
                found.append(file)
        if len(found) > FILES:
            raise OSError(f"{folder} holds over {FILES:,} articles: add its folders one by one")
    return iter(sorted(found, key=lambda file: (file.changed, file.path)))


def read(file: File, folder: Path, outlet: str | None = None) -> Item | None:
    """The article in a file; None of one that changed meanwhile or is gone. Raises documents.Rejected."""
    if file.size > documents.PAGE_LIMIT:
        raise documents.Rejected("too-large", f"{file.path}: {file.size:,} bytes: articles are shorter")
    try:
        data = file.path.read_bytes()
    except OSError:
        return None
    if _file(file.path) != file:
        return None
    page = documents.read(data)
    try:
        article = Article(
            text=page.text, url=page.url, title=page.title, outlet=outlet or page.outlet, published=page.published
        )
    except ValidationError:
        article = Article(text=page.text, outlet=outlet)
    return Item(str(file.path.relative_to(folder)), article)


def _file(path: Path) -> File | None:
    if path.name.lower().endswith(_UNFINISHED):
        return None
    try:
        found = path.lstat()
    except OSError:
        return None
    return File(path, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) and found.st_size else None
