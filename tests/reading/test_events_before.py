"""Who is meant in one sentence by whom the sentence before names."""

from __future__ import annotations

import pytest

from tests.reading.passing import brief


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Глава МИД Исландии прибыл в Лиму. Он также призвал Данию снять ограничения.", "REQUEST ISL>DNK happened"),
        ("Премьер Норвегии вылетел в Сантьяго. В среду он подписал с Чили договор.", "AGREE CHL=NOR happened"),
        ("Дания закупила катера. Она передаст их Исландии.", "AID DNK>ISL planned"),
        ("Премьер Бельгии отверг план. Он обвинил Норвегию в давлении.", "ACCUSE BEL>NOR happened"),
        ("Президент Чили побывал в Осло. Страны подписали соглашение о торговле.", "AGREE CHL=NOR happened"),
        ("Король Норвегии принял гостей. Король поблагодарил Исландию.", "SUPPORT NOR>ISL happened"),
        ("Перу недовольно. Страна приостановила импорт чилийской рыбы.", "COERCE PER>CHL happened"),
    ],
)  # fmt: skip
def test_the_subject_of_the_sentence_before_acts_on(text: str, event: str) -> None:
    found = brief(text)
    assert event in found or event.replace("COERCE", "SANCTION") in found


@pytest.mark.parametrize(
    "text",
    [
        "Журналист посетил Чили. Он раскритиковал Данию.",
        "Премьер Норвегии вылетел в Лиму. Она раскритиковала Данию.",
        "Дания, Чили и Перу спорят. Страны осудили Норвегию.",
    ],
)
def test_who_does_not_agree_or_is_nobody_does_not(text: str) -> None:
    assert not any(event.startswith(("ACCUSE NOR", "ACCUSE CHL", "ACCUSE DNK>NOR")) for event in brief(text))
