"""Whether the archive can do what it is for; asked by `chancery doctor`."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from worker.settings import Settings

from . import database, searching, words
from .errors import ArchiveError
from .tables import readings

SPARE = 500_000_000
"""Bytes that the disk of a SQLite archive should have left."""


def check(settings: Settings) -> str:
    """What the archive is and holds, after it was reached, migrated, written to and searched.

    Raises ArchiveError or SettingsError saying what is to be mended.
    """
    archive = database.engine(settings)
    try:
        count = _written_and_found(archive)
    except DBAPIError as error:
        why = str(error.orig).strip().splitlines()[0]
        raise ArchiveError(f"the archive at {database.shown(archive)} is not as this program made it: {why}; "
                           "restore it from a backup, or set CHANCERY_ARCHIVE_URL to another") from error  # fmt: skip
    version = ".".join(str(part) for part in archive.dialect.server_version_info or ())
    if archive.dialect.name == "postgresql":
        return f"PostgreSQL {version} at {database.shown(archive)}, {count:,} readings"
    file = Path(archive.url.database or "")
    free = shutil.disk_usage(file.parent).free
    if free < SPARE:
        raise ArchiveError(f"only {free / 1e6:,.0f} MB are left on the disk of {file}: make room, or set "
                           "CHANCERY_ARCHIVE_DAYS")  # fmt: skip
    return f"SQLite {version} at {file}, {file.stat().st_size / 1e6:,.1f} MB, {count:,} readings"


def _written_and_found(archive: Engine) -> int:
    """Writes a word, finds it in another form, takes it back; how many readings there are."""
    table = words.body_words
    with database.writing(archive) as connection:
        words.write(connection, table, {-1: "Проверка"})
        again = searching.matches(connection, table, searching.parsed("проверками"))
        found = connection.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.rowid == -1, again))
        connection.execute(sa.delete(table).where(table.c.rowid == -1))
        count = connection.scalar(sa.select(sa.func.count()).select_from(readings))
    if found != 1:
        raise ArchiveError(f"full-text search does not find what was written at {database.shown(archive)}: "
                           "is PostgreSQL's text search configuration `russian` there?")  # fmt: skip
    return count or 0
