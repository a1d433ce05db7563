"""What a source has at the moment, whatever its kind: candidates to be submitted, oldest first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from tasks.reading import documents
from tasks.sources import export, feeds, folder, links, telegram
from tasks.sources.registry import State
from tasks.sources.source import Item, Source
from tasks.web.download import Response
from tasks.web.visits import visit
from worker.ledger import Ledger

OLDER = 10
"""Pages of a channel that one poll goes back, to close a gap since the last."""
_ACCEPTED = (
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/xml",
    "text/xml", "application/x-rss+xml", "application/rss", "text/rss+xml", "text/rss",
    "application/json", "text/html", "application/xhtml+xml", "text/plain",
)  # fmt: skip


class Unreadable(ValueError):
    """The source was had, and holds nothing that can be read as what it is meant to be."""

    code = "unreadable"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be submitted. ``place`` is the channel and number of a post of an export; it tells whether the
    post is known, unless the post was edited: then, and without one, the mark is ``noted``.

    ``open`` gives the item, or None where it is not there yet or no more; it may raise documents.Rejected.
    """

    mark: bytes
    open: Callable[[], Item | None]
    place: tuple[str, int] | None = None
    noted: bool = True


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found: as what kind it was read, and the candidates; ``unchanged`` where nothing has been touched."""

    kind: str
    candidates: Iterator[Candidate] = field(default_factory=lambda: iter(()))
    title: str | None = None
    hint: str = ""
    unchanged: bool = False
    skipped: int = 0
    etag: str | None = None
    modified: str | None = None
    digest: str | None = None
    places: dict[str, int] = field(default_factory=dict)


def gather(source: Source, state: State, ledger: Ledger, now: datetime) -> Gathered:
    """Looks at a source.

    Raises Unreadable, feeds.NotAFeed, export.NotAnExport (on the way, too), OSError of files, and what `visit` raises.
    """
    if source.kind == "folder":
        return _folder(source, now)
    if source.kind == "telegram-export":
        return _export(source, state, ledger, now)
    response = _visit(source, state, ledger, source.address)
    digest = hashlib.sha256(response.body).hexdigest()[:32]
    if response.not_modified or (digest == state.digest and not state.more):
        return Gathered(state.read_as or source.kind, unchanged=True, etag=response.etag or state.etag,
                        modified=response.last_modified or state.modified, digest=state.digest)  # fmt: skip
    tags = (response.etag, response.last_modified, digest)
    if source.kind == "telegram":
        return _telegram(source, state, ledger, now, response, tags)
    if source.kind == "feed" or (source.kind == "auto" and feeds.looks_like_a_feed(response.body)):
        return _feed(source, now, response, tags)
    return _page(source, response, tags)


_Tags = tuple[str | None, str | None, str]


def _visit(source: Source, state: State, ledger: Ledger, url: str) -> Response:
    # What was left for this poll would not come again with an unchanged feed.
    known = not state.more and url == source.address
    return visit(
        url, source.sender, ledger, etag=state.etag if known else None, modified=state.modified if known else None,
        accept=_ACCEPTED, limit=feeds.FEED_LIMIT,
    )  # fmt: skip


def _feed(source: Source, now: datetime, response: Response, tags: _Tags) -> Gathered:
    feed = feeds.read(response.body, response.url, now, content_type=response.content_type, outlet=source.outlet)
    return Gathered("feed", _candidates(_by_time(feed.items)), feed.title, "", False, feed.skipped, *tags)


def _page(source: Source, response: Response, tags: _Tags) -> Gathered:
    opened = documents.open_document(response.body, content_type=response.content_type)
    page = links.read(opened.text, response.url, source.outlet)
    hint = f"the page has a feed, which tells dates and is kinder to the site: {page.feeds[0]}" if page.feeds else ""
    if not page.items:
        raise Unreadable(f"no links to articles are found on {response.url}" + (f"; {hint}" if hint else ""))
    # What is on top is the newest, as a rule.
    return Gathered("page", _candidates(page.items[::-1]), None, hint, False, 0, *tags)


def _telegram(source: Source, state: State, ledger: Ledger, now: datetime, response: Response, tags: _Tags) -> Gathered:
    items: list[Item] = []
    channel, silent = _channel(response, now, source.outlet), 0
    newest = title = None
    last = state.places.get("", 0)
    for _ in range(OLDER):
        items = channel.items + items
        silent += channel.silent
        newest, title = newest or channel, title or channel.title
        if not last or channel.older is None or channel.first is None or channel.first <= last + 1:
            break
        channel = _channel(_visit(source, state, ledger, channel.older), now, source.outlet)
    numbers = [int(item.key.rpartition("/")[2]) for item in items if item.key.rpartition("/")[2].isdecimal()]
    places = {"": max([last, *numbers])}
    return Gathered("telegram", _candidates(items), title, "", False, silent, *tags, places=places)


def _channel(response: Response, now: datetime, outlet: str | None) -> telegram.Channel:
    html = documents.open_document(response.body, content_type=response.content_type).text
    channel = telegram.read(html, response.url, now, outlet)
    if channel is None or not (channel.items or channel.silent):
        raise Unreadable(
            f"no posts are found on {response.url}: the channel is not public, has no preview, or its page has changed"
        )
    return channel


def _export(source: Source, state: State, ledger: Ledger, now: datetime) -> Gathered:
    path = Path(source.address)
    found = path.stat()
    digest = f"{found.st_size} {found.st_mtime_ns}"
    if digest == state.digest and not state.more:
        return Gathered("telegram-export", unchanged=True, digest=digest)

    def candidates() -> Iterator[Candidate]:
        for post in export.read(path, now, ZoneInfo(ledger.settings.zone), source.outlet, state.places):
            numbered = post.number > 0
            if post.edited or not numbered or post.number > state.places.get(post.chat, 0):
                place = (post.chat, post.number) if numbered else None
                yield Candidate(post.item.mark, partial(_given, post.item), place, post.edited or not numbered)

    return Gathered("telegram-export", candidates(), digest=digest)


def _folder(source: Source, now: datetime) -> Gathered:
    place = Path(source.address)

    def candidates() -> Iterator[Candidate]:
        for file in folder.written(place, now):
            mark = hashlib.sha256(file.mark.encode("utf-8", "surrogateescape")).digest()[:12]
            yield Candidate(mark, partial(folder.read, file, place, source.outlet))

    if not place.is_dir():
        raise Unreadable(
            f"{place} is no folder on this host: mount it into the worker of the fetch queue, or remove it"
        )
    return Gathered("folder", candidates())


def _candidates(items: list[Item]) -> Iterator[Candidate]:
    for item in items:
        yield Candidate(item.mark, partial(_given, item))


def _given(item: Item) -> Item:
    return item


def _by_time(items: list[Item]) -> list[Item]:
    """Oldest first; without dates, a feed's last is taken for its oldest."""
    dated = [(item.article.published, i) for i, item in enumerate(items)]
    if any(moment is None for moment, _ in dated):
        return items[::-1]
    return [items[i] for _, i in sorted(dated, key=lambda pair: (pair[0], -pair[1]))]
