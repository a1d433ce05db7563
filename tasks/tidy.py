"""The `tidy` task: removes from the archive what is older than ``CHANCERY_ARCHIVE_DAYS``. It has no arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from celery import shared_task

from worker import telemetry
from worker.settings import settings


@shared_task(name="tasks.tidy", ignore_result=True)
def tidy() -> int:
    """Removes what is too old, for some seconds; how many texts went. What is left is removed the next time."""
    from tasks.archive.database import engine
    from tasks.archive.retention import expire

    days = settings().archive_days
    if not days:
        return 0
    removed = expire(engine(settings()), datetime.now(UTC) - timedelta(days=days))
    if removed.documents or removed.events or removed.shifts:
        telemetry.log().info(
            "tidied", documents=removed.documents, events=removed.events, shifts=removed.shifts,
            complete=removed.complete,
        )  # fmt: skip
    return removed.documents
