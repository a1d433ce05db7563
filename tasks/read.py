"""The `read` job: one article in, one reading out."""

from __future__ import annotations

from celery import shared_task

from worker.delivery import Attempt, Done, JobTask, Reject
from worker.jobs import Job


def warm_up() -> None:
    """Loads the models, so that forked children share them."""
    from tasks.reading import reader

    reader.warm()


@shared_task(base=JobTask, name="tasks.read", warm_up=staticmethod(warm_up))
def read(job: Job, attempt: Attempt) -> Done:
    """Reads the article. A rejection is the reader's; everything else may pass."""
    from tasks.reading import documents, reader

    article = job.article
    try:
        with attempt.stage("read"):
            reading = reader.read_article(
                text=article.text, html=article.html, url=article.url, title=article.title, outlet=article.outlet,
                published=article.published, source=article.source, received=job.submitted,
            )  # fmt: skip
    except documents.Rejected as error:
        raise Reject(error.code, str(error)) from error
    return Done(document=reading.document.id, reading=reading.to_dict())
