"""Marks of wikis and corpora that texts bring along."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tasks.reading import verify
from tasks.reading.markup import blanked
from tasks.reading.reader import read_article

MARKED = [
    ("Депутат [https://example.org/a?b=1 сообщил] об этом.", "Депутат сообщил об этом."),
    ("[[Чехия|Чешский]] министр и [[посол]] молчат[1].", "Чешский министр и посол молчат[1]."),
    ("В журнале ''Harbour Review'' вышла статья.", 'В журнале "Harbour Review" вышла статья.'),
    ("Он назвал это ''«ошибкой»'', а '''позже''' — «''бедой''».", "Он назвал это «ошибкой» , а позже — « бедой »."),
    ("{Topic, None} Порт закрыт, {см. карту} и это ''надолго.", "Порт закрыт, и это надолго."),
    ("❗️Порт 🇫🇷 закрыт. 1️⃣0 судов — №5 в списке ⚡️", "Порт закрыт. 0 судов — №5 в списке"),
    ("Вилка {«а», «б»} осталась.", "Вилка {«а», «б»} осталась."),
]


@pytest.mark.parametrize(("text", "seen"), MARKED)
def test_wiki_links_emphasis_and_remarks_are_blanked_and_nothing_moves(text: str, seen: str) -> None:
    left = blanked(text)
    assert len(left) == len(text)
    assert " ".join(left.split()).replace(' "', '"').replace('" ', '"') == seen.replace(' "', '"').replace('" ', '"')


def test_a_text_with_wiki_marks_is_read_as_without_them() -> None:
    text = (
        "{Author, Unknown} Порт в Марселе закрыли на неделю. По данным газеты ''Harbour Review'', причиной стал шторм. "
        "Министр транспорта Франции Люк Морель [https://example.org/port заявил], что суда уйдут в Геную.\n"
    )
    reading = read_article(text=text, received=datetime(2026, 1, 1, tzinfo=UTC))
    names = {s.id: s.name for s in reading.sources}
    assert [names[str(a.source)] for a in reading.attributions] == ["Harbour Review", "Люк Морель"]
    assert [text[slice(*a.content[0])] for a in reading.attributions] == ["причиной стал шторм", "суда уйдут в Геную"]
    assert not verify.problems(reading)
