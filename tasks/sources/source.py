"""What a source is, and an item of one."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urldefrag, urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from worker.jobs import Article, Job, Priority

Kind = Literal["auto", "feed", "page", "telegram", "telegram-export", "folder"]
"""``auto`` is a feed or a page, whichever its address turns out to be."""
KINDS: tuple[Kind, ...] = get_args(Kind)
LOCAL = frozenset({"telegram-export", "folder"})
"""Kinds whose address is a path on the host of the workers."""

INTERVAL, SHORTEST, LONGEST = 900, 60, 7 * 86_400
"""Seconds between polls: where nothing is said, at least, at most."""
LIMIT, LOCAL_LIMIT = 100, 20_000
"""Items that one poll submits at most, where nothing is said: from the network, from files."""

_CHANNEL = re.compile(
    r"(?:@|(?:https?://)?(?:t\.me|telegram\.me)/(?:s/)?)(?P<name>[A-Za-z]\w{3,31})/?(?:\?\S*)?", re.ASCII
)


class NoSource(ValueError):
    """The address can't be a source, or there is none of this name; the message says what would do."""


class Source(BaseModel):
    """A source as it was added. ``address`` is a URL, or an absolute path."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    address: str
    kind: Kind = "auto"
    outlet: str | None = Field(default=None, max_length=300)
    outlet_kind: str | None = Field(default=None, max_length=100)
    interval: int = Field(default=INTERVAL, ge=SHORTEST, le=LONGEST)
    priority: Priority = "bulk"
    limit: int = Field(default=LIMIT, ge=1, le=1_000_000)
    paused: bool = False
    added: AwareDatetime

    @property
    def sender(self) -> str:
        """The name its jobs are sent under; bulk jobs take turns by it."""
        return f"source:{self.id}"


@dataclass(frozen=True, slots=True)
class Item:
    """Something a source has: ``key`` names it there (a guid, URL, post or path), whatever becomes of its text."""

    key: str
    article: Article

    @property
    def mark(self) -> bytes:
        """What the item is known by: a change of the text that comes with it makes it another."""
        content = self.article.text or self.article.html or ""
        return hashlib.sha256(f"{self.key}\n{content}".encode("utf-8", "surrogatepass")).digest()[:12]

    def job(self, source: Source) -> Job:
        """The job that reads it; polled again, the same job."""
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"chancery:{source.sender}#{self.mark.hex()}")
        return Job(id=str(name), article=self.article, source=source.sender, priority=source.priority)


def make(address: str, kind: Kind, added: datetime, **options: object) -> Source:
    """A source from what a user gives.

    A Telegram channel may be given as ``@name``, ``t.me/name`` or ``https://t.me/s/name``. Raises NoSource.
    """
    address, kind = _recognised(address.strip(), kind)
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"chancery:source:{address}").hex[:10]
    given = {key: value for key, value in options.items() if value is not None}
    if kind in LOCAL:
        given.setdefault("limit", LOCAL_LIMIT)
    return Source.model_validate({"id": name, "address": address, "kind": kind, "added": added, **given})


def source_of(sender: str) -> str | None:
    """The id of the source that sent a job, by the job's ``source``."""
    return sender.removeprefix("source:") if sender.startswith("source:") else None


def channel_of(address: str) -> str | None:
    """The name of the Telegram channel at an address, if it is one."""
    found = _CHANNEL.fullmatch(address)
    return found["name"] if found else None


def _recognised(address: str, kind: Kind) -> tuple[str, Kind]:
    channel = channel_of(address)
    if channel and kind in ("auto", "telegram"):
        return f"https://t.me/s/{channel}", "telegram"
    if address.startswith(("http://", "https://")):
        if kind in LOCAL:
            raise NoSource(f"{address} is a URL, and a {kind} is a path on the workers' host")
        try:
            host = urlsplit(address).hostname
        except ValueError:
            host = None
        if not host or len(address) > 2048 or not address.isprintable() or " " in address:
            raise NoSource(f"{address[:100]!r} is no URL that can be fetched")
        return urldefrag(address).url, kind
    if "://" in address or not address:
        raise NoSource(f"{address[:100]!r} is no source: give an http or https URL, a t.me channel or a path")
    path = Path(address).expanduser().absolute()
    if kind in ("feed", "page", "telegram"):
        raise NoSource(f"{address}: a source of the kind {kind} is a URL; give it with its http:// or https://")
    if kind == "folder" and path.is_file():
        raise NoSource(f"{path} is a file, and not a folder")
    if kind == "telegram-export" and path.is_dir():
        path /= "result.json"
    if kind == "auto":
        if path.is_dir() and (path / "result.json").is_file():
            path /= "result.json"
        if not path.exists():
            raise NoSource(f"{path} does not exist here: give a URL, a channel, or say its --kind")
        kind = "folder" if path.is_dir() else "telegram-export"
        if kind == "telegram-export" and path.suffix != ".json":
            raise NoSource(f"{path} is no result.json of a Telegram export; to read files, add their folder")
    return str(path), kind
