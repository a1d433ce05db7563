"""Whether an event happened, when, and whose word it is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.reading.events import THRESHOLD
from tests.reading.passing import brief, passed
from tests.reading.texts import SHORT


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("США ввели санкции против Ирана.", "happened"),
        ("США вводят санкции против Ирана.", "happened"),
        ("США введут санкции против Ирана.", "planned"),
        ("США будут вводить санкции против Ирана.", "planned"),
        ("США намерены ввести санкции против Ирана.", "planned"),
        ("США планируют ввести санкции против Ирана.", "planned"),
        ("США готовы ввести санкции против Ирана.", "planned"),
        ("США обещали ввести санкции против Ирана.", "planned"),
        ("США начали вводить санкции против Ирана.", "happened"),
        ("США не вводили санкций против Ирана.", "denied"),
        ("США не намерены вводить санкции против Ирана.", "denied"),
        ("США ввели бы санкции против Ирана.", "hypothetical"),
        ("США могут ввести санкции против Ирана.", "hypothetical"),
        ("Возможно, США ввели санкции против Ирана.", "hypothetical"),
        ("Если США ввели санкции против Ирана, рынок упадёт.", "hypothetical"),
        ("Ввели ли США санкции против Ирана?", "hypothetical"),
        ("США, как утверждают, якобы ввели санкции против Ирана.", "claimed"),
    ],
)
def test_status_follows_tense_mood_and_negation(text: str, status: str) -> None:
    assert [e.status for e in passed(text) if e.type == "COERCE"] == [status]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Возможная встреча президентов Дании и Норвегии обсуждается.", "CONSULT DNK=NOR hypothetical"),
        ("На встрече с королём Дании премьер Чили предложил план.", "CONSULT CHL=DNK happened"),
        ("На переговорах с Данией премьер Чили предложит план.", "CONSULT CHL=DNK planned"),
        ("Чад выступил посредником на переговорах Дании и Норвегии.", "CONSULT DNK=NOR happened"),
        ("Предстоящая встреча президентов Дании и Норвегии пройдёт в Осло.", "CONSULT DNK=NOR planned"),
        ("Переговоры между Данией и Норвегией состоялись.", "CONSULT DNK=NOR happened"),
        ("Переговоры между Данией и Норвегией не состоялись.", "CONSULT DNK=NOR denied"),
        ("Подписание договора между Данией и Норвегией стало сюрпризом.", "AGREE DNK=NOR happened"),
    ],
)
def test_a_noun_is_as_real_as_what_governs_it(text: str, event: str) -> None:
    assert brief(text) == [event]


def test_what_is_asked_of_another_is_hypothetical_and_the_asking_happened() -> None:
    assert set(brief("Польша призвала ЕС ввести санкции против Белоруссии.")) == {
        "REQUEST POL>EU happened",
        "COERCE EU>BLR hypothetical",
    }


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Дания и Норвегия не могли договориться.", "AGREE DNK=NOR denied"),
        ("Если Дания примет решение сотрудничать с Норвегией, цены упадут.", "COOPERATE DNK=NOR hypothetical"),
        ("Эксперты считают маловероятным, что Дания нападёт на Норвегию.", "ASSAULT DNK>NOR hypothetical"),
        ("Парламент проголосовал за ратификацию договора между Данией и Норвегией.", "AGREE DNK=NOR happened"),
        ("Власти Дании заявили о готовности вести переговоры с Норвегией.", "CONSULT DNK=NOR planned"),
    ],
)
def test_status_is_looked_up_through_what_governs_the_words(text: str, event: str) -> None:
    assert brief(text) == [event]


def test_a_refusal_to_help_is_a_rejection() -> None:
    assert brief("Германия отказалась поставлять Украине танки.") == ["REJECT DEU>UKR happened"]


def test_what_a_source_asserts_of_others_is_claimed_and_attributed() -> None:
    (event,) = passed("МИД Сирии заявил, что Израиль атаковал Ливан.")
    assert (event.status, event.attribution) == ("claimed", "a1")


def test_what_its_own_actor_announces_has_happened() -> None:
    (event,) = passed("МИД Израиля заявил, что Израиль атаковал Сирию.")
    assert (event.status, event.attribution) == ("happened", "a1")


def test_a_news_outlet_reports_as_the_article_itself_does() -> None:
    (event,) = passed("Израиль атаковал Сирию, сообщает агентство Reuters.")
    assert (event.status, event.attribution) == ("happened", "a1")


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Перу обвинило Чили в обстреле перуанских деревень.", "ASSAULT CHL>PER claimed"),
        ("Перу обвинило Чили в том, что чилийские военные обстреляли перуанский порт.", "ASSAULT CHL>PER claimed"),
        ("В Лиме опровергли сообщения о том, что Перу ввело санкции против Чили.", "COERCE PER>CHL denied"),
        ("Если Чили откажется, Перу введёт санкции против Чили.", "COERCE PER>CHL hypothetical"),
        ("Встреча президентов Чили и Перу может пройти в Лиме.", "CONSULT CHL=PER hypothetical"),
        ("Президент Чили должен прибыть в Перу в среду.", "CONSULT CHL>PER planned"),
    ],
)
def test_blame_is_a_claim_and_conditions_and_denials_reach_over_clauses(text: str, event: str) -> None:
    assert event in brief(text)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Аналитик Пётр Орлов напомнил, что Чили заключила договор с Перу.", "AGREE CHL=PER happened"),
        ("Аналитик Пётр Орлов заявил, что Чили заключила договор с Перу.", "AGREE CHL=PER happened"),
        ("Аналитик Пётр Орлов утверждает, что Чили заключила договор с Перу.", "AGREE CHL=PER claimed"),
        ("Дания признала, что датские инструкторы обучают чилийских солдат.", "AID DNK>CHL happened"),
        ("МИД Перу сообщил, что Дания разорвала отношения с Чили.", "SANCTION DNK>CHL claimed"),
        ("США обвинили Чили в поставках оружия Перу.", "COOPERATE CHL>PER claimed"),
        ("Чили импортирует перуанскую нефть.", "COOPERATE CHL>PER happened"),
    ],
)
def test_what_is_recalled_happened_and_what_is_blamed_is_claimed(text: str, event: str) -> None:
    assert event in brief(text)


def test_a_source_that_denies_it_makes_it_denied() -> None:
    (event,) = passed("Представитель Китая опроверг, что Израиль атаковал Сирию.")
    assert event.status == "denied"


def test_what_a_source_takes_for_granted_happened_and_keeps_its_attribution() -> None:
    text = "Аналитик Пётр Орлов заявил, что подписание договора между Данией и Норвегией стало сюрпризом."
    (event,) = passed(text)
    assert (event.status, event.attribution) == ("happened", "a1")


def test_without_a_source_the_article_says_it_in_its_own_voice() -> None:
    (event,) = passed("Израиль атаковал Сирию.")
    assert event.attribution is None


@pytest.mark.parametrize(
    ("text", "published", "date"),
    [
        ("Израиль атаковал Сирию 12 марта 2024 года.", None, "2024-03-12"),
        ("В сентябре 2024 года Израиль атаковал Сирию.", None, "2024-09"),
        ("В 2008 году Израиль атаковал Сирию.", None, "2008"),
        ("Вчера Израиль атаковал Сирию.", "2025-03-01", "2025-02-28"),
        ("Вчера Израиль атаковал Сирию.", None, None),
        ("Израиль атаковал Сирию 12 марта.", "2025-05-20", "2025-03-12"),
        ("Израиль атаковал Сирию 12 декабря.", "2025-05-20", "2024-12-12"),
        ("12 декабря Израиль атакует Сирию.", "2025-05-20", "2025-12-12"),
        ("В среду Израиль атаковал Сирию.", "2025-05-23", "2025-05-21"),
        ("Израиль атаковал Сирию 31 февраля 2024 года.", None, None),
        ("Израиль атаковал Сирию.", "2025-05-20", None),
    ],
)
def test_the_date_is_absolute_or_counted_from_publication(text: str, published: str | None, date: str | None) -> None:
    assert [e.date for e in passed(text, published)] == [date]


def test_a_date_of_another_clause_is_not_taken() -> None:
    (event,) = passed("Израиль атаковал Сирию, где 12 марта 2024 года прошли выборы.")
    assert event.date is None


def test_nothing_is_read_in_the_headlines_of_other_stories() -> None:
    body = "Правительство Дании утвердило бюджет на следующий год. Расходы вырастут на два процента. " * 4
    text = (
        body
        + "\n\nЧитайте также:\nСША ввели санкции против Ирана\nИзраиль атаковал Сирию\nПольша осудила Венгрию\n"
        + "Кот застрял на дереве в Праге\nУчёные нашли новый вид лягушек\n"
    )
    assert brief(text) == []


@pytest.mark.parametrize("text", SHORT)
def test_any_text_has_events_or_none(text: str) -> None:
    assert all(e.confidence >= THRESHOLD for e in passed(text))


WORDS = (
    "Россия Грузия Иран США НАТО обвинила ввели санкции против между и с которая что не если договор подписали о "
    "сотрудничестве , . « » президент войска атаковав призвал ввести переговоры 12 марта вчера"
)


@given(st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_evidence_lies_in_the_text_whatever_the_words(words: list[str]) -> None:
    text = " ".join(words)
    for event in passed(text):
        assert event.actor != event.recipient
        assert all(0 <= a < b <= len(text) and text[a:b].strip() for a, b in event.evidence)
