"""The archive's database: SQLite in the data directory, or PostgreSQL by URL.

    with writing(engine(settings)) as connection: ...      # one transaction, committed at its end
    with reading(engine(settings)) as connection: ...      # one view of the data

Who reads and then writes does both in `writing`: SQLite refuses to let a reader become a writer once another wrote.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from worker.settings import Settings, SettingsError

from .errors import ArchiveError, ArchiveUnavailable

HEAD = "0001"
"""The revision that this program's tables are at."""
BUSY_SECONDS = 30.0
"""A writer waits so long for its turn at SQLite, and for the lock under which the archive is migrated."""
MIGRATIONS = Path(__file__).with_name("migrations")

_engines: dict[str, Engine] = {}
_inherited: list[Engine] = []
"""A parent's engines. A child must not even close their connections, so they are kept from the garbage collector."""
_making = threading.Lock()


def _after_fork() -> None:
    global _making
    _making = threading.Lock()
    _inherited.extend(_engines.values())
    _engines.clear()


os.register_at_fork(after_in_child=_after_fork)


def location(settings: Settings) -> URL:
    """Where the archive is. Raises SettingsError where the setting is no URL of SQLite or PostgreSQL."""
    if settings.archive_url is None:
        return URL.create("sqlite", database=str(settings.data_dir / "archive.db"))
    try:
        url = make_url(settings.archive_url)
    except (ArgumentError, ValueError) as error:
        raise SettingsError("CHANCERY_ARCHIVE_URL is no URL: give postgresql://… or sqlite:///file") from error
    backend = url.drivername.partition("+")[0]
    if backend in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
        if url.password is None and settings.archive_password:
            url = url.set(password=settings.archive_password.get_secret_value())
        return url
    if backend != "sqlite" or url.database in {None, "", ":memory:"}:
        raise SettingsError(f"CHANCERY_ARCHIVE_URL: {backend} … can't hold the archive; give postgresql://… or "
                            "sqlite:///file")  # fmt: skip
    return url.set(drivername="sqlite")


def engine(settings: Settings) -> Engine:
    """This process's engine for the archive, whose tables are made or migrated at its first use.

    Raises SettingsError, ArchiveUnavailable where it can't be reached, ArchiveError where it is newer than the program.
    """
    url = location(settings)
    key = url.render_as_string(hide_password=False)
    with _making:
        if key not in _engines:
            made = _make(url, settings)
            try:
                migrate(made)
            except BaseException:
                made.dispose()
                raise
            _engines[key] = made
        return _engines[key]


def close() -> None:
    """Close this process's engines."""
    with _making:
        for each in _engines.values():
            each.dispose()
        _engines.clear()


@contextmanager
def writing(archive: Engine) -> Iterator[Connection]:
    """A transaction that writes. Raises ArchiveUnavailable where the database is away, locked or full."""
    with _told(archive), archive.connect() as connection:
        if archive.dialect.name == "sqlite":
            connection = connection.execution_options(chancery_begin="BEGIN IMMEDIATE")
        with connection.begin():
            yield connection


@contextmanager
def reading(archive: Engine) -> Iterator[Connection]:
    """A transaction that only reads, and sees the archive as it was at its first look.

    Raises ArchiveUnavailable where the database is away.
    """
    with _told(archive), archive.connect() as connection:
        if archive.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def alone(connection: Connection, name: str) -> bool:
    """Whether this transaction of `writing` is the only one under this name, until it ends; it does not wait.

    At SQLite it always is: one transaction writes at a time.
    """
    if connection.dialect.name == "sqlite":
        return True
    return bool(connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(lock_number(name)))))


def lock_number(name: str) -> int:
    """The number of PostgreSQL's advisory lock of this name."""
    return (0x43484152 << 32 | zlib.crc32(name.encode())) - (1 << 63)


def migrate(archive: Engine) -> None:
    """Bring the tables to this program's revision, one process at a time. Raises as `engine` does."""
    with _told(archive):
        if _revision(archive) == HEAD:
            return
        _check_sqlite(archive)
        with _migration_lock(archive), archive.connect() as connection:
            if archive.dialect.name == "sqlite":
                # Stays with the file. Two processes that switch at a time would find it locked at once, without a wait.
                connection.connection.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
                connection = connection.execution_options(chancery_begin="BEGIN IMMEDIATE")
            with connection.begin():
                _upgrade(connection)


def _check_sqlite(archive: Engine) -> None:
    if archive.dialect.name != "sqlite":
        return
    with archive.connect() as connection:
        if not connection.scalar(sa.text("SELECT sqlite_compileoption_used('ENABLE_FTS5')")):
            raise ArchiveError("this Python's SQLite has no full-text search (FTS5): use a Python that has it, or set "
                               "CHANCERY_ARCHIVE_URL to a PostgreSQL")  # fmt: skip


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise ArchiveError(
            f"the archive at {shown(connection.engine)} was made by a newer Chancery (its tables are at revision "
            f"{found}, this program knows {HEAD}): upgrade this program, or set CHANCERY_ARCHIVE_URL to another archive"
        )
    command.upgrade(config, "head")


def _revision(archive: Engine) -> str | None:
    with archive.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)


@contextmanager
def _migration_lock(archive: Engine) -> Iterator[None]:
    if archive.dialect.name == "sqlite":
        with Path(f"{archive.url.database}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    with archive.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"SET lock_timeout = '{BUSY_SECONDS:.0f}s'"))
        connection.execute(sa.select(sa.func.pg_advisory_lock(lock_number("migrate"))))
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(lock_number("migrate"))))
            connection.execute(sa.text("RESET lock_timeout"))


def shown(archive: Engine) -> str:
    """The archive's place, without its password."""
    return archive.url.render_as_string(hide_password=True)


@contextmanager
def _told(archive: Engine) -> Iterator[None]:
    """Turns what a driver says of a database that is away into ArchiveUnavailable."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        why = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        first = next(iter(why.strip().splitlines()), type(error).__name__)
        raise ArchiveUnavailable(f"the archive at {shown(archive)} can't be used: {first}") from error


def _make(url: URL, settings: Settings) -> Engine:
    if url.drivername == "sqlite":
        _folder(Path(url.database or ""))
        made = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
        event.listen(made, "connect", _open_sqlite)
        event.listen(made, "begin", _begin_sqlite)
        return made
    return sa.create_engine(
        url, pool_pre_ping=True, pool_recycle=1800,
        connect_args={
            "connect_timeout": max(2, round(settings.connect_seconds)), "application_name": "chancery",
            "options": "-c timezone=UTC",
            "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000,
        },
    )  # fmt: skip


def _folder(file: Path) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"can't make the folder of the archive {file}: {error.strerror}; set CHANCERY_DATA_DIR or "
                           "CHANCERY_ARCHIVE_URL to a place of yours") from error  # fmt: skip


def _open_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # Transactions begin where `_begin_sqlite` says, and nowhere else.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")
    # A reading whose job has ended must outlive a power failure.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-16000")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("chancery_begin", "BEGIN"))
