"""What two sides do to each other, call each other, put off or take back."""

from __future__ import annotations

import pytest

from tests.reading.passing import brief


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Дания и Чили обвинили друг друга в нарушении границы.", "ACCUSE CHL=DNK happened"),
        ("Дания и Чили выслали друг у друга дипломатов.", "SANCTION CHL=DNK happened"),
        ("Дания и Чили ввели друг против друга санкции.", "COERCE CHL=DNK happened"),
        ("Дания и Чили обменялись ударами.", "ASSAULT CHL=DNK happened"),
        ("Дания и Чили обменялись пошлинами.", "COERCE CHL=DNK happened"),
    ],
)
def test_what_two_do_to_each_other_is_one_mutual_event(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Премьер Чили назвал заявления Дании дешёвым шантажом.", "ACCUSE CHL>DNK happened"),
        ("Премьер Чили назвал Данию верным союзником.", "SUPPORT CHL>DNK happened"),
        ("МИД Дании именовал Чили агрессором.", "ACCUSE DNK>CHL happened"),
    ],
)
def test_what_one_calls_another_accuses_or_supports_him(text: str, event: str) -> None:
    assert event in brief(text)


def test_what_is_neither_good_nor_bad_does_not() -> None:
    assert brief("Премьер Чили назвал Данию островом.") == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Визит премьера Чили в Осло отложен.", "CONSULT CHL>NOR planned"),
        ("Визит премьера Чили в Осло сорвался.", "CONSULT CHL>NOR denied"),
    ],
)
def test_a_visit_that_is_put_off_or_cancelled_did_not_happen(text: str, event: str) -> None:
    assert brief(text) == [event]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Король Норвегии принял во дворце премьера Чили.", "CONSULT CHL=NOR happened"),
        ("Осло вызвал временного поверенного в делах Чили.", "ACCUSE NOR>CHL happened"),
        ("Исландия смягчила санкции против Перу.", "CONCEDE ISL>PER happened"),
        ("Исландия ввела войска в Перу.", "MOBILIZE ISL>PER happened"),
        ("Перу открыло границу для чилийских грузовиков.", "CONCEDE PER>CHL happened"),
        ("Перу посоветовало чилийцам подождать.", "REQUEST PER>CHL happened"),
        ("Дания и Исландия разграничили морские зоны.", "AGREE DNK=ISL happened"),
        ("Перу сохранит помощь Чили.", "AID PER>CHL planned"),
        ("Дания нанесла удары в Перу.", "ASSAULT DNK>PER happened"),
        ("Дания перебрасывает артиллерию на север Перу.", "MOBILIZE DNK>PER happened"),
        ("Датские и чилийские дипломаты назначили встречу на среду.", "CONSULT CHL=DNK planned"),
        ("Дания предложила Перу уступки.", "CONCEDE DNK>PER happened"),
        ("Договора между Данией и Исландией не существует.", "AGREE DNK=ISL denied"),
        ("Премьер Перу, подписавший с Данией соглашение о рыбе, ушёл.", "AGREE DNK=PER happened"),
        ("После визита премьера Дании в Лиму газеты притихли.", "CONSULT DNK>PER happened"),
        ("Парламент Дании принял закон, вводящий санкции против Перу.", "COERCE DNK>PER happened"),
        ("Дания ввела экспортный контроль против Перу.", "COERCE DNK>PER happened"),
        ("Перу запретило заход датских кораблей.", "COERCE PER>DNK happened"),
        ("Перу подало на Данию в суд.", "ACCUSE PER>DNK happened"),
        ("Перу выразило Дании недовольство.", "ACCUSE PER>DNK happened"),
        ("Дания блокирует вступление Перу в союз.", "REJECT DNK>PER happened"),
        ("Норвегия выступила посредником при обмене пленными между Чили и Перу.", "RETREAT CHL=PER happened"),
    ],
)
def test_further_acts_have_their_sides(text: str, event: str) -> None:
    found = brief(text)
    assert event in found or event.replace("CHL=NOR", "NOR>CHL") in found


def test_the_west_meets_nobody_and_signs_nothing() -> None:
    assert brief("Исландия и Запад сближаются.") == []
    assert brief("Запад ввёл санкции против Исландии.") == ["COERCE WEST>ISL happened"]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Министр Дании во время визита в Сантьяго заявил, что бригада готова.", "CONSULT DNK>CHL happened"),
        ("Премьер Дании по итогам встречи с президентом Чили уехал.", "CONSULT CHL=DNK happened"),
        ("Дания, уже вводившая пошлины против Чили, на этот раз промолчала.", "COERCE DNK>CHL happened"),
    ],
)  # fmt: skip
def test_the_setting_of_a_statement_is_read_with_its_speaker(text: str, event: str) -> None:
    assert event in brief(text)
