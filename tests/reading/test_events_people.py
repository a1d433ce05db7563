"""What is done to people, who stand for their state where they are arrested, sentenced, expelled or kept out."""

from __future__ import annotations

import pytest

from tests.reading.passing import brief


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Российский хакер Игорь Орлов скрылся. Орлов был арестован на Мальдивах.", "COERCE MDV>RUS happened"),
        ("Игорь Орлов, гражданин России, скрылся. Полиция Чили задержала Орлова.", "COERCE CHL>RUS happened"),
        ("Игорь Орлов — украинский делец. Суд Вены освободил Орлова.", "RETREAT AUT>UKR happened"),
        ("Студент из Казахстана Азамат Омаров исчез. В Осло арестовали Омарова.", "COERCE NOR>KAZ happened"),
        ("Латвийка Анна Озола пела. Её арест в Осло удивил зрителей.", "COERCE NOR>LVA happened"),
        ("Россиянка Анна Белова снимала границу. Её задержали эстонские пограничники.", "COERCE EST>RUS happened"),
        ("Арестованный в Греции россиянин Павел Белов молчит.", "COERCE GRC>RUS happened"),
        ("Суд Дании подтвердил распоряжение о депортации чилийской активистки.", "COERCE DNK>CHL happened"),
    ],
)
def test_a_person_stands_for_the_state_that_the_article_once_told_him_to_be_of(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    "text",
    [
        "Российский хакер Игорь Орлов скрылся. Орлов встретился с президентом Чили.",
        "Адвокат российского хакера Игорь Орлов молчит. Орлова задержали в Чили.",
        "Анна Белова и россиянка Вера Орлова пели. Её задержали эстонские пограничники.",
        "Российский хакер Игорь Орлов скрылся. Полиция России задержала Орлова.",
    ],
)
def test_a_citizen_acts_for_nobody_and_is_told_by_nobody_else(text: str) -> None:
    assert brief(text) == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Россиянин был задержан в Швейцарии и затем экстрадирован в США.", "COOPERATE CHE>USA happened"),
        ("Суд Вены одобрил экстрадицию бизнесмена в Чили.", "COOPERATE AUT>CHL happened"),
        ("Перуанским депутатам запрещён въезд в страны ЕС.", "COERCE EU>PER happened"),
        ("В июле в Молдавию не пустили российского вице-премьера.", "REJECT MDA>RUS happened"),
    ],
)
def test_people_are_handed_over_or_kept_out_by_the_state_where_they_are(text: str, event: str) -> None:
    assert event in brief(text)
