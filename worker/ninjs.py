"""News items in IPTC's ninjs, 1.x, 2.x and 3.x, as articles.

1.x names its parts by pattern (``body_main``, ``headline_main``), 2.x lists them (``bodies``, ``contenttype``), 3.x is
2.x in camel case (``contentType``, ``versionCreated``).
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from worker.jobs import Article

_MARKUP = re.compile(r"<(p|div|section|article|html|body|br|h[1-6])\b", re.I)


def _either(name: str) -> Any:
    """A field that 2.x spells in lower case and 3.x in camel case."""
    return Field(default=None, validation_alias=AliasChoices(name, name.lower()))


class Part(BaseModel):
    """One of the bodies or headlines of an item."""

    model_config = ConfigDict(extra="ignore")

    value: str
    role: str | None = None
    content_type: str | None = _either("contentType")


class Origin(BaseModel):
    """One who supplied information for an item."""

    model_config = ConfigDict(extra="ignore")

    name: str | None = None


class NewsItem(BaseModel):
    """What is read of a ninjs item."""

    model_config = ConfigDict(extra="allow")

    uri: Annotated[str, Field(min_length=1)]
    type: str | None = None
    title: str | None = None
    pub_status: str | None = _either("pubStatus")
    version_created: AwareDatetime | None = _either("versionCreated")
    first_created: AwareDatetime | None = _either("firstCreated")
    copyright_holder: str | None = _either("copyrightHolder")
    info_sources: list[Origin] | None = _either("infoSources")
    headlines: list[Part] | None = None
    bodies: list[Part] | None = None

    @model_validator(mode="after")
    def _parts_by_name(self) -> NewsItem:
        extra = self.model_extra or {}
        for plural, singular in (("bodies", "body"), ("headlines", "headline")):
            if getattr(self, plural) is None:
                named = {
                    k: v for k, v in extra.items() if re.fullmatch(rf"{singular}(_\w+)?", k) and isinstance(v, str)
                }
                found = [Part(value=v, role=k.removeprefix(singular).lstrip("_") or "main") for k, v in named.items()]
                setattr(self, plural, found)
        return self

    def article(self) -> Article:
        """The item as an article: its plain text if it has one, else its HTML.

        Raises ValueError for an item that is not a text, not to be used, or has nothing in it.
        """
        if (self.type or "text") not in {"text", "composite"}:
            raise ValueError(f"a ninjs item of type {self.type!r:.40}: only texts are read")
        if (self.pub_status or "usable") != "usable":
            raise ValueError(f"a ninjs item whose status is {self.pub_status!r:.40}: only usable ones are read")
        bodies = sorted(self.bodies or [], key=lambda part: part.role != "main")
        plain = [part.value for part in bodies if not _is_markup(part)]
        marked = [part.value for part in bodies if _is_markup(part)]
        if not plain and not marked:
            raise ValueError("a ninjs item without a body")
        headlines = sorted(self.headlines or [], key=lambda part: part.role != "main")
        suppliers = [origin.name for origin in self.info_sources or [] if origin.name]
        return Article(
            text=plain[0] if plain else None,
            html=None if plain else _page(marked[0]),
            url=self.uri if re.match(r"https?://", self.uri) else None,
            title=headlines[0].value if headlines else self.title,
            outlet=next(iter(suppliers), self.copyright_holder),
            published=self.version_created or self.first_created,
            source="event",
        )


def _is_markup(part: Part) -> bool:
    kind = (part.content_type or "").lower()
    return kind != "text/plain" and ("html" in kind or "xml" in kind or _MARKUP.search(part.value[:2000]) is not None)


def _page(markup: str) -> str:
    """A body's markup as the page that a reader of pages expects."""
    if re.match(r"\s*(<!doctype|<html)", markup, re.I):
        return markup
    return f"<!DOCTYPE html><html><body><article>{markup}</article></body></html>"


def is_ninjs(data: object) -> bool:
    """Whether an event's data is a ninjs item and not an article as Chancery spells it."""
    return isinstance(data, dict) and "uri" in data and not {"text", "html"} & data.keys()
