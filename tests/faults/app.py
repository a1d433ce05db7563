"""The worker's application with a door that faults come in by: an article's outlet may ask for its reader's death."""

from __future__ import annotations

import os
import signal
import time

from tests.faults.load import KILL_CHILD, KILL_WORKER
from worker.app import app
from worker.delivery import Attempt, Done
from worker.jobs import Job

app.loader.import_default_modules()
app.finalize()
_read = app.tasks["tasks.read"]
_really = _read.run


def _run(job: Job, attempt: Attempt) -> Done:
    if job.article.outlet == KILL_WORKER:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)
    if job.article.outlet == KILL_CHILD:
        os.kill(os.getpid(), signal.SIGKILL)
    return _really(job, attempt)


_read.run = _run
