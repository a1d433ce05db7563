"""One event to one receiver, as Standard Webhooks 1.0 asks: signed, under a constant id, refused for good by a 410."""

from __future__ import annotations

import base64
import math
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import httpx
from standardwebhooks import Webhook

from tasks.web import addresses
from tasks.web.download import retry_after
from tasks.web.faults import Refused, Unavailable
from tasks.web.transport import bounded, transport
from worker.settings import Settings

from .cloudevents import CONTENT_TYPE, Event

_ANSWER_BYTES = 100_000
"""Of an answer, its head included. One that has more counts as none."""


@dataclass(frozen=True)
class Answer:
    """What came of a try: ``why`` says what went wrong; ``after`` is the least wait that the receiver asked for, in
    seconds; ``seconds`` is how long the try took."""

    state: Literal["taken", "failed", "gone"]
    why: str = ""
    after: float = 0.0
    seconds: float = 0.0


def new_secret() -> str:
    """A secret of 32 random bytes, as Standard Webhooks spells it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def check_secret(secret: str) -> str:
    """The secret, if it is one. Raises ValueError, which does not repeat it."""
    try:
        size = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except ValueError:
        size = 0
    if not secret.startswith("whsec_") or not 24 <= size <= 64:
        raise ValueError("a secret is whsec_ and, in base64, 24 to 64 bytes") from None
    return secret


def headers(event: Event, body: bytes, keys: Sequence[str], now: datetime) -> dict[str, str]:
    """The headers of an event; while a secret is being changed, one signature by each."""
    now = now.astimezone(UTC)
    signatures = [Webhook(key).sign(event.message, now, body.decode()) for key in keys]
    return {
        "webhook-id": event.message, "webhook-timestamp": str(math.floor(now.timestamp())),
        "webhook-signature": " ".join(signatures), "content-type": CONTENT_TYPE, "user-agent": "chancery",
    }  # fmt: skip


def send(url: str, event: Event, keys: Sequence[str], now: datetime, chosen: Settings) -> Answer:
    """Tries once, within `webhook_seconds` all in all.

    An address of a private network is refused as it is for fetching, and a redirect is not followed: it could lead
    what is signed to anywhere.
    """
    start = time.monotonic()
    try:
        with bounded(chosen.webhook_seconds, _ANSWER_BYTES):
            answer = _post(url, event, keys, now, chosen)
    except (Refused, Unavailable) as error:
        answer = Answer("failed", str(error)[:300])
    except httpx.TimeoutException:
        answer = Answer("failed", f"no answer within {chosen.webhook_seconds:g} s")
    except httpx.HTTPError as error:
        answer = Answer("failed", f"{type(error).__name__}: {error}"[:300])
    return replace(answer, seconds=time.monotonic() - start)


def _post(url: str, event: Event, keys: Sequence[str], now: datetime, chosen: Settings) -> Answer:
    body = event.body()
    request = httpx.Request(
        "POST", addresses.checked(url, chosen), headers=headers(event, body, keys, now), content=body,
        extensions={"timeout": httpx.Timeout(chosen.webhook_seconds).as_dict()},
    )  # fmt: skip
    response = transport(chosen).handle_request(request)
    response.request = request
    try:
        # To its end, so that the connection can serve the next event.
        for _ in response.iter_raw():
            pass
    finally:
        response.close()
    status = response.status_code
    if 200 <= status < 300:
        return Answer("taken", f"HTTP {status}")
    return Answer(
        "gone" if status == 410 else "failed", f"HTTP {status}", retry_after(response.headers.get("retry-after"), now)
    )
