"""What a worker reads is in the archive before its job ends, once, and is not read again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from tasks.archive import database, keeping
from tasks.archive.tables import appearances, documents, outbox, readings
from tests.archive.conftest import DIE, Desk
from tests.worker.conftest import until
from worker.jobs import Article, Outcome
from worker.producer import record, result, submit, submit_many

WHEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def text(name: str) -> str:
    """An article of this name's own."""
    return (
        f"Министр обороны Казахстана {name} заявил, что учения с соседями отложены.\n"
        "«Мы договорились с партнёрами», — сказал он журналистам в Астане."
    )


def read(**article: Any) -> Outcome:
    outcome = result(submit(Article(**article)), timeout=90)
    assert outcome.state == "succeeded", outcome
    return outcome


def places(archive: Engine, document: str | None) -> list[tuple[str | None, str | None, int]]:
    """URL, outlet and version of a document's appearances."""
    with database.reading(archive) as connection:
        columns = (appearances.c.url, appearances.c.outlet, appearances.c.version)
        chosen = sa.select(*columns).where(appearances.c.document == document).order_by(appearances.c.id)
        return [(url, outlet, version) for url, outlet, version in connection.execute(chosen)]


def kept(archive: Engine, document: str | None) -> tuple[int, int]:
    """How many readings of a document are kept, and how many events tell of it."""
    with database.reading(archive) as connection:
        found = sa.select(sa.func.count()).select_from(readings).where(readings.c.document == document)
        told = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.subject == document)
        return connection.scalar(found) or 0, connection.scalar(told) or 0


def test_the_reading_of_an_outcome_is_in_the_archive(desk: Desk) -> None:
    outcome = read(text=text("Ахметов"), url="https://www.vest.example/news/1?utm_source=x", outlet="Вестник")
    with database.reading(desk.archive) as connection:
        number = connection.scalars(sa.select(readings.c.id).where(readings.c.document == outcome.document)).one()
        assert keeping.load(connection, number) == outcome.reading
    assert places(desk.archive, outcome.document) == [("https://www.vest.example/news/1", "Вестник", 1)]
    assert "read" in outcome.seconds


def test_the_same_text_at_the_same_page_is_not_read_again(desk: Desk) -> None:
    article = {"text": text("Бектуров"), "url": "https://vest.example/2", "outlet": "Вестник"}
    first = read(**article)
    again = read(**article | {"url": "https://vest.example/2#comments", "title": "Другой заголовок"})
    assert again.reading == first.reading
    assert ("known" in again.seconds, "read" in again.seconds) == (True, False)
    assert len(places(desk.archive, first.document)) == 1
    assert kept(desk.archive, first.document) == (1, 1)


def test_the_same_article_elsewhere_is_another_appearance_and_no_reading(desk: Desk) -> None:
    article = {"text": text("Валиев"), "title": "Учения", "published": WHEN}
    first = read(**article, outlet="Вестник")
    again = read(**article, outlet="Курьер", url="https://courier.example/7")
    assert "read" not in again.seconds
    assert first.reading is not None
    assert again.reading is not None
    assert again.reading["document"]["outlet"] == "Курьер"
    assert again.reading["attributions"] == first.reading["attributions"]
    assert places(desk.archive, first.document) == [(None, "Вестник", 1), ("https://courier.example/7", "Курьер", 1)]
    assert kept(desk.archive, first.document) == (1, 1)


def test_under_another_title_or_date_it_is_read_anew_and_kept_once(desk: Desk) -> None:
    first = read(text=text("Газизов"), title="Учения", published=WHEN)
    for changed in ({"title": "Манёвры", "published": WHEN}, {"title": "Учения"}):
        assert "read" in read(text=text("Газизов"), outlet="Курьер", **changed).seconds
    assert len(places(desk.archive, first.document)) == 3
    assert kept(desk.archive, first.document) == (1, 1)


def test_a_changed_text_of_a_page_is_its_next_version_beside_the_old(desk: Desk) -> None:
    url = "https://vest.example/3"
    outcomes = [read(text=text(name), url=url) for name in ("Даиров", "Даиров-старший")]
    assert [places(desk.archive, o.document) for o in outcomes] == [[(url, None, 1)], [(url, None, 2)]]
    with database.reading(desk.archive) as connection:
        chosen = sa.select(documents.c.text).where(documents.c.id.in_([o.document for o in outcomes]))
        assert set(connection.scalars(chosen)) == {text("Даиров"), text("Даиров-старший")}


def test_a_reader_killed_between_archive_and_outcome_leaves_one_reading_and_one_event(desk: Desk) -> None:
    outcome = read(text=text("Есенов"), outlet=DIE)
    assert outcome.attempts == 2
    assert "read" not in outcome.seconds
    assert kept(desk.archive, outcome.document) == (1, 1)
    assert len(places(desk.archive, outcome.document)) == 1


def test_one_text_that_is_read_many_times_at_once_is_kept_once(desk: Desk) -> None:
    jobs = submit_many(Article(text=text("Жумабаев"), outlet="Вестник") for _ in range(8))
    outcomes = [result(job, timeout=90) for job in jobs]
    assert {outcome.state for outcome in outcomes} == {"succeeded"}
    assert kept(desk.archive, outcomes[0].document) == (1, 1)
    assert len(places(desk.archive, outcomes[0].document)) == 1


def test_a_job_waits_for_an_archive_that_fails(desk: Desk) -> None:
    with desk.archive.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE documents RENAME TO elsewhere")
    try:
        job = submit(Article(text=text("Ибраев")))
        until(lambda: record(job).attempts > 2, 60)
    finally:
        with desk.archive.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO documents")
    outcome = result(job, timeout=90)
    assert outcome.state == "succeeded"
    assert kept(desk.archive, outcome.document) == (1, 1)


def test_what_is_no_text_is_rejected_and_kept_nowhere(desk: Desk) -> None:
    outcome = result(submit(Article(text="а\x00б")), timeout=90)
    assert (outcome.state, outcome.code) == ("rejected", "nul")
    assert kept(desk.archive, None) == (0, 0)
