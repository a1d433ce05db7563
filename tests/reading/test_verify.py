"""A reading that was altered says where it no longer holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.reading.reader import read_article
from tasks.reading.record import Reading
from tasks.reading.verify import problems

TEXT = """Дания и Норвегия заключили договор

Дания и Норвегия заключили договор о военном сотрудничестве. Об этом сообщил министр обороны Дании Ларс Хольм.

«Мы довольны», — сказал Хольм. МИД Швеции заявил, что Россия осудила Данию."""


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_article(text=TEXT, received=datetime(2025, 5, 20, tzinfo=UTC))


def altered(reading: Reading, **changes: Any) -> list[str]:
    """The problems of the reading with some of its fields replaced."""
    return problems(reading.model_copy(update=changes, deep=True))


def test_what_the_reader_made_holds(reading: Reading) -> None:
    assert reading.events
    assert reading.attributions
    assert problems(reading) == []


def test_a_source_may_speak_for_a_state_that_its_body_alone_names() -> None:
    text = "Директор ФСБ Александр Бортников заявил, что подозреваемых ищут."
    reading = read_article(text=text, received=datetime(2025, 5, 20, tzinfo=UTC))
    assert [s.actor for s in reading.sources] == ["RUS"]
    assert "RUS" not in {a.id for a in reading.actors}
    assert problems(reading) == []


def test_it_holds_after_a_round_trip_through_json(reading: Reading) -> None:
    assert problems(Reading.model_validate_json(reading.to_json())) == []


def test_a_changed_text_breaks_the_hash_and_the_mentions(reading: Reading) -> None:
    document = reading.document.model_copy(update={"text": TEXT.replace("Норвегия", "Норвегии", 1)})
    found = altered(reading, document=document)
    assert any("hashes to" in line for line in found)
    assert any("actor NOR" in line and "'Норвегии'" in line for line in found)


def test_a_gap_between_blocks_is_named(reading: Reading) -> None:
    assert any("is in no block" in line for line in altered(reading, blocks=reading.blocks[1:]))


def test_a_cut_block_needs_a_why(reading: Reading) -> None:
    blocks = [*reading.blocks[:-1], reading.blocks[-1].model_copy(update={"kind": "promo", "why": None})]
    assert any("without a why" in line for line in altered(reading, blocks=blocks))


def test_evidence_in_a_cut_block_is_named(reading: Reading) -> None:
    blocks = [block.model_copy(update={"kind": "promo", "why": "an advertisement"}) for block in reading.blocks]
    found = altered(reading, blocks=blocks)
    assert any(line.startswith("event e1") and "outside the title and body" in line for line in found)


def test_a_span_past_the_end_is_named(reading: Reading) -> None:
    events = [reading.events[0].model_copy(update={"evidence": [(len(TEXT), len(TEXT) + 5)]})]
    assert any(line.startswith("event e1") for line in altered(reading, events=events))


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("events", "actor", "ZZZ"),
        ("events", "attribution", "a99"),
        ("attributions", "source", "s99"),
        ("attributions", "within", "a99"),
        ("sources", "actor", "ZZZ"),
    ],
)
def test_an_id_that_nothing_has_is_named(reading: Reading, part: str, field: str, value: str) -> None:
    first, *rest = getattr(reading, part)
    found = altered(reading, **{part: [first.model_copy(update={field: value}), *rest]})
    assert any(value in line and "does not have" in line for line in found)


def test_an_attribution_within_itself_is_named(reading: Reading) -> None:
    first, *rest = reading.attributions
    found = altered(reading, attributions=[first.model_copy(update={"within": first.id}), *rest])
    assert f"attribution {first.id}: lies within itself" in found


def test_an_id_given_twice_is_named(reading: Reading) -> None:
    found = altered(reading, events=[reading.events[0], reading.events[0]])
    assert "event e1: 2 of them have this id" in found
