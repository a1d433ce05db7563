"""Interviews: whose turn it is, and that no line of it is cut away."""

from __future__ import annotations

import pytest

from tasks.reading import blocks, tokens
from tasks.reading.turns import turns

from .saying import lines, said

WITH_NAMES = """\
Премьер Дании Ханс Вестер рассказал о планах страны.

«Северная газета»: Господин премьер, что будет с пошлинами?

Ханс Вестер: Мы их отменим. Так решил парламент.

Остальное — дело техники.

— А с квотами?

— С квотами сложнее. Кто их отменит?

— Их никто не отменял.

— Вот именно.
"""


def test_a_label_or_a_dash_tells_whose_turn_it_is() -> None:
    assert [(a.kind, a.source, a.content) for a in said(WITH_NAMES)] == [
        ("direct", "Северная газета", "Господин премьер, что будет с пошлинами?"),
        ("direct", "Ханс Вестер", "Мы их отменим. Так решил парламент. … Остальное — дело техники."),
        ("direct", "Северная газета", "А с квотами?"),
        ("direct", "Ханс Вестер", "С квотами сложнее. Кто их отменит?"),
        ("direct", "Северная газета", "Их никто не отменял."),
        ("direct", "Ханс Вестер", "Вот именно."),
    ]


def test_questions_of_the_writer_are_nobody_elses_and_answers_are_of_whom_the_text_named() -> None:
    text = (
        "С нами посол Лев Янин.\nВопрос: Когда вы вернётесь?\nОтвет: Осенью.\nВопрос: А что потом?\nОтвет: Потом зима."
    )
    assert [(a.source, a.content) for a in said(text)] == [("Лев Янин", "Осенью."), ("Лев Янин", "Потом зима.")]


@pytest.mark.parametrize("ask", ["— ", ""])
def test_answers_behind_dashes_are_of_the_person_named_before(ask: str) -> None:
    page = (
        f"С нами говорил посол Лев Янин.\n\n{ask}Когда вы вернётесь?\n\n— Осенью. Нас ждут.\n\nИ мы это знаем.\n\n"
        f"{ask}А что с санкциями?\n\n— Их снимут.\n"
    )
    assert [(a.source, a.content) for a in said(page)] == [
        ("Лев Янин", "Осенью. Нас ждут. … И мы это знаем."),
        ("Лев Янин", "Их снимут."),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Список дел:\n— мост;\n— парк?\n— дорога?\n— школа.",
        "Встреча пройдёт в мае.\nДата: 12 мая\nМесто: Рига\nКто приедет?\nВход: свободный",
        "Мэр уехал.\nФото: А. Зуев\nЧитайте также: Кто станет мэром?\nИсточник: Волна",
        "— Вот как?\n— Да.",
    ],
)
def test_lists_and_furniture_are_no_interview(text: str) -> None:
    assert turns(text, lines(text)) == []


def test_no_line_of_an_interview_is_cut() -> None:
    text = (
        "Лев Янин об осени\n\nКорреспондент: Когда вы вернётесь?\n\nЯнин: Осенью мы вернёмся в этот город навсегда.\n\n"
        "Корреспондент: Это точно?\n\nЯнин: Да"
    )
    paragraphs = blocks.paragraphs(text)
    body = "".join(
        text[slice(*b.span)]
        for b in blocks.separate(text, paragraphs, tokens.parse(text, paragraphs))
        if b.kind == "body"
    )
    assert body == text[text.index("Корреспондент") :]


def test_questions_behind_a_dash_are_of_the_outlet_that_somebody_spoke_to() -> None:
    text = (
        "Посол Лев Янин сказал в беседе с Interia, что вернётся.\n\n— Когда это будет?\n\n"
        "«Осенью, — ответил Янин. — Не раньше».\n\n"
        "— Многие сомневаются.\nВы их понимаете?\n\n«Понимаю, но помочь не могу».\n"
    )
    assert [(a.source, a.content) for a in said(text)[1:]] == [
        ("Interia", "Когда это будет?"),
        ("Лев Янин", "Осенью … Не раньше"),
        ("Interia", "Многие сомневаются. … Вы их понимаете?"),
        ("Лев Янин", "Понимаю, но помочь не могу"),
    ]
