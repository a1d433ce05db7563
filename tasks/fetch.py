"""The `fetch` job: a URL in, the same job with its page's article out, for the `read` queue."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import BoundedSemaphore

from celery import shared_task

from worker.delivery import Attempt, Forward, JobTask, Passing, Reject, ledger
from worker.jobs import Article, Job

_taking_apart = BoundedSemaphore(2)
"""Pages taken apart at a time: it is work for one core, however many threads there are, and a page's tree is large."""


@shared_task(base=JobTask, name="tasks.fetch")
def fetch(job: Job, attempt: Attempt) -> Forward:
    """Fetches the article's URL. What a server says for good (404, 410, …) is a rejection; the rest may pass."""
    from tasks.reading import documents
    from tasks.web.download import PAGES
    from tasks.web.faults import NotYet, Refused, Unavailable
    from tasks.web.urls import of_page
    from tasks.web.visits import visit

    try:
        with attempt.stage("fetch"):
            found = visit(job.article.url or "", job.id, ledger(), accept=PAGES)
        with _taking_apart, attempt.stage("extract"):
            page = documents.read(found.body, content_type=found.content_type, url=found.url)
    except Refused as error:
        raise Reject(error.code, str(error)) from error
    except documents.Rejected as error:
        _tell_source(job, "")
        raise Reject(error.code, str(error)) from error
    except NotYet as error:
        # A host may have a queue of days, but one that fails for hours is not waited for without end.
        age = (datetime.now(UTC) - job.submitted).total_seconds()
        free = not error.resting or age < ledger().settings.retry_age_seconds
        raise Passing(error.code, str(error), error.after, free=free) from error
    except Unavailable as error:
        raise Passing(error.code, str(error), error.after) from error
    _tell_source(job, page.text)
    given = job.article
    article = Article(
        text=page.text, url=of_page(found.url, page.canonical), title=given.title or page.title,
        outlet=given.outlet or page.outlet, published=given.published or page.published,
        source="page" if given.source == "upload" else given.source,
        forwarded_from=given.forwarded_from,
    )  # fmt: skip
    return Forward(job.model_copy(update={"article": article}), "read")


def _tell_source(job: Job, text: str) -> None:
    """Lets the source that the job comes from know what its page held, for it is watched for a change of layout."""
    from tasks.sources.alarms import note_bodies
    from tasks.sources.source import source_of

    source = source_of(job.source)
    if source is not None:
        note_bodies(ledger(), source, {job.id: text})
