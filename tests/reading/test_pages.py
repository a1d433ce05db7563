"""HTML pages: the article with its lead, and what the page says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tasks.reading.documents import Rejected, read, read_page

TITLE = "Монголия и Финляндия договорились о поставках меди"
LEAD = "Монголия будет пять лет поставлять Финляндии медь, соглашение подписали в Хельсинки министры двух стран."
BODY = (
    "По словам министра промышленности Монголии Батбаяра Ганзорига, первые партии металла отправят финским заводам "
    "уже весной, а к осени поставки вырастут втрое.",
    "«Мы ищем новых покупателей и не хотим зависеть от одного соседа», — сказал Ганзориг журналистам после церемонии.",
    "Финские компании строят под монгольскую медь новый завод на берегу Ботнического залива, пишет местная газета.",
    "Ранее Пекин сократил закупки монгольской меди на треть, сославшись на избыток металла на складах.",
)
MENU = "".join(f'<li><a href="/{i}">Раздел номер {i}</a></li>' for i in range(12))


def page(lead: str = f"<p>{LEAD}</p>", head: str = "", body: tuple[str, ...] = BODY, above: str = "") -> str:
    paragraphs = "".join(f"<p>{p}</p>" for p in body)
    return (
        f'<!DOCTYPE html><html lang="ru-RU"><head><meta charset="utf-8"><title>{TITLE} — Степной вестник</title>'
        f'<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="Степной вестник">{head}'
        f"</head><body><nav><ul>{MENU}</ul></nav><main>{above}<h1>{TITLE}</h1>{lead}"
        f'<article class="article__text">{paragraphs}</article></main>'
        f'<aside><a href="/x">Редкий снегопад парализовал Гвадалахару</a></aside><footer>Все права защищены</footer>'
        "</body></html>"
    )


def lines(html: str) -> list[str]:
    return read_page(html).text.split("\n")


def linked(**data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'


def test_the_text_is_the_title_an_empty_line_and_the_paragraphs() -> None:
    assert lines(page()) == [TITLE, "", LEAD, *BODY]


@pytest.mark.parametrize(
    "lead",
    [
        f"<p>{LEAD}</p>",
        f'<div class="article__lead">{LEAD}</div>',
        f'<div class="announce"><p>{LEAD}</p></div><figure><img src="1.jpg"><figcaption>Рудник.</figcaption></figure>',
        f'<section><div><div class="x1">{LEAD}</div></div></section><div class="ad"><a href="/ad">Реклама</a></div>',
        f'<p class="lead"><strong>{LEAD}</strong></p><ul class="share"><li>Поделиться</li></ul>',
    ],
)
@pytest.mark.parametrize("described", [True, False], ids=["described", "undescribed"])
def test_a_lead_that_stands_apart_is_not_lost(lead: str, described: bool) -> None:
    head = f'<meta property="og:description" content="{LEAD}">' if described else ""
    assert lines(page(lead, head)) == [TITLE, "", LEAD, *BODY]


def test_a_lead_that_the_description_cuts_short_is_taken_from_the_page() -> None:
    head = f'<meta name="description" content="{LEAD[:70]}…">'
    assert lines(page(f"<h2>{LEAD}</h2>", head)) == [TITLE, "", LEAD, *BODY]


def test_a_description_that_does_not_stand_on_the_page_is_not_text() -> None:
    head = '<meta name="description" content="Главные новости степи каждый день: политика, экономика, спорт и погода.">'
    assert lines(page(head=head)) == [TITLE, "", LEAD, *BODY]


def test_teasers_of_other_stories_above_the_text_are_no_lead() -> None:
    teaser = (
        '<p><a href="/7">Редкий снегопад парализовал Гвадалахару, сообщили спасатели и дорожные службы города.</a></p>'
    )
    assert lines(page(f"<p>{LEAD}</p>{teaser}")) == [TITLE, "", LEAD, *BODY]


def test_metadata_come_from_the_page() -> None:
    head = linked(
        **{"@type": "NewsArticle", "datePublished": "2025-03-12T14:30:00+08:00"},
        author={"@type": "Person", "name": "Сувд Алтангэрэл"},
        publisher={"@type": "Organization", "name": "ООО «Вестник»"},
    )
    found = read(page(head=head).encode(), url="https://vestnik.example/copper")
    assert found.title == TITLE
    assert found.outlet == "Степной вестник"
    assert found.author == "Сувд Алтангэрэл"
    assert found.published == datetime(2025, 3, 12, 14, 30, tzinfo=timezone(timedelta(hours=8)))
    assert found.url == "https://vestnik.example/copper"
    assert found.language == "ru"


def test_the_publisher_is_the_outlet_where_the_page_names_no_site() -> None:
    html = page(head=linked(publisher={"name": "Степной вестник №1"})).replace("og:site_name", "x")
    assert read_page(html).outlet == "Степной вестник №1"


def test_a_moment_without_a_time_zone_is_utc() -> None:
    head = '<meta property="article:published_time" content="2025-03-12T14:30:00">'
    assert read_page(page(head=head)).published == datetime(2025, 3, 12, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "utf-8", "utf-16"])
def test_a_page_is_decoded_by_the_charset_in_its_head(charset: str) -> None:
    html = page().replace('charset="utf-8"', f'charset="{charset}"')
    assert read(html.encode(charset, "ignore")).text.split("\n")[0] == TITLE


@pytest.mark.parametrize(
    "script",
    ["{", "[" * 100_000, '{"a":' * 50_000, "null", '"x"', json.dumps([[["x"]]] * 50), '{"description": {"x": []}}'],
)
def test_linked_data_that_is_broken_or_deep_costs_nothing_else(script: str) -> None:
    html = page(head=f'<script type="application/ld+json">{script}</script>')
    assert lines(html) == [TITLE, "", LEAD, *BODY]


HOSTILE: dict[str, Callable[[], str]] = {
    "deep": lambda: "<html><body>" + "<div>" * 50_000 + LEAD + "</div>" * 50_000,
    "deep inline": lambda: "<html><body><p>" + "<b>" * 50_000 + LEAD,
    "deep lists": lambda: "<html><body>" + "<ul><li>" * 20_000 + LEAD,
    "many elements": lambda: "<html><body>" + "<p>Снег.</p>" * 700_000,
    "many paragraphs": lambda: "<html><body><article>" + f"<p>{LEAD}</p>" * 5_000,
    "many attributes": lambda: "<html><body><p " + "".join(f"a{i}='1' " for i in range(100_000)) + f">{LEAD}</p>",
    "open tags": lambda: "<html>" + "<" * 1_000_000,
    "one long tag": lambda: "<html><body><p class='" + "x" * 5_000_000,
    "entities": lambda: "<html><body><p>" + "&nbsp;" * 1_000_000,
    "comments": lambda: "<html><body>" + "<!-- x -->" * 300_000,
    "tables": lambda: "<html><body>" + "<table><tr><td>" * 10_000 + LEAD,
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_page_made_to_be_slow_or_deep_is_read_or_rejected(make: Callable[[], str]) -> None:
    try:
        found: str = read_page(make()).text
    except Rejected as error:
        found = error.code
    assert found in ("no-article", "too-large") or LEAD in found


def test_what_a_page_says_of_its_article_is_read_from_linked_data_before_meta() -> None:
    head = linked(
        **{"@type": "BreadcrumbList", "dateModified": "1999-01-01", "datePublished": "1999-01-01"}
    ) + linked(
        **{"@type": ["NewsArticle", "Thing"], "datePublished": "2025-03-12T14:30:00+0800"},
        dateModified="2025-03-12T16:00Z", articleSection=["Экономика", "Мир"], mainEntityOfPage={"@id": "https://vestnik.example/economy/copper"},
    ) + (
        '<meta property="article:published_time" content="2020-01-01"><meta property="article:section" content="x">'
        '<link rel="canonical" href="/copper"><link rel="alternate amphtml" href="https://amp.vestnik.example/copper">'
        '<meta property="og:url" content="https://vestnik.example/copper?from=og">'
    )  # fmt: skip
    found = read_page(page(head=head))
    assert found.published == datetime(2025, 3, 12, 14, 30, tzinfo=timezone(timedelta(hours=8)))
    assert found.modified == datetime(2025, 3, 12, 16, 0, tzinfo=UTC)
    assert found.section == "Экономика"
    assert found.amp == "https://amp.vestnik.example/copper"
    assert found.canonical == (
        "/copper", "https://vestnik.example/copper?from=og", "https://vestnik.example/economy/copper"
    )  # fmt: skip


@pytest.mark.parametrize(
    "stamp",
    ["2025-03-12T14:30:00Z", "2025-03-12T17:30:00+03:00", "2025-03-12 14:30", "20250312T143000Z",
     "Wed, 12 Mar 2025 17:30:00 +0300"],
)  # fmt: skip
def test_a_moment_may_be_written_as_in_iso_8601_or_in_mail(stamp: str) -> None:
    head = f'<meta name="parsely-pub-date" content="{stamp}"><meta property="og:updated_time" content="{stamp}">'
    found = read_page(page(head=head))
    assert found.published == found.modified == datetime(2025, 3, 12, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("stamp", ["", "вчера", "2025-13-45", "0000-00-00", "9" * 90, "12:30"])
def test_what_is_no_moment_is_passed_over(stamp: str) -> None:
    head = f'<meta property="article:modified_time" content="{stamp}">' + linked(
        dateModified=stamp, url=[1], articleSection={}
    )
    assert (read_page(page(head=head)).modified, read_page(page(head=head)).section) == (None, None)


WALLS = {
    "a subscription": (TITLE, f"<p>{LEAD}</p><p>Полный текст доступен только подписчикам. Оформите подписку.</p>"),
    "a login": ("Copper talks", f"<p>{LEAD}</p><p>Subscribe to continue reading. Already a subscriber? Log in.</p>"),
    "consent": ("Before you continue to News", "<p>We and our 800 partners store cookies on your device today.</p>"),
    "cookies": ("Новости", "<p>Мы используем файлы cookie, чтобы сайт работал лучше. Вы можете отказаться от них.</p>"),
    "a check": ("Just a moment... | News", "<p>This page is displayed while the website verifies your connection.</p>"),
    "a robot": ("Вы не робот?", "<p>Подтвердите, что запросы отправляли вы, а не робот, и нажмите на кнопку ниже.</p>"),
    "nothing": (
        "Страница не найдена — Вестник",
        "<p>Возможно, она была перемещена или её никогда и не было здесь.</p>",
    ),
    "404": ("404 Not Found", "<p>The requested URL was not found on this server, please check it again.</p>"),
}


@pytest.mark.parametrize("name", WALLS)
def test_a_page_that_stands_where_an_article_should_be_is_told(name: str) -> None:
    title, body = WALLS[name]
    with pytest.raises(Rejected) as error:
        read_page(
            f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
        )
    assert error.value.code == "no-article"


def test_the_opening_of_a_paid_article_is_no_article_and_a_whole_one_is() -> None:
    head = linked(**{"@type": "NewsArticle", "isAccessibleForFree": "False"})
    with pytest.raises(Rejected) as error:
        read_page(page(f"<p>{LEAD}</p>", head=head).replace("".join(f"<p>{p}</p>" for p in BODY), ""))
    assert error.value.code == "no-article"
    assert LEAD in read_page(page(f"<p>{LEAD}</p>" * 12, head=head)).text


def test_an_article_about_subscriptions_cookies_and_robots_is_an_article() -> None:
    about = "Суд обязал сайт объяснить, зачем он просит оформить подписку и согласиться на cookie. " * 8
    more = "Представитель издания сообщил, что материал доступен только подписчикам. Мы используем cookie. " * 6
    assert "Суд обязал" in read_page(page(f"<p>{about}</p><p>{more}</p>")).text
    assert "Доступ" in read_page(page(f"<p>Доступ ограничен к трём сайтам, сообщило ведомство. {LEAD}</p>")).text
