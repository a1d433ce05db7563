"""Posts of a channel's preview page and of an export: their text, date, and the channel they were forwarded from."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tasks.sources import export, telegram
from tasks.sources.export import NotAnExport
from tests.sources.conftest import SHAPES, shape

NOW = datetime(2026, 3, 6, tzinfo=UTC)
HERE = "https://t.me/s/kaspiy_vesti"


def channel(html: str | None = None) -> telegram.Channel:
    found = telegram.read(html or shape("channel.html").decode(), HERE, NOW)
    assert found
    return found


def test_a_preview_page_gives_posts_with_their_dates_and_addresses() -> None:
    found = channel()
    assert found.title == "Каспий. Вести"
    assert [item.key for item in found.items] == [f"kaspiy_vesti/{n}" for n in (101, 102, 104, 105)]
    first = found.items[0].article
    assert first.text == "Министр прибыл в Анкару.\nПо словам посла, речь о зерне 🌾 и дороге. Подробности"
    assert first.url == "https://t.me/kaspiy_vesti/101"
    assert first.published == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    assert (first.outlet, first.source) == ("Каспий. Вести", "telegram")
    assert found.older == "https://t.me/s/kaspiy_vesti?before=101"
    assert (found.first, found.silent) == (100, 2)


def test_forwarded_posts_keep_the_channel_they_come_from_and_replies_are_not_taken_for_the_post() -> None:
    _, forwarded, reply, hidden = channel().items
    assert forwarded.article.forwarded_from == "Берег | Инфо"
    assert hidden.article.forwarded_from == "Аноним П."
    assert reply.article.forwarded_from is None
    assert reply.article.text == "Мост подождёт: денег нет.\nТак говорят в министерстве."


def test_views_do_not_make_a_post_another_and_an_edit_does() -> None:
    page = shape("channel.html").decode()
    marks = [item.mark for item in channel().items]
    assert [item.mark for item in channel(page.replace("1.101K", "9.7M")).items] == marks
    edited = [item.mark for item in channel(page.replace("Мост подождёт", "Мост не подождёт")).items]
    assert [a == b for a, b in zip(edited, marks, strict=True)] == [True, True, False, True]


def test_a_page_that_is_no_channel_is_none() -> None:
    assert telegram.read(shape("no-channel.html").decode(), HERE, NOW) is None
    assert telegram.read("", HERE, NOW) is None


def test_an_export_gives_texts_of_strings_and_entities_and_the_origin_of_forwards() -> None:
    plain, forwarded, edited = export.read(SHAPES / "result.json", NOW, ZoneInfo("Europe/Berlin"))
    assert plain.item.article.text == "Министр прибыл в Анкару."
    assert plain.item.article.published == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    assert plain.item.article.outlet == "Каспий. Вести"
    assert forwarded.item.article.text == "«Соглашение подпишут в мае», — сообщил источник в делегации. Ссылка"
    assert forwarded.item.article.forwarded_from == "Берег | Инфо"
    assert edited.edited
    assert edited.item.article.text == "Мост подождёт: денег нет."
    # Without date_unixtime the time is that of whoever exported.
    assert edited.item.article.published == datetime(2026, 3, 3, 13, 0, tzinfo=UTC)


def test_of_a_whole_account_the_channels_alone_are_read() -> None:
    posts = list(export.read(SHAPES / "account.json", NOW))
    assert [(post.chat, post.number, post.item.article.outlet) for post in posts] == [
        ("12", 1, "Каспий. Вести"), ("12", 2, "Каспий. Вести"), ("14", 1, "Берег | Инфо"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"messages": [{"id": 1', "не JSON", '{"messages": 5}'])
def test_what_is_no_export_or_is_cut_off_says_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "result.json"
    file.write_text(text)
    with pytest.raises(NotAnExport, match="Telegram export"):
        list(export.read(file, NOW))


def test_strange_messages_are_passed_over(tmp_path: Path) -> None:
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    messages = [
        {"id": 1, "type": "message", "text": deep}, {"id": "two", "type": "message", "text": "x"},
        {"id": 3, "type": "message", "text": {"a": 1}}, {"id": 4, "type": "message", "text": [1, None, {"text": 5}]},
        {"id": 5, "type": "message", "text": "Посол уехал.", "date_unixtime": "когда-то", "forwarded_from": 7},
        {"id": 6, "type": "message", "text": "Посол вернулся.", "extra": {"deep": deep}},
        {"id": 7, "type": "message", "text": "Посол и сто тысяч частей.", "extra": [[]] * 60_000},
    ]  # fmt: skip
    file = tmp_path / "result.json"
    file.write_text(json.dumps({"name": 5, "type": "x", "id": 1, "messages": messages}))
    posts = list(export.read(file, NOW))
    assert [post.item.article.text for post in posts] == ["Посол уехал.", "Посол вернулся."]
    assert posts[0].item.article.published is None
    assert posts[0].item.article.forwarded_from is None


def test_posts_that_were_taken_before_are_passed_over_unless_they_were_edited() -> None:
    later = export.read(SHAPES / "result.json", NOW, places={"1234567890": 5})
    assert [(post.number, post.edited) for post in later] == [(5, True)]


def test_an_export_is_read_in_flat_memory(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    with file.open("w") as out:
        out.write('{"name":"Каспий","type":"public_channel","id":1,"messages":[')
        for n in range(1, 6_001):
            message = {"id": n, "type": "message", "date_unixtime": "1772530200", "text": f"Новость {n}. " * 20}
            out.write(("," if n > 1 else "") + json.dumps(message, ensure_ascii=False))
        out.write("]}")
    tracemalloc.start()
    count = sum(1 for _ in export.read(file, NOW))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 6_000
    assert peak < file.stat().st_size / 5
