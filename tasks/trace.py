"""The `trace` task: links what the archive received to where it comes from. It has no arguments and runs any time."""

from __future__ import annotations

from celery import shared_task

from worker import telemetry
from worker.settings import settings

SECONDS = 30.0
"""Of one run, which is well under what its time limit allows."""


@shared_task(name="tasks.trace", ignore_result=True)
def trace() -> int:
    """Traces what is waiting, for some seconds; how many appearances were traced."""
    from tasks.archive.database import engine
    from tasks.reposts.tracing import catch_up

    traced = catch_up(engine(settings()), seconds=SECONDS)
    if traced:
        telemetry.log().info("appearances traced", appearances=traced)
    return traced
