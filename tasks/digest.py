"""The `digest` task: makes the digests of the days that are over and not told yet. It has no arguments.

The last one that was told is made again, and told again if articles that came late have changed it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from celery import shared_task

from worker import telemetry
from worker.settings import settings

SECONDS = 30.0
"""Given to what has come in and is not traced and counted yet."""


@shared_task(name="tasks.digest", ignore_result=True)
def digest() -> int:
    """Makes and tells what is due; how many digests were told."""
    from tasks.archive.database import engine
    from tasks.digests import keeping

    chosen, now = settings(), datetime.now(UTC)
    archive = engine(chosen)
    if not keeping.caught_up(archive, chosen.shift_years, now, SECONDS):
        telemetry.log().warning("a digest is made of what has been counted so far")
    told = 0
    for day in keeping.due(archive, chosen.zone, now):
        told += keeping.tell(archive, keeping.make(archive, day, day, chosen.zone), now)
    telemetry.log().info("digests told", digests=told)
    return told
