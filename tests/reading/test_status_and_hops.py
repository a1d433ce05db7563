"""What cues say of their content, and through how many mouths it came."""

from __future__ import annotations

import pytest

from tasks.reading import provenance
from tasks.reading.record import Block

from .saying import read

STATUSES = [
    ("Мэр сообщил, что мост закрыт.", "says"),
    ("Мост закрыт, рассказал мэр.", "says"),
    ("По словам мэра, мост закрыт.", "says"),
    ("Мэр утверждает, что мост закрыт.", "claims"),
    ("По мнению мэра, мост закрыт зря.", "claims"),
    ("Мэр назвал мост опасным.", "claims"),
    ("Мэр выразил уверенность, что мост откроют.", "claims"),
    ("Мэр опроверг, что мост закрыт.", "denies"),
    ("Мэр отрицает, что мост закрыт.", "denies"),
    ("Мэр не отрицает, что мост закрыт.", "claims"),
    ("Мэр не верит, что мост закроют.", "denies"),
    ("Мэр отверг «голословные упрёки» соседей.", "denies"),
    ("Мэр не согласен с тем, что мост закрыт зря.", "denies"),
    ("Мэр надеется, что мост откроют.", "predicts"),
    ("Мэр потребовал закрыть мост.", "demands"),
    ("Мэр потребовал, чтобы мост закрыли.", "demands"),
    ("Мэр предупредил, что мост закроют.", "predicts"),
    ("Мэр не исключил, что мост закроют.", "predicts"),
    ("По прогнозу мэра, мост закроют осенью.", "predicts"),
    ("Журналисты спросили мэра, когда откроют мост.", "asks"),
    ("«Мост закрыт», — сказал мэр.", "says"),
]

HOPS = [
    ("Мэр сообщил, что мост закрыт.", [1]),
    ("«Заря» сообщает, что, по словам мэра, мост закрыт.", [1, 2]),
    ("Мост закрыт, пишет «Заря» со ссылкой на полицию.", [1, 2]),
    ("Мост закрыт, сообщил мэр.", [1]),
    ("Газета «Заря» пишет, что директор Иван Белов утверждает, что рабочие говорят, что мост закрыт.", [1, 2, 3]),
]


@pytest.mark.parametrize(("text", "status"), STATUSES)
def test_a_cue_tells_what_it_says_of_its_content(text: str, status: str) -> None:
    _, found = read(text)
    assert [a.status for a in found] == [status]


@pytest.mark.parametrize(("text", "hops"), HOPS)
def test_hops_count_the_mouths_that_words_came_through(text: str, hops: list[int]) -> None:
    sources, found = read(text)
    assert [a.hops for a in found] == hops
    assert provenance.weigh([Block(span=(0, len(text)), kind="body")], sources, found, text).hops == max(hops)


def test_what_nobody_said_has_no_hops() -> None:
    text = "Мост закрыт. Поезда ходят в объезд."
    assert provenance.weigh([Block(span=(0, len(text)), kind="body")], [], [], text).hops == 0
