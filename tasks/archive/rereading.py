"""Reading what is kept again, with the present reader: the new readings lie beside the old and are the latest."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from tasks.reading import reader
from tasks.reading.record import Document, Reading

from . import database, keeping
from .comparing import Changes
from .errors import ArchiveError
from .searching import midnight
from .tables import appearances, documents, readings

BATCH = 100
"""Texts on their way at a time: what is lost when it is broken off; what was read again is not read again after it."""
STEP = 10
"""Readings kept in one transaction: others wait for its end."""


def due(archive: Engine, since: date | None) -> int:
    """How many texts the present reader has not read, first received on this day (UTC) or later."""
    with database.reading(archive) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(_due(since).subquery())) or 0


def reread(
    archive: Engine,
    *,
    since: date | None = None,
    processes: int = 1,
    tell: bool = False,
    tick: Callable[[int], None] = lambda _: None,
) -> Changes:
    """Reads again, in so many processes, the texts that the present reader has not read; says what changed.

    ``tell``: each new reading is announced downstream, as if it were of a new article. ``tick`` is called with how many
    texts were read. Raises ArchiveUnavailable, and ArchiveError where a process is killed; what was kept then stays.
    """
    changes = Changes()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    # Started anew and not forked: this process has threads, and connections that are not to be shared.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_prepare) as pool:
        for batch in _batches(archive, since):
            try:
                found = pool.map(_read, [before["document"] for _, before, _ in batch], chunksize=5)
                pairs = list(zip(batch, found, strict=True))
            except BrokenProcessPool as error:
                raise ArchiveError("a reading process was killed, perhaps for want of memory: try fewer with "
                                   "--processes; what was read until then is kept") from error  # fmt: skip
            for start in range(0, len(pairs), STEP):
                with database.writing(archive) as connection:
                    for (_, _, place), after in pairs[start : start + STEP]:
                        keeping.keep(connection, Reading.model_validate(after), tell=tell, **place)
                tick(len(pairs[start : start + STEP]))
            for (_, before, _), after in pairs:
                changes.count(before, after)
    return changes


def _due(since: date | None, above: int = 0) -> sa.Select[Any]:
    chosen = (
        sa.select(readings.c.id, readings.c.body, documents.c.text, appearances.c.url, appearances.c.forwarded_from)
        .select_from(readings.join(documents).join(appearances, appearances.c.id == readings.c.appearance))
        .where(readings.c.latest, readings.c.reader != keeping.reader_key(reader.READER), readings.c.id > above)
    )
    return chosen.where(documents.c.first_received >= midnight(since)) if since else chosen


def _batches(archive: Engine, since: date | None) -> Iterator[list[tuple[int, dict[str, Any], dict[str, Any]]]]:
    """Numbers of readings, the readings, and the places (canonical URL, channel) they were read at; oldest first."""
    above = 0
    with database.reading(archive) as connection:
        last = connection.scalar(sa.select(sa.func.max(readings.c.id))) or 0
    while True:
        with database.reading(archive) as connection:
            chosen = _due(since, above).where(readings.c.id <= last).order_by(readings.c.id).limit(BATCH)
            rows = connection.execute(chosen).all()
        if not rows:
            return
        above = rows[-1].id
        yield [
            (row.id, keeping.with_text(row.body, row.text), {"url": row.url, "forwarded_from": row.forwarded_from})
            for row in rows
        ]


def _prepare() -> None:
    # Ctrl-C is the parent's to hear: it stops these in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reader.warm()


def _read(document: dict[str, Any]) -> dict[str, Any]:
    return reader.read(Document.model_validate(document)).to_dict()
