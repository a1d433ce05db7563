"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CHANCERY_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the public data sets; tests that measure on them are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no data sets at {SHARED}: set CHANCERY_SHARED to measure on them")
    return SHARED
