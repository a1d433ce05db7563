"""Who is presented as friend or foe of whom: by frames, by the words of a source, and never from what was cut."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.reading import actors, attitudes, attributions, events, tokens
from tasks.reading.record import Attitude, Block
from tests.reading.saying import lines


def held(text: str, blocks: list[Block] | None = None) -> list[Attitude]:
    """The attitudes of ``text``, all of it body where ``blocks`` says nothing else."""
    parse = tokens.parse(text, lines(text))
    cut = blocks or [Block(span=(0, len(text)), kind="body")]
    found = actors.find(parse, cut, None)
    sources, said = attributions.find(parse, cut, found)
    passed = events.find(parse, cut, found, said, None, sources)
    return attitudes.find(parse, cut, found, sources, said, passed)


def views(text: str) -> set[tuple[str, str, str]]:
    """Holder, target and polarity of each attitude."""
    return {(a.holder, a.target, a.polarity) for a in held(text)}


def test_who_accuses_is_against_whom_he_accuses() -> None:
    assert ("POL", "BLR", "negative") in views("Польша обвинила Белоруссию в провокациях на границе.")


def test_who_supports_is_for_whom_he_supports() -> None:
    assert ("FRA", "ARM", "positive") in views("Франция решительно поддержала Армению.")


def test_the_one_accused_is_not_thereby_against_the_accuser() -> None:
    assert ("BLR", "POL", "negative") not in views("Польша обвинила Белоруссию в провокациях на границе.")


def test_the_one_condemned_is_not_against_the_one_who_condemns_in_the_passive_either() -> None:
    assert ("BLR", "POL", "negative") not in views("Белоруссия была осуждена Польшей за провокации.")


def test_who_condemns_in_the_passive_is_against_the_one_condemned_and_nobody_against_him() -> None:
    assert views("Белоруссия была осуждена Польшей за провокации.") == {("POL", "BLR", "negative")}


def test_who_accuses_is_not_thereby_shown_badly() -> None:
    found = views("Польша обвинила Белоруссию в провокациях на границе.")
    assert [holder for holder, target, _ in found if target == "POL"] == []


def test_a_deed_shows_what_its_actor_thinks() -> None:
    assert ("IND", "PAK", "negative") in views("Индия осудила агрессию Пакистана.")
    assert ("USA", "IRN", "negative") in views("США ввели санкции против Ирана.")
    assert ("JPN", "VNM", "positive") in views("Япония предоставила Вьетнаму кредит.")
    assert ("CHL", "PER", "positive") not in views("Чили и Перу провели переговоры.")


def test_who_does_not_support_is_not_for_whom_he_does_not_support() -> None:
    assert ("FRA", "ARM", "positive") not in views("Франция не поддержала Армению.")


def test_an_adjective_against_a_state_is_the_stance_of_whoever_takes_it() -> None:
    assert ("EST", "CHN", "negative") in views("Эстония заняла открыто антикитайскую позицию.")


def test_an_adjective_for_a_state_is_the_stance_of_whoever_takes_it() -> None:
    assert ("MDA", "USA", "positive") in views("Молдавия проводит последовательный проамериканский курс.")


def test_what_somebody_is_called_is_the_stance_of_who_says_so() -> None:
    text = "«Действия Анкары — это настоящая агрессия», — заявил Папандакис."
    found = [a for a in held(text) if a.target == "TUR"]
    assert [(a.holder, a.polarity, a.attribution) for a in found] == [("person:папандакис", "negative", "a1")]


def test_without_an_actor_behind_the_source_the_holder_is_the_author_of_those_words() -> None:
    text = "«Действия Анкары — это настоящая агрессия», — пишет ресурс."
    found = [a for a in held(text) if a.target == "TUR"]
    assert [(a.holder, a.polarity, a.attribution) for a in found] == [("AUTHOR", "negative", "a1")]


def test_in_the_articles_own_voice_the_holder_is_its_author() -> None:
    found = [a for a in held("Действия Анкары — это настоящая агрессия.") if a.target == "TUR"]
    assert [(a.holder, a.polarity, a.attribution) for a in found] == [("AUTHOR", "negative", None)]


def test_a_denied_stance_is_turned() -> None:
    assert ("EST", "CHN", "negative") not in views("Эстония не занимает антикитайскую позицию.")


def test_plain_news_of_a_journey_holds_no_attitude() -> None:
    assert views("Самолёт с делегацией Финляндии прибыл в Японию во вторник утром.") == set()


def test_the_words_of_a_source_are_attributed_to_it() -> None:
    text = "«Эстония заняла открыто антикитайскую позицию», — пишет телеграм-канал «Морской вестник»."
    found = [a for a in held(text) if a.holder == "EST"]
    assert [(a.target, a.polarity, a.attribution) for a in found] == [("CHN", "negative", "a1")]


def test_evidence_is_what_the_text_says_there() -> None:
    text = "Вчера было тепло. Эстония заняла открыто антикитайскую позицию. Потом пошёл дождь."
    evidence = [text[a:b] for t in held(text) if t.holder == "EST" for a, b in t.evidence]
    assert evidence == ["Эстония заняла открыто антикитайскую позицию"]


def test_evidence_that_begins_where_the_title_ends_is_the_bodys() -> None:
    title, body = "Итоги недели\n\n", "Польша обвинила Белоруссию в провокациях на границе."
    blocks = [Block(span=(0, len(title)), kind="title"), Block(span=(len(title), len(title + body)), kind="body")]
    assert {span[0] for a in held(title + body, blocks) for span in a.evidence} == {len(title)}


def test_what_was_cut_shows_no_attitude() -> None:
    body, cut = "Министры обсудили планы на год.\n", "Польша обвинила Белоруссию в провокациях\n"
    blocks = [
        Block(span=(0, len(body)), kind="body"),
        Block(span=(len(body), len(body + cut)), kind="headlines", why="of other stories"),
    ]
    assert held(body + cut, blocks) == []


def test_the_same_text_gives_the_same_attitudes() -> None:
    text = "Польша обвинила Белоруссию в провокациях. Франция поддержала Польшу, а Китай осудил её."
    first, again = held(text), held(text)
    assert [json.loads(a.model_dump_json()) for a in first] == [json.loads(a.model_dump_json()) for a in again]


def test_nobody_holds_an_attitude_towards_himself() -> None:
    for attitude in held("Россия осудила российских хакеров, а Кремль поддержал Москву против Москвы."):
        assert attitude.holder != attitude.target


WORDS = [
    "Польша",
    "обвинила",
    "антикитайскую",
    "Китай",
    ",",
    "«",
    "»",
    "—",
    "не",
    "США",
    ".",
    "война",
    "с",
    "😀",
    "\x00",
]
PIECES = st.sampled_from([*WORDS, "\n", " "])


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, max_size=60).map(" ".join) | st.text(max_size=120))
def test_any_text_is_read_and_its_evidence_lies_inside(text: str) -> None:
    for attitude in held(text):
        assert all(0 <= a < b <= len(text) for a, b in attitude.evidence)
        assert 0.5 <= attitude.confidence <= 1


def test_a_sentence_of_thousands_of_words_is_read() -> None:
    text = "Польша и " * 700 + "Китай обвинили Белоруссию."
    assert all(0 <= a < b <= len(text) for t in held(text) for a, b in t.evidence)
