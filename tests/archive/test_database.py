"""The archive is made, migrated and shared safely, and says what is wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from tasks.archive import checking, database, keeping, outbox, words
from tasks.archive.errors import ArchiveError, ArchiveUnavailable
from tasks.archive.tables import documents, metadata, readings
from tests.archive.articles import made
from tests.conftest import ROOT
from worker.settings import Settings


def test_models_and_migrations_do_not_drift(archive: Engine) -> None:
    with archive.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _of_metadata, "compare_type": True})
        differences = [found for part in compare_metadata(context, metadata) for found in _each(part)]
    # What columns are for is told in the code alone.
    assert [found for found in differences if found[0] != "modify_comment"] == []


def _each(part: Any) -> list[tuple[Any, ...]]:
    return part if isinstance(part, list) else [part]


def test_migrations_make_just_what_the_models_describe(tmp_path: Path) -> None:
    described = sa.create_engine("sqlite://")
    metadata.create_all(described)
    migrated = database.engine(Settings(data_dir=tmp_path))
    assert _definitions(migrated) == _definitions(described)
    described.dispose()
    database.close()


def _definitions(engine: Engine) -> dict[str, list[str]]:
    """The words of SQLite's definitions of tables and indexes, sorted, for constraints may come in any order; without
    what the search keeps for itself.
    """
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        own = ("sqlite_", "alembic_", *words.metadata.tables)
        return {name: sorted(sql.replace(",", " ").split()) for name, sql in found if not name.startswith(own)}


def _of_metadata(name: str | None, kind: str, _parents: object) -> bool:
    """All but the indexes of words, which each database has in its own way."""
    return kind != "table" or not str(name).startswith(tuple(words.metadata.tables))


def test_the_program_knows_its_own_last_revision() -> None:
    assert ScriptDirectory(str(database.MIGRATIONS)).get_heads() == [database.HEAD]


def test_an_archive_of_a_newer_program_is_refused_with_what_to_do(archive: Engine, archive_settings: Settings) -> None:
    with archive.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    try:
        with pytest.raises(
            ArchiveError, match=r"newer Chancery .*9999.*upgrade this program, or set CHANCERY_ARCHIVE_"
        ):
            database.engine(archive_settings)
    finally:
        plain = sa.create_engine(database.location(archive_settings), poolclass=sa.NullPool)
        with plain.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{database.HEAD}'")


def test_many_processes_may_be_the_first_to_use_an_archive(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    from tests.archive.databases import new_database

    urls = [f"sqlite:///{tmp_path}/new.db", new_database(request.getfixturevalue("postgres_server"))]
    program = (
        "import sys; from tasks.archive import database; from worker.settings import load; database.engine(load())"
    )
    for url in urls:
        environment = os.environ | {"CHANCERY_ARCHIVE_URL": url}
        started = [
            subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
            for _ in range(2)
        ]
        assert [process.communicate(timeout=180)[1].decode() for process in started] == [""] * 2
        database.engine(Settings(archive_url=url))
        database.close()


def test_a_forked_child_has_connections_of_its_own(archive: Engine, archive_settings: Settings) -> None:
    with database.writing(archive) as connection:
        keeping.keep(connection, made("Первый."))
    # The parent's pool holds an open connection: the child must neither use nor close it.
    code = 1
    if not (child := os.fork()):
        try:
            with database.writing(database.engine(archive_settings)) as connection:
                keeping.keep(connection, made("Второй."))
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with database.writing(archive) as connection:
        keeping.keep(connection, made("Третий."))
        assert connection.scalar(sa.select(sa.func.count()).select_from(readings)) == 3


def test_writers_at_the_same_time_keep_one_reading_and_one_event(archive: Engine) -> None:
    barrier, errors = threading.Barrier(4), []

    def work() -> None:
        try:
            barrier.wait(30)
            for text in ("Один.", "Два.", "Три."):
                with database.writing(archive) as connection:
                    keeping.keep(connection, made(text, url="https://vest.example/1"))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with database.reading(archive) as connection:
        from tasks.archive.tables import appearances
        from tasks.archive.tables import outbox as events

        for table in (documents, readings, events):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 3
        versions = connection.scalars(sa.select(appearances.c.version).order_by(appearances.c.version)).all()
        assert versions == [1, 2, 3]


def test_what_is_not_committed_is_not_there(archive: Engine) -> None:
    def half() -> None:
        with database.writing(archive) as connection:
            keeping.keep(connection, made())
            raise RuntimeError("before the end")

    with pytest.raises(RuntimeError):
        half()
    with database.reading(archive) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(documents)) == 0


def test_one_transaction_of_a_name_runs_at_a_time(archive: Engine) -> None:
    with database.writing(archive) as connection:
        assert database.alone(connection, "trace")
        assert database.alone(connection, "trace")
        if archive.dialect.name == "postgresql":
            with database.writing(archive) as other:
                assert not database.alone(other, "trace")
                assert database.alone(other, "watch")


def test_an_event_is_added_once(archive: Engine) -> None:
    for expected in (True, False):
        with database.writing(archive) as connection:
            assert outbox.add(connection, "shift/1", "chancery.shift.v1", "KAZ/GBR", {"a": "б"}) is expected


def test_times_come_back_in_utc_whatever_zone_they_were_given_in(archive: Engine) -> None:
    moment = datetime(2026, 3, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5)))
    early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    with database.writing(archive) as connection:
        for number, received in enumerate((moment, early)):
            keeping.keep(connection, made(f"Текст {number}.", received=received, published=received))
    with database.reading(archive) as connection:
        found = connection.scalars(sa.select(documents.c.first_received).order_by(documents.c.text)).all()
    assert found == [moment, early.replace(tzinfo=UTC)]
    assert {time.tzinfo for time in found} == {UTC}
    with pytest.raises(sa.exc.StatementError, match="no time zone"), database.reading(archive) as connection:
        connection.execute(sa.select(documents).where(documents.c.first_received > datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_database_that_is_away_or_locked_may_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = Settings(archive_url="postgresql://desk:hush@127.0.0.1:1/chancery", connect_seconds=2)
    with pytest.raises(ArchiveUnavailable, match=r"the archive at postgresql.*127\.0\.0\.1") as refused:
        database.engine(away)
    assert "hush" not in str(refused.value)

    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    archive = database.engine(Settings(data_dir=tmp_path))
    with (
        database.writing(archive),
        pytest.raises(ArchiveUnavailable, match="locked"),
        database.writing(archive),
    ):
        pass
    database.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match=r"can't make the folder of the archive .*file.*CHANCERY_DATA_DIR"):
        database.engine(Settings(data_dir=tmp_path / "file" / "data"))


def test_the_doctor_says_what_the_archive_is(archive: Engine, archive_settings: Settings) -> None:
    with database.writing(archive) as connection:
        keeping.keep(connection, made())
    assert "1 readings" in checking.check(archive_settings)
    assert checking.check(archive_settings).startswith("SQLite" if archive.dialect.name == "sqlite" else "PostgreSQL")
    with archive.begin() as connection:
        connection.exec_driver_sql("DROP TABLE body_words")
    with pytest.raises(ArchiveError, match="body_words"):
        checking.check(archive_settings)
    with archive.begin() as connection:
        if archive.dialect.name == "postgresql":
            connection.exec_driver_sql("CREATE TABLE body_words (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
            connection.exec_driver_sql("CREATE INDEX ix_body_words_words ON body_words USING gin (words)")
