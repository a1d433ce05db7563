"""A worker whose `read` does as the text says: `celery -A tests.worker.obedient worker`.

``ok …`` is read; ``reject``, ``pass`` and ``fault`` raise; ``kill`` kills its process, ``killworker`` the worker;
``sleep 3`` sleeps; ``stubborn`` does not heed its time limit; ``wait KEY`` waits until KEY is there; ``once`` fails the
first time. Every attempt is written down in the list ``ran``.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import time

from celery.exceptions import SoftTimeLimitExceeded

from worker.app import app
from worker.delivery import Attempt, Done, JobTask, Passing, Reject, ledger
from worker.jobs import Job

app.conf.include = []


@app.task(base=JobTask, name="tasks.read")
def read(job: Job, attempt: Attempt) -> Done:
    text = job.article.text or ""
    word, _, rest = text.partition(" ")
    client = ledger().client
    client.rpush("ran", f"{job.id} {attempt.number} {text[:40]}")
    with attempt.stage("obey"):
        match word:
            case "reject":
                raise Reject("bad", "told to reject")
            case "pass":
                raise Passing("weather", "told to fail")
            case "fault":
                raise RuntimeError("told to break")
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "killworker":
                os.kill(os.getppid(), signal.SIGKILL)
                time.sleep(60)
            case "sleep":
                time.sleep(float(rest))
            case "stubborn":
                while True:
                    with contextlib.suppress(SoftTimeLimitExceeded):
                        time.sleep(60)
            case "wait":
                while not client.exists(rest):
                    time.sleep(0.02)
            case "once":
                if attempt.number == 1:
                    raise Passing("once", "the first time")
    return Done(document="sha256:" + hashlib.sha256(text.encode()).hexdigest(), reading={"document": {"text": text}})
