"""Feeds of every format, whole and broken, give their items."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tasks.sources import feeds
from tasks.sources.feeds import Feed, NotAFeed
from tests.sources.conftest import shape

NOW = datetime(2026, 3, 6, tzinfo=UTC)
LONG = shape("long.txt").decode().strip()


def read(name: str, url: str = "https://host.example/dir/feed") -> Feed:
    return feeds.read(shape(name), url, NOW)


def test_rss_gives_links_titles_and_dates_and_a_whole_text_is_taken_from_it() -> None:
    feed = read("rss20.xml")
    assert feed.title == "Вестник Каспия & соседей"
    whole, teaser, unlinked = feed.items
    assert whole.key == "vk-1003"
    assert whole.article.text == LONG
    assert whole.article.url == "https://vestnik.example/2026/03/03/ministr-v-ankare"
    assert whole.article.title == "Министр прибыл в Анкару"
    assert whole.article.published == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    assert whole.article.outlet == "Вестник Каспия & соседей"
    assert teaser.article.text is None
    assert teaser.article.title == "Мост ждёт денег"
    assert unlinked.article.text == "Посольство сообщило о переносе встречи."
    assert unlinked.article.url is None
    assert feed.skipped == 1


def test_rss_of_1999_without_guids_or_dates_goes_by_its_links() -> None:
    first, second = read("rss091.xml").items
    assert first.article.title == "Café diplomacy returns"
    assert first.key == first.article.url == "http://watch.example/story.php?id=77"
    assert second.article.url == "https://host.example/story.php?id=76"
    assert second.article.published is None


def test_xml_that_is_broken_in_another_charset_still_gives_its_items() -> None:
    feed = read("broken.xml")
    assert feed.title == "Степные вести"
    assert [item.article.url for item in feed.items] == [f"http://step.example/news/150{n}.html" for n in (1, 2, 3)]
    assert feed.items[0].article.title == "Зерно & железо: торг продолжается"
    assert [item.article.published for item in feed.items] == [None, None, datetime(2026, 3, 5, 4, tzinfo=UTC)]


def test_atom_resolves_links_by_its_base_and_leaves_out_dates_to_come() -> None:
    link, whole, future = read("atom.xml").items
    assert link.article.url == "https://lenta-gor.example/ru/2026/03/pereval-otkryt"
    assert link.article.published == datetime(2026, 3, 4, 3, tzinfo=UTC)
    assert link.article.outlet == "Лента гор"
    assert whole.article.text == LONG
    assert future.article.published is None


def test_rdf_gives_dates_of_dublin_core() -> None:
    items = read("rdf.xml").items
    assert [item.article.published for item in items] == [
        datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 2, 27, 16, 5, tzinfo=UTC),
    ]  # fmt: skip


def test_json_feed_is_read_and_what_names_nothing_is_counted() -> None:
    feed = read("feed.json")
    assert [item.key for item in feed.items] == ["n-3", "2", "https://zametki.example/n/1"]
    assert feed.items[0].article.text == LONG
    assert feed.items[0].article.url == "https://host.example/n/3"
    assert feed.items[0].article.published == datetime(2026, 3, 5, 7, tzinfo=UTC)
    assert feed.items[1].article.text is None
    assert feed.skipped == 2


def test_the_full_text_that_aggregators_are_given_is_taken() -> None:
    (item,) = read("full-text.xml").items
    assert item.article.text == LONG


def test_a_feed_without_entries_is_a_feed_and_a_page_is_none() -> None:
    assert read("empty.xml").items == []
    for name in ("not-a-feed.html", "no-channel.html"):
        assert not feeds.looks_like_a_feed(shape(name))
        with pytest.raises(NotAFeed, match="no feed"):
            read(name)
    with pytest.raises(NotAFeed, match="begins like JSON"):
        feeds.read(b'{"version": "https://jsonfeed.org/version/1.1", ', "https://x.example/", NOW)
    with pytest.raises(NotAFeed):
        feeds.read(b'{"items":' + b"[" * 100_000, "https://x.example/", NOW)


@pytest.mark.parametrize(
    "name", ["rss20.xml", "rss091.xml", "broken.xml", "atom.xml", "rdf.xml", "feed.json", "full-text.xml", "empty.xml"]
)
def test_a_feed_is_told_from_a_page_by_its_beginning(name: str) -> None:
    assert feeds.looks_like_a_feed(shape(name))


def test_entities_that_a_feed_declares_are_neither_multiplied_nor_read_from_files() -> None:
    (item,) = read("laughs.xml").items
    assert item.article.url == "https://l.example/1"
    assert "&file;" in (item.article.title or "")
    assert len(item.article.title or "") < 100
    with pytest.raises(NotAFeed):
        feeds.read(b"<!DOCTYPE [" + b"]   <!DOCTYPE[" * 100_000, "https://x.example/", NOW)


@pytest.mark.parametrize(
    "ending",
    [
        "…",
        "...",
        "[…]",
        "Читать далее",
        "Читать полностью на сайте »",
        "The post Visit appeared first on Caspian Post.",
    ],
)
def test_a_teaser_is_not_taken_for_the_article(ending: str) -> None:
    assert feeds.is_whole(LONG)
    assert not feeds.is_whole(f"{LONG} {ending}")
    assert not feeds.is_whole(LONG[:900])


def test_the_same_item_has_the_same_mark_and_a_changed_text_another() -> None:
    one, other = read("rss20.xml").items[0], feeds.read(
        shape("rss20.xml").replace("Анкару во вторник".encode(), "Анкару в среду".encode()), "https://h.example/", NOW
    ).items[0]  # fmt: skip
    assert one.mark == read("rss20.xml").items[0].mark
    assert one.mark != other.mark
