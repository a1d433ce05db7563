"""Whether the archive can do what it is for; asked by `chancery doctor`."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa

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
    with database.writing(archive) as connection:
        # A word that is written, found, and taken back.
        words.write(connection, words.body_words, {-1: "Проверка"})
        table = words.body_words
        again = searching.matches(connection, table, searching.parsed("проверками"))
        found = connection.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.rowid == -1, again))
        connection.execute(sa.delete(table).where(table.c.rowid == -1))
        count = connection.scalar(sa.select(sa.func.count()).select_from(readings))
        version = ".".join(str(part) for part in archive.dialect.server_version_info or ())
    if found != 1:
        raise ArchiveError(f"full-text search does not find what was written at {database.shown(archive)}: "
                           "is PostgreSQL's text search configuration `russian` there?")  # fmt: skip
    if archive.dialect.name == "postgresql":
        return f"PostgreSQL {version} at {database.shown(archive)}, {count:,} readings"
    file = Path(archive.url.database or "")
    free = shutil.disk_usage(file.parent).free
    if free < SPARE:
        raise ArchiveError(f"only {free / 1e6:,.0f} MB are left on the disk of {file}: make room, or set "
                           "CHANCERY_ARCHIVE_DAYS")  # fmt: skip
    return f"SQLite {version} at {file}, {file.stat().st_size / 1e6:,.1f} MB, {count:,} readings"
