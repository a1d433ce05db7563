"""The `poll` job: a source looked at, its new items submitted. The schedule sends it, one entry a source."""

from __future__ import annotations

from celery import shared_task

from worker import delivery, telemetry
from worker.ledger import BrokerUnavailable


@shared_task(name="tasks.poll", ignore_result=True)
def poll(source: str) -> str:
    """Polls the source of this id; how it went, in a word. What is not done now is done by the next poll."""
    from tasks.sources.polling import poll as once
    from tasks.sources.registry import Sources

    try:
        return once(Sources(delivery.ledger()), source, delivery.WORKER).word
    except BrokerUnavailable as error:
        telemetry.log().error("the poll is lost: the broker could not be asked", source=source, error=str(error))
        return "lost"
