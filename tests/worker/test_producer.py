"""What upstream Python imports is light, and clear about what it can't do."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid

import pytest
from pydantic import ValidationError

from tests.worker.conftest import ROOT
from worker.jobs import Article, Job, unpack
from worker.ledger import Ledger
from worker.producer import NoSuchJob, StillOpen, cancel, record, result, submit, submit_many, watch


def test_a_producer_loads_no_model_no_task_and_no_celery() -> None:
    program = "import sys, json, worker.producer; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    heavy = {"tasks", "numpy", "celery", "kombu", "slovnet", "navec", "pymorphy3", "trafilatura", "structlog"}
    assert not heavy & set(json.loads(found.stdout))


def test_an_outcome_that_does_not_come_is_said_in_time(ledger: Ledger) -> None:
    job_id = submit(Article(text="Текст"))
    with pytest.raises(StillOpen, match=job_id):
        result(job_id, timeout=0.2)
    assert [event.state for event in watch([job_id], timeout=0.2)] == ["queued"]


def test_an_unknown_job_is_said_to_be_unknown(ledger: Ledger) -> None:
    unknown = str(uuid.uuid4())
    for ask in (result, record, cancel):
        with pytest.raises(NoSuchJob, match=unknown):
            ask(unknown)


def test_a_cancelled_job_has_its_outcome_at_once(ledger: Ledger) -> None:
    ids = submit_many([Article(text=str(n)) for n in range(3)])
    assert cancel(*ids[:2]) == ["cancelled", "cancelled"]
    assert cancel(ids[0]) == ["cancelled"]
    assert result(ids[0], timeout=5).state == "cancelled"
    assert record(ids[2]).state == "queued"


@pytest.mark.parametrize(
    ("article", "says"),
    [
        ({}, "nothing to read"),
        ({"text": "а", "html": "<p>а"}, "both given"),
        ({"text": "я" * 500_001}, "1,000,002 bytes, and at most 1,000,000"),
        ({"html": "a" * 10_000_001}, "at most 10,000,000"),
        ({"text": "а\ud800"}, "surrogate|unicode"),
        ({"url": "file:///etc/passwd"}, "URL scheme"),
        ({"text": "а", "published": "2025-01-01T00:00:00"}, "timezone"),
        ({"text": "а", "colour": "red"}, "Extra inputs"),
    ],
)
def test_an_article_that_cannot_be_read_is_refused_before_it_is_queued(article: dict[str, str], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Article.model_validate(article)


def test_a_job_survives_packing() -> None:
    job = Job(article=Article(text="«Да», — сказал он.\n\0", title="Заголовок"), source="лента", priority="interactive")
    assert unpack(job.pack()) == job


@pytest.mark.parametrize("body", [b"", b"{}", b"\x28\xb5\x2f\xfd", b"x\x9c", bytes(100)])
def test_what_is_no_packed_job_is_an_error_and_no_accident(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a packed job"):
        unpack(body)


def test_a_body_that_unpacks_to_too_much_is_not_unpacked() -> None:
    import zstandard

    bomb = zstandard.ZstdCompressor().compress(bytes(50_000_000))
    with pytest.raises(ValueError, match="not a packed job of at most"):
        unpack(bomb)
