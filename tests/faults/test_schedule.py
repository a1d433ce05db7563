"""Of two schedulers one sends, every run once, through kills, a broker that restarts and clocks that are set."""

from __future__ import annotations

from pathlib import Path

from tests.faults.beats import run, table

EVERY = {"one": 2.0, "two": 2.5}
FAULTS = [
    "leading scheduler killed (SIGKILL)", "clock put forward by an hour", "broker killed and started again",
    "clock put back by an hour",
]  # fmt: skip


def test_every_run_that_is_due_is_sent_once_whatever_happens_to_schedulers_broker_and_clock(tmp_path: Path) -> None:
    rows = run(tmp_path / "run", FAULTS, EVERY, lease=1.0)
    for row in rows.values():
        assert row.injected == 1
        assert row.sent >= len(EVERY)
        assert row.doubled == 0, table(rows)
        # Of runs that nobody was there to send, the last one is sent when somebody is.
        assert row.left_out == 0 or row.late > min(EVERY.values()), table(rows)
