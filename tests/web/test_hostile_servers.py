"""Whatever a server does, a fetch ends in a named outcome, within its limits."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

import brotli
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.reading import documents
from tasks.web.download import PAGES, Response, get, retry_after
from tasks.web.faults import Refused, Unavailable
from tests.faults.processes import free_port
from tests.web.hostile import Act, Server, drips, floods, hangs, raw, resets, sends, serving
from worker.settings import Settings

SECONDS = 0.6
CHOSEN = Settings(fetch_seconds=30.0, fetch_allow=("127.0.0.1/32",))
HASTY = CHOSEN.model_copy(update={"fetch_seconds": SECONDS})
LIMIT = 1_000_000

PAGE = (
    "<!DOCTYPE html><title>Переговоры</title><article><h1>Переговоры</h1><p>" + "Стороны обсудили транзит газа. " * 20
)
HTML = "Content-Type: text/html; charset=utf-8"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ZEROS = bytes(30_000_000)


def packed(body: bytes, coding: str) -> Act:
    return sends(200, body, HTML, f"Content-Encoding: {coding}")


def zstd_bomb() -> bytes:
    compressor = zstandard.ZstdCompressor(level=3).compressobj()
    return b"".join([*(compressor.compress(ZEROS[:1_000_000]) for _ in range(30)), compressor.flush()])


GZIP = gzip.compress(PAGE.encode())
MEMBERS = gzip.compress(PAGE.encode()[:99]) + gzip.compress(PAGE.encode()[99:])
GZIP_BOMB = gzip.compress(ZEROS, 9)
BROTLI_BOMB = brotli.compress(ZEROS, quality=5)
_wide = zstandard.ZstdCompressor(compression_params=zstandard.ZstdCompressionParameters(window_log=27)).compressobj()
WIDE = _wide.compress(PAGE.encode()) + _wide.flush()
DEEP = PAGE.encode()
for _ in range(12):
    DEEP = gzip.compress(DEEP)

CASES: dict[str, tuple[Act, str]] = {
    # slow
    "a silent server": (hangs(), "slow"),
    "a slow loris in the status line": (drips(b"HTTP/1.1 2", b"0"), "slow"),
    "a slow loris in the headers": (drips(OK, b"X: y\r\n"), "slow"),
    "a slow loris in the body": (drips(OK + HTML.encode() + b"\r\n\r\n", b"x"), "slow"),
    "a slow loris in chunk sizes": (drips(CHUNKED, b"1\r\nx\r\n"), "slow"),
    "a body that stops": (hangs(OK + b"Content-Length: 100\r\n\r\nhalf"), "slow"),
    "slow interim answers": (drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.001), "slow"),
    # endless
    "an endless body": (floods(OK + b"\r\n", b"x"), "too-large"),
    "an endless chunked body": (floods(CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n"), "too-large"),
    "a body in chunks of one byte": (floods(CHUNKED, b"1\r\nx\r\n"), "too-large or slow"),
    "an endless chunk extension": (floods(CHUNKED + b"1;", b"x"), "protocol"),
    "endless trailers": (floods(CHUNKED + b"0\r\n", b"X: y\r\n"), "protocol"),
    "an endless status line": (floods(b"HTTP/1.1 200 ", b"x"), "protocol"),
    "an endless header": (floods(OK + b"X: ", b"x"), "protocol"),
    "endless headers": (floods(OK, b"X: y\r\n"), "protocol"),
    "endless interim answers": (floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "too-large or slow"),
    "endless cookies": (sends(200, PAGE.encode(), HTML, *[f"Set-Cookie: c{i}=x" for i in range(1_000)]), "200"),
    "a length over the limit": (raw(OK + b"Content-Length: 99999999999\r\n\r\n"), "too-large"),
    # wrong lengths
    "a length over the body": (sends(200, b"short", length=100), "cut-short"),
    "a length under the body": (sends(200, b"letters too many", length=7), "200"),
    "a length that is negative": (raw(OK + b"Content-Length: -5\r\n\r\nhello"), "protocol"),
    "a length that is no number": (raw(OK + b"Content-Length: five\r\n\r\nhello"), "protocol"),
    "two lengths": (raw(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"), "protocol"),
    "chunks that end early": (raw(CHUNKED + b"5\r\nhel"), "cut-short"),
    "chunks of garbage": (raw(CHUNKED + b"zz\r\nhello\r\n"), "protocol"),
    "a chunk of negative size": (raw(CHUNKED + b"-1\r\nhello\r\n"), "protocol"),
    "a transfer coding that nobody knows": (raw(OK + b"Transfer-Encoding: lzma\r\n\r\nhello"), "protocol"),
    # packed
    "gzip": (packed(GZIP, "gzip"), "200"),
    "brotli": (packed(brotli.compress(PAGE.encode()), "br"), "200"),
    "zstd": (packed(zstandard.compress(PAGE.encode()), "zstd"), "200"),
    "deflate": (packed(zlib.compress(PAGE.encode()), "deflate"), "200"),
    "bare deflate": (packed(zlib.compress(PAGE.encode(), wbits=-15), "deflate"), "200"),
    "gzip in brotli": (packed(brotli.compress(GZIP), "gzip, br"), "200"),
    "gzip with junk behind": (packed(GZIP + bytes(512), "gzip"), "200"),
    "gzip in two members": (packed(MEMBERS, "gzip"), "200"),
    "gzip of nothing": (packed(b"", "gzip"), "200"),
    "a coding that nobody asked for": (packed(b"\x1f\x9d\x90", "compress"), "encoding"),
    "a coding that is not there": (packed(PAGE.encode(), "gzip"), "encoding"),
    "broken gzip": (packed(GZIP[:60] + b"\xff" * 40 + GZIP[100:], "gzip"), "encoding"),
    "gzip with a wrong checksum": (packed(GZIP[:-8] + bytes(8), "gzip"), "encoding"),
    "broken brotli": (packed(b"\xff" * 500, "br"), "encoding"),
    "broken zstd": (packed(zstandard.compress(PAGE.encode())[:8] + b"\xff" * 300, "zstd"), "encoding"),
    "gzip cut short": (packed(GZIP[:-20], "gzip"), "cut-short"),
    "brotli cut short": (packed(brotli.compress(PAGE.encode())[:-9], "br"), "cut-short"),
    "zstd cut short": (packed(zstandard.compress(PAGE.encode())[:-9], "zstd"), "cut-short"),
    "deflate cut short": (packed(zlib.compress(PAGE.encode())[:-9], "deflate"), "cut-short"),
    "a gzip bomb": (packed(GZIP_BOMB, "gzip"), "too-large"),
    "a deflate bomb": (packed(zlib.compress(ZEROS, 9), "deflate"), "too-large"),
    "a brotli bomb": (packed(BROTLI_BOMB, "br"), "too-large"),
    "a zstd bomb": (packed(zstd_bomb(), "zstd"), "too-large"),
    "a gzip bomb within gzip": (packed(gzip.compress(GZIP_BOMB), "gzip, gzip"), "too-large"),
    "a gzip bomb within brotli": (packed(brotli.compress(GZIP_BOMB, quality=5), "gzip, br"), "too-large"),
    "a brotli bomb within zstd": (packed(zstandard.compress(BROTLI_BOMB), "br, zstd"), "too-large"),
    "twelve codings": (packed(DEEP, ", ".join(["gzip"] * 12)), "encoding"),
    "zstd that asks for 128 MiB of memory": (packed(WIDE, "zstd"), "encoding"),
    # redirects
    "a redirect without a location": (sends(302), "http"),
    "a redirect to itself": (sends(302, b"", "Location: "), "redirect"),
    "a redirect to a private address": (sends(302, b"", "Location: http://10.0.0.1/"), "private-address"),
    "a redirect to another loopback address": (sends(301, b"", "Location: http://127.0.0.2/"), "private-address"),
    "a redirect to the metadata of a cloud": (sends(307, b"", "Location: http://169.254.169.254/"), "private-address"),
    "a redirect to IPv6 loopback": (sends(302, b"", "Location: http://[::1]/"), "private-address"),
    "a redirect to a mapped address": (sends(302, b"", "Location: //[::ffff:10.0.0.1]/"), "private-address"),
    "a redirect to a file": (sends(302, b"", "Location: file:///etc/passwd"), "url"),
    "a redirect to gopher": (sends(302, b"", "Location: gopher://127.0.0.1:6379/_FLUSHALL"), "url"),
    "a redirect to data": (sends(302, b"", "Location: data:text/html,hello"), "url"),
    "a redirect to javascript": (sends(302, b"", "Location: javascript:alert(1)"), "url"),
    "a redirect with a user name": (sends(302, b"", "Location: http://me:secret@example.com/"), "url"),
    "a redirect to another port": (sends(302, b"", "Location: http://example.com:6379/"), "url"),
    "a redirect to what is no URL": (sends(302, b"", "Location: http://[::1/"), "redirect"),
    "a redirect of a million letters": (sends(302, b"", "Location: /" + "a" * 50_000), "url"),
    # codes
    "no content": (sends(204), "http"),
    "a part that was not asked for": (sends(206, b"part"), "http"),
    "304 that was not asked for": (raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "http"),
    "not found": (sends(404), "http"),
    "gone": (sends(410), "http"),
    "barred by law": (sends(451), "http"),
    "another protocol": (raw(b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"), "protocol"),
    "a status of its own": (sends(999), "http"),
    "too many requests": (sends(429, b"", "Retry-After: 120"), "http"),
    "out of service": (sends(503, b"", "Retry-After: 120"), "http"),
    "a broken server": (sends(500, b"error"), "http"),
    # no HTTP
    "a body without a head": (raw(b"<html>hello</html>"), "protocol"),
    "the greeting of a mail server": (raw(b"220 mail.example.com ESMTP\r\n"), "protocol"),
    "random bytes": (raw(bytes(range(256)) * 40), "protocol"),
    "a status that is no number": (raw(b"HTTP/1.1 OK\r\n\r\n"), "protocol"),
    "a header with NUL": (raw(OK + b"X: a\0b\r\n\r\n"), "protocol"),
    "a header without a colon": (raw(OK + b"hello\r\n\r\n"), "protocol"),
    # gone
    "no answer": (raw(), "protocol"),
    "a reset before the answer": (resets(), "reset"),
    "a reset in the status line": (resets(b"HTTP/1.1 2"), "reset"),
    "a reset in the headers": (resets(OK + b"X: y"), "reset"),
    "a reset in the body": (resets(OK + b"Content-Length: 100\r\n\r\nhalf"), "reset"),
    "a reset in a chunk": (resets(CHUNKED + b"5\r\nhel"), "reset"),
    "an end in the headers": (raw(OK + b"X: y"), "protocol"),
    # what it is
    "a picture": (sends(200, b"\x89PNG", "Content-Type: image/png"), "content-type"),
    "a PDF": (sends(200, b"%PDF-1.7", "Content-Type: application/pdf"), "content-type"),
    "no type": (sends(200, PAGE.encode()), "200"),
    "an empty type": (sends(200, PAGE.encode(), "Content-Type: ;;;"), "200"),
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as server:
        for i, (act, _) in enumerate(CASES.values()):
            server.acts[f"/{i}"] = act
        yield server


def outcome(url: str, chosen: Settings = CHOSEN) -> str | Response:
    try:
        return get(url, chosen, accept=PAGES, limit=LIMIT)
    except (Refused, Unavailable) as fault:
        return fault.code


@pytest.mark.parametrize("name", CASES)
def test_a_fetch_ends_in_a_named_outcome_within_its_limits(server: Server, name: str) -> None:
    expected = CASES[name][1].split(" or ")
    start = time.monotonic()
    found = outcome(f"{server.url}/{list(CASES).index(name)}", HASTY if "slow" in expected else CHOSEN)
    assert (str(found.status) if isinstance(found, Response) else found) in expected
    assert time.monotonic() - start < 25, "it was waited for"


def test_redirects_end(server: Server) -> None:
    for i in range(9):
        server.acts[f"/hop{i}"] = sends(302, b"", f"Location: /hop{i + 1}")
    server.acts["/hop9"] = sends(200, b"the end")
    assert outcome(f"{server.url}/hop0") == "redirect"
    found = outcome(f"{server.url}/hop4")
    assert isinstance(found, Response)
    assert (found.url, found.moved) == (f"{server.url}/hop9", None)


def test_a_redirect_for_good_is_told(server: Server) -> None:
    server.acts["/old"] = sends(301, b"", "Location: new")
    server.acts["/new"] = sends(308, b"", f"Location: //127.0.0.1:{server.port}/newest#top")
    server.acts["/newest"] = sends(200, b"here")
    found = outcome(f"{server.url}/old")
    assert isinstance(found, Response)
    assert (found.url, found.moved, found.body) == (f"{server.url}/newest", f"{server.url}/newest", b"here")


def test_slow_redirects_share_one_limit_of_time(server: Server) -> None:
    def act(connection: socket.socket, head: bytes) -> None:
        time.sleep(SECONDS / 2)
        sends(302, b"", "Location: /slow0?" + head.hex()[:9])(connection, head)

    server.acts["/slow0"] = act
    assert outcome(f"{server.url}/slow0", HASTY) == "slow"


def test_cookies_live_as_long_as_one_fetch(server: Server) -> None:
    server.acts["/wall"] = sends(302, b"", "Set-Cookie: seen=yes; Path=/", "Location: /behind")
    server.acts["/behind"] = sends(200, b"here")
    server.seen.clear()
    outcome(f"{server.url}/wall")
    outcome(f"{server.url}/behind")
    seen = [b"seen=yes" in head for head in server.seen if head.startswith((b"GET /wall ", b"GET /behind "))]
    assert seen == [False, True, False]


def test_what_is_left_of_a_long_answer_is_not_the_next_one(server: Server) -> None:
    server.acts["/two"] = raw(OK + b"Content-Length: 5\r\n\r\nfirst" + OK + b"Content-Length: 6\r\n\r\nforged")
    server.acts["/next"] = sends(200, b"second")
    bodies = [get(server.url + path, CHOSEN).body for path in ("/two", "/next", "/two", "/next")]
    assert bodies == [b"first", b"second"] * 2


def test_a_server_that_is_not_there_may_come_back() -> None:
    assert outcome(f"http://127.0.0.1:{free_port()}/") == "connect"


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: stop.wait(60))
    assert outcome("http://slow.example/", HASTY) == "dns"
    stop.set()


def test_a_page_in_another_charset_than_it_says_is_read(server: Server) -> None:
    for declared in ("utf-8", "koi8-r", "klingon", ""):
        server.acts["/lying"] = sends(200, (PAGE * 2).encode("cp1251"), f"Content-Type: text/html; charset={declared}")
        found = get(f"{server.url}/lying", CHOSEN, accept=PAGES)
        assert "обсудили транзит" in documents.read(found.body, content_type=found.content_type).text


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [(b"", "text/html", "no-article"), (b"%PDF-1.7 ...", "text/html", "binary"),
     (b"\x89PNG\r\n", "text/html", "binary"),
     (b"<html><body><script>x()</script></body></html>", "text/html", "no-article"), (b"\0\0\0", "text/html", "nul")],
)  # fmt: skip
def test_what_is_no_page_whatever_it_says_is_rejected(server: Server, body: bytes, kind: str, code: str) -> None:
    server.acts["/lying"] = sends(200, body, f"Content-Type: {kind}")
    found = get(f"{server.url}/lying", CHOSEN, accept=PAGES)
    with pytest.raises(documents.Rejected) as error:
        documents.read(found.body, content_type=found.content_type)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (" 5 ", 5), ("Sun, 01 Mar 2026 10:02:00 GMT", 120), ("Sun, 01 Mar 2026 09:00:00 GMT", 0),
     ("Sunday, 01-Mar-26 10:00:30 GMT", 30), ("9" * 20, 86_400), ("Sun, 01 Mar 2099 10:00:00 GMT", 86_400),
     ("-5", 0), ("soon", 0), ("", 0), (None, 0), ("1.5", 0), ("٣", 0), ("Sun, 99 Foo 2026 10:00:00 GMT", 0)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_and_never_too_far_off(value: str | None, seconds: float) -> None:
    assert retry_after(value, datetime(2026, 3, 1, 10, 0, tzinfo=UTC)) == seconds


HEADS = st.sampled_from(
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.0 301 x\r\nLocation: ?", CHUNKED, b"HTTP/1.1 1",
     OK + b"Content-Encoding: gzip\r\n\r\n", OK + b"Content-Type: text/html\r\nContent-Length: 3\r\n\r\n"]
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    HEADS,
    st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"\r\n", b": ", b"0\r\n", b"5\r\n"])), max_size=8),
)
def test_any_bytes_are_an_answer_or_a_fault(server: Server, head: bytes, rest: list[bytes]) -> None:
    server.acts["/any"] = raw(head, b"".join(rest))
    found = outcome(f"{server.url}/any", HASTY)
    faults = {
        "protocol",
        "cut-short",
        "encoding",
        "redirect",
        "url",
        "http",
        "reset",
        "content-type",
        "too-large",
        "slow",
    }
    assert isinstance(found, Response) or found in faults
