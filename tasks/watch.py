"""The `watch` task: keeps the series of states and blocs, and tells of their shifts. It has no arguments."""

from __future__ import annotations

from celery import shared_task

from worker import telemetry
from worker.settings import settings

SECONDS = 20.0
"""Of one run: other short work of the queue waits for its end."""


@shared_task(name="tasks.watch", ignore_result=True)
def watch() -> int:
    """Brings the series up to what the archive holds, for some seconds; how many pairs were judged."""
    from tasks.archive.database import engine
    from tasks.shifts.watching import catch_up

    chosen = settings()
    done = catch_up(engine(chosen), years=chosen.shift_years, seconds=SECONDS)
    if done.settled or done.judged:
        telemetry.log().info("watched", settled=done.settled, judged=done.judged, complete=done.complete)
    return done.judged
