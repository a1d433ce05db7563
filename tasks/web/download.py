"""One GET, bounded in every way: what comes back is whole, unpacked, and from where it may come.

What is bounded: seconds of the whole exchange (look-ups, handshakes, redirects and slow senders included), bytes on the
wire and unpacked, redirects, headers. Cookies live as long as one fetch and don't leave TLS.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import version

import httpx

from tasks.web import codings
from tasks.web.addresses import checked
from tasks.web.faults import Refused, Unavailable
from tasks.web.transport import CONNECT, bounded, transport
from worker.settings import Settings

PAGE_LIMIT = 10_000_000
"""Bytes of a page, unpacked."""
PAGES = ("text/html", "application/xhtml+xml", "text/plain")
"""Media types that an article comes in."""
REDIRECTS = 5
OVERHEAD = 300_000
"""Bytes on the wire beside a body: the headers of all redirects, and what TLS and chunks add."""
PIECES = 50_000
"""Chunks that a body may come in: one with a byte each costs a thousand times its size in work."""
AFTER = 86_400.0
"""Seconds, the most that a server's Retry-After is believed."""

_MOVED = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_PASSING = frozenset({408, 421, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 527, 529, 530})


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered: 200 with a body, or 304 (`not_modified`) without.

    ``url`` is where the body was in the end; ``moved`` is that URL where every redirect to it is for good.
    """

    status: int
    url: str
    headers: httpx.Headers
    body: bytes = field(repr=False)
    moved: str | None = None

    @property
    def not_modified(self) -> bool:
        """Whether it still is what ``etag`` and ``modified`` told of."""
        return self.status == 304

    @property
    def etag(self) -> str | None:
        """The ETag, to ask by again."""
        return self.headers.get("etag")

    @property
    def last_modified(self) -> str | None:
        """The Last-Modified date as it was sent, to ask by again."""
        return self.headers.get("last-modified")

    @property
    def content_type(self) -> str | None:
        """The Content-Type header."""
        return self.headers.get("content-type")


def get(
    url: str, settings: Settings, *, etag: str | None = None, modified: str | None = None, accept: Sequence[str] = (),
    limit: int = PAGE_LIMIT, cut: bool = False, before: Callable[[str], None] | None = None,
) -> Response:  # fmt: skip
    """Fetches ``url``.

    Args:
        etag, modified: of the last answer; where nothing has changed since, the answer is `not_modified`.
        accept: media types that are wanted, best first; without any, every type is.
        limit: of bytes, unpacked.
        cut: take the first ``limit`` bytes of what has more, instead of refusing it.
        before: called with every URL that is about to be asked, redirects included; what it raises ends the fetch.

    Raises:
        Refused: codes ``url``, ``private-address``, ``redirect``, ``http``, ``content-type``, ``encoding``,
            ``too-large``.
        Unavailable: codes ``dns``, ``connect``, ``tls``, ``slow``, ``reset``, ``protocol``, ``cut-short``, ``http``
            (with the seconds of Retry-After).
    """
    headers = _headers(settings, etag, modified, accept)
    jar = httpx.Cookies()
    asked, for_good = url, True
    with bounded(settings.fetch_seconds, limit + OVERHEAD) as exchange:
        for _ in range(REDIRECTS + 1):
            target = checked(url, settings)
            if before is not None:
                # Waiting for a turn is not the server's time.
                start = time.monotonic()
                before(str(target))
                exchange.end += time.monotonic() - start
            request = httpx.Request("GET", target, headers=headers, extensions=_TIMEOUTS)
            jar.set_cookie_header(request)
            try:
                response = transport(settings).handle_request(request)
                response.request = request
                try:
                    if response.status_code in _MOVED and "location" in response.headers:
                        jar.extract_cookies(response)
                        url, for_good = _next(response), for_good and response.status_code in _FOR_GOOD
                        if target.scheme == "https" and not url.startswith("https:"):
                            jar = httpx.Cookies()
                        continue
                    _check(response, asked=etag or modified, accept=accept)
                    body = b"" if response.status_code == 304 else _body(response, limit, cut=cut, end=exchange.end)
                finally:
                    response.close()
            except httpx.HTTPError as error:
                raise _fault(str(target), error) from error
            except Refused as error:
                raise Refused(error.code, f"{target}: {error}") from error
            final = str(target)
            return Response(response.status_code, final, response.headers, body,
                            final if for_good and final != asked else None)  # fmt: skip
    raise Refused("redirect", f"{asked}: more than {REDIRECTS} redirects")


_TIMEOUTS = {"timeout": httpx.Timeout(CONNECT, read=None, write=None).as_dict()}
"""Of each step; what is read is bounded by the exchange's end."""


@cache
def user_agent(contact: str | None) -> str:
    """The name we give."""
    return f"chancery/{version('chancery')} (reads news articles{f'; +{contact}' if contact else ''})"


def _headers(
    settings: Settings, etag: str | None, modified: str | None, accept: Sequence[str]
) -> list[tuple[str, str]]:
    headers = [
        ("User-Agent", user_agent(settings.fetch_contact)), ("Accept-Encoding", codings.ACCEPTED),
        ("Accept", ", ".join([*accept, "*/*;q=0.1"])), ("Accept-Language", "ru, en;q=0.8, *;q=0.5"),
        # Hosts are visited seldom, and on a connection that is used again the rest of a long answer is the next one's.
        ("Connection", "close"),
    ]  # fmt: skip
    for name, value in (("If-None-Match", etag), ("If-Modified-Since", modified)):
        if value and len(value) < 1000 and value.isascii() and value.isprintable():
            headers.append((name, value))
    return headers


def _next(response: httpx.Response) -> str:
    """Where a redirect leads to."""
    location = response.headers["location"]
    try:
        return str(response.request.url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused("redirect", f"it redirects to what is no URL: {error}") from None


def _check(response: httpx.Response, *, asked: object, accept: Sequence[str]) -> None:
    status, url = response.status_code, response.request.url
    if status == 304 and asked:
        return
    if status in _PASSING or status == 304:
        after = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
        raise Unavailable("http", f"{url} answers {status}", after, status)
    if status not in (200, 203):
        raise Refused("http", f"it answers {status}")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if accept and kind and kind != "application/octet-stream" and kind not in accept:
        raise Refused("content-type", f"it is {kind[:80]!r}, and not {' or '.join(accept)}")


def retry_after(value: str | None, now: datetime) -> float:
    """Seconds that a Retry-After header asks to wait, 0 where it says nothing that can be read."""
    if not value:
        return 0.0
    if value.strip().isdecimal() and value.isascii():
        return min(AFTER, float(value.strip()[:9]))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(AFTER, max(0.0, (moment - now).total_seconds()))


def _body(response: httpx.Response, limit: int, *, cut: bool, end: float) -> bytes:
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length[:18]) > limit and not cut:
        raise Refused("too-large", f"it has {length} bytes, over the limit of {limit:,}")
    parts, size = [], 0
    raw = _counted(response.iter_raw(), end)
    for part in codings.decoded(raw, response.headers.get("content-encoding")):
        parts.append(part)
        size += len(part)
        if size > limit:
            if cut:
                break
            raise Refused("too-large", f"it unpacks to over the limit of {limit:,} bytes")
    return b"".join(parts)[:limit]


def _counted(chunks: Iterator[bytes], end: float) -> Iterator[bytes]:
    """The chunks, while there are not too many and it is not too late: some come from what was read at once."""
    for i, chunk in enumerate(chunks):
        if i > PIECES:
            raise Refused("too-large", f"it comes in over {PIECES:,} pieces")
        if time.monotonic() > end:
            raise httpx.ReadTimeout("the time for the whole exchange is over")
        yield chunk


def _fault(url: str, error: httpx.HTTPError) -> Unavailable:
    words = f"{type(error).__name__} {error}".strip()
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    match error:
        case httpx.TimeoutException():
            code = "slow"
        case _ if cause is not None:
            code = "tls"
        case httpx.ConnectError():
            code = "connect"
        case httpx.NetworkError():
            code = "reset"
        case _ if "without sending complete" in str(error):
            code = "cut-short"
        case _:
            code = "protocol"
    return Unavailable(code, f"{url} can't be fetched: {words}")
