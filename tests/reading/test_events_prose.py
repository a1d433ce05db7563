"""What columns and ministries' statements say passed between states: long lists, peoples, wares, warnings, promises."""

from __future__ import annotations

import pytest

from tests.reading.passing import brief


def test_one_side_may_have_many_others() -> None:
    found = brief("Датские войска ушли из Чили, Перу, Кубы, Ганы и Непала.")
    assert set(found) == {f"RETREAT DNK>{other} happened" for other in ("CHL", "CUB", "GHA", "NPL", "PER")}


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Переговоры между датчанами и исландцами прошли в Чили.", "CONSULT DNK=ISL happened"),
        ("Дания потребовала от норвежцев уступок.", "REQUEST DNK>NOR happened"),
        ("Исландия покупает паромы у датчан.", "COOPERATE ISL>DNK happened"),
        ("Исландцы отвергли предложение Дании.", "REJECT ISL>DNK happened"),
    ],
)
def test_a_people_named_whole_stands_for_its_state(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    "text", ["Дания потребовала от двух исландцев уйти.", "Пять исландцев отвергли предложение Дании."]
)
def test_some_of_a_people_do_not(text: str) -> None:
    assert not any("ISL" in event for event in brief(text))


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Перу покупает датские паромы.", "COOPERATE PER>DNK happened"),
        ("Перу импортировала тысячу баррелей норвежской нефти.", "COOPERATE PER>NOR happened"),
        ("Перу импортирует рыбу из Норвегии.", "COOPERATE PER>NOR happened"),
        ("Норвежская сталь экспортируется в Перу.", "COOPERATE NOR>PER happened"),
        ("Дания обеспечивает половину исландской торговли.", "COOPERATE DNK>ISL happened"),
        ("Норвегия поставляет газ Дании и Греции.", "COOPERATE NOR>DNK happened"),
        ("Указ содержал запрет импорта перуанских товаров в Чили.", "COERCE CHL>PER happened"),
        ("Дания направила в Исландию два самолёта-разведчика.", "MOBILIZE DNK>ISL happened"),
    ],
)
def test_wares_pass_between_whose_they_are_and_who_buys_them(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize("text", ["Дания заблокировала помощь МВФ.", "Дания требует защиты от Чили."])
def test_who_gives_and_who_is_feared_is_not_asked_or_refused(text: str) -> None:
    assert brief(text) == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Министр Дании предупредил: если Чили закроет порт, ответ последует.", "THREATEN DNK>CHL happened"),
        ("Дания предупредила, что если Чили закроет порт, мера будет принята.", "THREATEN DNK>CHL happened"),
        ("Дания пообещала не покупать чилийскую медь.", "SANCTION DNK>CHL planned"),
        ("Дания взяла на себя обязательство защищать Исландию.", "SUPPORT DNK>ISL planned"),
        ("Дания готовит пошлины на чилийскую медь.", "COERCE DNK>CHL planned"),
        ("Дания пообещала не бомбить Чили.", "ASSAULT DNK>CHL denied"),
    ],
)
def test_warnings_and_promises_are_of_what_is_to_come(text: str, event: str) -> None:
    assert event in brief(text)


def test_who_foresees_what_another_does_next_threatens_nobody() -> None:
    text = "Министр Дании предупредил: если Чили победит, она нападёт на Перу."
    assert not any(event.startswith("THREATEN") for event in brief(text))


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Датские и чилийские истребители вместе облетели остров.", "COOPERATE CHL=DNK happened"),
        ("Послы стран ЕС согласовали продление санкций против Чили.", "COERCE EU>CHL happened"),
        ("Дания благодарна Исландии за лодки.", "SUPPORT DNK>ISL happened"),
        ("Чилийский дипломат уехал: дипломата Чили вызвали в датский МИД.", "ACCUSE DNK>CHL happened"),
        ("Дания отвергает обвинения Чили.", "ACCUSE CHL>DNK happened"),
        ("Поздравительное письмо направил президенту Чили его датский коллега.", "SUPPORT DNK>CHL happened"),
        ("Дания выразила соболезнования правительству и народу Чили.", "SUPPORT DNK>CHL happened"),
        ("В докладе МИД Дании осуждаются действия Чили.", "ACCUSE DNK>CHL happened"),
        ("Заморозив участие в ОДКБ, Дания искала друзей.", "SANCTION DNK>CSTO happened"),
        ("Дания отказалась принимать у себя учения НАТО.", "REJECT DNK>NATO happened"),
        ("Эмиссары МИД Чили приезжали в Осло, а потом в Данию.", "CONSULT CHL>NOR happened"),
        ("Визит главы МИД Дании в Чили состоялся в среду.", "CONSULT DNK>CHL happened"),
        ("Датский самолёт опасно приблизился к чилийскому эсминцу.", "MOBILIZE DNK>CHL happened"),
        ("Датская армия вошла на территорию Чили.", "ASSAULT DNK>CHL happened"),
        ("Дания ввела пошлины на медь, Чили приостановила закупки датской рыбы.", "SANCTION CHL>DNK happened"),
        ("Предложение Дании получило от Чили отказ, Дания получила отказ от Чили.", "REJECT CHL>DNK happened"),
    ],
)
def test_words_find_their_parties_where_the_tree_hung_them_elsewhere(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("ЕС продлил санкции против Чили, Осло выпросил отсрочку.", ["COERCE EU>CHL happened"]),
        (
            "Япония выразила Норвегии протест, шведский МИД отверг его.",
            ["ACCUSE JPN>NOR happened"],
        ),
        (
            "Япония пригрозила Турции, Норвегия осудила Японию, Индия поддержала Турцию.",
            ["THREATEN JPN>TUR happened", "ACCUSE NOR>JPN happened", "SUPPORT IND>TUR happened"],
        ),
        (
            "Дания сбила чилийские самолёты, после чего Чили нанесла удары по датским аэродромам.",
            ["ASSAULT DNK>CHL happened", "ASSAULT CHL>DNK happened"],
        ),
    ],
)
def test_clauses_that_only_a_comma_joins_have_each_their_own_subject(text: str, events: list[str]) -> None:
    assert sorted(brief(text)) == sorted(events)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Дания не пустит чилийского министра на встречу.", "REJECT DNK>CHL planned"),
        ("Дания намерена лишить Норвегию доступа к долларам.", "COERCE DNK>NOR planned"),
        ("Чили национализировала датский рудник.", "COERCE CHL>DNK happened"),
        ("Дания взяла под контроль чилийскую компанию.", "COERCE DNK>CHL happened"),
        ("Введённые Данией против Чили ограничения действуют до мая.", "COERCE DNK>CHL happened"),
        ("Дания ударила ракетами по Чили.", "ASSAULT DNK>CHL happened"),
        ("Правительство Дании опровергло сообщения о переговорах с Чили.", "CONSULT CHL=DNK denied"),
        ("Чили и Перу спорят, и Дания призвала их договориться.", "REQUEST DNK>PER happened"),
        ("Дания ответила высылкой чилийского консула.", "SANCTION DNK>CHL happened"),
        ("Дания торгует с Чили.", "COOPERATE CHL=DNK happened"),
        ("Украина благодарна датскому народу за лодки.", "SUPPORT UKR>DNK happened"),
        ("Датчане встревожились и попросили Чили о встрече.", "REQUEST DNK>CHL happened"),
        ("Перу заняла у Дании миллиард долларов.", "AID DNK>PER happened"),
    ],
)
def test_refusals_seizures_and_answers_are_of_whom_grammar_says(text: str, event: str) -> None:
    assert event in brief(text)


def test_who_is_blamed_is_who_does_it_and_not_whose_it_is() -> None:
    found = brief("Турция осудила признание Испанией суверенитета Марокко над островом.")
    assert "ACCUSE TUR>ESP happened" in found
    assert "ACCUSE TUR>MAR happened" not in found


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Дания готовит ответные меры против Норвегии.", "COERCE DNK>NOR planned"),
        ("ЕС исключил Турцию из программы обмена.", "SANCTION EU>TUR happened"),
        ("Норвегия приостановила переговоры о вступлении в ЕС.", "SANCTION NOR>EU happened"),
        ("Дания разморозила активы Турции.", "RETREAT DNK>TUR happened"),
        ("Дания повысила для Норвегии цену на масло.", "COERCE DNK>NOR happened"),
        ("Дания разрешила Норвегии построить базу.", "CONCEDE DNK>NOR happened"),
        ("Правительство Дании надеется на встречу с премьером Норвегии.", "CONSULT DNK=NOR hypothetical"),
        ("Норвежские хакеры взломали сеть министерства Дании.", "COERCE NOR>DNK happened"),
        ("Турция помиловала датского моряка по просьбе Норвегии.", "REQUEST NOR>TUR happened"),
    ],
)
def test_what_is_hoped_for_asked_or_answered_has_both_its_sides(text: str, event: str) -> None:
    assert event in brief(text)


def test_a_court_of_the_world_is_not_of_the_state_where_it_sits() -> None:
    assert not any("NLD" in event for event in brief("Суд в Гааге обязал Турцию допустить врачей."))
