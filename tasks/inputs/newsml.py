"""News items in IPTC's NewsML-G2: a newsItem, or a newsMessage with many.

Only what IPTC's standard (https://iptc.org/standards/newsml-g2/) says is read: a text's inline XHTML, NITF or plain
content, its headline, dates, source and status. No DTD or external entity is ever loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from ..reading import documents
from .items import Input, Inputs, article

_SPACE = "{http://iptc.org/std/nar/2006-10-01/}"


def of(name: str, head: bytes) -> Inputs | None:  # noqa: ARG001 - what it is stands in the file
    """How the articles come out of a file that begins like this, if it is NewsML-G2."""
    return _items if b"iptc.org/std/nar/2006-10-01" in head else None


def _items(name: str, stream: BinaryIO) -> Iterator[Input]:
    found = 0
    try:
        for _, item in etree.iterparse(
            stream, tag=f"{_SPACE}newsItem", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        ):
            found += 1
            yield _item(f"{name}:{item.get('guid') or found}"[:300], item)
            item.clear()
            while item.getprevious() is not None:
                del item.getparent()[0]
    except etree.XMLSyntaxError as error:
        yield Input(name, error=f"the XML is damaged ({error}); what stood before that was taken")
        return
    if not found:
        yield Input(name, error="there is no newsItem in it")


def _item(name: str, item: Any) -> Input:
    status = item.find(f"{_SPACE}itemMeta/{_SPACE}pubStatus")
    if status is not None and not str(status.get("qcode", "")).endswith(":usable"):
        return Input(name, error=f"its status is {status.get('qcode')}: only usable items are read")
    kind = item.find(f"{_SPACE}itemMeta/{_SPACE}itemClass")
    if kind is not None and str(kind.get("qcode", "ninat:text")).rpartition(":")[2] not in {"text", "composite"}:
        return Input(name, error=f"its class is {kind.get('qcode')}: only texts are read")
    body = _body(item.find(f"{_SPACE}contentSet"))
    if body is None:
        return Input(name, error="it has no inline text: give items with their content")
    meta = f"{_SPACE}contentMeta/{_SPACE}"
    moment = item.findtext(f"{meta}contentModified") or item.findtext(f"{meta}contentCreated")
    given = {
        "title": item.findtext(f"{meta}headline"),
        "outlet": item.findtext(f"{meta}infoSource/{_SPACE}name") or item.findtext(f"{meta}creditline"),
        "published": moment or item.findtext(f"{_SPACE}itemMeta/{_SPACE}versionCreated"),
    }
    return article(name, {**body, **{field: value.strip() for field, value in given.items() if value}})


def _body(content: Any) -> dict[str, str] | None:
    if content is None:
        return None
    for part in content:
        if not isinstance(part.tag, str):
            continue
        kind = part.get("contenttype", "")
        if part.tag == f"{_SPACE}inlineXML":
            paragraphs = [" ".join("".join(p.itertext()).split()) for p in part.iter("{*}p")]
            text = "\n".join(p for p in paragraphs if p)
            if text:
                return {"text": text}
        elif part.tag == f"{_SPACE}inlineData" and part.text and part.text.strip():
            return {"html" if "html" in kind or documents.looks_like_html(part.text) else "text": part.text.strip()}
    return None
