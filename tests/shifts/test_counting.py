"""Each statement counts once by independent origin."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tasks.shifts.counting import Origin, Statement, independent, voice
from tasks.shifts.weights import WEIGHTS, WEIS

from .press import START, day


def statement(number: int, **more: object) -> Statement:
    given: dict[str, object] = {
        "id": number, "kind": "event", "document": f"d{number}", "key": "e1", "actor": "KAZ", "recipient": "GBR",
        "type": "AGREE", "day": START, "told": START, "source": "outlet:утро", "evidence": "стороны подписали",
    }  # fmt: skip
    return Statement(**(given | more))  # type: ignore[arg-type]


def test_what_one_source_says_of_one_event_in_two_articles_of_a_day_counts_once() -> None:
    assert independent([statement(1), statement(2)], {}) == {1}


def test_what_two_sources_say_counts_twice() -> None:
    assert independent([statement(1), statement(2, source="outlet:вечер")], {}) == {1, 2}


def test_what_an_article_says_itself_and_has_a_source_say_counts_as_the_sources() -> None:
    headline = statement(1, document="d1", own=True)
    said = statement(2, document="d1", key="e2", source="source:мид", status="claimed")
    elsewhere = statement(3, source="outlet:вечер", own=True)
    assert independent([headline, said, elsewhere], {}) == {2, 3}


def test_another_day_status_type_or_direction_is_another_statement() -> None:
    others = [
        statement(2, day=day(1)), statement(3, status="claimed"), statement(4, type="AID"),
        statement(5, actor="GBR", recipient="KAZ"), statement(6, kind="attitude", type="positive"),
    ]  # fmt: skip
    assert independent([statement(1), *others], {}) == {1, 2, 3, 4, 5, 6}


def test_what_is_mutual_is_the_same_in_both_directions() -> None:
    told = [statement(1, mutual=True), statement(2, mutual=True, actor="GBR", recipient="KAZ")]
    assert independent(told, {}) == {1}


def test_a_partial_copy_counts_for_what_is_its_own_alone() -> None:
    origin = Origin("Стороны «подписали» договор.", {("event", "CONSULT", "KAZ", "GBR")})
    copied = [
        statement(1, document="copy", evidence="стороны подписали"),
        statement(2, document="copy", type="CONSULT", evidence="стороны встретились"),
        statement(3, document="copy", type="THREATEN", evidence="сторона пригрозила"),
    ]
    assert independent(copied, {"copy": [origin]}) == {3}


def test_what_is_told_in_the_name_of_a_source_whose_own_article_tells_it_counts_there_alone() -> None:
    origin = Origin("", {("event", "AGREE", "KAZ", "GBR")}, voice("media", "Тайный циркуляр", None, "d0"))
    theirs = statement(1, source=voice("channel", "«Тайный циркуляр»", "Утро", "copy"), document="copy")
    assert independent([theirs, statement(2, document="copy")], {"copy": [origin]}) == {2}


def test_what_is_planned_for_a_day_to_come_counts_on_the_day_that_it_is_told() -> None:
    assert statement(1, day=date(2027, 1, 1), told=START).counts_on == START
    assert statement(1, day=START, told=date(2027, 1, 1)).counts_on == START


@given(st.permutations(range(8)))
def test_the_order_of_arrival_changes_nothing_of_what_counts(order: list[int]) -> None:
    told = [
        statement(n, told=day(n % 3), confidence=0.5 + n % 2 / 4, source=f"outlet:{'утро' if n < 5 else 'вечер'}")
        for n in range(8)
    ]
    assert independent([told[n] for n in order], {}) == independent(told, {})


def test_voices_that_nobody_named_are_never_taken_for_one() -> None:
    assert voice("unnamed", "источник", "Утро", "d1") != voice("unnamed", "источник", "Вечер", "d2")
    assert voice("author", None, None, "d1") != voice("author", None, None, "d2")


def test_a_channel_says_the_same_in_its_own_post_and_in_an_article_that_names_it() -> None:
    assert voice("author", None, "Тайный циркуляр", "d1") == voice("channel", "«Тайный циркуляр»", "Утро", "d2")


def test_every_type_weighs_on_the_side_of_its_quad_class() -> None:
    from tasks.reading.ru.eventframes import QUADS

    assert WEIS.keys() == QUADS.keys()
    assert all((WEIGHTS[type_] > 0) == quad.endswith("cooperation") for type_, quad in QUADS.items())
    assert min(WEIGHTS, key=lambda type_: WEIGHTS[type_]) == "ASSAULT"
