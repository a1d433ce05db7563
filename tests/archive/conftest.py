"""A real worker that reads into a real archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from tasks.archive import database
from tests.archive.databases import new_database
from tests.worker.conftest import fresh, server, worker  # noqa: F401 - a fixture
from worker.producer import connected
from worker.settings import Settings

DIE = "dies between archive and outcome"
"""An outlet that `tests.archive.dying` takes for an order."""


@dataclass(frozen=True)
class Desk:
    """A worker's settings, and its archive."""

    settings: Settings
    archive: Engine


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(
    request: pytest.FixtureRequest,
    server: str,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """Two processes that read, on each database; the producer's functions reach them."""
    place: dict[str, object] = {"attempts": 1000, "data_dir": tmp_path_factory.mktemp("desk")}
    if request.param == "postgresql":
        place["archive_url"] = new_database(request.getfixturevalue("postgres_server"))
    chosen = fresh(server, **place)
    with connected(chosen), worker(chosen, app="tests.archive.dying"):
        yield Desk(chosen, database.engine(chosen))
    database.close()
