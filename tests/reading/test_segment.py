"""Where sentences begin and end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.reading.ru import segment


def cut(text: str) -> list[str]:
    """The sentences of ``text``."""
    return [text[a:b] for a, b in segment.sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["Мост строили с 1969 г.", "Потом его закрыли."],
        ["Мост строили с 1969г. на деньги города."],
        ["Мост им. А. С. Громова стоит на ул. Речной, д. 5."],
        ["Т. н. правительство выделило 5 млрд. руб. на дороги и т. п.", "Мэр рад."],
        ["Проф. И. Зуев, д-р наук, не согласен с ред. журнала."],
    ],
)
def test_short_forms_end_no_sentence(sentences: list[str]) -> None:
    assert cut(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Мэр уехал.", "Позже он вернулся.", "Город ждал!", "Теперь всё иначе."],
        ["Дорога «изменит край».", "Ранее её бранили."],
        ['Мост "закрыт надолго".', "Он стар."],
        ["Мост закрыли.", '"Запчастей нет", - сказал мэр.'],
        ["Мост закрыли.", "«Запчастей нет», — сказал мэр."],
        ["Так решил мэр Лугин.", '"Запчастей нет", - сказал он.'],
        ["Рост составил 5%.", "В мае он упал."],
        ["Так решил Лугин.", "Она не согласна."],
    ],
)
def test_a_sentence_ends_where_the_space_behind_its_full_stop_was_lost(sentences: list[str]) -> None:
    assert cut("".join(sentences)) == sentences


@pytest.mark.parametrize(
    "text",
    [
        "Об этом пишут Дождь.Новости и Волна.Ру вечером.",
        "Он живёт на ул.Речной у пл.Победы.",
        "Пришли А.Зуев и Дж.Росс.",
    ],
)
def test_names_and_short_forms_with_a_full_stop_inside_are_not_cut(text: str) -> None:
    assert cut(text) == [text]


@settings(deadline=None)
@given(st.text(alphabet='абВГ .!?…«»"г1\n,-', max_size=60))
def test_sentences_stand_in_order_and_leave_out_white_space_alone(text: str) -> None:
    spans = list(segment.sentences(text))
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    left = text
    for a, b in reversed(spans):
        left = left[:a] + left[b:]
    assert not left.strip()
