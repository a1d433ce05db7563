"""What a subscription is told of, and what not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tasks.deliveries.filters import Filter, facets

READING: dict[str, Any] = {
    "pairs": [["KAZ", "GBR"], ["RUS", "RUS"]], "actors": ["KAZ", "GBR", "NATO"], "flags": ["anonymous-source"],
    "sources": [{"name": "«Вечёрка»"}, "МИД Казахстана"], "title": "Подписаны военные соглашения",
}  # fmt: skip


def wants(wanted: dict[str, Any], type_: str = "chancery.reading.v1", texts: tuple[str, ...] = ()) -> bool:
    return Filter.model_validate(wanted).wants(facets(type_, READING, texts))


@pytest.mark.parametrize(
    "wanted",
    [
        {}, {"types": ["reading"]}, {"types": ["shift", "chancery.reading.v1"]}, {"pairs": ["GBR KAZ"]},
        {"pairs": ["kaz-gbr"]}, {"actors": ["nato"]}, {"flags": ["anonymous-source"]}, {"sources": ["Вечерка"]},
        {"sources": ["мид казахстана"]}, {"words": ["соглашение"]}, {"words": ["военным соглашением"]},
        {"pairs": ["KAZ GBR"], "actors": ["NATO"], "words": ["танк", "соглашение"]},
    ],
)  # fmt: skip
def test_what_it_asks_for_it_is_told(wanted: dict[str, Any]) -> None:
    assert wants(wanted)


@pytest.mark.parametrize(
    "wanted",
    [
        {"types": ["shift"]}, {"pairs": ["KAZ RUS"]}, {"actors": ["CHN"]}, {"flags": ["attribution-stripped"]},
        {"sources": ["Утренняя"]}, {"words": ["танк"]}, {"words": ["военный танк"]},
        {"pairs": ["KAZ GBR"], "actors": ["CHN"]},
    ],
)  # fmt: skip
def test_of_nothing_else(wanted: dict[str, Any]) -> None:
    assert not wants(wanted)


def test_words_are_looked_for_in_the_article_too() -> None:
    assert wants({"words": ["учения"]}, texts=("Об учениях не сообщали.",))


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        ({"types": ["rumour"]}, "reading, quarantined"), ({"pairs": ["KAZ"]}, "two codes"),
        ({"pairs": ["KAZ KAZ"]}, "two codes"), ({"flags": ["loud"]}, "anonymous-source"), ({"words": ["—"]}, "no word"),
    ],
)  # fmt: skip
def test_what_can_not_be_asked_for_is_refused_with_what_can(wanted: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        Filter.model_validate(wanted)
