"""The `read` job: one article in, one reading out, which the archive has before the job's outcome is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import shared_task

from worker.delivery import Attempt, Done, JobTask, Passing, Reject
from worker.jobs import Job
from worker.settings import settings

if TYPE_CHECKING:
    from tasks.reading.record import Document


def warm_up() -> None:
    """Loads the models and what the archive needs, so that forked children share them. Nothing is connected to yet."""
    from tasks.archive import database, recalling  # noqa: F401 - loaded for the children
    from tasks.reading import reader

    reader.warm()


@shared_task(base=JobTask, name="tasks.read", warm_up=staticmethod(warm_up))
def read(job: Job, attempt: Attempt) -> Done:
    """Reads the article and keeps its reading. What is known already is not read again: such an outcome has ``known``
    among its seconds, and no ``read``.

    A rejection is the reader's; everything else may pass, an archive that is away too.
    """
    from tasks.archive.errors import ArchiveError
    from tasks.reading import documents, reader

    article = job.article
    try:
        document = reader.document(
            text=article.text, html=article.html, url=article.url, title=article.title, outlet=article.outlet,
            published=article.published, source=article.source, received=job.submitted,
        )  # fmt: skip
    except documents.Rejected as error:
        raise Reject(error.code, str(error)) from error
    try:
        return _known(document, article.forwarded_from, attempt) or _read(document, article.forwarded_from, attempt)
    except ArchiveError as error:
        raise Passing("archive", str(error)) from error


def _known(document: Document, forwarded_from: str | None, attempt: Attempt) -> Done | None:
    from tasks.archive import database, recalling
    from tasks.reading import reader

    with attempt.stage("known"):
        reading = recalling.recall(
            database.engine(settings()), document, reader.READER, url=_canonical(document.url),
            forwarded_from=forwarded_from,
        )  # fmt: skip
    if reading is None:
        attempt.clock.seconds["archive"] = attempt.clock.seconds.pop("known")
        return None
    return Done(document=document.id, reading=reading)


def _read(document: Document, forwarded_from: str | None, attempt: Attempt) -> Done:
    from tasks.archive import database, keeping
    from tasks.reading import reader

    with attempt.stage("read"):
        reading = reader.read(document)
    with attempt.stage("archive"), database.writing(database.engine(settings())) as connection:
        keeping.keep(connection, reading, url=_canonical(document.url), forwarded_from=forwarded_from)
    return Done(document=document.id, reading=reading.to_dict())


def _canonical(url: str | None) -> str | None:
    from tasks.web.urls import NoURL, canonical

    try:
        return canonical(url) if url else None
    except NoURL:
        # A page may say of itself what is no URL: the text is kept under what it says.
        return url
