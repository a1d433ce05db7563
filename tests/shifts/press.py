"""A made-up press: readings of articles that say of two parties what a test wants said, on the day it wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from tasks.archive.keeping import keep
from tasks.archive.tables import reposts
from tasks.reading.record import Reading, document_id

START = date(2026, 1, 5)
"""A Monday."""

WORDS = {
    "AGREE": "{a} и {b} подписали соглашение", "COOPERATE": "{a} и {b} начали совместный проект",
    "CONSULT": "{a} и {b} провели переговоры", "AID": "{a} помог {b}", "THREATEN": "{a} пригрозил {b}",
    "ACCUSE": "{a} обвинил {b}", "positive": "{a} видит в {b} друга", "negative": "{a} видит в {b} врага",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One event, or one attitude where ``type`` is positive or negative."""

    type: str
    actor: str = "KAZ"
    recipient: str = "GBR"
    status: str = "happened"
    source: str | None = None
    """A channel that says so; None: the article itself."""
    anonymous: bool = False
    date: str | None = None
    words: str = ""


def day(number: int) -> date:
    """The day of this number, from `START`."""
    return START + timedelta(days=number)


def article(
    number: int, said: Sequence[Said] = (), *, outlet: str = "Степной вестник", note: str = "", reader: str = "1.0",
    url: str | None = None, hour: int = 9,
) -> Reading:  # fmt: skip
    """The reading of an article of one day; ``note`` makes its text another one."""
    text, spans = f"{outlet}, {day(number)}. {note}\n", []
    for each in said:
        sentence = each.words or WORDS[each.type].format(a=each.actor, b=each.recipient)
        spans.append((len(text), len(text) + len(sentence)))
        text += f"{sentence}.\n"
    moment = datetime.combine(day(number), time(hour), UTC)
    names = sorted({each.source for each in said if each.source})
    by_name = {name: f"s{n}" for n, name in enumerate(names, 1)}
    hidden = {each.source for each in said if each.anonymous}
    parts: dict[str, list[dict[str, Any]]] = {"attributions": [], "events": [], "attitudes": []}
    for n, (each, span) in enumerate(zip(said, spans, strict=True), 1):
        shared: dict[str, Any] = {"evidence": [span], "attribution": f"a{n}" if each.source else None,
                                  "confidence": 0.8}  # fmt: skip
        if each.source:
            parts["attributions"].append(
                {"id": f"a{n}", "kind": "indirect", "content": [span], "source": by_name[each.source],
                 "confidence": 0.9}
            )  # fmt: skip
        if each.type in {"positive", "negative"}:
            parts["attitudes"].append(
                shared | {"id": f"t{n}", "holder": each.actor, "target": each.recipient, "polarity": each.type}
            )
        else:
            parts["events"].append(
                shared | {"id": f"e{n}", "type": each.type, "actor": each.actor, "recipient": each.recipient,
                          "status": each.status, "date": each.date}
            )  # fmt: skip
    return Reading.model_validate(
        {
            "document": {"id": document_id(text), "text": text, "received": moment + timedelta(hours=1),
                         "published": moment, "outlet": outlet, "url": url},
            "reader": {"version": reader, "gazetteer": "2026-01-01"},
            "language": {"code": "ru", "confidence": 1.0},
            "blocks": [{"span": (0, len(text)), "kind": "body"}],
            "sources": [{"id": by_name[name], "name": name, "kind": "channel", "anonymous": name in hidden}
                        for name in names],
            "provenance": {"own_voice": 1.0},
            "stages": {"blocks": "ok"},
            **parts,
        }
    )  # fmt: skip


def repost(connection: Connection, copy: Reading, origin: Reading, kind: str = "whole") -> None:
    """Notes that one article was copied from another; both are kept already."""
    connection.execute(
        reposts.insert().values(
            copy=keep(connection, copy).appearance, origin=keep(connection, origin).appearance, kind=kind, shared=0.9,
            stripped=False, changes={}, found_at=datetime(2026, 6, 1, tzinfo=UTC),
        )
    )  # fmt: skip
