"""The language of a text, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.reading.language import detect

TEXTS = {
    "ru": "Министр иностранных дел сообщил журналистам, что переговоры о поставках зерна начнутся в понедельник.",
    "uk": "Міністр закордонних справ повідомив журналістам, що переговори про постачання зерна почнуться в понеділок.",
    "be": "Міністр замежных спраў паведаміў журналістам, што перамовы аб пастаўках збожжа пачнуцца ў панядзелак.",
    "bg": "Министърът на външните работи съобщи на журналисти, че преговорите за доставки на зърно ще започнат утре.",
    "sr": "Министар спољних послова саопштио је новинарима да ће преговори о испоруци житарица почети у понедељак.",
    "kk": "Сыртқы істер министрі журналистерге астық жеткізу туралы келіссөздер дүйсенбіде басталатынын хабарлады.",
    "en": "The foreign minister told reporters that talks on grain deliveries would begin in Ankara on Monday.",
    "de": "Der Außenminister sagte Journalisten, die Gespräche über Getreidelieferungen begännen am Montag in Ankara.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_the_language_of_a_sentence_is_told(code: str) -> None:
    found = detect(TEXTS[code])
    assert found.code == code
    assert found.confidence > 0.8


SHORT = {
    "Куба поблагодарила Мексику за поставки нефти.": "ru",
    "Киев просит помощи у союзников.": "ru",
    "Куба му се заблагодари на Мексико за нафтата.": "mk",
    "Няма да има избори тази година.": "bg",
    "Неће бити избора ове године.": "sr",
}


@pytest.mark.parametrize("text", SHORT)
def test_the_language_of_a_short_sentence_without_letters_of_its_own_is_told_by_its_words(text: str) -> None:
    assert detect(text).code == SHORT[text]


def test_addresses_handles_and_numbers_do_not_count() -> None:
    noise = " https://example.org/the/long/english/path/of/this/article @channel #breaking 2025-03-12 KC-135"
    assert detect(TEXTS["ru"] + noise * 3).code == "ru"


def test_a_text_in_two_languages_is_less_sure_than_one_in_one() -> None:
    mixed = " ".join([TEXTS["ru"]] * 4 + [TEXTS["en"]] * 4)
    assert detect(mixed).confidence < 0.75 < detect(" ".join([TEXTS["ru"]] * 8)).confidence


def test_a_word_is_less_sure_than_a_sentence() -> None:
    assert detect("Сон").confidence < 0.9 * detect(TEXTS["ru"]).confidence


NEIGHBOURS = {
    "bg": "Според вестник «Известия» министърът Рыбаков и посланик Быстров са обсъдили в София доставките на газ и "
    "цените на зърното. След срещата говорителят заяви пред журналисти, че двете страни ще продължат разговорите "
    "през април, а договорът трябва да бъде подписан до края на годината в Бургас.",
    "be": "Мiнiстр замежных спраў паведамiў журналiстам, што перамовы аб пастаўках збожжа пачнуцца ў панядзелак. "
    "Паводле яго слоў, абодва бакi гатовыя да размовы, але пакуль не дамовiлiся пра цану. Сустрэча будзе ў Гомелi, "
    "а пасля яе бакi выступяць з сумеснай заявай для прэсы.",
    "uk": "Речник міністерства зауважив, що заяву «мы готовы к переговорам» у столиці почули, проте відповіді ще "
    "немає. За його словами, спершу сторони мають домовитися про порядок денний, а вже потім говорити про місце "
    "зустрічі та склад делегацій, які на неї приїдуть.",
}


@pytest.mark.parametrize("code", NEIGHBOURS)
def test_a_text_that_looks_russian_at_a_glance_is_still_in_its_own_language(code: str) -> None:
    assert detect(NEIGHBOURS[code]).code == code


@pytest.mark.parametrize("text", ["", " \n", "12.03.2025", "— … !", "https://example.org/", "😀"])
def test_a_text_without_a_letter_of_its_own_is_in_no_language(text: str) -> None:
    found = detect(text)
    assert (found.code, found.confidence) == ("und", 0.0)


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_language_and_the_same_one_each_time(text: str) -> None:
    found = detect(text)
    assert found == detect(text)
    assert 0 <= found.confidence <= 1


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text", ["а" * 1_000_000, "слово " * 160_000, "http://" * 140_000, "1" * 1_000_000, "@" * 1_000_000]
)
def test_a_megabyte_is_as_quick_as_a_page(text: str) -> None:
    detect(text)


def test_russian_sentences_are_taken_for_russian_as_often_as_the_best_published_detector_does(shared: Path) -> None:
    lines = (shared / "data" / "lid" / "sentences" / "ru.txt").read_text(encoding="utf-8").splitlines()
    assert sum(detect(line).code == "ru" for line in lines) >= 0.978 * len(lines)
