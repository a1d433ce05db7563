"""A real broker, and settings under which loopback may be visited."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.worker.conftest import fresh, server
from worker.ledger import Ledger

__all__ = ["server"]


@pytest.fixture
def ledgers(server: str) -> Iterator[Callable[..., Ledger]]:
    """Makes ledgers with keys of this test alone, under the settings given."""
    made: list[Ledger] = []

    def make(**settings: object) -> Ledger:
        usual = {"fetch_allow": ("127.0.0.0/8",), "fetch_seconds": 30.0, "host_delay_seconds": 0.0}
        made.append(Ledger(fresh(server, **usual | settings)))
        return made[-1]

    yield make
    for ledger in made:
        ledger.client.close()
