"""Whom a source means, followed through the article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tasks.reading.reader import read_article
from tasks.reading.record import Actor, Mention, Name

from .saying import read, said


def names(text: str) -> list[str]:
    return [a.source for a in said(text)]


CHANNEL = (
    "Телеграм-канал «Тихая гавань» сообщил, что порт закроют. «Грузы уйдут к соседям», — пишет ресурс. Автор "
    "напоминает, что порт строили десять лет. В публикации отмечается, что рабочих уволят. Подчёркивается, что "
    "замены им нет."
)


def test_an_anonymous_channel_is_followed_by_every_noun_that_stands_for_it() -> None:
    sources, found = read(CHANNEL)
    [channel] = sources
    assert len(found) == 5
    assert (channel.name, channel.kind, channel.platform, channel.anonymous) == (
        "Тихая гавань",
        "channel",
        "telegram",
        True,
    )


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (
            "Министр обороны Степан Лугин прилетел в столицу. Министр заявил, что учения начнутся в мае. По его "
            "словам, готовы все. Лугин добавил, что резервов хватит.",
            "Степан Лугин",
        ),
        (
            "Директор завода Анна Бережная заявила, что запасов хватит. Она уточнила, что рабочих не уволят. По "
            "словам Бережной, заказы есть.",
            "Анна Бережная",
        ),
        (
            "Министерство энергетики объявило, что цены вырастут. В ведомстве добавили, что рост будет плавным.",
            "Министерство энергетики",
        ),
        (
            "Холдинг «Северный лес» закрыл два завода. В компании сообщили, что рабочих переведут. В холдинге "
            "уточнили, что это временно.",
            "Северный лес",
        ),
        (
            "Агентство «Прибой» сообщило, что порт закрыт. По данным агентства, грузов нет. Издание пишет, что "
            "рабочие бастуют.",
            "Прибой",
        ),
        (
            "Федеральная служба надзора проверила завод. ФСН заявила, что нарушений нет.",
            "Федеральная служба надзора",
        ),
        (
            "Министр связи Лавандии Игорь Щеглов выступил в парламенте. Глава Минсвязи отметил, что тарифы снизятся.",
            "Игорь Щеглов",
        ),
        (
            "Представитель рыбаков Олег Мухин сообщил о забастовке. Спикер рыбаков заявил, что переговоров не будет.",
            "Олег Мухин",
        ),
        ("Пловец Антон Рябов выиграл заплыв. Спортсмен признался, что не верил в победу.", "Антон Рябов"),
        (
            "Журнал «Глобус» опубликовал статью «Куда плывёт флот». В статье говорится, что флот стареет.",
            "Куда плывёт флот",
        ),
        ("В Кремле сообщили, что визит состоится. Там добавили, что дата не выбрана.", "Кремль"),
    ],
)
def test_pronouns_posts_and_nouns_mean_whoever_was_named(text: str, who: str) -> None:
    found = names(text)
    assert found
    assert set(found) == {who}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        (
            "Власти приняли закон. Согласно данным полиции, за год его нарушили дважды.",
            ["полиция"],
        ),
        (
            "Политолог Игорь Самойлов заявил, что рост будет.\nСтепан Лугин уехал. Эксперт добавил, что рост невелик.",
            ["Игорь Самойлов", "Игорь Самойлов"],
        ),
        (
            "Министр финансов Лавандии Роман Ильин уходит. Глава Минфина заявил, что решение принято.",
            ["Роман Ильин"],
        ),
        ("Комиссия начала проверку. Комиссия сообщила, что проверка идёт. Она уточнила, что сроков нет.", None),
        ("Анна Бережная выступила в суде. Прокурор заявил, что дело ясное.", ["UNNAMED"]),
        ("Степан Лугин уехал. Его дочь рассказала, что он болен.", ["UNNAMED"]),
        (
            "Представитель порта Вера Крылова заявила, что кран цел. Неназванный представитель порта сообщил, что кран "
            "упал.",
            ["Вера Крылова", "UNNAMED"],
        ),
        ("Мост закрыт. Лидер рыбаков в свою очередь заявил, что паром цел.", ["UNNAMED"]),
    ],
)
def test_a_noun_means_only_whom_it_can(text: str, who: list[str] | None) -> None:
    found = names(text)
    assert found == (who or [found[0]] * len(found))


def test_a_relative_word_stands_for_what_it_follows() -> None:
    assert names("Принят закон, согласно которому рыбаки платят налог.") == ["закон"]


def test_she_is_the_woman_named_last_and_not_the_man() -> None:
    text = "Игорь Самойлов и Вера Крылова спорят. Она считает, что роста не будет."
    assert names(text) == ["Вера Крылова"]


def test_he_may_be_one_who_was_not_named() -> None:
    text = (
        "Министр Степан Лугин уехал. Источник в правительстве рассказал, что сделку отложили. Он добавил, что причина "
        "в деньгах."
    )
    assert names(text) == ["UNNAMED", "UNNAMED"]


def test_two_who_speak_as_one_are_one_source() -> None:
    assert names("Степан Лугин и Вера Крылова заявили, что договор подписан.") == ["Степан Лугин и Вера Крылова"]


def test_an_aides_name_is_not_the_name_of_whom_they_serve() -> None:
    assert names("Советник Ильина Павел Грач заявил, что встреча была долгой.") == ["Павел Грач"]


def test_a_name_between_verb_and_teller_is_who_was_told() -> None:
    assert names("Как сообщил РБК источник в порту, кран упал.") == ["UNNAMED"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Министр обороны Степан Лугин заявил, что мост закрыт.", "official"),
        ("Тренер Степан Лугин заявил, что мост закрыт.", "person"),
        ("Власти Приморья заявили, что мост закрыт.", "state_body"),
        ("Компания «Северный лес» заявила, что мост закрыт.", "organization"),
        ("Газета «Заря» пишет, что мост закрыт.", "media"),
        ("По сведениям «Обской правды», мост закрыт.", "media"),
        ("Телеграм-канал «Заря» пишет, что мост закрыт.", "channel"),
        ("В докладе говорится, что мост закрыт.", "document"),
        ("Очевидцы рассказали, что мост закрыт.", "unnamed"),
    ],
)
def test_every_kind_of_source_is_told_by_its_words(text: str, kind: str) -> None:
    assert [a.source_kind for a in said(text)] == [kind]


def test_a_source_in_an_oblique_case_is_named_in_the_nominative() -> None:
    assert names("По словам Анны Бережной, мост закрыт.") == ["Анна Бережная"]
    assert names("По данным приморских властей, мост закрыт.") == ["приморские власти"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Всемирная организация здравоохранения сообщила, что вирус ослаб.", "organization"),
        ("Комитет защиты детей заявил, что школы закрыты.", "organization"),
        ("Федеральное агентство по рыболовству сообщило, что улов вырос.", "state_body"),
        ("Информационное агентство «Полюс» сообщило, что шторм утих.", "media"),
        ("Как сообщила пресс-служба президента Узбекистана, саммит пройдёт в мае.", "state_body"),
        ("Пресс-служба завода сообщила, что печь остыла.", "organization"),
        ("Руководство МВД заявило, что людей хватает.", "state_body"),
        ("The Hollywood Observer утверждает, что фильм готов.", "media"),
    ],
)
def test_offices_are_of_the_kind_of_whose_they_are_and_world_bodies_of_no_state(text: str, kind: str) -> None:
    reading = read_article(text=text, received=datetime(2026, 1, 1, tzinfo=UTC))
    assert {s.kind for s in reading.sources} == {kind}


def test_an_official_and_a_body_speak_for_their_state() -> None:
    text = "Министр обороны Лавандии Степан Лугин заявил, что мост закрыт."
    state = Actor(
        id="LAV",
        kind="state",
        name=Name(ru="Лавандия"),
        mentions=[Mention.model_validate({"span": (16, 24), "text": text[16:24], "as": "name"})],
    )
    [source] = read(text, actors=[state])[0]
    assert (source.kind, source.actor) == ("official", "LAV")


def test_actors_tell_the_kind_of_a_name_and_who_it_is() -> None:
    text = "Лавмор заявил, что мост закрыт."
    body = Actor(
        id="LAV-sea",
        kind="body",
        state="LAV",
        name=Name(ru="Лавмор"),
        mentions=[Mention.model_validate({"span": (0, 6), "text": "Лавмор", "as": "body"})],
    )
    [source] = read(text, actors=[body])[0]
    assert (source.kind, source.actor) == ("state_body", "LAV")


def person(text: str, name: str, state: str) -> Actor:
    start = text.index(name)
    mention = Mention.model_validate({"span": (start, start + len(name)), "text": name, "as": "name"})
    return Actor(id=f"person:{name}", kind="person", state=state, name=Name(ru=name), mentions=[mention])


def test_a_post_with_its_state_means_the_leader_whom_the_article_names() -> None:
    text = "Премьер-министр Бельгии заявил, что не приедет. Позже Ильин уехал в горы."
    state = Actor(
        id="BEL",
        kind="state",
        name=Name(ru="Бельгия"),
        mentions=[Mention.model_validate({"span": (16, 23), "text": text[16:23], "as": "name"})],
    )
    [source] = read(text, actors=[state, person(text, "Ильин", "BEL")])[0]
    assert (source.name, source.kind, source.actor) == ("Ильин", "official", "BEL")


def test_a_body_goes_by_the_fullest_name_that_the_article_gives() -> None:
    text = "Министерство моря Лавандии закрыло порт. Минмор заявил, что шторм близко."
    spans = [(0, 26), (text.index("Минмор"), text.index("Минмор") + 6)]
    body = Actor(
        id="LAV-sea",
        kind="body",
        state="LAV",
        name=Name(ru="Минмор"),
        mentions=[Mention.model_validate({"span": s, "text": text[slice(*s)], "as": "body"}) for s in spans],
    )
    [source] = read(text, actors=[body])[0]
    assert (source.name, source.kind) == ("Министерство моря Лавандии", "state_body")


UNTOLD = {
    "Президент Колумбии заявил, что порт закроют. Премьер-министр Японии ответил, что рад.": "12",
    "Врачи сообщили, что угрозы нет. Представитель завода заявил, что цех цел.": "12",
    "Источник в министерстве сообщил, что порт закроют. Собеседник агентства добавил, что осенью.": "11",
    "Представитель завода заявил, что цех цел. Он добавил, что завод цел. Представитель уточнил: «Он цел».": "111",
    "Сотрудник банка заявил, что касса пуста. Другой сотрудник сказал, что она полна.": "12",
    "Местные жители говорят, что мост стар. Эксперты считают, что он стоит. Жители требуют, чтобы его снесли.": "121",
    "Сообщается, что мост стар. Эксперты считают, что он стоит. Утверждается, что его снесут.": "121",
}
"""Texts whose sources are not named, and which of them says each thing."""


@pytest.mark.parametrize("text", UNTOLD)
def test_sources_that_the_article_leaves_unnamed_are_told_apart_by_what_it_calls_them(text: str) -> None:
    sources, found = read(text)
    assert {source.name for source in sources} == {"UNNAMED"}
    assert "".join((a.source or "")[1:] for a in found) == UNTOLD[text]


@pytest.mark.parametrize(
    ("mention", "hides"),
    [
        ("Президент Колумбии", False),
        ("Глава МИД Чили", False),
        ("Бывший президент Колумбии", True),
        ("Представитель МИД Чили", True),
        ("Один из министров Чили", True),
        ("Источник в правительстве Чили", True),
        ("Министр", True),
    ],
)
def test_only_a_post_that_one_person_holds_is_answered_for_without_a_name(mention: str, hides: bool) -> None:
    [source], _ = read(f"{mention} заявил, что порт закроют.")
    assert (source.name, source.anonymous) == ("UNNAMED", hides)


@pytest.mark.parametrize("name", ["Косиняк-Камыш", "Аль-Бурхан", "Мак-Аллистер", "Каримов-младший", "Ли Чжэ Мён"])
def test_a_stranger_with_a_name_of_several_parts_is_named_where_it_opens_the_sentence(name: str) -> None:
    assert names(f"{name} заявил, что порт закроют.") == [name]
    assert names("Премьер-министр заявил, что порт закроют.") == ["UNNAMED"]


def test_a_leader_whom_the_article_gives_by_surname_alone_is_official() -> None:
    text = "Стармер принял Лаврова. Российский министр ответил, что Москва согласна."
    reading = read_article(text=text, received=datetime(2026, 3, 1, tzinfo=UTC))
    assert [(source.name, source.kind) for source in reading.sources] == [("Лавров", "official")]


@pytest.mark.parametrize(
    ("published", "kind", "acted"), [(2014, "official", True), (2026, "person", False), (None, "official", True)]
)
def test_who_left_office_before_the_article_speaks_and_acts_for_no_state(
    published: int | None, kind: str, acted: bool
) -> None:
    day = datetime(published, 5, 1, tzinfo=UTC) if published else None
    text = "Франсуа Олланд заявил, что сделка плоха. Олланд раскритиковал США."
    reading = read_article(text=text, received=datetime(2026, 6, 1, tzinfo=UTC), published=day)
    assert [(source.name, source.kind) for source in reading.sources] == [("Франсуа Олланд", kind)]
    assert [(e.type, e.actor, e.recipient) for e in reading.events] == [("ACCUSE", "FRA", "USA")] * acted
