"""Who speaks where the tree, the tagger or a name misleads: the clause's own subject, women's names, many as «они»."""

from __future__ import annotations

import pytest

from tests.reading.naming import NOBODY, Case, beginning, check

SUBJECTS: list[Case] = [
    (
        "Мэр Лев Чалый объявил о выборах, однако глава партии Пётр Фокин назвал их дату ошибкой.",
        [("Пётр Фокин", "ошибкой")],
    ),
    (
        "Вчера Олег Рудин, который возглавляет совет, за час до речи Лыкова сообщил прессе, что уйдёт сам.",
        [("Олег Рудин", "уйдёт")],
    ),
    (
        "Мы поможем этому рыбаку, забытому своими соседями, который рассказал, что лодка утонула.",
        [(NOBODY, "лодка")],
    ),
    (
        "В сообщении С. Лугина сказано, что завод закроют.",
        [("сообщение С. Лугина", "завод")],
    ),
]

NAMED: list[Case] = [
    (
        "«Сахар вреден», — пояснила Карен Лосс. По её словам, мыши болеют чаще.",
        [("Карен Лосс", "Сахар"), ("Карен Лосс", "мыши")],
    ),
    (
        "Мост опасен, отмечает инженер Бенедикт Лосс. Закрыть его надо сейчас, считает она.",
        [("Бенедикт Лосс", "Мост"), ("Бенедикт Лосс", "Закрыть")],
    ),
]

SPOKEN_OF: list[Case] = [
    (
        "Министр Олег Рудин принял посла. Мэр Лев Чалый ждал в зале. Позже он подчеркнул, что Чалый не опоздал.",
        [("Олег Рудин", "не опоздал")],
    ),
    (
        "Льва Чалого избрали мэром. Такова позиция инженера Павла Фокина. «Чалый опоздал», — говорит он.",
        [("Павел Фокин", "опоздал")],
    ),
]

MANY: list[Case] = [
    (
        "Лугина переизбрали, передаёт газета «Заря». Против голосовали акционеры. По их мнению, он слаб.",
        [(NOBODY, "слаб")],
    ),
    (
        "Порт закроют, пишет газета «Заря» со ссылкой на двух чиновников. По их словам, указ готов.",
        [(NOBODY, "указ")],
    ),
]

PAPERS: list[Case] = [
    (
        "Анна Лыкова получила анонимное письмо, в котором сообщалось, что дом сгорит.",
        [("анонимное письмо", "дом")],
    ),
    (
        "Согласно вступившему в силу городскому закону «О мостах на северных реках», паром отменят.",
        [("О мостах на северных реках", "паром")],
    ),
]


@pytest.mark.parametrize("case", SUBJECTS, ids=beginning)
def test_the_subject_of_its_own_clause_speaks(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", NAMED, ids=beginning)
def test_a_verb_or_a_pronoun_tells_a_woman_whatever_she_is_called(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", SPOKEN_OF, ids=beginning)
def test_nobody_is_the_source_of_what_names_them(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", MANY, ids=beginning)
def test_they_are_the_many_who_acted_or_spoke_last(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", PAPERS, ids=beginning)
def test_a_paper_speaks_whoever_sent_it(case: Case) -> None:
    check(case)
