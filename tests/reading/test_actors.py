"""Who is spoken of: names, adjectives, demonyms, capitals and seats that stand for a state, and what only looks so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.reading import actors
from tasks.reading.record import Actor, Block
from tasks.reading.tokens import parse


def read(text: str, published: str | None = None) -> list[Actor]:
    spans, start = [], 0
    for line in text.splitlines(keepends=True):
        spans.append((start, start + len(line)))
        start += len(line)
    day = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
    return actors.find(parse(text, spans), [Block(span=(0, len(text)), kind="body")], day)


def of_kind(found: list[Actor], *kinds: str) -> set[str]:
    return {actor.id for actor in found if actor.kind in kinds}


def mentions(found: list[Actor], actor: str) -> list[tuple[str, str]]:
    return [(m.text, m.as_) for a in found if a.id == actor for m in a.mentions]


def states(text: str, published: str | None = None) -> set[str]:
    return of_kind(read(text, published), "state")


@pytest.mark.parametrize(
    ("text", "state", "mention"),
    [
        ("Соглашение подписали в пятницу с Казахстаном.", "KAZ", ("Казахстаном", "name")),
        ("Об этом сообщили российские дипломаты.", "RUS", ("российские", "adjective")),
        ("Среди раненых двое россиян.", "RUS", ("россиян", "demonym")),
        ("Польша не согласна, заявила Варшава.", "POL", ("Варшава", "capital")),
        ("Кремль прокомментировал эти сообщения.", "RUS", ("Кремль", "seat")),
        ("Банковая отвергла предложение.", "UKR", ("Банковая", "seat")),
        ("Об этом заявили на Даунинг-стрит.", "GBR", ("Даунинг-стрит", "seat")),
        ("В Акорде удивлены таким письмом.", "KAZ", ("Акорде", "seat")),
        ("Прежние власти Советского Союза об этом молчали.", "SUN", ("Советского Союза", "name")),
        ("Делегация Абхазии прибыла на переговоры.", "XAB", ("Абхазии", "name")),
        ("Инвесторы из Поднебесной выкупили завод.", "CHN", ("Поднебесной", "name")),
        ("Штаты вышли из договора, а Штатам ответили.", "USA", ("Штатам", "name")),
        ("Парламент ЮАР одобрил закон.", "ZAF", ("ЮАР", "name")),
        ("Премьер Кот-д'Ивуара ушёл в отставку.", "CIV", ("Кот-д'Ивуара", "name")),
    ],
)
def test_a_state_is_found_by_whatever_stands_for_it(text: str, state: str, mention: tuple[str, str]) -> None:
    assert mention in mentions(read(text), state)


def test_a_blocs_abbreviation_is_no_state_that_sounds_like_it() -> None:
    assert of_kind(read("Саммит ГУАМ прошёл успешно."), "bloc") == {"GUAM_ORG"}
    assert states("Базу на Гуаме расширят.") == {"GUM"}


@pytest.mark.parametrize(
    ("text", "bloc"),
    [
        ("Вышеградская четвёрка выступила против квот.", "VISEGRAD"),
        ("Бухарестская девятка просит усилить фланг.", "B9"),
        ("Люблинский треугольник обсудил поставки.", "LUBLIN"),
        ("Монархии Персидского залива сократят добычу.", "GCC"),
    ],
)
def test_a_group_of_states_is_found_by_its_common_names(text: str, bloc: str) -> None:
    assert bloc in of_kind(read(text), "bloc")


def test_each_half_of_a_compound_adjective_is_its_own_state() -> None:
    found = read("Стороны обсудили российско-американские отношения и британско-казахстанское сближение.")
    assert mentions(found, "RUS") == [("российско", "adjective")]
    assert mentions(found, "USA") == [("американские", "adjective")]
    assert mentions(found, "GBR") == [("британско", "adjective")]
    assert mentions(found, "KAZ") == [("казахстанское", "adjective")]


def test_for_and_against_a_state_speak_of_it() -> None:
    found = read("Антироссийскую резолюцию поддержали прозападные партии и пронатовские депутаты.")
    assert of_kind(found, "state", "bloc") == {"RUS", "WEST", "NATO"}


def test_words_run_together_on_a_page_still_name_the_state() -> None:
    assert states("На борту не было граждан РоссииНа борту самолёта были туристы.") == {"RUS"}


@pytest.mark.parametrize(
    "text",
    [
        "Из-за того что чада подросли, комнаты стали малы.",
        "Он поставил куб на куб и взял перо.",
        "В Минском районе открыли новую школу.",
        "На сцене пел Михаил Турецкий, в зале сидел Роман Польский.",
        "Романы читал Александр Македонский.",
        "Пьесу Чехова ставили сто раз.",
        "Гости танцевали польку, повар жарил чебуреки.",
        "Старики играли в американку до утра.",
        "Он добавил в суп перца чили и соль.",
        "Мальчик владеет английским и учит уроки.",
        "Книга вышла на русском, английском и французском языках.",
        "Депутаты обманули избирателей, обман раскрылся.",
        "Дети прокатились с американских горок.",
        "Водители устроили итальянскую забастовку.",
        "Дом стоит на Грузинской улице, рядом с парком.",
        "Отправились в плавание через Индийский океан.",
        "Заявление опубликовала «Российская газета».",
        "Победила партия «Единая Россия».",
        "Об этом сообщило радио «Эхо Москвы».",
        "Турист купил турку и сварил кофе.",
        "Чада Ивановы ждут от родителей подарков.",
        "Того и гляди пойдёт дождь.",
        "Индо-тихоокеанский регион растёт.",
        "Турки-месхетинцы собрались на праздник.",
        "Поэт Сальвадора не читал, но любил Сальвадора Дали.",
    ],
)
def test_a_word_that_only_looks_like_a_state_is_none(text: str) -> None:
    assert states(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Президент Того встретился с премьером Мали.", {"TGO", "MLI"}),
        ("Власти Чада закрыли границу с Нигером и Нигерией.", {"TCD", "NER", "NGA"}),
        ("Куба и Перу возобновили отношения.", {"CUB", "PER"}),
        ("Оман стал посредником между Ираном и США.", {"OMN", "IRN", "USA"}),
        ("Маврикий и Мавритания подписали договор.", {"MUS", "MRT"}),
        ("Доминика граничит морем с Мартиникой, Доминикана — с Гаити.", {"DMA", "MTQ", "DOM", "HTI"}),
        ("Полька выиграла турнир, россиянка проиграла.", {"POL", "RUS"}),
        ("Десять чехов и пятеро поляков остались в больнице.", {"CZE", "POL"}),
        ("Лаос и Камбоджа согласовали границу.", {"LAO", "KHM"}),
        ("Иордания приняла беженцев из Ирака.", {"JOR", "IRQ"}),
    ],
)
def test_the_same_words_are_states_where_they_are_meant(text: str, expected: set[str]) -> None:
    assert states(text) == expected


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Москва ответила на новые санкции.", "RUS"),
        ("В Москве считают, что переговоры возможны.", "RUS"),
        ("Позиция Киева остаётся прежней.", "UKR"),
        ("Министр обвинил Тегеран в обмане.", "IRN"),
        ("Он призвал Вашингтон вернуться к переговорам.", "USA"),
        ("Страна хочет наладить отношения с Анкарой.", "TUR"),
        ("Диалог между Пекином и Токио продолжается.", "CHN"),
        ("Эмбарго, введённое Вашингтоном, снято.", "USA"),
        ("Новые союзники Астаны настаивают на этом.", "KAZ"),
        ("Элиты ориентированы на Лондон, а не на Москву.", "GBR"),
        ("От Белграда потребовали признать независимость края.", "SRB"),
        ("Париж готов помогать Кишинёву.", "MDA"),
        ("Всё это направлено против Минска.", "BLR"),
        ("Сложилась ось Москва — Тегеран.", "IRN"),
        ("Он ждёт ответа от Токио.", "JPN"),
        ("Вена выступила против решения.", "AUT"),
    ],
)
def test_a_capital_that_acts_or_is_dealt_with_is_its_state(text: str, state: str) -> None:
    assert state in states(text)


@pytest.mark.parametrize(
    "text",
    [
        "В Москве прошла выставка кошек.",
        "Самолёт вылетел из Лондона в Париж.",
        "Пожар случился в центре Киева.",
        "Он родился в Берлине и учился в Вене.",
        "Мэр Москвы открыл новую станцию.",
        "Жители города Минска вышли на субботник.",
        "Поезд шёл в 30 километрах от Варшавы.",
        "ЛОНДОН, 5 июня. Выставка открылась вчера.",
        "Улицы Парижа опустели к вечеру.",
        "Актёр назвал городок маленьким Парижем.",
        "Билеты на рейс между Пекином и Токио подорожали.",
        "По Москве прошёл дождь.",
        "Рейс Москва — Пекин отменили.",
    ],
)
def test_a_capital_where_things_happen_is_a_place(text: str) -> None:
    found = read(text)
    assert of_kind(found, "state") == set()
    assert of_kind(found, "place")


def test_a_seat_is_a_place_where_one_is_received() -> None:
    assert states("В Кремле прошёл приём для учителей.") == set()
    assert states("В Кремле не исключают новых переговоров.") == {"RUS"}


def test_the_adjective_of_a_capital_speaks_of_the_state_before_what_a_state_has() -> None:
    assert states("Киевский режим отверг предложение.") == {"UKR"}
    assert states("Киевский торт подорожал.") == set()


def test_brussels_tells_what_else_it_may_mean() -> None:
    found = read("Брюссель пригрозил новыми пошлинами.")
    mention = next(m for a in found if a.id == "EU" for m in a.mentions)
    assert mention.as_ == "capital"
    assert set(mention.alternatives or ()) == {"NATO", "BEL"}


def test_brussels_is_natos_where_the_article_speaks_of_nato() -> None:
    found = read("НАТО проведёт учения. Брюссель требует от союзников больше войск.")
    assert ("Брюссель", "capital") in mentions(found, "NATO")


def test_congo_and_korea_tell_the_other_one() -> None:
    found = read("В Конго прошли выборы.")
    assert [m.alternatives for a in found if a.kind == "state" for m in a.mentions] == [["COG"]]


def test_the_lands_of_a_state_that_is_gone_are_a_place() -> None:
    found = read("Выходцы из республик бывшего СССР открыли магазины.")
    assert of_kind(found, "state") == set()
    assert "place:ссср" in of_kind(found, "place")


def test_a_capital_that_moved_is_the_capital_of_its_day() -> None:
    assert states("Алма-Ата поддержала предложение.", "1995-05-01") == {"KAZ"}
    assert states("Алма-Ата поддержала предложение.", "2021-05-01") == set()
    assert states("Нур-Султан поддержал предложение.", "2021-05-01") == {"KAZ"}


def test_a_bloc_has_the_members_of_the_articles_day() -> None:
    def eu(published: str | None) -> list[str]:
        return next(a.members or [] for a in read("Евросоюз ввёл санкции.", published) if a.id == "EU")

    assert "GBR" in eu("2016-05-01")
    assert "GBR" not in eu(None)


def test_blocs_are_found_by_name_and_by_nickname() -> None:
    found = read('Запад, страны Балтии, «большая двадцатка», ОДКБ и "Большая семёрка" обсудили это.')
    assert of_kind(found, "bloc") == {"WEST", "BALTICS", "G20", "CSTO", "G7"}


def test_a_bodys_state_is_the_one_named_beside_it() -> None:
    found = {a.id: a for a in read("МИД Польши ответил. Минобороны Великобритании молчит. Российский МИД возразил.")}
    assert {(i, a.state) for i, a in found.items() if a.kind == "body"} == {
        ("body:мид:POL", "POL"),
        ("body:министерство обороны:GBR", "GBR"),
        ("body:мид:RUS", "RUS"),
    }


def test_a_body_named_bare_is_the_one_named_in_full() -> None:
    found = read("МИД Латвии вызвал посла. Позже в МИД уточнили причину.")
    assert len(mentions(found, "body:мид:LVA")) == 2


def test_a_state_in_the_name_of_a_body_is_mentioned_too() -> None:
    found = read("Служба безопасности Украины задержала троих.")
    assert mentions(found, "UKR") == [("Украины", "name")]
    assert of_kind(found, "body") == {"body:служба безопасности украины:UKR"}


def test_an_organ_that_the_gazetteer_does_not_know_is_a_body_of_the_state_in_its_name() -> None:
    found = read("Министерство труда Японии опубликовало отчёт.")
    assert [(a.kind, a.state) for a in found if a.id.startswith("body:")] == [("body", "JPN")]


def test_a_leader_is_a_person_with_a_state_and_no_mention_of_the_state() -> None:
    found = read("Зеленский отказался от встречи.", "2023-01-01")
    assert of_kind(found, "state") == set()
    leader = next(a for a in found if a.kind == "person")
    assert (leader.id, leader.name.ru, leader.state) == ("person:зеленский", "Владимир Зеленский", "UKR")
    assert [m.as_ for m in leader.mentions] == ["leader"]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("На переговорах с Токаевым говорили о визах.", "KAZ"),
        ("Письмо передали Бектенову.", "KAZ"),
        ("Визит Жапарова отложен.", "KGZ"),
        ("Журналисты спросили Моди о пошлинах.", "IND"),
        ("Встречу с Карни перенесли.", "CAN"),
        ("Указ подготовили для Зурабишвили и Шмыгаля.", "UKR"),
        ("Вопрос задали Сибиге.", "UKR"),
    ],
)
def test_a_leader_is_known_in_every_case_of_a_surname_that_no_dictionary_has(text: str, state: str) -> None:
    assert state in {a.state for a in read(text, "2025-06-01") if a.mentions[0].as_ == "leader"}


def test_a_state_that_the_tagger_takes_for_a_person_is_the_one_of_which_the_article_speaks() -> None:
    found = read(
        "Нигер и Мали заключили пакт. Сообщество действительно угрожало Нигеру интервенцией и закрыло границы."
    )
    assert mentions(found, "NER") == [("Нигер", "name"), ("Нигеру", "name")]


def test_a_first_name_that_looks_like_a_leader_s_case_is_none_of_his() -> None:
    assert [a.state for a in read("Об этом рассказал дядя Коля.", "1990-01-01") if a.kind == "person"] == [None]


def test_one_who_led_at_another_time_is_named_and_not_leader() -> None:
    def form(published: str) -> str:
        return read("Обама выступил с речью.", published)[0].mentions[0].as_

    assert form("2012-06-01") == "leader"
    assert form("2019-06-01") == "name"


def test_a_name_that_begins_with_the_surname_is_kept_whole() -> None:
    found = read("Си Цзиньпин принял Ким Чен Ына. Си остался доволен встречей.", "2025-09-05")
    people = {a.id: a for a in found if a.kind == "person"}
    assert set(people) == {"person:си", "person:ким"}
    assert (people["person:си"].name.ru, people["person:си"].state) == ("Си Цзиньпин", "CHN")
    assert people["person:ким"].name.ru == "Ким Чен Ын"


@pytest.mark.parametrize(
    ("text", "day", "name", "state", "mention"),
    [
        ("Ван И заявил, что доклад готов.", "2025-06-01", "Ван И", "CHN", "Ван И"),
        ("То Лам прибыл с визитом.", "2025-06-01", "То Лам", "VNM", "То Лам"),
        ("Переговоры с То Ламом прошли вчера.", "2025-06-01", "То Лам", "VNM", "То Ламом"),
        ("Встречу с Исхаком Даром отменили.", "2025-06-01", "Исхак Дар", "PAK", "Исхаком Даром"),
        ("Визит Мухаммеда бин Салмана отложен.", "2025-06-01", "Мухаммед бин Салман", "SAU", "Мухаммеда бин Салмана"),
        ("Бабиш выступил против пошлин.", "2026-01-20", "Андрей Бабиш", "CZE", "Бабиш"),
        ("Орпо призвал к диалогу.", "2025-06-01", "Петтери Орпо", "FIN", "Орпо"),
    ],
)
def test_a_leader_is_found_at_a_sentences_head_and_by_a_whole_name_in_any_case(
    text: str, day: str, name: str, state: str, mention: str
) -> None:
    people = [a for a in read(text, day) if a.kind == "person"]
    assert [(a.name.ru, a.state) for a in people] == [(name, state)]
    assert [(m.text, m.as_) for m in people[0].mentions] == [(mention, "leader")]
    assert of_kind(read(text, day), "place") == set()


def test_a_surname_that_is_a_common_word_is_a_leader_only_with_the_first_name() -> None:
    assert of_kind(read("Дан приказ наступать. Рама окна сломана. Кац продал дом."), "person") <= {"person:кац"}
    assert not [a for a in read("Кац продал дом.", "2025-06-01") if a.state]


def test_a_namesake_of_a_leader_is_himself() -> None:
    found = read("Теннисист Даниил Медведев победил. Медведев остался доволен матчем.", "2010-06-01")
    assert [(a.name.ru, a.state) for a in found if a.kind == "person"] == [("Даниил Медведев", None)]


def test_a_surname_alone_is_the_person_named_in_full_and_the_name_is_nominative() -> None:
    found = read("Об этом рассказала Ася Мелкумова. По словам Мелкумовой, редакции нет. Акцию Мелкумова осудила.")
    person = next(a for a in found if a.kind == "person")
    assert (person.id, person.name.ru, len(person.mentions)) == ("person:мелкумова", "Ася Мелкумова", 3)


def test_two_people_of_one_surname_are_two() -> None:
    found = read("Вера Политковская и Илья Политковский подали иск. Анна Иванова и Пётр Иванов их поддержали.")
    assert len(of_kind(found, "person")) == 4


def test_a_post_tells_a_persons_state() -> None:
    found = read("Министр обороны Латвии Андрис Спрудс приехал. Ли Сянь, посол Китая, его встретил.")
    assert {(a.name.ru, a.state) for a in found if a.kind == "person"} == {("Андрис Спрудс", "LVA"), ("Ли Сянь", "CHN")}


def test_what_lies_outside_title_and_body_is_not_evidence() -> None:
    text = "Италия подписала договор.\n\nЧитайте также: Испания против Португалии"
    cut = text.index("Читайте")
    blocks = [Block(span=(0, cut), kind="body"), Block(span=(cut, len(text)), kind="headlines", why="others")]
    found = actors.find(parse(text, [(0, 25), (cut, len(text))]), blocks, None)
    assert of_kind(found, "state") == {"ITA"}


def test_mentions_show_the_text_at_their_span() -> None:
    text = "Россия и ЕС спорят. Кремль ответил Брюсселю. МИД РФ и Сергей Лавров промолчали в Женеве."
    found = read(text)
    assert found
    for actor in found:
        assert actor.mentions
        for mention in actor.mentions:
            assert text[slice(*mention.span)] == mention.text


RUSSIAN = ["Россия", "в ", "Того", " и ", "Москва", " заявила", "российско-", "американский", "Путин", "МИД", " России"]
NAMES = ["США", "Белый дом", "Брюссель", "Кот-д'Ивуар", "anti", "Ё"]
PIECES = st.sampled_from([*RUSSIAN, *NAMES, ", ", "«", "»", '"', "-", "—", ".", "\n", "\u0301", "😀"])


@settings(max_examples=60, deadline=None)
@example("Россияроссийско-\U00017000")
@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_any_text_is_read_twice_alike_and_every_mention_lies_in_it(text: str) -> None:
    first, second = read(text), read(text)
    assert [a.model_dump() for a in first] == [a.model_dump() for a in second]
    for actor in first:
        for mention in actor.mentions:
            assert 0 <= mention.span[0] < mention.span[1] <= len(text)
            assert text[slice(*mention.span)] == mention.text


def test_a_word_of_a_class_that_names_nothing_is_no_place() -> None:
    found = read("Ещё весной казалось, что Азербайджан не намерен менять баланс.")
    assert of_kind(found, "place") == set()
