"""Indirect and mixed attributions: content, cue and source of each frame."""

from __future__ import annotations

import pytest

from tasks.reading.record import Block

from .saying import one, read, said

FRAMES = [
    ("Директор завода Анна Бережная заявила, что запасов хватит до весны.", "запасов хватит до весны", "заявила"),
    ("Анна Бережная сообщила о том, что учения начнутся в мае.", "учения начнутся в мае", "сообщила"),
    ("В отчёте Анны Бережной говорится, что учения начнутся в мае.", "учения начнутся в мае", "говорится"),
    ("Инженер Анна Бережная, считающая прогноз завышенным, уехала.", "прогноз завышенным", "считающая"),
    ("Эколог Анна Бережная назвала проект опасным.", "проект опасным", "назвала"),
    ("Анна Бережная призвала соседей вернуться к переговорам.", "вернуться к переговорам", "призвала"),
    ("Анна Бережная потребовала, чтобы соседи ушли.", "соседи ушли", "потребовала"),
    ("Анна Бережная спросила, когда начнутся учения.", "когда начнутся учения", "спросила"),
    ("Анна Бережная уточнила: учения начнутся в мае.", "учения начнутся в мае", "уточнила"),
    ("Анна Бережная выразила надежду, что запасов хватит.", "запасов хватит", "выразила"),
    ("Слова Анны Бережной о том, что склад пуст, удивили соседей.", "склад пуст", "Слова"),
    ("Учения начнутся в мае, сообщила Анна Бережная.", "Учения начнутся в мае", "сообщила"),
    ("Учения, как сообщила Анна Бережная, начнутся в мае.", "Учения … начнутся в мае", "сообщила"),
    ("Как сообщила Анна Бережная, учения начнутся в мае.", "учения начнутся в мае", "сообщила"),
    ("По словам Анны Бережной, запасов хватит до весны.", "запасов хватит до весны", "По словам"),
    ("Запасов, по словам Анны Бережной, хватит до весны.", "Запасов … хватит до весны", "по словам"),
    ("Запасов хватит до весны, по мнению Анны Бережной.", "Запасов хватит до весны", "по мнению"),
    ("Учения начнутся в мае. Об этом сообщила Анна Бережная.", "Учения начнутся в мае", "сообщила"),
    ("Учения начнутся в мае (об этом сообщила Анна Бережная).", "Учения начнутся в мае", "сообщила"),
    ("Анна Бережная признала, что ошиблась, и попросила прощения.", "ошиблась", "признала"),
    ("Анна Бережная не исключила, что договор расторгнут.", "договор расторгнут", "исключила"),
    ("О том, что склад пуст, заявила Анна Бережная.", "склад пуст", "заявила"),
]


@pytest.mark.parametrize(("text", "content", "cue"), FRAMES)
def test_each_frame_gives_its_content_cue_and_source(text: str, content: str, cue: str) -> None:
    found = one(text)
    assert (found.kind, found.content, found.cue) == ("indirect", content, cue)
    assert "Бережн" in found.source


def test_our_data_are_the_writers_unless_somebody_speaks() -> None:
    found = one("По нашим данным, верфь продадут весной.")
    assert (found.content, found.source, found.source_kind) == ("верфь продадут весной", "AUTHOR", "author")
    assert one("«По нашим данным, верфь продадут весной», — сказал мэр.").source == "UNNAMED"


def test_of_somebodys_words_that_an_outlet_passes_on_the_noun_is_the_cue() -> None:
    found = one("«Мы не знали», — передаёт «Заря» слова Анны Бережной.")
    assert (found.content, found.cue, found.source) == ("Мы не знали", "слова", "Анна Бережная")


@pytest.mark.parametrize(
    ("text", "content", "cue"),
    [
        ("Министр Степан Лугин заявил о «полном провале» переговоров.", "«полном провале» переговоров", "заявил"),
        ("Газета «Заря» сравнила договор с «бумажным щитом».", "договор с «бумажным щитом»", "сравнила"),
        ("Степан Лугин заявил, что договор стал «бумажным щитом».", "договор стал «бумажным щитом»", "заявил"),
    ],
)
def test_quoted_words_in_a_paraphrase_make_it_mixed(text: str, content: str, cue: str) -> None:
    found = one(text)
    assert (found.kind, found.content, found.cue) == ("mixed", content, cue)


@pytest.mark.parametrize(
    "text",
    [
        "Отметим, что завод закрыт. Напомним, он не работает с мая.",
        "Стало известно, что директор уехал. Ожидается, что он вернётся.",
        "Министр не сообщил, когда начнутся учения.",
        "Политик рассказал о визите и подтвердил закрытие сделки.",
        "Если министр скажет, что завод закрыт, рабочие уйдут.",
        "Суд признал директора виновным.",
        "Нынешние шаги столицы показывают: перемены близко.",
        "Назначение обещает стать трудным.",
        "По плану завод откроют в мае, согласно графику.",
    ],
)
def test_the_reporters_own_words_denials_and_acts_attribute_nothing(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Сообщается, что учения начнутся в мае.",
        "Эксперты считают, что рост продолжится.",
        "По предварительным данным, погибли трое.",
        "Источник в штабе рассказал, что учения отложены.",
        "Директор якобы уехал в отпуск.",
        "Корреспондент сообщил, что мост закрыт.",
    ],
)
def test_whom_the_article_does_not_name_is_unnamed(text: str) -> None:
    found = one(text)
    assert (found.source, found.source_kind) == ("UNNAMED", "unnamed")


def test_hearsay_names_the_attribution_that_holds_it() -> None:
    _, (outer, inner) = read("«Заря» сообщает, что, по словам Лугина, учения начнутся в мае.")
    assert inner.within == outer.id
    assert outer.within is None


def test_a_reference_to_a_source_shares_the_words_of_the_outlet() -> None:
    outlet, reference = said("Учения начнутся в мае, передаёт «Заря» со ссылкой на Анну Бережную.")
    assert outlet.content == reference.content == "Учения начнутся в мае"
    assert (reference.cue, reference.source) == ("со ссылкой на", "Анна Бережная")


def test_an_outlet_that_passes_on_what_stands_before_has_both_sentences() -> None:
    text = "Мост закроют в мае. Об этом сообщил мэр Олег Мухин, пишет «Заря»."
    outlet = next(a for a in said(text) if a.source == "Заря")
    assert outlet.content == "Мост закроют в мае … Об этом сообщил мэр Олег Мухин"


def test_another_speaker_ends_the_words_of_the_first() -> None:
    text = "Степан Лугин заявил, что учения начнутся в мае, а Анна Бережная добавила, что запасов хватит."
    assert [(a.content, a.source) for a in said(text)] == [
        ("учения начнутся в мае", "Степан Лугин"),
        ("запасов хватит", "Анна Бережная"),
    ]


def test_an_aside_at_the_end_is_not_of_the_words_before_it() -> None:
    text = "Министр Степан Лугин заявил, что учения начнутся в мае, сообщает «Заря»."
    outlet, minister = said(text)
    assert outlet.content == "Министр Степан Лугин заявил, что учения начнутся в мае"
    assert minister.content == "учения начнутся в мае"


def test_one_data_and_other_data_are_two_attributions() -> None:
    text = "По одним данным, пожар начался на складе. По другим — в конторе."
    assert [(a.cue, a.content) for a in said(text)] == [
        ("По одним данным", "пожар начался на складе"),
        ("По другим", "в конторе"),
    ]


def test_sentences_between_two_of_the_same_source_are_its_words_too() -> None:
    text = (
        "По словам директора завода Анны Бережной, запасов хватит до весны. Склады полны на две трети. "
        "«Заказы есть», — добавила Бережная."
    )
    between = said(text)[1]
    assert (between.content, between.cue, between.source) == ("Склады полны на две трети", None, "Анна Бережная")


def test_a_paraphrase_that_ends_in_a_quotation_has_all_of_it() -> None:
    text = "Министр Степан Лугин заявил о «полном провале переговоров. Других встреч не будет»."
    assert one(text).content == "«полном провале переговоров. Других встреч не будет»"


def test_a_leading_clause_ends_where_the_main_one_begins() -> None:
    text = "Поскольку ведомство заявило, что нарушений нет, Степан Лугин обратился в суд."
    assert one(text).content == "нарушений нет"


def test_nothing_speaks_in_a_place_that_is_no_body() -> None:
    assert one("Степан Лугин признался в краже и сообщил, что раскаялся.").mention == "Степан Лугин"


def test_a_headline_is_not_marked_and_what_is_cut_is_not_read() -> None:
    title = "Лугин заявил, что учения начнутся в мае\n"
    body = "Степан Лугин заявил, что учения начнутся в мае.\n"
    rest = "Мэр сообщил, что мост закрыт"
    text = title + body + rest
    blocks = [
        Block(span=(0, len(title)), kind="title"),
        Block(span=(len(title), len(title + body)), kind="body"),
        Block(span=(len(title + body), len(text)), kind="headlines", why="other news"),
    ]
    [found] = read(text, blocks)[1]
    assert all(len(title) <= a and b <= len(title + body) for a, b in found.content)


def test_a_surer_frame_has_the_higher_confidence() -> None:
    _, [that] = read("Степан Лугин заявил, что учения начнутся в мае.")
    _, [allegedly] = read("Директор якобы уехал в отпуск.")
    assert that.confidence > allegedly.confidence
