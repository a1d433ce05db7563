"""What Telegram Desktop exports as ``result.json``: one chat, or a whole account, read as a stream.

Of a whole account the channels alone are read: what people wrote to each other is no news. A post goes by the number
it has in its channel, so an export that was made later goes on where the one before ended; edited posts come again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO, Any, cast

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
EVENTS = 100_000
"""Parts of a message; one that has more is no post."""
_OPENS, _CLOSES = frozenset({"start_map", "start_array"}), frozenset({"end_map", "end_array"})


class NotAnExport(ValueError):
    """The file is no export, or is cut off; the message says where."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a chat: its number there (below 1 in a group that was moved), whether it was edited, and what there is
    to read."""

    chat: str
    number: int
    edited: bool
    item: Item


def read(
    path: Path, now: datetime, zone: tzinfo = UTC, outlet: str | None = None, places: Mapping[str, int] | None = None
) -> Iterator[Post]:
    """The posts with a text, in the file's order. Raises NotAnExport on the way, OSError.

    ``zone`` is that of dates without ``date_unixtime``, which the export has in the time of whoever made it. Posts up
    to the number that ``places`` has for their chat are passed over, unless they were edited.
    """
    with path.open("rb") as file:
        try:
            for message, chat in _messages(file, places or {}):
                post = _post(message, chat, now, zone, outlet)
                if post is not None:
                    yield post
        except ijson.JSONError as error:
            raise NotAnExport(f"{path}: no whole Telegram export: {' '.join(str(error).split())[:200]}") from None


def _messages(file: IO[bytes], places: Mapping[str, int]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Messages that may be posts, each with what is said of its chat before it."""
    chat: dict[str, Any] = {}
    found = False
    events: list[tuple[str, Any]] | None = None
    depth = 0
    for prefix, event, value in ijson.parse(file, use_float=True):
        if events is not None:
            if event in _OPENS:
                depth += 1
                if depth <= DEPTH and len(events) < EVENTS:
                    events.append((event, value))
            elif event in _CLOSES:
                depth -= 1
                if depth < DEPTH:
                    events.append((event, value))
                if depth == 0:
                    if len(events) < EVENTS and not _known(events, places.get(_name(chat), 0)):
                        yield _built(events), chat
                    events = None
            elif depth <= DEPTH and len(events) < EVENTS:
                events.append((event, value))
        elif event == "start_map":
            if prefix in _MESSAGES:
                found = True
                if prefix == "messages.item" or chat.get("type") in CHANNELS:
                    events, depth = [(event, value)], 1
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


def _known(events: list[tuple[str, Any]], place: int) -> bool:
    """Whether a message is one that was taken before, as it was: told by its first field, without building it."""
    if len(events) < 3 or events[1] != ("map_key", "id") or not isinstance(events[2][1], int):
        return False
    if not 0 < events[2][1] <= place:
        return False
    return ("map_key", "edited") not in events and ("map_key", "edited_unixtime") not in events


def _built(events: list[tuple[str, Any]]) -> dict[str, Any]:
    builder = ijson.ObjectBuilder()
    for event, value in events:
        builder.event(event, value)
    return cast(dict[str, Any], builder.value)


def _name(chat: dict[str, Any]) -> str:
    return str(chat.get("id", chat.get("name", "")))


def _post(
    message: dict[str, Any], chat: dict[str, Any], now: datetime, zone: tzinfo, outlet: str | None
) -> Post | None:
    text = text_of(message.get("text")) or text_of(message.get("text_entities"))
    number = message.get("id")
    if message.get("type") != "message" or not text.strip() or not isinstance(number, int):
        return None
    name = chat.get("name") if isinstance(chat.get("name"), str) else None
    origin = message.get("forwarded_from")
    here = _name(chat)
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
