"""The articles that a page links to: a front page or a section of a site, without a feed.

No site's own marks are known here. Links of the page's own site are grouped by the shape of their path (a date, a
number, words joined by hyphens), and a group is of articles where its anchors read like headlines: a navigation's
anchors are short and its paths have no such shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from pydantic import ValidationError

from tasks.sources.markup import fragment, line, text_of
from tasks.sources.source import Item
from tasks.web.urls import NoURL, canonical
from worker.jobs import Article

LINKS = 5000
"""Of a page, that are looked at."""
HEADLINE = 25
"""Characters of the median anchor in a group of headlines."""

_AROUND = frozenset({"nav", "footer", "form"})
_ROLES = frozenset({"navigation", "contentinfo", "search", "menu", "menubar"})
_CALLED = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|breadcrumbs?|pagination|pager|tags?|share|social)(?:$|[\s_-])", re.I
)
_ELSEWHERE = re.compile(
    r"/(?:tags?|themes?|topics?|categor(?:y|ies)|rubrics?|rubriki|authors?|avtor|users?|search|poisk|login|auth|signin|"
    r"register|subscribe|podpiska|about|contacts?|kontakty|redakts?iya|advert\w*|reklama|privacy|terms|rules|sitemap|"
    r"rss|feed|archive|arkhiv|page|vacanc\w*|comments?|print|amp)(?:/|$)",
    re.I,
)
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|avi|zip|rar|docx?|xlsx?|pptx?|xml|json|css|js|apk|exe)$", re.I
)
_DATE = re.compile(r"/(?:19|20)\d\d[/-]?(?:0[1-9]|1[0-2])(?:[/-]?(?:0[1-9]|[12]\d|3[01]))?(?=[/-]|$)")
_NUMBER = re.compile(r"\d{3,}")
_SLUG = re.compile(r"(?<![^\W\d_])[^\W\d_]+(?:[-_][^\W_]+){2,}")  # from a run's first letter: linear


@dataclass(frozen=True, slots=True)
class Page:
    """The articles that a page links to, in its order, and the feeds that it says it has."""

    items: list[Item]
    feeds: list[str]


def read(html: str, url: str, outlet: str | None = None) -> Page:
    """The article links of a page found at ``url``."""
    root = fragment(html)
    if root is None:
        return Page([], [])
    base = next((urljoin(url, found) for found in root.xpath("//base/@href")), url)
    feeds = [
        urljoin(base, link.get("href"))
        for link in root.xpath("//link[@href]")
        if "alternate" in (link.get("rel") or "").lower().split() and _is_feed(link.get("type") or "")
    ]
    groups: dict[str, dict[str, str]] = {}
    order: dict[str, int] = {}
    for anchor in root.xpath("//a[@href]")[:LINKS]:
        target = _target(anchor, base, url)
        if target is None:
            continue
        words = line(text_of(anchor)) or line(anchor.get("title")) or ""
        group = groups.setdefault(_shape(target), {})
        # A picture and a headline often lead to one article: the longer words are the headline.
        group[target] = max(group.get(target, ""), words, key=len)
        order.setdefault(target, len(order))
    chosen = {target for shape, group in groups.items() if _of_articles(shape, group) for target in group}
    items = [_item(target, outlet) for target in sorted(chosen, key=order.__getitem__)]
    return Page([item for item in items if item is not None], feeds)


def _item(target: str, outlet: str | None) -> Item | None:
    try:
        # Without the anchor's words, which may be cut or lead with a date: the page has its own title.
        return Item(target, Article(url=target, outlet=outlet, source="page"))
    except ValidationError:
        return None


def _is_feed(media_type: str) -> bool:
    return media_type.strip().lower() in {"application/rss+xml", "application/atom+xml", "application/feed+json"}


def _target(anchor: Any, base: str, page: str) -> str | None:
    """The canonical URL of a link that may lead to an article of the page's own site."""
    try:
        target = canonical(urljoin(base, anchor.get("href").strip()))
        site, here = urlsplit(target), urlsplit(canonical(page))
    except (NoURL, ValueError):
        return None
    if site.hostname is None or here.hostname is None or not _one_site(site.hostname, here.hostname):
        return None
    if site.port != here.port or site.path in ("", "/", here.path):
        return None
    if _ELSEWHERE.search(site.path) or _NO_PAGE.search(site.path) or _around(anchor):
        return None
    return target


def _one_site(one: str, other: str) -> bool:
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _around(anchor: Any) -> bool:
    """Whether the link stands in what surrounds the content."""
    for element in (anchor, *anchor.iterancestors()):
        if element.tag == "article":
            return False
        if element.tag in _AROUND or (element.get("role") or "").lower() in _ROLES:
            return True
        if element.tag in ("ul", "ol", "div", "section") and _CALLED.search(
            f"{element.get('class') or ''} {element.get('id') or ''}"
        ):
            return True
        if element.tag == "header" and element.getparent() is not None and element.getparent().tag == "body":
            return True
    return False


def _shape(url: str) -> str:
    """The form of a URL's path: its first part as it is, dates, numbers and slugs by what they are.

    >>> _shape("https://news.example/politics/2026/03/02/posol-pribyl-v-ankaru")
    '/politics/DATE/SLUG'
    """
    parts = urlsplit(url)
    path = _DATE.sub("/DATE", parts.path)
    shapes = []
    for i, part in enumerate(p for p in path.split("/") if p):
        stem = re.sub(r"\.\w{2,5}$", "", part)
        if part == "DATE" or (i == 0 and not _NUMBER.search(stem) and not _SLUG.search(stem)):
            shapes.append(part)
        elif _SLUG.search(stem):
            shapes.append("SLUG")
        elif _NUMBER.search(stem):
            shapes.append("NUMBER")
        else:
            shapes.append("WORD")
    query = sorted(f"{name}={'NUMBER' if _NUMBER.search(value) else 'WORD'}" for name, value in parse_qsl(parts.query))
    return "/" + "/".join(shapes) + ("?" + "&".join(query) if query else "")


def _of_articles(shape: str, group: dict[str, str]) -> bool:
    """Whether links of one shape, by target their anchors' words, are articles."""
    lengths = [len(words) for words in group.values()]
    if any(mark in shape for mark in ("DATE", "NUMBER", "SLUG")):
        return median(lengths) >= HEADLINE
    # Words alone are sections as a rule: articles among them have whole headlines, and there are several.
    return len(group) >= 3 and median(lengths) >= 2 * HEADLINE
