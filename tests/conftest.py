"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytest_plugins = ["tests.archive.databases"]

ROOT = Path(__file__).parents[1]
PATIENCE_MS = 120_000
"""In which Chromium is to have done a step: a busy machine takes its time."""
SHARED = Path(os.environ.get("CHANCERY_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session", autouse=True)
def _own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and no process that one starts, touches the data of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHANCERY_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the public data sets; tests that measure on them are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no data sets at {SHARED}: set CHANCERY_SHARED to measure on them")
    return SHARED


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; of one module, as playwright's event loop must not stay about other tests."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    path = os.environ.get("CHANCERY_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no Chromium is installed: install one, or name it in CHANCERY_CHROMIUM")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, timeout=PATIENCE_MS)
        yield browser
        browser.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long", action="store_true", help="measure on whole data sets instead of a sample, and try examples by chance"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Property tests try the same examples at every run, however slow the machine is; by chance with ``--long``."""
    settings.register_profile(
        "chancery", deadline=None, suppress_health_check=[HealthCheck.too_slow],
        derandomize=not config.getoption("--long"),
    )  # fmt: skip
    settings.load_profile("chancery")


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether to take the whole of a data set where a sample would do."""
    return bool(request.config.getoption("--long"))
