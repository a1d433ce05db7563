"""The `tidy` task: removes what is too old. It has no arguments.

That is what the archive holds, by ``CHANCERY_ARCHIVE_DAYS``; and events that everybody was told, by
``CHANCERY_OUTBOX_DAYS``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from celery import shared_task

from worker import telemetry
from worker.settings import settings


@shared_task(name="tasks.tidy", ignore_result=True)
def tidy() -> int:
    """Removes what is too old, for some seconds; how many texts went. What is left is removed the next time."""
    from tasks.archive.database import engine
    from tasks.archive.retention import expire, forget_told

    chosen, now = settings(), datetime.now(UTC)
    archive, days = engine(chosen), chosen.archive_days
    forget_told(archive, now - timedelta(days=chosen.outbox_days))
    if not days:
        return 0
    removed = expire(archive, now - timedelta(days=days))
    if removed.documents or removed.events or removed.shifts:
        telemetry.log().info(
            "tidied", documents=removed.documents, events=removed.events, shifts=removed.shifts,
            complete=removed.complete,
        )  # fmt: skip
    return removed.documents
