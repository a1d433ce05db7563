"""Words are found in any of their forms, in bodies and in statements."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from tasks.archive import database, keeping, searching
from tasks.archive.searching import Hit, QueryError, Within
from tasks.reading.record import Mention
from tests.archive.articles import made

PRESS = {
    "Вестник": "Ёлки в Астане украсили раньше.\n«Военно-морские учения отложены», — сообщил канал «Вечерний вестовой».",
    "Курьер": "Лондон и Астана подписали мирный договор.\n«Казахстану нужны надёжные союзники», — пишет канал.",
    "Маяк": "Договор о мирном атоме обсудили в Ташкенте.\n«Союзников не выбирают», — сказано в NATO news.",
}


@pytest.fixture
def press(archive: Engine) -> Engine:
    with database.writing(archive) as connection:
        for day, (outlet, text) in enumerate(PRESS.items(), 1):
            keeping.keep(connection, made(text, outlet=outlet, published=datetime(2026, 3, day, 9, tzinfo=UTC)))
    return archive


def found(archive: Engine, query: str, *, statements: bool = False, limit: int = 20, **within: Any) -> list[Hit]:
    with database.reading(archive) as connection:
        kept = Within(**within)
        return list(searching.search(connection, query, statements=statements, within=kept, limit=limit))


@pytest.mark.parametrize(
    ("query", "outlets"),
    [
        ("договора", ["Маяк", "Курьер"]),
        ("договорами МИРНЫМИ", ["Маяк", "Курьер"]),
        ("«мирного договора»", ["Курьер"]),
        ('"мирного договора"', ["Курьер"]),
        ("договор -Ташкент", ["Курьер"]),
        ("елка", ["Вестник"]),
        ("ёлкой OR ташкенте", ["Маяк", "Вестник"]),
        ("военно-морских", ["Вестник"]),
        ("nato", ["Маяк"]),
        ("договор учения", []),
        ("слон", []),
        ("договор'); -- *", ["Маяк", "Курьер"]),
        ("(договор AND и они)", ["Маяк", "Курьер"]),
        ("«договор о мирном атоме»", ["Маяк"]),
    ],
)
def test_a_body_is_found_by_its_words_in_any_form(press: Engine, query: str, outlets: list[str]) -> None:
    assert [hit.outlet for hit in found(press, query)] == outlets


def test_a_statement_is_found_with_who_said_it(press: Engine) -> None:
    hits = found(press, "союзникам", statements=True)
    assert [(hit.outlet, hit.source, hit.source_kind, hit.anonymous) for hit in hits] == [
        ("Маяк", "«Вечерний вестовой»", "channel", True), ("Курьер", "«Вечерний вестовой»", "channel", True),
    ]  # fmt: skip
    assert found(press, "Ташкент", statements=True) == []
    assert hits[1].to_dict()["attribution"] == "a1"


def test_the_words_that_were_found_are_marked_in_the_snippet(press: Engine) -> None:
    (hit,) = found(press, "ёлку украшать OR украсили")
    assert [hit.snippet[slice(*mark)] for mark in hit.marks] == ["Ёлки", "украсили"]
    snippet, marks = searching.excerpt("İstanbul, İzmir, договор", {"договор"})
    assert [snippet[slice(*mark)] for mark in marks] == ["договор"]
    long = "Слова о погоде. " * 60 + "Здесь сказано о договоре. " + "И снова погода. " * 60
    snippet, marks = searching.excerpt(long, {"договор"})
    assert [snippet[slice(*mark)] for mark in marks] == ["договоре"]
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")
    assert len(snippet) <= searching.SNIPPET + 4


def test_a_search_keeps_to_days_sources_and_actors(press: Engine) -> None:
    def outlets(**within: Any) -> list[str | None]:
        return [hit.outlet for hit in found(press, "договор OR учения", **within)]

    assert outlets(since=date(2026, 3, 2)) == ["Маяк", "Курьер"]
    assert outlets(until=date(2026, 3, 1)) == ["Вестник"]
    assert outlets(source="вечерний ВЕСТОВОЙ") == ["Маяк", "Курьер", "Вестник"]
    assert outlets(source="курьерская служба") == []
    assert outlets(actor="KAZ") == ["Маяк", "Курьер", "Вестник"]
    assert outlets(actor="FRA") == []
    assert [hit.outlet for hit in found(press, "договор", limit=1)] == ["Маяк"]


def test_a_statement_is_about_an_actor_that_is_named_in_it(archive: Engine) -> None:
    reading = made(PRESS["Курьер"])
    start = PRESS["Курьер"].index("Казахстану")
    reading.actors[0].mentions = [
        Mention.model_validate({"span": (start, start + 10), "text": "Казахстану", "as": "name"})
    ]
    reading.actors[1].mentions = [Mention.model_validate({"span": (0, 6), "text": "Лондон", "as": "capital"})]
    with database.writing(archive) as connection:
        keeping.keep(connection, reading)
    assert len(found(archive, "союзники", statements=True, actor="KAZ")) == 1
    assert found(archive, "союзники", statements=True, actor="GBR") == []


@pytest.mark.parametrize("query", ["", "  ", "и не он", "-слон", "...", "слон OR -жираф"])
def test_a_query_without_anything_to_look_for_is_refused(press: Engine, query: str) -> None:
    with pytest.raises(QueryError, match="nothing to look for"):
        found(press, query)


def test_only_the_latest_reading_of_a_text_is_found(press: Engine) -> None:
    with database.writing(press) as connection:
        keeping.keep(connection, made(PRESS["Маяк"], reader="2.0"))
    (hit,) = found(press, "Ташкент")
    with database.reading(press) as connection:
        assert keeping.load(connection, hit.reading)["reader"]["version"] == "2.0"
    assert len(found(press, "выбирают", statements=True)) == 1


def test_a_text_of_endless_words_is_kept_and_found_by_its_beginning(archive: Engine) -> None:
    text = "Начало. " + " ".join(f"слово{number:x}" for number in range(70_000)) + "\n«Конец», — сказал он."
    with database.writing(archive) as connection:
        keeping.keep(connection, made(text))
    assert len(found(archive, "начало")) == 1
    assert len(found(archive, "конец", statements=True)) == 1
