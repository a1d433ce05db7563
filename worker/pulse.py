"""The worker's heartbeat: renews what it runs, sweeps the ledger, stops what was cancelled."""

from __future__ import annotations

import os
import threading
from typing import Any

from celery import bootsteps, signals
from celery.worker import state

from worker import delivery, metrics, telemetry
from worker.ledger import BrokerUnavailable, Ledger
from worker.settings import settings

_beating = threading.Lock()
"""Held during a beat, and across a fork: a child that was forked in the middle of one would inherit locks that nobody
is left to release."""
os.register_at_fork(before=_beating.acquire, after_in_parent=_beating.release, after_in_child=_beating.release)

_stopped = threading.Event()


class Pulse(bootsteps.StartStopStep):
    """Beats in a thread of the parent, from when the pool has forked until the worker has stopped.

    So it goes on while the pool finishes its work in a shutdown.
    """

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        """Starts to beat."""
        threading.Thread(target=_beat, args=(worker,), name="pulse", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """Does nothing: the pool has yet to finish."""


def _beat(worker: Any) -> None:
    chosen = settings()
    with _beating:
        book = Ledger(chosen, patience=1.0)
        metrics.serve(chosen, book)
        for fault in book.broker_faults():
            telemetry.log().warning("the broker is not set up to keep what it accepts", fault=fault)
    slots = dict.fromkeys(worker.app.amqp.queues.consume_from, worker.concurrency)
    while not _stopped.is_set():
        with _beating:
            try:
                if told := list(delivery.given_up):
                    book.give_up(delivery.WORKER, told)
                    delivery.given_up.difference_update(told)
                running = {request.id: request for request in _active()}
                for job_id in book.renew(delivery.WORKER, slots, list(running)):
                    telemetry.log().info("stopped, as cancelled", job=job_id)
                    worker.timer.call_after(0.0, _stop, (worker, running[job_id]))
                book.sweep()
            except BrokerUnavailable as error:
                telemetry.log().warning("no heartbeat", error=str(error))
            except Exception:
                telemetry.log().exception("no heartbeat")
        _stopped.wait(chosen.pulse_seconds)


def _stop(worker: Any, request: Any) -> None:
    try:
        request.terminate(worker.pool, signal="KILL")
    except NotImplementedError:
        # A thread can't be stopped. What it does is outlived already, and leaves no trace.
        telemetry.log().info("goes on in vain", job=request.id)


def _active() -> list[Any]:
    while True:
        try:
            return list(state.active_requests)
        except RuntimeError:
            # changed by the consumer's thread while it was copied
            continue


@signals.worker_shutdown.connect
def _leave(**_: Any) -> None:
    """Hands back what could not be finished."""
    _stopped.set()
    with _beating:
        try:
            handed_back = delivery.ledger().leave(delivery.WORKER)
        except BrokerUnavailable as error:
            telemetry.log().warning("the ledger could not be told of the stop", error=str(error))
        else:
            telemetry.log().info("the worker has stopped", handed_back=handed_back)
