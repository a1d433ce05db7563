"""A public channel's preview page (t.me/s/NAME): posts with their dates, and where forwarded ones come from.

Views and reactions are left out, for they change with every look; an edited post is another item than it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from pydantic import ValidationError

from tasks.sources.feeds import credible
from tasks.sources.markup import fragment, line, text_of
from tasks.sources.source import Item
from worker.jobs import Article


@dataclass(frozen=True, slots=True)
class Channel:
    """What a page of a channel shows: its title, its posts with a text, oldest first, and how many have none.

    ``older`` is the URL of the page before it; ``first`` the number of its first post, whether it has a text or not.
    """

    title: str | None
    items: list[Item]
    silent: int
    older: str | None
    first: int | None


def read(html: str, url: str, now: datetime, outlet: str | None = None) -> Channel | None:
    """The posts on a preview page; None of what is none: there is no such channel, or it shows no preview."""
    root = fragment(html)
    if root is None:
        return None
    headings = [*_all(root, "tgme_channel_info_header_title"), *_all(root, "tgme_header_title")]
    title = line(text_of(headings[0])) if headings else None
    messages = [element for element in _all(root, "tgme_widget_message") if element.get("data-post")]
    if title is None and not messages:
        return None
    items: list[Item] = []
    silent, numbers = 0, []
    for message in messages:
        post = message.get("data-post").strip()
        if (number := post.rpartition("/")[2]).isdecimal():
            numbers.append(int(number[:15]))
        item = _post(message, post, now, outlet or title)
        if item is None:
            silent += 1
        else:
            items.append(item)
    more = next(
        (link.get("href") for link in _all(root, "tme_messages_more") if "before=" in link.get("href", "")), None
    )
    return Channel(title, items, silent, urljoin(url, more) if more else None, min(numbers, default=None))


def _post(message: Any, post: str, now: datetime, outlet: str | None) -> Item | None:
    text = next((text_of(each) for each in _all(message, "tgme_widget_message_text") if not _of_reply(each)), "")
    if not text or _has(message, "service_message"):
        return None
    forwarded = _first(message, "tgme_widget_message_forwarded_from_name")
    moment = next((_moment(each.get("datetime"), now) for each in message.iter("time") if each.get("datetime")), None)
    try:
        article = Article(
            text=text, url=f"https://t.me/{post}", outlet=outlet, published=moment, source="telegram",
            forwarded_from=line(text_of(forwarded)) if forwarded is not None else None,
        )  # fmt: skip
    except ValidationError:
        return None
    return Item(post, article)


def _of_reply(element: Any) -> bool:
    return any(_has(each, "tgme_widget_message_reply") for each in element.iterancestors())


def _moment(text: str, now: datetime) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return credible(moment, now) if moment.tzinfo else None


def _has(element: Any, name: str) -> bool:
    return name in (element.get("class") or "").split()


def _all(root: Any, name: str) -> list[Any]:
    return [
        element for element in root.xpath(f"descendant-or-self::*[contains(@class, '{name}')]") if _has(element, name)
    ]


def _first(root: Any, name: str) -> Any:
    return next(iter(_all(root, name)), None)
