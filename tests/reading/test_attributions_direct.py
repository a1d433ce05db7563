"""Direct speech: what stands in marks or behind a dash, and whose it is."""

from __future__ import annotations

import pytest

from tasks.reading import quotations

from .saying import lines, one, said


@pytest.mark.parametrize(
    "text",
    [
        "«Мы готовы к переговорам», — заявил министр обороны Степан Лугин.",
        '"Мы готовы к переговорам", - заявил министр обороны Степан Лугин.',
        "„Мы готовы к переговорам“, — заявил министр обороны Степан Лугин.",
        "“Мы готовы к переговорам”, – заявил министр обороны Степан Лугин.",
    ],
)
def test_a_quotation_in_any_marks_goes_to_the_cue_behind_it(text: str) -> None:
    found = one(text)
    assert (found.kind, found.content, found.cue) == ("direct", "Мы готовы к переговорам", "заявил")
    assert (found.mention, found.source) == ("министр обороны Степан Лугин", "Степан Лугин")


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("«Мы готовы, — заявил министр Степан Лугин, — но времени мало».", "Мы готовы … но времени мало"),
        ("«Мы готовы, — заявил министр Степан Лугин. — Завтра начнём».", "Мы готовы … Завтра начнём"),
        ("— Мы готовы, — сказал министр Степан Лугин. — Завтра начнём.", "Мы готовы … Завтра начнём"),
    ],
)
def test_words_interrupted_by_their_cue_are_one_attribution(text: str, content: str) -> None:
    found = one(text)
    assert (found.kind, found.content, found.source) == ("direct", content, "Степан Лугин")


def test_a_cue_before_a_colon_has_the_quotation_behind_it() -> None:
    found = one("Министр Степан Лугин сказал: «Мы готовы. Завтра начнём».")
    assert (found.content, found.cue) == ("Мы готовы. Завтра начнём", "сказал")


def test_a_name_before_a_colon_attributes_without_a_cue() -> None:
    found = one("Степан Лугин: «Мы готовы к переговорам».")
    assert (found.content, found.cue, found.source) == ("Мы готовы к переговорам", None, "Степан Лугин")


def test_a_clause_that_is_nothing_but_a_quotation_is_direct() -> None:
    found = one("Директор завода Анна Бережная заявила, что «запасов хватит до весны».")
    assert (found.kind, found.content) == ("direct", "запасов хватит до весны")


def test_a_closing_mark_may_close_two_quotations() -> None:
    text = "«Нас подвела газета «Заря», — сказал Степан Лугин. Завод стоит."
    assert one(text).source == "Степан Лугин"
    assert [q.depth for q in quotations.find(text, lines(text))] == [0, 1]


def test_a_quotation_within_a_quotation_stays_within() -> None:
    found = one("«Газета «Заря» ошиблась, и мы подадим в суд», — сказал Степан Лугин.")
    assert found.content == "Газета «Заря» ошиблась, и мы подадим в суд"


def test_a_quotation_runs_over_paragraphs_until_it_closes() -> None:
    text = "«Склады пусты. Помощи нет.\nМы ждём поезда до пятницы», — сообщил директор склада Олег Мухин."
    assert one(text).content == "Склады пусты. Помощи нет. … Мы ждём поезда до пятницы"


def test_a_mark_that_never_closes_ends_with_its_paragraph() -> None:
    text = "Он купил «Зарю и уехал.\nЗавод стоит."
    [quotation] = quotations.find(text, lines(text))
    assert text[slice(*quotation.inner[0])] == "Зарю и уехал."


@pytest.mark.parametrize(
    "text",
    [
        "Газета «Заря» выходит с прошлого века.",
        "Фильм «Дом у моря» показали в клубе «Маяк».",
        "Так называемый «народный мэр» исчез.",
        "Компания «Северный лес» закрыла два завода.",
    ],
)
def test_names_titles_and_scare_quotes_are_nobodys_words(text: str) -> None:
    assert said(text) == []


def test_whose_words_an_outlet_quotes_is_the_source() -> None:
    found = one("«Санкции ударят по соседям, — цитирует Лугина агентство «Прибой». — Выхода нет».")
    assert (found.content, found.mention) == ("Санкции ударят по соседям … Выхода нет", "Лугина")


def test_a_paragraph_behind_a_cue_with_a_colon_is_what_was_said() -> None:
    text = "Директор порта Олег Мухин сказал:\nМы ждём поезда до пятницы. Потом закроем склад.\n\nПоезд опоздал."
    found = one(text)
    assert (found.kind, found.content) == ("direct", "Мы ждём поезда до пятницы. Потом закроем склад")


def test_lines_below_that_speak_of_themselves_belong_to_what_was_said() -> None:
    text = "Олег Мухин написал:\nЭто решение далось трудно.\nЯ благодарю всех, кто был рядом.\nМухин ушёл в мае."
    assert one(text).content == "Это решение далось трудно. … Я благодарю всех, кто был рядом"


def test_a_name_with_a_colon_and_a_dash_below_is_an_interview() -> None:
    text = "Олег Мухин, директор порта:\n— Мы ждём поезда до пятницы. Потом закроем склад."
    found = one(text)
    assert (found.kind, found.source) == ("direct", "Олег Мухин")


def test_a_cue_with_a_clause_and_a_quotation_behind_a_colon_has_both() -> None:
    text = "Олег Мухин рассказал, что склад пуст: «Мы ждали поезда неделю. Он не пришёл»."
    assert [(a.kind, a.content) for a in said(text)] == [
        ("indirect", "склад пуст"),
        ("direct", "Мы ждали поезда неделю. Он не пришёл"),
    ]


def test_a_sentence_behind_a_quotation_is_not_its_cue() -> None:
    text = "Посол Олег Мухин сказал: «Мы уходим». Анна Бережная указала на дверь."
    assert one(text).source == "Олег Мухин"


def test_a_clause_behind_a_quotation_is_not_its_cue() -> None:
    text = "Мэр Олег Мухин заявил, что мост «вызывает сожаление», а Анна Бережная отметила, что он красив."
    assert [(a.source, a.cue) for a in said(text)] == [("Олег Мухин", "заявил"), ("Анна Бережная", "отметила")]


def test_a_wikis_italics_are_no_part_of_what_was_said() -> None:
    found = one("Олег Мухин заявил: ''«Не могу это слушать. А вы смеётесь.»''")
    assert found.content == "Не могу это слушать. А вы смеётесь."


def test_a_phrase_before_a_colon_has_the_quotation_once() -> None:
    found = one("По словам директора порта Олега Мухина: «Мы ждём поезда до пятницы и не уедем».")
    assert (found.kind, found.cue, found.source) == ("direct", "По словам", "Олег Мухин")


def test_a_quotation_alone_goes_on_with_whoever_spoke_before() -> None:
    text = "Посол Олег Мухин сообщил, что уезжает. «Мы этого не забудем, и напоминать нам не придётся»."
    first, second = said(text)
    assert (second.kind, second.cue, second.source) == ("direct", None, first.source)


def test_words_on_both_sides_of_a_cue_with_a_colon_are_two_attributions() -> None:
    text = "За складом следит один сторож, отметил Олег Мухин: «Второго мы не ищем»."
    assert [(a.kind, a.content) for a in said(text)] == [
        ("indirect", "За складом следит один сторож"),
        ("direct", "Второго мы не ищем"),
    ]


@pytest.mark.parametrize(
    ("text", "content", "cue", "source"),
    [
        ("«Мы и сами не рады», — развёл руками мэр Олег Мухин.", "Мы и сами не рады", "развёл", "Олег Мухин"),
        ("«Мест больше нет», — был краток мэр Олег Мухин.", "Мест больше нет", "краток", "Олег Мухин"),
        ("«Мост закрыт», — сказал мэр Олег Мухин, — «мы ждём запчастей».", "Мост закрыт … мы ждём запчастей", "сказал",
         "Олег Мухин"),
        ("Какой-то старик выкрикнул «Верните мост», и все обернулись.", "Верните мост", "выкрикнул", "UNNAMED"),
        ("Мэра встретили криками «Верните мост!».", "Верните мост!", "криками", "UNNAMED"),
        ("По его словам: «Мост закрыт надолго».", "Мост закрыт надолго", "По его словам", "UNNAMED"),
        ("Тогда как мэр Олег Мухин уверяет во весь голос, что «мост открыт».", "мост открыт", "уверяет",
         "Олег Мухин"),
    ],
)  # fmt: skip
def test_whatever_a_person_does_behind_a_quotation_and_a_dash_attributes_it(
    text: str, content: str, cue: str, source: str
) -> None:
    found = one(text)
    assert (found.kind, found.content, found.cue, found.source) == ("direct", content, cue, source)


@pytest.mark.parametrize("text", ["«Мост закрыт», — хлопнула дверь.", "Вышел роман «Мост», — река разлилась вновь."])
def test_a_thing_behind_a_dash_says_nothing(text: str) -> None:
    assert said(text) == []


def test_a_quotation_alone_is_of_the_person_whom_the_sentence_before_it_is_about() -> None:
    text = (
        "Эксперт Глеб Носов сомневается. «Такие дороги редко доводят до конца. В лучшем случае построят половину».\n"
        "Вице-премьер Тигран Аветян уже прилетел в Тбилиси. «Мы долго шли к этой встрече».\n"
        "— А если не выйдет?\n"
        "«Тогда мы вернёмся к ней через год»."
    )
    assert [a.source for a in said(text) if a.kind == "direct"] == ["Глеб Носов", "Тигран Аветян", "Тигран Аветян"]


def test_a_cue_within_a_quotation_in_a_quotation_does_not_break_the_outer_one() -> None:
    text = (
        "«Мне звонили. „Прости, — сказал он, — так вышло“. А кто виноват? — недоумевает Глеб Носов. — Сами и виноваты»."
    )
    outer = said(text)[0]
    assert outer.source == "Глеб Носов"
    assert outer.content == "Мне звонили. „Прости, — сказал он, — так вышло“. А кто виноват … Сами и виноваты"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("«Мы готовы к миру», — Павел Усов, директор верфи, в эфире «Волны».", "Павел Усов"),
        ("Турецкий министр: «Мы готовы к миру».", "UNNAMED"),
        ("Ладов — о России: «Мы готовы к миру».", "Ладов"),
        ("Министр обороны Литвы Йонас Кайрис о базах: «Мы готовы к миру».", "Йонас Кайрис"),
    ],
)
def test_whoever_stands_beside_a_colon_or_a_dash_says_what_is_quoted_there(text: str, source: str) -> None:
    found = one(text)
    assert (found.kind, found.content, found.cue, found.source) == ("direct", "Мы готовы к миру", None, source)


def test_a_noun_of_saying_before_a_colon_is_of_whoever_the_verb_is_of() -> None:
    text = "Марк Тонер, представитель Госдепартамента США, выступил с заявлением: «Мы осуждаем этот приговор»."
    found = one(text)
    assert (found.content, found.cue, found.source) == ("Мы осуждаем этот приговор", "заявлением", "Марк Тонер")


def test_a_quotation_behind_a_colon_is_of_those_whose_words_stand_before_it() -> None:
    text = "По мнению Павла Усова, «дело плохо»: «Денег больше нет»."
    assert [(a.content, a.source) for a in said(text)] == [
        ("дело плохо", "Павел Усов"),
        ("Денег больше нет", "Павел Усов"),
    ]


def test_dialogue_is_read_where_its_lines_were_joined() -> None:
    text = (
        "Мост закрыли в мае. — Мы ждём, — сказал мэр Олег Мухин. — Запчастей нет. По данным порта, очередь растёт. "
        "- Стоим трое суток, - добавил водитель Антон Рудин. Паром уже ушёл. — Волна — порт реки."
    )
    assert [(a.source, a.content) for a in said(text) if a.kind == "direct"] == [
        ("Олег Мухин", "Мы ждём … Запчастей нет"),
        ("Антон Рудин", "Стоим трое суток"),
    ]
