"""Pages in WARC files, as web archives and crawlers write them (ISO 28500). Needs the extra ``warc``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from .containers import left_out
from .items import Input, Inputs, document

_PAGES = ("text/html", "application/xhtml+xml", "text/plain")


def of(name: str, head: bytes) -> Inputs | None:
    """How the pages come out of a file that begins like this, if it is a WARC."""
    return _records if head.startswith(b"WARC/") or name.endswith(".warc") else None


def _records(name: str, stream: BinaryIO) -> Iterator[Input]:
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError:
        yield Input(name, error="a WARC file is read with the extra `warc`: pip install 'chancery[warc]'")
        return
    left: Counter[str] = Counter()
    try:
        for record in ArchiveIterator(stream):
            if record.rec_type != "response" or record.http_headers is None:
                continue
            url = record.rec_headers.get_header("WARC-Target-URI")
            kind = record.http_headers.get_header("Content-Type") or ""
            if record.http_headers.get_statuscode() != "200" or not kind.lower().startswith(_PAGES):
                left[f"{record.http_headers.get_statuscode()} {kind.partition(';')[0]}"] += 1
                continue
            where = f"{name}:{url}"
            yield document(where, record.content_stream(), kind, url=url, source="page")
    except ArchiveLoadFailed as error:
        yield Input(name, error=f"the WARC is damaged ({error}); what stood before that was taken")
    if left:
        yield Input(name, note=left_out(left).replace("since no article ends so", "being no page"))
