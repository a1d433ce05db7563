"""A worker whose reader dies when the archive has its reading and the ledger has not: as a first attempt, where the
article's outlet asks for it."""

from __future__ import annotations

import os
import signal

from tests.archive.conftest import DIE
from worker.app import app
from worker.delivery import Attempt, Done
from worker.jobs import Job

app.loader.import_default_modules()
app.finalize()
_read = app.tasks["tasks.read"]
_really = _read.run


def _run(job: Job, attempt: Attempt) -> Done:
    done = _really(job, attempt)
    if job.article.outlet == DIE and attempt.number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return done


_read.run = _run
