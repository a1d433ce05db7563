"""The real worker with the real reader: what comes back is what the reader makes of the article."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tasks.reading.reader import read_article
from tests.worker.conftest import fresh, worker
from worker.jobs import Article
from worker.ledger import Ledger
from worker.producer import connected, record, result, submit

TEXT = (
    "Министр энергетики Казахстана заявил, что поставки газа вырастут к осени. «Мы договорились с соседями», — "
    "сказал он журналистам в Астане.\nПредставитель Узбекистана эти слова подтвердил."
)


@pytest.fixture(scope="module")
def readers(server: str) -> Iterator[Ledger]:
    chosen = fresh(server)
    with connected(chosen) as ledger, worker(chosen, app="worker.app", processes=1):
        yield ledger


def test_the_reading_is_the_readers_byte_for_byte(readers: Ledger) -> None:
    job_id = submit(Article(text=TEXT, outlet="Ведомость"))
    outcome = result(job_id, timeout=60)
    expected = read_article(text=TEXT, outlet="Ведомость", received=record(job_id).submitted)
    assert outcome.state == "succeeded"
    assert outcome.reading == expected.to_dict()
    assert outcome.document == expected.document.id


@pytest.mark.parametrize(("text", "code"), [("", "empty"), ("123 — 456", "no-letter"), ("а\0б", "nul")])
def test_what_cannot_be_read_is_rejected_with_the_readers_reason(readers: Ledger, text: str, code: str) -> None:
    outcome = result(submit(Article(text=text)), timeout=60)
    assert (outcome.state, outcome.code, outcome.attempts) == ("rejected", code, 1)
    assert outcome.message
