"""Dictionary forms agree with the sentence, and names come out in the nominative."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.reading.ru import morphology
from tasks.reading.tokens import parse


def lemmas(text: str) -> list[str]:
    return [t.lemma for t in parse(text, [(0, len(text))]).tokens]


def nominative(sentence: str, name: str) -> str:
    """The normal form of ``name`` where it stands in ``sentence``."""
    start = sentence.index(name)
    return morphology.normal(parse(sentence, [(0, len(sentence))]).within(start, start + len(name)))


@pytest.mark.parametrize(
    ("sentence", "word", "expected"),
    [
        ("Производство стали в стране выросло.", "стали", "сталь"),
        ("Эти слова стали неожиданностью.", "стали", "стать"),
        ("Мама мыла раму.", "мыла", "мыть"),
        ("В магазине нет мыла.", "мыла", "мыло"),
        ("Он купил банку варенья.", "банку", "банка"),
        ("Крупные банки повысили ставки.", "банки", "банк"),
        ("Он подчеркнёт это завтра.", "подчеркнёт", "подчеркнуть"),
        ("Соглашение подписано министром.", "подписано", "подписать"),
        ("Компания Apple выпустила отчёт.", "Apple", "apple"),
        ("Отчёт готов.", "Отчёт", "отчет"),
    ],
)
def test_a_words_dictionary_form_agrees_with_its_sentence(sentence: str, word: str, expected: str) -> None:
    tokens = parse(sentence, [(0, len(sentence))]).tokens
    assert next(t.lemma for t in tokens if t.text == word) == expected


@pytest.mark.parametrize(
    ("sentence", "name", "expected"),
    [
        ("Глава Тайной канцелярии ушёл в отставку.", "Тайной канцелярии", "Тайная канцелярия"),
        ("Президент принял Сергея Лаврова в Кремле.", "Сергея Лаврова", "Сергей Лавров"),
        ("Об этом рассказали Марии Захаровой.", "Марии Захаровой", "Мария Захарова"),
        ("Встречу с Львом Николаевичем Толстым отложили.", "Львом Николаевичем Толстым", "Лев Николаевич Толстой"),
        ("Сообщение опубликовано Министерством обороны.", "Министерством обороны", "Министерство обороны"),
        ("Делегация Соединённых Штатов Америки уехала.", "Соединённых Штатов Америки", "Соединённые Штаты Америки"),
        ("Он глава Организации Объединённых Наций.", "Организации Объединённых", "Организация Объединённых"),
        ("Заявление МИДа удивило всех.", "МИДа", "МИД"),
        ("Переговоры в Нью-Йорке и Ростове-на-Дону сорвались.", "Ростове-на-Дону", "Ростов-на-Дону"),
        ("Переговоры в Нью-Йорке и Ростове-на-Дону сорвались.", "Нью-Йорке", "Нью-Йорк"),
        ("Послы США вернулись домой.", "США", "США"),
        ("Россия ответила на критику.", "Россия", "Россия"),
        ("Партнёрам Украины это не понравилось.", "Украины", "Украина"),
        ("Отчёт компании Microsoft вышел вчера.", "Microsoft", "Microsoft"),
    ],
)  # fmt: skip
def test_a_name_comes_out_in_the_nominative_with_its_capitals(sentence: str, name: str, expected: str) -> None:
    assert nominative(sentence, name) == expected


def test_a_name_without_tokens_is_empty() -> None:
    assert morphology.normal([]) == ""


def test_readings_of_a_word_come_with_universal_tags() -> None:
    (form, *_) = morphology.parses("Захаровой")
    assert (form.pos, form.feats["Gender"], form.feats["Number"]) == ("NOUN", "Fem", "Sing")
    assert "Surn" in form.grammemes
    assert form.known
    assert form.inflect("nomn") == "захарова"
    assert morphology.parses("Apple") == morphology.parses("2015") == ()


def test_capitals_follow_the_pattern() -> None:
    assert morphology.capitals("лев", "Льва") == "Лев"
    assert morphology.capitals("мид", "МИДа") == "МИД"
    assert morphology.capitals("европа", "ЕВРОПЫ") == "ЕВРОПА"
    assert morphology.capitals("пётр", "Петра") == "Петр"
    assert morphology.capitals("нью-йорк", "Нью-Йорка") == "Нью-Йорк"


def test_the_cache_is_bounded_and_over_long_words_are_not_looked_up() -> None:
    endless = "авось-" * 20_000
    assert morphology.lemma(endless, "NOUN", {}) == endless
    assert morphology.parses(endless) == ()
    letters = "абвгдежзик"
    for number in range(morphology.WORDS + 100):
        morphology.parses("".join(letters[int(digit)] for digit in str(number)))
    assert morphology._known.cache_info().currsize == morphology.WORDS


@settings(deadline=None)
@given(st.text(st.sampled_from("абвеёийнортцьАБВЕЁНОР -'«».1a\u0301") | st.characters(), max_size=30))
def test_any_text_has_dictionary_and_normal_forms(text: str) -> None:
    tokens = parse(text, [(0, len(text))]).tokens
    for token in tokens:
        assert token.lemma == token.lemma.lower().replace("ё", "е")
    assert bool(morphology.normal(tokens)) == bool(tokens)
