"""Options of the fault runs, beside `--long`."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--minutes", type=float, default=10.0, help="of a long run")
    group.addoption("--pause", type=float, default=7.0, help="seconds between two faults of a long run, on average")
    group.addoption("--seed", type=int, default=1, help="of a run's load and faults")
