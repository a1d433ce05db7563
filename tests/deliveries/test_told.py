"""What is told is what the published schemas say, whoever tells it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Engine, select

from tasks.archive import outbox
from tasks.archive.database import reading, writing
from tasks.archive.keeping import keep
from tasks.archive.tables import outbox as table
from tasks.deliveries.cloudevents import BODY_LIMIT, Event
from tasks.deliveries.told import EVENT
from tasks.reposts import tracing
from tasks.shifts.telling import announcement
from tests.archive.articles import made

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG = "Посол прибыл в столицу и передал послание. " * 20 + "\n«Мы рады», — сообщил телеграм-канал «Вестовой»."
SHIFT = {
    "key": "2026-03-01 KAZ GBR cooperation up", "revision": 1, "undone": False, "actor": "KAZ", "recipient": "GBR",
    "measure": "cooperation", "direction": "up", "onset": date(2026, 3, 1), "day": date(2026, 3, 2), "detected": NOW,
    "statistic": 12.0, "before": 0.1, "after": 2.0, "flags": ["rests-on-claims"],
    "evidence": [{"evidence": "слова", "source": None}],
}  # fmt: skip


@pytest.mark.parametrize("archive_settings", ["sqlite"], indirect=True)
def test_events_of_readings_reposts_and_shifts_are_as_their_schema_says(archive: Engine) -> None:
    validator = Draft202012Validator(EVENT.json_schema())
    with writing(archive) as connection:
        keep(connection, made(LONG, outlet="Вестник", published=NOW), now=NOW)
        keep(connection, made(LONG + " ", outlet="Копия", published=NOW + timedelta(hours=1)), now=NOW)
        outbox.add(connection, "shift", "chancery.shift.v1", "KAZ/GBR", announcement(SHIFT))
    tracing.catch_up(archive, now=NOW)
    with reading(archive) as connection:
        columns = (table.c.seq, table.c.id, table.c.type, table.c.subject, table.c.time, table.c.data)
        events = [Event(*row) for row in connection.execute(select(*columns))]
    assert {event.type.split(".")[1] for event in events} == {"reading", "shift", "repost"}
    for event in events:
        EVENT.validate_json(event.body())
        validator.validate(_json(event))


def _json(event: Event) -> Any:
    import json

    return json.loads(event.body())


def test_an_event_that_is_too_large_says_so_in_the_place_of_its_data() -> None:
    event = Event(1, "e", "chancery.reading.v1", "s", NOW, {"title": "ы" * BODY_LIMIT})
    assert len(event.body()) < BODY_LIMIT
    assert "omitted" in _json(event)["data"]
    EVENT.validate_json(event.body())
