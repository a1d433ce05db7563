"""HTML pages: trafilatura's extraction and metadata, and the lead paragraphs that it leaves behind.

trafilatura takes the densest part of a page for its article. Where an outlet sets the lead apart (above the picture, or
in an element of its own), the lead falls outside. A paragraph is recovered only where it stands as an element of the
page: because the page's metadata repeat it, or because it is prose between the headline and the first extracted
paragraph.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

import lxml.etree
import lxml.html
import trafilatura
from lxml.html import HtmlElement
from trafilatura.settings import Document

from . import metadata, walls
from .documents import Page, Rejected
from .metadata import line, linked_data, meta

ELEMENTS = 60_000
"""Elements that a page may have: trafilatura's time grows with them; the longest live news pages have 10,000."""
ATTRIBUTES = 2_000
"""Attributes that one tag may have: libxml2's time grows with their square."""
SHORT = 250
"""Characters under which what was found without tables is looked for once more with them."""
PROSE = 40
"""Characters that a recovered paragraph has at least."""
REACH = 60
"""Elements before the first extracted paragraph among which a lead is looked for."""

_LEAF = frozenset(("p", "div", "span", "h2", "h3", "strong", "b", "em", "section", "blockquote", "li"))
_BLOCK = ("p", "div", "ul", "ol", "table", "section", "article", "h1", "h2", "h3", "figure", "aside", "form", "nav")
_ASIDE = frozenset(("nav", "aside", "footer", "form", "figure", "figcaption", "button", "select", "li", "noscript"))
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_FINAL = re.compile(r"[.!?…][\"'»”’)\]]*$")
_LETTERS = re.compile(r"[^\W\d_]+")


def extract(html: str, url: str | None) -> Page:
    """The article of ``html``.

    Raises:
        Rejected: codes ``no-article`` (nothing in it reads as one), ``too-large`` (over `ELEMENTS`).
    """
    if html.count("<") > 2 * ELEMENTS:
        raise Rejected(
            "too-large", f"the page has over {ELEMENTS:,} elements: send the article alone, as HTML or as text"
        )
    if _overloaded(html):
        raise Rejected("too-large", f"a tag of the page has over {ATTRIBUTES:,} attributes: send the article as text")
    tree = _parse(html)
    if tree is None:
        raise Rejected("no-article", "the page has no element that can be read: send its article as text")
    data = list(linked_data(tree))
    document = _extracted(html, url, tables=False)
    if len("".join(paragraphs := _paragraphs(document))) < SHORT:
        document = _extracted(html, url, tables=True) or document  # an old page is set in tables
        paragraphs = _paragraphs(document)
    if not paragraphs:
        paragraphs = _article_body(data)
    if not paragraphs:
        raise Rejected("no-article", "no article was found on the page: send the article alone, as HTML or as text")
    title = metadata.title(tree, document, _key)
    paragraphs = _without_title(_leads(tree, paragraphs, _summaries(tree, data), title) + paragraphs, title)
    if (wall := walls.wall(title, paragraphs, data)) is not None:
        raise Rejected("no-article", f"{wall}: send the article alone, as HTML or as text")
    text = "\n".join(paragraphs)
    return Page(
        text=f"{title}\n\n{text}" if title else text,
        title=title,
        outlet=metadata.outlet(tree, data, document),
        published=metadata.published(tree, data, document),
        modified=metadata.modified(tree, data),
        author=metadata.author(data, document),
        section=metadata.section(tree, data),
        url=url or (document.url if document is not None else None),
        canonical=metadata.canonical(tree, data),
        amp=metadata.amp(tree),
        language=metadata.language(tree),
    )


def _extracted(html: str, url: str | None, *, tables: bool) -> Document | None:
    """trafilatura's finding, None where it has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries, about a page that is not ours to mend
        document = trafilatura.bare_extraction(
            _parse(html),
            url=url,
            with_metadata=True,
            include_comments=False,
            include_tables=tables,
            date_extraction_params=_DATES,
        )
    return document if isinstance(document, Document) else None


_DATES: dict[str, Any] = {"original_date": True, "extensive_search": False}


def _parse(html: str) -> HtmlElement | None:
    """The page's tree. libxml2 leaves out what lies deeper than 255 elements, so no later walk is deep."""
    try:
        # As bytes, because lxml refuses text that names a charset of its own.
        parser = lxml.html.HTMLParser(collect_ids=False, remove_comments=True, remove_pis=True, encoding="utf-8")
        tree = lxml.html.document_fromstring(html.encode("utf-8", "ignore"), parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


def _overloaded(html: str) -> bool:
    """Whether a tag has more than `ATTRIBUTES`; what stands in scripts is no tag, whatever it looks like."""
    lower, begin = html.lower(), 0
    while begin < len(lower):
        script = lower.find("<script", begin)
        end = script if script >= 0 else len(lower)
        for tag in _LONG_TAG.finditer(lower, begin, end):
            if len(_QUOTED.sub("", tag[0]).split(None, ATTRIBUTES + 1)) > ATTRIBUTES:
                return True
        close = lower.find("</script", end)
        begin = close + 1 if close >= 0 else len(lower)
    return False


def _key(text: str) -> str:
    """Letters alone, small: what is compared where two copies of a text may differ in marks and spaces."""
    return "".join(_LETTERS.findall(text.lower()))


def _paragraphs(document: Document | None) -> list[str]:
    if document is None or not document.text:
        return []
    lines = (" ".join(line.split()) for line in document.text.splitlines())
    return [line for line in lines if line]


def _article_body(data: list[dict[str, Any]]) -> list[str]:
    for node in data:
        body = node.get("articleBody")
        if isinstance(body, str) and len(body) > PROSE:
            return [" ".join(line.split()) for line in body.splitlines() if line.strip()]
    return []


def _summaries(tree: HtmlElement, data: list[dict[str, Any]]) -> list[str]:
    """What the metadata say the article opens with."""
    texts: list[Any] = [node.get(k) for node in data for k in ("description", "articleBody")]
    texts += [meta(tree, "og:description"), meta(tree, "description"), meta(tree, "twitter:description")]
    return [t for t in (_key(t[:2_000]) for t in texts if isinstance(t, str)) if len(t) >= PROSE // 2]


# -- leads


def _without_title(paragraphs: list[str], title: str | None) -> list[str]:
    """The paragraphs but for a copy of the title before them."""
    if title is not None and len(paragraphs) > 1 and _key(paragraphs[0]) == _key(title):
        return paragraphs[1:]
    return paragraphs


def _leads(tree: HtmlElement, paragraphs: list[str], summaries: list[str], title: str | None) -> list[str]:
    """Paragraphs of the page that stand before the first extracted one and belong to the article."""
    have = _key("".join(paragraphs))
    first = _key(next((p for p in paragraphs if len(p) >= PROSE and _key(p) != _key(title or "")), paragraphs[0]))[:60]
    seen: list[HtmlElement] = []
    heading: int | None = None
    for element in tree.iter(*_LEAF, "h1"):
        if element.tag == "h1":
            heading = len(seen)
        elif not _leaf(element):
            continue
        elif first and _key(element.text_content()).startswith(first):
            break
        else:
            seen.append(element)
    else:
        return _repeated(tree, have, summaries)
    begin = max(heading if heading is not None else len(seen), len(seen) - REACH)
    leads: list[str] = []
    for element in seen[begin:]:
        text = line(element.text_content()) or ""
        key = _key(text)
        if key and key not in have and _prose(element, text, key, summaries):
            leads.append(text)
            have += key
    return leads or _repeated(tree, have, summaries)


def _repeated(tree: HtmlElement, have: str, summaries: list[str]) -> list[str]:
    """The element that a summary repeats, wherever it stands, if the extraction lacks it."""
    for element in tree.iter("p", "div", "h2", "span"):
        if _leaf(element) and not _set_aside(element):
            text = line(element.text_content()) or ""
            key = _key(text)
            if len(text) >= PROSE and key not in have and _FINAL.search(text) and _summarised(key, summaries):
                return [text]
    return []


def _leaf(element: HtmlElement) -> bool:
    """An element with text of its own and no block inside."""
    return next(element.iterdescendants(*_BLOCK), None) is None and bool((element.text_content() or "").strip())


def _set_aside(element: HtmlElement) -> bool:
    """Part of a menu, a form, a picture or a footer, or hidden."""
    chain = [element, *element.iterancestors()]
    return any(e.tag in _ASIDE or "hidden" in e.attrib or "display:none" in (e.get("style") or "").replace(" ", "")
               for e in chain)  # fmt: skip


def _summarised(key: str, summaries: list[str]) -> bool:
    """Whether a summary repeats the paragraph, or as much of it as a summary holds."""
    return any(s.startswith(key) or (len(s) >= PROSE and key.startswith(s)) for s in summaries)


def _prose(element: HtmlElement, text: str, key: str, summaries: list[str]) -> bool:
    """A paragraph between headline and article: said by the metadata too, or whole sentences that are no links."""
    if len(text) < PROSE or _set_aside(element):
        return False
    if _summarised(key, summaries):
        return True
    linked = sum(len(a.text_content() or "") for a in element.iter("a"))
    under_link = any(e.tag == "a" for e in element.iterancestors())
    return bool(_FINAL.search(text)) and 3 * linked < len(text) and not under_link and element.tag in ("p", "div")
