"""What a page says of its article: JSON-LD (schema.org), Open Graph and other ``<meta>``, ``<link>``, in that order.

The vocabularies are those that news sites use: schema.org's NewsArticle, the Open Graph protocol with its article
namespace, Dublin Core, Parse.ly and Sailthru names.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml.html import HtmlElement
from trafilatura.settings import Document

JSON_LD_LIMIT = 2_000_000
"""Characters of one JSON-LD script that are read."""
JSON_LD_NODES = 5_000

Node = dict[str, Any]
"""An object of JSON-LD."""

_ARTICLE = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|NewsArticle|OpinionNewsArticle)$")


def linked_data(tree: HtmlElement) -> Iterator[Node]:
    """Every object of the page's JSON-LD, outermost first, up to `JSON_LD_NODES`; what is no JSON is passed over."""
    roots: list[Any] = []
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        source = script.text or ""
        if len(source) <= JSON_LD_LIMIT:
            try:
                roots.append(json.loads(source, strict=False))
            except (ValueError, RecursionError):
                continue
    queue = deque(roots)
    for _ in range(JSON_LD_NODES):
        if not queue:
            return
        node = queue.popleft()
        if isinstance(node, dict):
            yield node
            queue.extend(v for v in node.values() if isinstance(v, dict | list))
        elif isinstance(node, list):
            queue.extend(v for v in node if isinstance(v, dict | list))


def is_article(node: Node) -> bool:
    """Whether the node is an article by its type: ``NewsArticle``, ``["Article", "Thing"]``, …"""
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def meta(tree: HtmlElement, *names: str) -> str | None:
    """Content of the first ``<meta>`` with one of ``names`` as its property, name or itemprop."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        for attribute in ("property", "name", "itemprop"):
            name = (element.get(attribute) or "").lower()
            content = line(element.get("content"))
            if name in names and content:
                found.setdefault(name, content)
    return next((found[n] for n in names if n in found), None)


def line(text: str | None) -> str | None:
    """``text`` on one line, None where nothing is left."""
    return " ".join(text.split()) or None if text else None


def title(tree: HtmlElement, document: Document | None, key: Callable[[str], str]) -> str | None:
    """The page's one ``<h1>`` where the metadata's title says the same or more (by ``key``), else that title."""
    named = line(document.title) if document is not None else None
    named = named or meta(tree, "og:title", "twitter:title") or line(tree.findtext(".//title"))
    heads = [h for h in (line(e.text_content()) for e in tree.iter("h1")) if h]
    if named is None:
        return heads[0] if len(heads) == 1 else None
    for head in heads:
        if key(head) and key(head) in key(named):
            return head
    return named


def outlet(tree: HtmlElement, data: list[Node], document: Document | None) -> str | None:
    """The site's name, else the publisher's, else what trafilatura made of them."""
    if (name := meta(tree, "og:site_name")) is not None:
        return name
    for node in data:
        publisher = node.get("publisher")
        if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
            return line(publisher["name"])
    if document is None:
        return None
    return line(document.sitename) or line(document.hostname)


def author(data: list[Node], document: Document | None) -> str | None:
    """Who wrote it: trafilatura's finding, else the names in JSON-LD."""
    if document is not None and (found := line(document.author)):
        return found
    for node in data:
        author = node.get("author")
        people = author if isinstance(author, list) else [author]
        names = [p.get("name") if isinstance(p, dict) else p for p in people[:10]]
        if named := "; ".join(" ".join(n.split()) for n in names if isinstance(n, str) and n.strip()):
            return named
    return None


def published(tree: HtmlElement, data: list[Node], document: Document | None) -> datetime | None:
    """When the article was published: JSON-LD, then meta, then `<time>` of the article, then htmldate's day."""
    stamps = [*_stamps(data, "datePublished"), *_stamps(data, "dateCreated")]
    stamps.append(meta(tree, "article:published_time", "datepublished", "og:published_time", "parsely-pub-date",
                       "sailthru.date", "dc.date.issued", "dcterms.issued", "pubdate", "date"))  # fmt: skip
    stamps.append(document.date if document is not None else None)
    return next((moment for moment in map(_moment, stamps) if moment), None)


def modified(tree: HtmlElement, data: list[Node]) -> datetime | None:
    """When the article was last changed, as the page says."""
    stamps = _stamps(data, "dateModified")
    stamps.append(
        meta(tree, "article:modified_time", "datemodified", "og:updated_time", "dcterms.modified", "last-modified")
    )
    return next((moment for moment in map(_moment, stamps) if moment), None)


def section(tree: HtmlElement, data: list[Node]) -> str | None:
    """The section of the site that the article stands in."""
    for node in data:
        named = node.get("articleSection")
        first = named[0] if isinstance(named, list) and named else named
        if isinstance(first, str) and line(first):
            return line(first[:200])
    return meta(tree, "article:section", "parsely-section", "section")


def canonical(tree: HtmlElement, data: list[Node]) -> tuple[str, ...]:
    """The URLs that the page calls its own, the most trusted first."""
    claims: list[Any] = [
        e.get("href") for e in tree.iter("link") if "canonical" in (e.get("rel") or "").lower().split()
    ]
    claims.append(meta(tree, "og:url"))
    for node in filter(is_article, data):
        page = node.get("mainEntityOfPage")
        claims += [page.get("@id") if isinstance(page, dict) else page, node.get("url")]
    return tuple(dict.fromkeys(c.strip() for c in claims if isinstance(c, str) and c.strip() and len(c) < 2_048))[:5]


def amp(tree: HtmlElement) -> str | None:
    """The URL of the page's AMP form."""
    for link in tree.iter("link"):
        if "amphtml" in (link.get("rel") or "").lower().split() and (href := (link.get("href") or "").strip()):
            return href[:2_048]
    return None


def language(tree: HtmlElement) -> str | None:
    """The language that the page says it is in."""
    value = tree.get("lang") or meta(tree, "og:locale", "content-language") or ""
    match = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", value)
    return match[0].lower() if match else None


def _stamps(data: list[Node], name: str) -> list[Any]:
    """Values of ``name``, of articles before other things (comments and pictures have dates as well)."""
    return [node[name] for node in sorted(data, key=is_article, reverse=True) if name in node]


def _moment(stamp: object) -> datetime | None:
    """A moment in ISO 8601 or as in mail (RFC 5322), in UTC where it names no zone."""
    if not isinstance(stamp, str) or len(stamp) > 60:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(stamp.strip())
        except (ValueError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None
