"""Fragments of HTML, as feeds and channels carry them, as plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure",
        "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
        "section", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip
_LEFT_OUT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "head", "button"})
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n ?")


def fragment(text: str) -> Any:
    """The element that holds a fragment, parsed without anything being fetched; None of what holds nothing."""
    parser = lxml_html.HTMLParser(huge_tree=False, no_network=True, encoding="utf-8")
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def plain(text: str) -> str:
    """The text of a fragment: a paragraph a line, entities resolved, what is not shown left out."""
    if "<" not in text and "&" not in text:
        return _tidy(text)
    root = fragment(text) if "<" in text else None
    return _tidy(html.unescape(text)) if root is None else text_of(root)


def line(text: str | None) -> str | None:
    """A heading or name on one line; None of an empty one. Entities that were escaped twice are resolved."""
    if not text:
        return None
    return " ".join(html.unescape(plain(text)).split())[:300] or None


def text_of(element: Any) -> str:
    """The text inside an element, a paragraph a line."""
    return _tidy("".join(_pieces(element)))


def _pieces(element: Any) -> Iterator[str]:
    hidden: Any = None
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            if hidden is None and tag in _LEFT_OUT:
                hidden = node
            if hidden is not None:
                continue
            if tag == "br" or tag in _BLOCKS:
                yield "\n"
            yield " ".join(node.text.split("\n")) if node.text and tag != "pre" else node.text or ""
            continue
        if event == "end":
            if hidden is None and tag in _BLOCKS:
                yield "\n"
            if hidden is node:
                hidden = None
        if hidden is None and node is not element and node.tail:
            yield " ".join(node.tail.split("\n"))


def _tidy(text: str) -> str:
    text = _BREAKS.sub("\n", _SPACES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xad", "")))
    return re.sub(r"\n{2,}", "\n", text).strip()
