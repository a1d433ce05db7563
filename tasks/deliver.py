"""The `deliver` task: tells subscribers what the outbox holds. It has no arguments and may run anywhere, any time."""

from __future__ import annotations

from celery import shared_task

from worker import delivery, telemetry
from worker.ledger import BrokerUnavailable
from worker.settings import settings


@shared_task(name="tasks.deliver", ignore_result=True)
def deliver() -> int:
    """Delivers what is due, for some seconds; how many events were delivered."""
    from tasks.archive.database import engine
    from tasks.deliveries import quarantines, relay

    chosen, archive, ledger = settings(), engine(settings()), delivery.ledger()
    try:
        while quarantines.collect(archive, ledger):
            pass
    except BrokerUnavailable as error:
        telemetry.log().warning("the stream of outcomes could not be read", error=str(error))
    told = relay.catch_up(archive, ledger.client, chosen)
    if told:
        telemetry.log().info("events delivered", events=told)
    return told
