"""A page's links to articles are told from its navigation, whatever the site."""

from __future__ import annotations

import pytest

from tasks.sources import links
from tests.sources.conftest import shape


def read(name: str, url: str) -> links.Page:
    return links.read(shape(name).decode(), url)


def test_headlines_with_dates_in_their_paths_are_articles_and_what_surrounds_them_is_not() -> None:
    page = read("front.html", "https://vestnik.example/")
    assert [item.article.url for item in page.items] == [
        "https://vestnik.example/politika/2026/03/03/ministr-pribyl-v-ankaru",
        "https://www.vestnik.example/ekonomika/2026/03/02/most-zhdet-deneg",
        "https://vestnik.example/ekonomika/2026/03/01/zheleznaya-doroga",
        "https://vestnik.example/politika/2026/02/27/dogovor-o-granice",
    ]
    assert page.feeds == ["https://vestnik.example/rss/all.xml"]
    assert {item.article.source for item in page.items} == {"page"}


def test_headlines_whose_paths_are_numbers_are_articles_and_numbered_pictures_are_not() -> None:
    page = read("numbers.html", "http://step.example/")
    assert [item.key for item in page.items] == [f"http://step.example/news/150{n}.html" for n in (1, 2, 3)]


def test_sections_that_are_words_are_articles_only_where_they_read_like_headlines() -> None:
    menu = "".join(f'<a href="/{name}/">Раздел {name}</a>' for name in ("mir", "region", "kultura", "sport"))
    long = "".join(
        f'<a href="/story/{word}">Посол рассказал, почему {word} важнее всего остального для обеих столиц</a>'
        for word in ("zerno", "doroga", "most", "shelk")
    )
    assert links.read(f"<main>{menu}</main>", "https://s.example/").items == []
    found = links.read(f"<main>{menu}{long}</main>", "https://s.example/").items
    assert [item.key.rpartition("/")[2] for item in found] == ["zerno", "doroga", "most", "shelk"]


@pytest.mark.parametrize(
    "html", ["", "   ", "<a href='http://[bad'>x</a>", "<a href=''>", "\x00<a", "<p>нет ссылок</p>"]
)
def test_a_page_without_articles_has_none(html: str) -> None:
    assert links.read(html, "https://s.example/").items == []
