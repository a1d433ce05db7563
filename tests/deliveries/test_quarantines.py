"""A job that failed for good becomes an event, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tasks.archive.database import reading
from tasks.archive.tables import outbox
from tasks.deliveries import quarantines
from worker.jobs import Article, Job
from worker.ledger import Grant, Ledger, rejected
from worker.settings import Settings


@pytest.fixture
def ledger(chosen: Settings) -> Iterator[Ledger]:
    found = Ledger(chosen)
    yield found
    found.client.close()


def ended(ledger: Ledger, state: str) -> str:
    """The id of a job that ended so."""
    job = Job(article=Article(text="Тайна редакции."), source="wire")
    ledger.accept([job])
    grant = ledger.begin(job.id, "worker")
    assert isinstance(grant, Grant)
    ledger.finish(grant.attempt, rejected(job.id, state, "broken", "after 5 attempts: it broke"))  # type: ignore[arg-type]
    return job.id


def collected(archive: Engine, ledger: Ledger) -> list[tuple[str, dict[str, object]]]:
    quarantines.collect(archive, ledger)
    while quarantines.collect(archive, ledger):
        pass
    with reading(archive) as connection:
        return [(row.type, row.data) for row in connection.execute(select(outbox).order_by(outbox.c.seq))]


@pytest.mark.parametrize("archive_settings", ["sqlite"], indirect=True)
def test_a_quarantined_job_is_told_of_once_with_its_reason_and_without_its_article(
    archive: Engine, ledger: Ledger
) -> None:
    job = ended(ledger, "quarantined")
    ended(ledger, "rejected")
    ((type_, data),) = collected(archive, ledger)
    assert type_ == "chancery.quarantined.v1"
    assert (data["job"], data["code"], data["source"]) == (job, "broken", "wire")
    assert "Тайна" not in str(data)
    assert len(collected(archive, ledger)) == 1


@pytest.mark.parametrize("archive_settings", ["sqlite"], indirect=True)
def test_what_a_dead_deliverer_had_read_is_told_by_the_next(archive: Engine, ledger: Ledger) -> None:
    collected(archive, ledger)
    ended(ledger, "quarantined")
    streams: Any = {ledger.key("outcomes"): ">"}
    assert ledger.client.xreadgroup(quarantines.GROUP, quarantines.CONSUMER, streams)
    assert len(collected(archive, ledger)) == 1
    pending: Any = ledger.client.xpending(ledger.key("outcomes"), quarantines.GROUP)
    assert pending["pending"] == 0
