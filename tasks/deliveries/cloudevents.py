"""The envelope of what is told: CloudEvents 1.0 in JSON, structured mode."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

SOURCE = "/chancery"
CONTENT_TYPE = "application/cloudevents+json"
BODY_LIMIT = 1_000_000
"""Bytes of an event's JSON; of one that has more the envelope is told, and that its data is left out."""


@dataclass(frozen=True)
class Event:
    """A row of the outbox in its place: ``position`` counts an archive's events in the order they became visible."""

    position: int
    id: str
    type: str
    subject: str | None
    time: datetime
    data: dict[str, Any]

    @property
    def message(self) -> str:
        """The id under which a receiver knows the event, always the same: the UUID version 5 of ``source#id`` in RFC
        9562's namespace for URLs. (An event's own id may hold full stops, which Standard Webhooks forbids.)"""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{SOURCE}#{self.id}"))

    def body(self) -> bytes:
        """The event as JSON, of at most BODY_LIMIT bytes; the same bytes at every try."""
        data = json.dumps(self.data, ensure_ascii=False, separators=(",", ":")).encode()
        if len(data) > BODY_LIMIT - 10_000:
            data = json.dumps({"omitted": f"{len(data)} bytes of data are more than an event may have"}).encode()
        head = {
            "specversion": "1.0", "id": self.id, "source": SOURCE, "type": self.type, "subject": self.subject,
            "time": self.time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "datacontenttype": "application/json",
        }  # fmt: skip
        given = {name: value for name, value in head.items() if value is not None}
        return json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode()[:-1] + b',"data":' + data + b"}"
