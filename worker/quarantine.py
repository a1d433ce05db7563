"""Jobs that failed for good, kept whole with the reason: list, show, replay, drop."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from worker.jobs import Job, Record
from worker.ledger import Ledger


class NotQuarantined(Exception):
    """The job is not in quarantine."""


class Case(BaseModel):
    """A job in quarantine: its record, with the reason and the attempts, and its input if that can be read."""

    model_config = ConfigDict(frozen=True)

    record: Record
    job: Job | None
    unreadable: str = ""


def cases(ledger: Ledger, limit: int = 1000) -> list[Record]:
    """Records of the jobs in quarantine, oldest first."""
    return [record for record in ledger.records(ledger.quarantined(limit)) if record is not None]


def show(ledger: Ledger, job_id: str) -> Case:
    """All that is known of a job in quarantine. Raises NotQuarantined."""
    record = ledger.record(job_id)
    if record is None or record.state != "quarantined":
        raise NotQuarantined(f"no job {job_id} in quarantine")
    body = ledger.body(job_id)
    if body is None:
        return Case(record=record, job=None, unreadable="its input was dropped")
    try:
        return Case(record=record, job=ledger.open(job_id, body))
    except ValueError as error:
        return Case(record=record, job=None, unreadable=f"its input is no job: {error}")


def replay(ledger: Ledger, *job_ids: str) -> None:
    """Runs jobs again under their ids, with all their attempts before them. Raises NotQuarantined."""
    for job_id in job_ids:
        if not ledger.replay(job_id):
            raise NotQuarantined(f"no job {job_id} in quarantine that could run again")


def drop(ledger: Ledger, *job_ids: str) -> None:
    """Forgets the input of jobs; their outcome stays. Raises NotQuarantined."""
    for job_id in job_ids:
        if not ledger.drop(job_id):
            raise NotQuarantined(f"no job {job_id} in quarantine")
