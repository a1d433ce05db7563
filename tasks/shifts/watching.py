"""Bringing every series and shift up to what the archive holds: incremental, bounded, one at a time, in small steps.

Each step is one transaction that also notes how far it came, so a crash costs at most the step it was in, and running
it again changes nothing. Statements are settled before any series is judged.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from tasks.archive.database import alone, writing

from .judging import judge_some
from .recounting import recount

ARRIVALS, PAIRS = 200, 25
"""Appearances, readings and reposts settled, and pairs judged, in one transaction: other writers wait for its end."""


@dataclass(frozen=True)
class Progress:
    """What was done: appearances, readings and reposts settled, pairs judged; and whether nothing is left to do."""

    settled: int = 0
    judged: int = 0
    complete: bool = True


def catch_up(engine: Engine, *, years: float, now: datetime | None = None, seconds: float = 40.0) -> Progress:
    """Settles what has come and judges what it changed, for about so many seconds.

    ``years`` as in `detection.judge`. Where another is at it, it is left to them. Raises ArchiveUnavailable.
    """
    moment, end = now or datetime.now(UTC), time.monotonic() + seconds
    settled = judged = 0
    while time.monotonic() < end:
        with writing(engine) as connection:
            if not alone(connection, "watch"):
                return Progress(settled, judged, complete=False)
            some = recount(connection, moment, ARRIVALS)
            settled += some
            if not some:
                some = judge_some(connection, moment, years, PAIRS)
                judged += some
        if not some:
            return Progress(settled, judged)
    return Progress(settled, judged, complete=False)
