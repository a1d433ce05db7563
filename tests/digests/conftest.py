"""The made-up press, published once a session."""

from __future__ import annotations

import pytest

from tasks.archive import database
from worker.settings import Settings

from . import press


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an archive with sixty days of the made-up press in it."""
    chosen = Settings(data_dir=tmp_path_factory.mktemp("press"))
    press.published(database.engine(chosen))
    database.close()
    return chosen
