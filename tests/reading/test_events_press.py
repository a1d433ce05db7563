"""What wires, portals and channels say passed between states: a sentence of each kind that the frames know."""

from __future__ import annotations

import pytest

from tests.reading.passing import brief


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Президент Финляндии посетит верфь в Чили.", "CONSULT FIN>CHL planned"),
        ("Дания и Чили подвели итоги переговоров.", "CONSULT CHL=DNK happened"),
        ("Перу и Чили согласовали отсрочку платежей.", "AGREE CHL=PER happened"),
        ("Министр Швеции провёл переговоры с коллегой из Финляндии.", "CONSULT FIN=SWE happened"),
        ("Перед тем, как встретиться с президентом Чили, король Дании выступил с речью.", "CONSULT CHL=DNK planned"),
        ("Индийцы подписали с американцами соглашение о радарах.", "AGREE IND=USA happened"),
        ("Египет и Турция обменялись послами.", "SUPPORT EGY=TUR happened"),
        ("Дания и Перу объявили о стратегическом партнёрстве.", "AGREE DNK=PER happened"),
        ("Вьетнам углубил отношения с Чили.", "SUPPORT CHL=VNM happened"),
        ("Делегации США и Китая договорились снизить пошлины.", "AGREE CHN=USA happened"),
        ("Глава Пентагона обсудил с министром Израиля ситуацию на границе с Ливаном.", "CONSULT ISR=USA happened"),
        ("Узбекистан и Дания начали строительство моста.", "COOPERATE DNK=UZB happened"),
        ("Португалия признала Палестинское государство.", "SUPPORT PRT>PSE happened"),
    ],
)
def test_talks_visits_and_pacts_are_told_in_many_ways(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Сербия не поддержала санкции ЕС против России.", "REJECT SRB>EU happened"),
        ("Суд Чили не разрешил транслировать обращение президента Перу.", "REJECT CHL>PER happened"),
        ("Чили отказалась от переговоров с Перу.", "REJECT CHL>PER happened"),
        ("Суд в Варшаве отказал в экстрадиции бизнесмена в Чили.", "REJECT POL>CHL happened"),
        ("Президент Чили отменил поездку в Перу.", "REJECT CHL>PER happened"),
        ("Турция не пропустила корабль Румынии.", "REJECT TUR>ROU happened"),
        ("Израиль отказался вывести войска и признать Палестинское государство.", "REJECT ISR>PSE happened"),
        ("Король Дании отказался лететь в Чили.", "REJECT DNK>CHL happened"),
    ],
)
def test_what_is_refused_called_off_or_not_let_in_is_a_rejection(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Пекин предупредил Ригу: если она откажется, порт закроют.", "THREATEN CHN>LVA happened"),
        ("Дания вручила Чили ноту с требованием вернуть судно.", "REQUEST DNK>CHL happened"),
        ("Перу ждёт от Чили извинений.", "REQUEST PER>CHL happened"),
        ("Чили выразила соболезнования в связи с гибелью перуанского дипломата.", "SUPPORT CHL>PER happened"),
        ("Канада намерена судиться с Чили.", "ACCUSE CAN>CHL planned"),
        ("Дания заверила Латвию, что не допустит задержек.", "SUPPORT DNK>LVA happened"),
        ("МАГАТЭ обвинило Иран в утайке урана.", "ACCUSE IAEA>IRN happened"),
        ("Иран нарушает резолюцию Совбеза ООН.", "REJECT IRN>UN happened"),
    ],
)
def test_warnings_demands_and_condolences_reach_whom_they_are_meant_for(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Чили начала вывозить технику из перуанского порта.", "RETREAT CHL>PER happened"),
        ("Китай удвоит закупки чилийской меди.", "COOPERATE CHN>CHL planned"),
        ("Словакия продолжит поставлять электроэнергию на Украину.", "COOPERATE SVK>UKR planned"),
        ("Чили прекратила закупки перуанского оружия.", "SANCTION CHL>PER happened"),
        ("Президент Чили подписал указ о введении санкций против Перу.", "COERCE CHL>PER happened"),
        ("Перу ответила Чили зеркальными пошлинами.", "COERCE PER>CHL happened"),
        ("Латвия отключилась от российской энергосистемы.", "SANCTION LVA>RUS happened"),
        ("Вашингтон исключил Кубу из списка спонсоров терроризма.", "RETREAT USA>CUB happened"),
        ("Чехия перестала выдавать визы россиянам.", "SANCTION CZE>RUS happened"),
        ("США получили от Турции разрешение на полёты.", "CONCEDE TUR>USA happened"),
        ("Чили пообещала Перу новые беспилотники.", "AID CHL>PER planned"),
        ("Дания проводит обучение чилийских полицейских.", "AID DNK>CHL happened"),
        ("Казахстан вернул Чили спутник.", "RETREAT KAZ>CHL happened"),
        ("Нидерланды конфисковали чилийскую яхту.", "COERCE NLD>CHL happened"),
        ("Словения ввела эмбарго на поставки оружия Израилю.", "COERCE SVN>ISR happened"),
        ("По словам министра обороны Латвии, страна передаст Чили гаубицы.", "AID LVA>CHL planned"),
        ("В Курске силовики задержали граждан Чили.", "COERCE RUS>CHL happened"),
    ],
)
def test_trade_aid_and_measures_are_told_in_many_ways(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Чили заявила об обстреле своих позиций перуанскими войсками.", "ASSAULT PER>CHL happened"),
        ("В Баку опровергли обстрел армянских позиций.", "ASSAULT AZE>ARM denied"),
        ("Военное вмешательство Чили в Перу дорого обошлось.", "ASSAULT CHL>PER happened"),
        ("Военный самолёт Турции вторгся в воздушное пространство Греции.", "MOBILIZE TUR>GRC happened"),
        ("Эстонские военные прибыли в Латвию на учения.", "COOPERATE EST>LVA happened"),
        ("Чили отправила в Перу солдат.", "MOBILIZE CHL>PER happened"),
        ("Эквадорская полиция ворвалась в посольство Мексики.", "COERCE ECU>MEX happened"),
        ("Иран ответил Израилю ракетным ударом.", "ASSAULT IRN>ISR happened"),
        ("Береговая охрана Китая применила водомёты против филиппинских судов.", "ASSAULT CHN>PHL happened"),
        ("Дания увеличит военное присутствие в Латвии.", "MOBILIZE DNK>LVA planned"),
    ],
)
def test_armed_force_and_its_movements_are_told_in_many_ways(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Задержание перуанских моряков Данией стало поводом для протеста.", "COERCE DNK>PER happened"),
        ("Покупка Индией чилийской нефти завершена.", "COOPERATE IND>CHL happened"),
        ("Строительство Китаем порта в Перу завершено.", "COOPERATE CHN>PER happened"),
        ("Экстрадиция белоруса из Сербии в Чили отменена.", "COOPERATE SRB>CHL denied"),
        ("Депортация латвийцев из Дании продолжается.", "SANCTION DNK>LVA happened"),
        ("Телефонный разговор президентов Франции и Чили длился час.", "CONSULT CHL=FRA happened"),
        ("В ходе встречи с президентом Сербии канцлер Германии молчал.", "CONSULT DEU=SRB happened"),
        ("Обещание Германии передать Киеву танки подтвердили.", "AID DEU>UKR planned"),
        ("Дания готовит удар по Чили.", "ASSAULT DNK>CHL planned"),
        ("Военным Чили удалось захватить перуанский пост.", "COERCE CHL>PER happened"),
        ("Российские дипломаты, высланные из Польши, уехали.", "SANCTION POL>RUS happened"),
    ],
)
def test_nouns_participles_and_the_impersonal_say_who_did_it_to_whom(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("После речи о реформе Нетаньяху поблагодарил Путина.", "SUPPORT ISR>RUS happened"),
        ("Министр назвал маловероятным, что Дания вторгнется в Чили.", "ASSAULT DNK>CHL hypothetical"),
        ("Перу призвала ООН ответить признанием Палестины.", "REQUEST PER>UN happened"),
    ],
)
def test_what_the_tree_hangs_wrongly_is_mended(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    "text",
    [
        "Двое индийцев встретились с чилийцами.",
        "Чили поздравила своего президента.",
        "Власти Чили предупредили соседей из Перу о ливнях.",
        "Дания и Чили спорили, и страна передала совету гаубицы.",
    ],
)
def test_people_on_their_own_and_news_of_the_weather_are_no_events(text: str) -> None:
    assert brief(text) == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Ранее сообщалось, что Дания атаковала Чили.", "ASSAULT DNK>CHL happened"),
        ("Как сообщил источник, Дания атаковала Чили.", "ASSAULT DNK>CHL claimed"),
    ],
)
def test_what_was_reported_by_nobody_is_the_outlets_own_word(text: str, event: str) -> None:
    assert event in brief(text)
