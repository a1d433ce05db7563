"""What Telegram Desktop exports as ``result.json``: one chat, or a whole account, read as a stream.

Of a whole account the channels alone are read: what people wrote to each other is no news. A post goes by the number
it has in its channel, so an export that was made later goes on where the one before ended; edited posts come again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO, Any

import ijson
from pydantic import ValidationError

from tasks.sources.feeds import credible
from tasks.sources.source import Item
from worker.jobs import Article

CHANNELS = frozenset({"public_channel", "private_channel"})
"""Types of chats that a whole account's export is read for."""
_CHATS = ("chats.list.item", "left_chats.list.item")
_MESSAGES = ("messages.item", *(f"{chat}.messages.item" for chat in _CHATS))
DEPTH = 12
"""Of what nests in a message."""


class NotAnExport(ValueError):
    """The file is no export, or is cut off; the message says where."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a chat: its number there, whether it was edited, and what there is to read."""

    chat: str
    number: int
    edited: bool
    item: Item


def read(path: Path, now: datetime, zone: tzinfo = UTC, outlet: str | None = None) -> Iterator[Post]:
    """The posts with a text, in the file's order. Raises NotAnExport on the way, OSError.

    ``zone`` is that of dates without ``date_unixtime``, which the export has in the time of whoever made it.
    """
    with path.open("rb") as file:
        try:
            yield from _posts(file, now, zone, outlet)
        except ijson.JSONError as error:
            raise NotAnExport(f"{path}: no whole Telegram export: {' '.join(str(error).split())[:200]}") from None


def _posts(file: IO[bytes], now: datetime, zone: tzinfo, outlet: str | None) -> Iterator[Post]:
    chat: dict[str, Any] = {}
    found = False
    message: Any = None
    depth = 0
    for prefix, event, value in ijson.parse(file, use_float=True):
        if message is not None:
            opens, closes = event in ("start_map", "start_array"), event in ("end_map", "end_array")
            depth -= closes
            if depth + opens <= DEPTH - closes:
                message.event(event, value)
            depth += opens
            if depth == 0:
                post = _post(message.value, chat, now, zone, outlet)
                message = None
                if post is not None:
                    yield post
        elif event == "start_map":
            if prefix in _MESSAGES:
                found = True
                if prefix == "messages.item" or chat.get("type") in CHANNELS:
                    message = ijson.ObjectBuilder()
                    message.event(event, value)
                    depth = 1
            elif prefix in _CHATS:
                found = True
                chat = {}
        elif event in ("string", "number") and prefix.rpartition(".")[2] in ("name", "type", "id"):
            where, _, field = prefix.rpartition(".")
            if where in ("", *_CHATS):
                chat[field] = value
        elif event == "start_array" and prefix in ("messages", "chats.list", "left_chats.list"):
            found = True
    if not found:
        raise NotAnExport(f"{file.name}: no Telegram export: it holds neither messages nor chats")


def _post(
    message: dict[str, Any], chat: dict[str, Any], now: datetime, zone: tzinfo, outlet: str | None
) -> Post | None:
    text = text_of(message.get("text")) or text_of(message.get("text_entities"))
    number = message.get("id")
    if message.get("type") != "message" or not text.strip() or not isinstance(number, int):
        return None
    name = chat.get("name") if isinstance(chat.get("name"), str) else None
    origin = message.get("forwarded_from")
    here = str(chat.get("id", name or ""))
    try:
        article = Article(
            text=text, outlet=(outlet or name or "")[:300] or None, published=_moment(message, now, zone),
            source="telegram", forwarded_from=origin[:300] if isinstance(origin, str) and origin else None,
        )  # fmt: skip
    except ValidationError:
        return None
    edited = bool(message.get("edited_unixtime") or message.get("edited"))
    return Post(here, number, edited, Item(f"{here}/{number}", article))


def text_of(value: Any) -> str:
    """A message's text: a string, or strings and entities with a text each, in their order."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    pieces = (piece.get("text") if isinstance(piece, dict) else piece for piece in value)
    return "".join(piece for piece in pieces if isinstance(piece, str))


def _moment(message: dict[str, Any], now: datetime, zone: tzinfo) -> datetime | None:
    try:
        if message.get("date_unixtime"):
            return credible(datetime.fromtimestamp(int(message["date_unixtime"]), UTC), now)
        moment = datetime.fromisoformat(str(message.get("date")))
        return credible(moment if moment.tzinfo else moment.replace(tzinfo=zone), now)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
