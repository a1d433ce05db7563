"""Lists of feeds, as other readers write and read them (OPML 2.0, opml.org).

What OPML has no word for (interval, priority, limit, kind of outlet and of source) stands in attributes of our own
namespace, so that a list written here comes back whole; other readers pass them over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

from tasks.sources.source import LOCAL, Source

LIMIT = 10_000_000
"""Bytes of a list."""
OUTLINES = 20_000
"""Sources in a list."""
_OURS = "urn:chancery:source"
_OPTIONS = ("interval", "priority", "limit", "outlet_kind", "kind")


class NotOPML(ValueError):
    """The file is no list of feeds; the message says why."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A line of a list: an address with the outlet's name and the options that stand there."""

    address: str
    outlet: str | None
    options: dict[str, Any] = field(default_factory=dict)


def read(data: bytes) -> tuple[list[Outline], list[str]]:
    """The sources in a list, nested or not, and the names of lines that have no address.

    Raises:
        NotOPML: it is another thing, or broken: half a list would look like a list from which sources were taken.
    """
    if len(data) > LIMIT:
        raise NotOPML(f"{len(data):,} bytes: a list of feeds has at most {LIMIT:,}")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotOPML(f"no OPML: {str(error)[:200]}") from None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise NotOPML("no OPML: its outermost element is not <opml>")
    found: dict[str, Outline] = {}
    without = []
    for outline in root.iter("{*}outline"):
        attributes = {name.lower(): str(value) for name, value in outline.attrib.items()}
        name = (attributes.get("title") or attributes.get("text") or "").strip()[:300] or None
        linked = attributes.get("type", "").lower() == "link" or f"{{{_OURS}}}kind" in attributes
        address = (attributes.get("xmlurl") or (attributes.get("url") if linked else None) or "").strip()
        if address:
            options = {option: attributes.get(f"{{{_OURS}}}{option}") for option in _OPTIONS}
            found.setdefault(address, Outline(address, name, {k: v for k, v in options.items() if v is not None}))
        elif not len(outline):
            without.append(name or "a line without a name")
        if len(found) > OUTLINES:
            raise NotOPML(f"over {OUTLINES:,} sources in one list")
    return list(found.values()), without


def write(sources: Iterable[Source], now: datetime) -> bytes:
    """A list of these sources; folders and exports, which are of this machine alone, are left out."""
    root = etree.Element("opml", version="2.0", nsmap={"chancery": _OURS})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = "Sources of Chancery"
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    for source in sources:
        if source.kind in LOCAL:
            continue
        name = source.outlet or source.address
        is_feed = source.kind in ("auto", "feed")
        outline = etree.SubElement(body, "outline", text=name, type="rss" if is_feed else "link")
        if source.outlet:
            outline.set("title", source.outlet)
        outline.set("xmlUrl" if is_feed else "url", source.address)
        for option in _OPTIONS:
            if (value := getattr(source, option)) is not None:
                outline.set(f"{{{_OURS}}}{option}", str(value))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
