"""No job is lost, doubled or stuck, whatever dies.

``pytest tests/faults`` is the short form; ``pytest tests/faults --long --minutes 10 --seed 7`` goes on for longer. Both
print a table. Poison is part of either load: jobs that kill their process or their worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.run import Report, Run


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Run]:
    seed = request.config.getoption("--seed", default=1)
    running = Run(tmp_path, seed)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def holds(report: Report) -> None:
    assert not report.lost
    assert not report.doubled
    assert not report.stuck
    assert not report.wrong
    assert not report.exits
    assert not report.slow


@pytest.mark.timeout(0)
def test_every_accepted_job_ends_once_and_as_if_nothing_had_happened(
    run: Run, long: bool, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    if long:
        pause = request.config.getoption("--pause")
        report = run.go(request.config.getoption("--minutes") * 60, pause=(0.3 * pause, 1.7 * pause))
    else:
        # Beside other tests: how long it takes is told, and judged by the long run.
        run.recovery = 120
        report = run.go(
            20,
            pause=(0.5, 2),
            faults=("kill_worker", "kill_child", "kill_intake", "restart_broker", "cut_connections", "fill_broker"),
        )
    with capsys.disabled():
        print("\n" + report.table())
    holds(report)
