"""Who is told, of what, and how far: the rows of `subscriptions` and `dead_letters`.

A subscription is a webhook, or the stream at the broker, which every archive has under the name `stream`. Its cursor is
the position in the outbox up to which all that it wants was delivered. Whoever delivers holds its lease; a deliverer
that died, or was taken for dead, writes nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from tasks.archive.tables import dead_letters, outbox
from tasks.archive.tables import subscriptions as table

from .cloudevents import Event
from .filters import Filter
from .webhooks import check_secret, new_secret

STREAM = "stream"
"""The name of the subscription that every archive has."""
ROTATION = timedelta(hours=24)
"""A secret that was changed signs too for so long."""


class SubscriptionError(Exception):
    """What was asked of a subscription can't be done; the message says why, and what can."""


@dataclass(frozen=True)
class Subscription:
    """A subscription as it stands. Without a ``url`` it is the stream. ``why`` says what failed last, or why it is
    paused; ``due`` when the next try may begin; ``failures`` counts the tries of the event that it holds at."""

    name: str
    url: str | None
    filter: Filter
    cursor: int
    state: str
    why: str
    created: datetime
    failures: int
    failing_since: datetime | None
    due: datetime | None
    secret: str | None = field(repr=False)
    former_secret: str | None = field(repr=False)
    former_until: datetime | None

    def keys(self, now: datetime) -> list[str]:
        """The secrets that sign at this moment, the newest first."""
        former = self.former_secret if self.former_until and now < self.former_until else None
        return [key for key in (self.secret, former) if key]


def _row(row: Row[Any]) -> Subscription:
    names = Subscription.__dataclass_fields__
    return Subscription(**{n: row._mapping[n] for n in names if n != "filter"}, filter=Filter(**row._mapping["filter"]))


def add(
    connection: Connection, name: str, url: str | None, wanted: Filter, *, now: datetime, secret: str | None = None,
    everything: bool = False,
) -> str | None:  # fmt: skip
    """Subscribes; the secret of a webhook, which nothing shows again.

    It is told what comes from now on, or with ``everything`` all that the outbox still holds. Raises SubscriptionError.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,62}", name):
        raise SubscriptionError(f"{name!r} is no name: give up to 63 of a-z, 0-9, '.', '_' and '-'")
    if find(connection, name):
        raise SubscriptionError(f"{name} is there already: remove it first, or choose another name")
    key = None
    if url is not None:
        check_url(url)
        try:
            key = check_secret(secret) if secret else new_secret()
        except ValueError as error:
            raise SubscriptionError(str(error)) from None
    fresh = {
        "name": name, "url": url, "filter": wanted.model_dump(mode="json", exclude_defaults=True), "secret": key,
        "cursor": 0 if everything else last_position(connection), "state": "active", "why": "", "created": now,
        "failures": 0,
    }  # fmt: skip
    connection.execute(insert(table).values(fresh))
    return key


def check_url(url: str) -> None:
    """Raises SubscriptionError where this can't be a receiver's address."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        usable = False
    if not usable or len(url) > 2048 or re.search(r"[\s\x00-\x1f]", url):
        raise SubscriptionError(f"{url[:100]!r} is no http or https URL")
    if parts.username or parts.password:
        raise SubscriptionError("the URL holds a user or password: leave them out, the signature says who sends")


def ensure_stream(connection: Connection, now: datetime) -> None:
    """Makes the subscription `stream`, which is told all that the archive ever had to tell, where it is missing."""
    if not find(connection, STREAM):
        add(connection, STREAM, None, Filter(), now=now, everything=True)


def find(connection: Connection, name: str) -> Subscription | None:
    """The subscription of this name."""
    row = connection.execute(select(table).where(table.c.name == name)).first()
    return _row(row) if row else None


def get(connection: Connection, name: str) -> Subscription:
    """The subscription of this name. Raises SubscriptionError."""
    found = find(connection, name)
    if found is None:
        known = ", ".join(connection.execute(select(table.c.name).order_by(table.c.name)).scalars()) or "none yet"
        raise SubscriptionError(f"no subscription is called {name[:80]!r}: there are {known}")
    return found


def every(connection: Connection) -> list[Subscription]:
    """All subscriptions, by name."""
    return [_row(row) for row in connection.execute(select(table).order_by(table.c.name))]


def due(connection: Connection, now: datetime) -> list[str]:
    """Names of the subscriptions that something may be delivered to now."""
    ready = select(table.c.name).where(
        table.c.state == "active",
        table.c.cursor < last_position(connection),
        or_(table.c.due.is_(None), table.c.due <= now),
        or_(table.c.leased_until.is_(None), table.c.leased_until < now),
    )
    return list(connection.execute(ready.order_by(table.c.name)).scalars())


def last_position(connection: Connection) -> int:
    """The last position that an event was given. Positions are never given again, whatever was tidied away."""
    placed = connection.execute(select(func.max(outbox.c.position))).scalar() or 0
    return max(placed, connection.execute(select(func.max(table.c.cursor))).scalar() or 0)


def waiting(connection: Connection, subscription: Subscription) -> int:
    """Events that it has not been told, or not looked at yet for what it wants."""
    behind = outbox.c.position.is_(None) | (outbox.c.position > subscription.cursor)
    return connection.execute(select(func.count()).select_from(outbox).where(behind)).scalar_one()


# -- delivering


def lease(connection: Connection, name: str, now: datetime, seconds: float) -> tuple[str, Subscription] | None:
    """The lease of a subscription and how it stands; None where another has it, or it is not active or due."""
    token = secrets.token_hex(8)
    taken = connection.execute(
        update(table)
        .where(
            table.c.name == name,
            table.c.state == "active",
            or_(table.c.due.is_(None), table.c.due <= now),
            or_(table.c.leased_until.is_(None), table.c.leased_until < now),
        )
        .values(lease=token, leased_until=now + timedelta(seconds=seconds))
    )
    return (token, get(connection, name)) if taken.rowcount else None


def _held(name: str, token: str) -> Any:
    return update(table).where(table.c.name == name, table.c.lease == token)


def advance(connection: Connection, name: str, token: str, cursor: int, until: datetime, *, taken: bool) -> bool:
    """Writes down how far it is and renews the lease; False where the lease is lost, or it was paused meanwhile.

    ``taken`` says that the receiver took an event since, which ends a row of failures.
    """
    values: dict[str, Any] = {"cursor": cursor, "leased_until": until}
    if taken:
        values |= {"failures": 0, "failing_since": None, "due": None, "why": ""}
    held = _held(name, token).where(table.c.cursor <= cursor)
    return bool(connection.execute(held.where(table.c.state == "active").values(values)).rowcount)


def release(connection: Connection, name: str, token: str, **values: Any) -> bool:
    """Gives the lease back, and writes down ``values``; False where it was lost."""
    return bool(connection.execute(_held(name, token).values(lease=None, leased_until=None, **values)).rowcount)


# -- what people ask for


def pause(connection: Connection, name: str, why: str = "by hand") -> None:
    """Delivers nothing more to it, and keeps what comes. Raises SubscriptionError."""
    get(connection, name)
    connection.execute(update(table).where(table.c.name == name).values(state="paused", why=why))


def resume(connection: Connection, name: str) -> None:
    """Goes on with it where it stopped, at once. Raises SubscriptionError."""
    get(connection, name)
    fresh = {"state": "active", "why": "", "failures": 0, "failing_since": None, "due": None}
    connection.execute(update(table).where(table.c.name == name).values(fresh))


def set_aside(connection: Connection, name: str, event: Event, now: datetime) -> None:
    """Goes past an event that it holds at, which is kept for `chancery subscribe retry`. Raises SubscriptionError."""
    subscription = get(connection, name)
    connection.execute(
        insert(dead_letters).values(
            subscription=name, event=event.id, position=event.position, why=subscription.why, at=now, body=_kept(event)
        )
    )
    held = update(table).where(table.c.name == name, table.c.cursor < event.position)
    connection.execute(held.values(cursor=event.position))


def _kept(event: Event) -> dict[str, Any]:
    return {"type": event.type, "subject": event.subject, "time": event.time.isoformat(), "data": event.data}


def dead(connection: Connection, name: str) -> list[Event]:
    """The events that were set aside for a subscription, in their order."""
    rows = connection.execute(
        select(dead_letters).where(dead_letters.c.subscription == name).order_by(dead_letters.c.position)
    )
    return [
        Event(
            row.position, row.event, row.body["type"], row.body["subject"], datetime.fromisoformat(row.body["time"]),
            row.body["data"],
        )
        for row in rows
    ]  # fmt: skip


def forget_dead(connection: Connection, name: str, events: Sequence[Event]) -> None:
    """Drops events that were set aside and have been taken since."""
    gone = [event.id for event in events]
    connection.execute(delete(dead_letters).where(dead_letters.c.subscription == name, dead_letters.c.event.in_(gone)))


def remove(connection: Connection, name: str) -> None:
    """Ends a subscription; what it was not told, nobody tells it any more. Raises SubscriptionError."""
    if name == STREAM:
        raise SubscriptionError("the stream is part of the archive: pause it instead")
    get(connection, name)
    connection.execute(delete(dead_letters).where(dead_letters.c.subscription == name))
    connection.execute(delete(table).where(table.c.name == name))


def rotate(connection: Connection, name: str, now: datetime, keep: timedelta = ROTATION) -> str:
    """A new secret; the former one signs beside it for as long as ``keep``. Raises SubscriptionError."""
    subscription = get(connection, name)
    if subscription.url is None:
        raise SubscriptionError("the stream is not signed: it has no secret")
    key = new_secret()
    changed = {"secret": key, "former_secret": subscription.secret, "former_until": now.astimezone(UTC) + keep}
    connection.execute(update(table).where(table.c.name == name).values(changed))
    return key
