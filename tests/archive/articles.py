"""Readings of made-up articles, without a reader: what an archive is given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tasks.reading.record import Reading, document_id

RECEIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TEXT = (
    "Астана и Лондон подписали соглашение о военном сотрудничестве.\n"
    "«Лондон останется надёжным союзником Астаны», — сообщил телеграм-канал «Вечерний вестовой»."
)


def made(text: str = TEXT, *, reader: str = "1.0", **document: Any) -> Reading:
    """A reading of a text whose last paragraph is a quotation of an anonymous channel, and whose first is an event."""
    start = text.rindex("\n") + 1 if "\n" in text else 0
    first = (0, max(1, start - 1) if start else len(text))
    return Reading.model_validate(
        {
            "document": {"id": document_id(text), "text": text, "received": RECEIVED, **document},
            "reader": {"version": reader, "gazetteer": "2026-01-01", "models": {"ner": "none"}},
            "language": {"code": "ru", "confidence": 1.0},
            "blocks": [{"span": (0, len(text)), "kind": "body"}],
            "actors": [
                {"id": "KAZ", "kind": "state", "name": {"ru": "Казахстан"}, "mentions": []},
                {"id": "GBR", "kind": "state", "name": {"ru": "Великобритания"}, "mentions": []},
            ],
            "sources": [
                {"id": "s1", "name": "«Вечерний вестовой»", "kind": "channel", "platform": "telegram",
                 "anonymous": True},
            ],
            "attributions": [
                {"id": "a1", "kind": "direct", "content": [(start, len(text))], "source": "s1", "confidence": 0.9},
            ],
            "events": [
                {"id": "e1", "type": "AGREE", "actor": "KAZ", "recipient": "GBR", "mutual": True, "status": "happened",
                 "topic": "military", "evidence": [first], "attribution": None, "confidence": 0.8,
                 "quad": "verbal-cooperation"},
            ],
            "attitudes": [
                {"id": "t1", "holder": "GBR", "target": "KAZ", "polarity": "positive", "evidence": [(start, len(text))],
                 "attribution": "a1", "confidence": 0.7},
            ],
            "provenance": {"own_voice": 0.4, "shares": {"s1": 0.6}, "sole_source": "s1",
                           "flags": ["single-source", "anonymous-source"]},
            "stages": {"blocks": "ok"},
        }
    )  # fmt: skip
