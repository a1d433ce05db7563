"""RSS 0.9x and 2.0, RDF, Atom and JSON Feed: bytes in, items out, however broken.

XML is feedparser's. A text that comes in the feed is read without the page being fetched where it is the whole article:
`WHOLE` characters or more, and not a teaser's ending.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from calendar import timegm
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from pydantic import ValidationError

from tasks.sources.markup import line, plain
from tasks.sources.source import Item
from worker.jobs import TEXT_LIMIT, Article

FEED_LIMIT = 5_000_000
"""Bytes of a feed, unpacked."""
ENTRIES = 1000
"""Of a feed, that are looked at."""
WHOLE = 1000
"""Characters of a text in a feed that may be the whole article."""

_TEASER = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.|&hellip;)\]|(?:читать|подробнее|далее|полностью|продолжение|read more|continue reading|"
    r"full story|the post .{0,200} appeared first on .{0,100})[^.!?\n]{0,60}[.…→»>]*)\s*$",
    re.I,
)
_DECLARATIONS = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s{0,20})?>", re.S | re.I)
_TEXTS = ("content", "yandex_full-text", "turbo_content", "fulltext")


class NotAFeed(ValueError):
    """What came is no feed; the message says what it looks like."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed holds: its title, and its items in the order they came; ``skipped`` are entries that name nothing."""

    title: str | None
    items: list[Item]
    skipped: int = 0


def looks_like_a_feed(data: bytes) -> bool:
    """Whether to try it as a feed, by its beginning."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf\x00\xfe\xff \t\r\n")
    if head.startswith(b"{"):
        return b"jsonfeed.org/version" in data[:4096]
    text = data[:4096].replace(b"\x00", b"").lower()
    return any(tag in text for tag in (b"<rss", b"<feed", b"<rdf:rdf", b"<channel", b"<cdf")) and b"<html" not in text


def read(data: bytes, url: str, now: datetime, *, content_type: str | None = None, outlet: str | None = None) -> Feed:
    """The items of a feed found at ``url``; relative links are resolved against it.

    A date that is missing, unreadable or to come is left out. Raises NotAFeed.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(data, url, now, outlet)
    import feedparser

    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    # What is in a text is made plain here, so that feedparser need not mend it.
    parsed: Any = feedparser.parse(
        _without_declarations(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.entries and not parsed.version:
        reason = parsed.get("bozo_exception")
        raise NotAFeed(f"no feed: {_words(reason)}" if reason else "no feed: there is neither a channel nor an entry")
    title = line(parsed.feed.get("title"))
    base = parsed.feed.get("link") or url
    items, skipped = [], 0
    for entry in parsed.entries[:ENTRIES]:
        item = _entry(entry, urljoin(url, base), data, now, outlet or title)
        if item is None:
            skipped += 1
        else:
            items.append(item)
    return Feed(title, items, skipped)


def _without_declarations(data: bytes) -> bytes:
    """Without a document type: entities that it declares are no news, and cost as much as their author likes."""
    start = data[:4096].upper().find(b"<!DOCTYPE")
    found = _DECLARATIONS.match(data, start) if start >= 0 else None
    return data[:start] + data[found.end() :] if found else data


def _entry(entry: Any, base: str, data: bytes, now: datetime, outlet: str | None) -> Item | None:
    link = _link(entry, base, data)
    texts = [plain(text) for text in _texts(entry)]
    longest = max(texts, key=len, default="")
    # Asked for as a plain dict, since feedparser gives one for the other, and warns.
    dates = (dict.get(entry, f"{name}_parsed") for name in ("published", "updated", "created"))
    moment = next((date for date in dates if date), None)
    return _item(
        key=str(entry.get("id") or "").strip(), link=link, title=line(entry.get("title")), text=longest,
        published=_moment(moment, now), outlet=outlet,
    )  # fmt: skip


def _texts(entry: Any) -> Iterator[str]:
    for content in entry.get("content") or ():
        yield str(content.get("value") or "")
    for name in _TEXTS[1:]:
        if isinstance(entry.get(name), str):
            yield entry[name]
    yield str(entry.get("summary") or "")


def _link(entry: Any, base: str, data: bytes) -> str | None:
    named = [link.get("href") for link in entry.get("links") or () if link.get("rel", "alternate") == "alternate"]
    for link in named:
        found = urljoin(base, str(link).strip())
        if found.startswith(("http://", "https://")):
            return found
    # A guid is a link unless it says otherwise, and many that say nothing are not: one that is stands there whole.
    guid = str(entry.get("id") or "").strip()
    if guid.startswith(("http://", "https://")) and guid.replace("&", "&amp;").encode() in data:
        return guid
    return None


def _item(
    *, key: str, link: str | None, title: str | None, text: str, published: datetime | None, outlet: str | None
) -> Item | None:
    whole = is_whole(text)
    if not whole and link is None:
        # There is nothing to fetch: what there is, is all there will be.
        whole = bool(text)
    if not key:
        # A guid that is missing is what stays of an entry when its text is mended: its link, or else its title.
        key = link or hashlib.sha256(f"{title}\n{published}\n{'' if title else text}".encode()).hexdigest()
    if not whole and link is None:
        return None
    try:
        article = Article(
            text=text[: TEXT_LIMIT // 4] if whole else None, url=link, title=title, outlet=outlet, published=published,
            source="feed",
        )  # fmt: skip
    except ValidationError:
        return None
    return Item(key, article)


def is_whole(text: str) -> bool:
    """Whether a text in a feed is the article, and not the beginning of it."""
    return len(text) >= WHOLE and not _TEASER.search(text[-300:])


def _moment(parsed: time.struct_time | None, now: datetime) -> datetime | None:
    if parsed is None:
        return None
    try:
        return credible(datetime.fromtimestamp(timegm(parsed), UTC), now)
    except (ValueError, OverflowError, OSError):
        return None


def credible(moment: datetime, now: datetime) -> datetime | None:
    """A date of publication, if it can be one: not to come (a day is for clocks that differ), not before the web."""
    return moment if moment.year >= 1990 and moment <= now + timedelta(days=1) else None


def _json_feed(data: bytes, url: str, now: datetime, outlet: str | None) -> Feed:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org)."""
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"no feed: it begins like JSON and is none: {str(error)[:200]}") from None
    entries = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(entries, list):
        raise NotAFeed("no feed: it is JSON without a list of items")
    title = line(_string(feed.get("title")))
    items, skipped = [], 0
    for entry in entries[:ENTRIES]:
        item = _json_entry(entry, url, now, outlet or title) if isinstance(entry, dict) else None
        if item is None:
            skipped += 1
        else:
            items.append(item)
    return Feed(title, items, skipped)


def _json_entry(entry: dict[str, Any], base: str, now: datetime, outlet: str | None) -> Item | None:
    link = _string(entry.get("url")) or _string(entry.get("external_url"))
    published = None
    for name in ("date_published", "date_modified"):
        try:
            moment = datetime.fromisoformat(_string(entry.get(name)) or "")
        except ValueError:
            continue
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        published = published or credible(moment, now)
    identity = entry.get("id")
    return _item(
        key=str(identity) if isinstance(identity, str | int | float) else "",
        link=urljoin(base, link) if link else None, title=line(_string(entry.get("title"))),
        text=plain(_string(entry.get("content_html")) or "") or _string(entry.get("content_text")) or "",
        published=published, outlet=outlet,
    )  # fmt: skip


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _words(error: object) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
