"""The `fetch` job: a URL in, the same job with its page's article out, for the `read` queue."""

from __future__ import annotations

from celery import shared_task

from worker.delivery import Attempt, Forward, JobTask, Passing, Reject
from worker.jobs import Article, Job
from worker.settings import settings


@shared_task(base=JobTask, name="tasks.fetch")
def fetch(job: Job, attempt: Attempt) -> Forward:
    """Fetches the article's URL. What a server says for good (404, 410, …) is a rejection; the rest may pass."""
    from tasks.reading import documents
    from tasks.web import download
    from tasks.web.faults import Refused, Unavailable

    try:
        with attempt.stage("fetch"):
            found = download.get(job.article.url or "", settings(), accept=download.PAGES)
        page = documents.read(found.body, content_type=found.content_type, url=found.url)
    except (Refused, documents.Rejected) as error:
        raise Reject(error.code, str(error)) from error
    except Unavailable as error:
        raise Passing(error.code, str(error), error.after) from error
    given = job.article
    article = Article(
        text=page.text, url=page.url or found.url, title=given.title or page.title, outlet=given.outlet or page.outlet,
        published=given.published or page.published, source="page" if given.source == "upload" else given.source,
    )  # fmt: skip
    return Forward(job.model_copy(update={"article": article}), "read")
