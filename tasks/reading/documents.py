"""Bytes in, an article's text out: unpacked, decoded, and, for a page, apart from what surrounds it.

The text of a page is its title, an empty line and its paragraphs, one a line, so that the title has a span in the
document's text like everything else. Whatever can't be read is `Rejected`, with the limit it broke and the way to mend
it; nothing else is raised.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace
from datetime import datetime

from .charset import UndecodableError, decode

TEXT_LIMIT = 1_000_000
"""Bytes of UTF-8 that a text may have."""
PAGE_LIMIT = 10_000_000
"""Bytes that an HTML page may have, unpacked."""

_GZIP = b"\x1f\x8b"
_PAGE = re.compile(
    r"\s{0,64}(?:<!--.{0,2000}?-->\s{0,64})?(?:<\?xml[^>]{0,200}>\s{0,64})?"
    r"<(?:!doctype\s+html|html|head|body|article|div|p|meta|title)\b",
    re.I | re.S,
)
_BINARY = (b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"BZh")


class Rejected(ValueError):
    """A document that can't be read, for good: ``code`` for machines, the message for people, with the fix."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Page:
    """An article's text and what its page says of it; what is not said is None.

    ``language`` is the page's own claim; ``published`` and ``modified`` know their time zone (UTC where the page gives
    none). ``canonical`` are the URLs that the page calls its own, the most trusted first, and ``amp`` that of its AMP
    form, all as they stand there: relative or absolute, of this site or any other.
    """

    text: str
    title: str | None = None
    outlet: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    author: str | None = None
    section: str | None = None
    url: str | None = None
    canonical: tuple[str, ...] = ()
    amp: str | None = None
    language: str | None = None


def read(data: bytes, *, content_type: str | None = None, url: str | None = None) -> Page:
    """The article in ``data``: plain text or HTML, either of them gzipped, in any charset.

    ``content_type`` is an HTTP header's value; without one, or with one that says nothing, the bytes tell.

    Raises:
        Rejected: codes ``empty``, ``too-large``, ``gzip``, ``binary``, ``charset``, ``nul``, ``surrogate``,
            ``no-letter``, ``no-article``.
    """
    opened = open_document(data, content_type=content_type)
    return read_page(opened.text, url=url) if opened.is_html else Page(check(opened.text), url=url)


@dataclass(frozen=True, slots=True)
class Opened:
    """A document unpacked and decoded, before an article is looked for in it."""

    text: str
    is_html: bool


def open_document(data: bytes, *, content_type: str | None = None) -> Opened:
    """The characters in ``data``, and whether they are a page's.

    Raises:
        Rejected: codes ``too-large``, ``gzip``, ``binary``, ``charset``.
    """
    data = unpack(data)
    if len(data) > PAGE_LIMIT:
        raise Rejected(
            "too-large", f"{len(data):,} bytes are over the limit of {PAGE_LIMIT:,} for a page: send the article alone"
        )
    if data.startswith(_BINARY):
        raise Rejected("binary", "this is a PDF, archive, picture or office file: send its text or an HTML page")
    kind, declared = _content_type(content_type)
    try:
        text, _ = decode(data, declared)
    except UndecodableError as error:
        raise Rejected(
            "charset", f"the text can't be decoded: {error}, and no other charset fits; send it as UTF-8"
        ) from error
    is_page = kind in ("text/html", "application/xhtml+xml") or (kind != "text/plain" and looks_like_html(text))
    return Opened(text, is_page)


def read_page(html: str, *, url: str | None = None) -> Page:
    """The article of an HTML page with its metadata; see the module for the form of its text.

    Raises:
        Rejected: as `read`.
    """
    from .pages import extract  # trafilatura takes a third of a second to import, and plain text needs none of it

    if len(html) > PAGE_LIMIT:
        raise Rejected(
            "too-large", f"{len(html):,} characters are over the limit of {PAGE_LIMIT:,} for a page: send the article"
        )
    _refuse_nul(html)
    page = extract(html, url)
    return replace(page, text=check(page.text))


def check(text: str) -> str:
    """``text`` itself, if it is one that can be read.

    Raises:
        Rejected: codes ``empty``, ``nul``, ``surrogate``, ``too-large``, ``no-letter``.
    """
    _refuse_nul(text)
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise Rejected(
            "surrogate", f"character {error.start} is half a surrogate pair: decode the text properly before sending it"
        ) from error
    if not text.strip():
        raise Rejected("empty", "the text is empty: send an article")
    if size > TEXT_LIMIT:
        raise Rejected(
            "too-large", f"{size:,} bytes of text are over the limit of {TEXT_LIMIT:,}: send one article at a time"
        )
    if not any(c.isalpha() for c in text):
        raise Rejected("no-letter", "the text has no letter: send an article")
    return text


def unpack(data: bytes) -> bytes:
    """``data``, unzipped if it is gzip, never to more than one byte over ``PAGE_LIMIT``.

    Raises:
        Rejected: codes ``gzip`` (broken, cut short, or gzip within gzip), ``too-large``.
    """
    if not data.startswith(_GZIP):
        return data
    parts: list[bytes] = []
    size = 0
    rest = data
    while rest.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(rest, PAGE_LIMIT + 1 - size)
        except zlib.error as error:
            raise Rejected("gzip", f"the gzip can't be unpacked ({error}): pack it again") from error
        parts.append(part)
        size += len(part)
        if size > PAGE_LIMIT:
            raise Rejected(
                "too-large", f"the gzip unpacks to more than the limit of {PAGE_LIMIT:,} bytes: send the article alone"
            )
        if not member.eof:
            raise Rejected("gzip", "the gzip is cut short: send it whole")
        rest = member.unused_data
    unpacked = b"".join(parts)
    if unpacked.startswith(_GZIP):
        raise Rejected("gzip", "there is gzip within the gzip: pack it once")
    return unpacked


def looks_like_html(text: str) -> bool:
    """Whether ``text`` opens as an HTML page does."""
    return _PAGE.match(text[:4096].lstrip("\ufeff")) is not None


def _refuse_nul(text: str) -> None:
    if (at := text.find("\0")) >= 0:
        raise Rejected("nul", f"character {at} is a NUL, so this is no text: send text or HTML")


def _content_type(value: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of a Content-Type header."""
    if not value:
        return None, None
    kind, _, parameters = value.partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", parameters, re.I)
    return kind.strip().lower(), charset[1] if charset else None
