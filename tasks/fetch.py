"""The `fetch` job: a URL in, the same job with its page's article out, for the `read` queue.

What is fetched has bounds: bytes, seconds, redirects; and an address of a private network is refused unless
``CHANCERY_FETCH_PRIVATE`` allows it, so that nobody reads a network through the worker that stands in it.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from urllib.parse import urlsplit

import httpx
from celery import shared_task

from worker.delivery import Attempt, Forward, JobTask, Passing, Reject
from worker.jobs import HTML_LIMIT, Article, Job
from worker.settings import Settings, settings

REDIRECTS = 5
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_HEADERS = {
    "User-Agent": "chancery (reads news articles)",
    "Accept": "text/html, text/plain;q=0.9",
    "Accept-Encoding": "gzip",
}


@shared_task(base=JobTask, name="tasks.fetch")
def fetch(job: Job, attempt: Attempt) -> Forward:
    """Fetches the article's URL. What a server says for good (404, 410, …) is a rejection; the rest may pass."""
    from tasks.reading import documents

    url = job.article.url or ""
    with attempt.stage("fetch"):
        data, content_type, final = download(url, settings())
    try:
        page = documents.read(data, content_type=content_type, url=final)
    except documents.Rejected as error:
        raise Reject(error.code, str(error)) from error
    given = job.article
    article = Article(
        text=page.text, url=page.url or final, title=given.title or page.title, outlet=given.outlet or page.outlet,
        published=given.published or page.published, source="page" if given.source == "upload" else given.source,
    )  # fmt: skip
    return Forward(job.model_copy(update={"article": article}), "read")


def download(url: str, chosen: Settings) -> tuple[bytes, str | None, str]:
    """A page's bytes, as they came (gzip is left packed), its Content-Type, and the URL it was at in the end.

    Raises Reject for what stays wrong, Passing for what may pass.
    """
    end = time.monotonic() + chosen.fetch_seconds
    with httpx.Client(timeout=min(10.0, chosen.fetch_seconds), trust_env=False, headers=_HEADERS) as client:
        for _ in range(REDIRECTS + 1):
            request = _request(client, url, chosen)
            try:
                response = client.send(request, stream=True)
                try:
                    if response.is_redirect:
                        url = str(httpx.URL(url).join(response.headers["location"]))
                        continue
                    _check(response, url)
                    return _body(response, url, end), response.headers.get("content-type"), url
                finally:
                    response.close()
            except httpx.InvalidURL as error:
                raise Reject("redirect", f"{url} redirects to what is no URL: {error}") from error
            except httpx.HTTPError as error:
                raise Passing("fetch", f"{url} can't be fetched: {type(error).__name__} {error}".strip()) from error
    raise Reject("redirect", f"{url}: more than {REDIRECTS} redirects")


def _request(client: httpx.Client, url: str, chosen: Settings) -> httpx.Request:
    """A request to an address that was looked at, by address, so that the name can't lead elsewhere meanwhile."""
    parts = httpx.URL(url)
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise Reject("url", f"{url} is not an http or https URL")
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    try:
        found = socket.getaddrinfo(parts.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Passing("dns", f"no address for {parts.host}: {error}") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not chosen.fetch_private and not all(address.is_global and not address.is_multicast for address in addresses):
        raise Reject("private-address", f"{parts.host} is an address of a private network, which is not fetched from")
    host = urlsplit(url).netloc.rpartition("@")[2]
    return client.build_request(
        "GET", parts.copy_with(host=str(addresses[0])), headers={"Host": host}, extensions={"sni_hostname": parts.host}
    )


def _check(response: httpx.Response, url: str) -> None:
    status = response.status_code
    if status in _PASSING:
        after = response.headers.get("retry-after", "")
        raise Passing("http", f"{url} answers {status}", float(after) if after.isdecimal() and len(after) < 5 else 0.0)
    if status != 200:
        raise Reject("http", f"{url} answers {status}")


def _body(response: httpx.Response, url: str, end: float) -> bytes:
    parts, size = [], 0
    for part in response.iter_raw():
        parts.append(part)
        size += len(part)
        if size > HTML_LIMIT:
            raise Reject("too-large", f"{url} is over {HTML_LIMIT:,} bytes")
        if time.monotonic() > end:
            raise Passing("slow", f"{url} took too long to come")
    return b"".join(parts)
