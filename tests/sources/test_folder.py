"""A folder gives files that are new or changed, once they are written; lists of feeds come and go as OPML."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.reading.documents import Rejected
from tasks.sources import folder, opml
from tasks.sources.opml import NotOPML
from tasks.sources.source import NoSource, make
from tests.sources.conftest import shape

NOW = datetime(2026, 3, 6, tzinfo=UTC)
TEXT = "Министр иностранных дел прибыл в Анкару на переговоры о зерне.\n"


def write(path: Path, data: bytes | str = TEXT, age: float = 60.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    moment = NOW.timestamp() - age
    os.utime(path, (moment, moment))
    return path


def names(place: Path) -> list[str]:
    return [str(file.path.relative_to(place)) for file in folder.written(place, NOW)]


def test_written_articles_are_taken_oldest_first_and_nothing_that_is_unfinished_or_something_else(
    tmp_path: Path,
) -> None:
    write(tmp_path / "b.txt", age=100)
    write(tmp_path / "deep" / "a.HTML.gz", gzip.compress(TEXT.encode()), age=200)
    for other in (".hidden.txt", "c.txt.part", "d.tmp", "picture.jpg", ".git/e.txt", "f.txt~"):
        write(tmp_path / other)
    write(tmp_path / "empty.txt", b"")
    write(tmp_path / "just-now.txt", age=3)
    (tmp_path / "link.txt").symlink_to(tmp_path / "b.txt")
    assert names(tmp_path) == ["deep/a.HTML.gz", "b.txt"]


def test_a_file_that_changes_while_it_is_read_waits_for_its_turn(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    (found,) = folder.written(tmp_path, NOW)
    item = folder.read(found, tmp_path, "Вестник")
    assert item
    assert (item.key, item.article.text, item.article.outlet) == ("a.txt", TEXT, "Вестник")
    write(tmp_path / "a.txt", TEXT + "И ещё строка.\n", age=30)
    assert folder.read(found, tmp_path) is None
    (changed,) = folder.written(tmp_path, NOW)
    assert changed.mark != found.mark
    again = folder.read(changed, tmp_path)
    assert again
    assert again.mark != item.mark
    (tmp_path / "a.txt").unlink()
    assert folder.read(changed, tmp_path) is None


def test_what_is_no_article_says_so(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", b"%PDF-1.7 ...")
    (found,) = folder.written(tmp_path, NOW)
    with pytest.raises(Rejected, match="PDF"):
        folder.read(found, tmp_path)
    with pytest.raises(OSError, match="no folder"):
        folder.written(tmp_path / "nothing", NOW)


@pytest.mark.parametrize(
    ("given", "kind", "address", "becomes"),
    [
        ("@kaspiy_vesti", "auto", "https://t.me/s/kaspiy_vesti", "telegram"),
        ("t.me/kaspiy_vesti", "telegram", "https://t.me/s/kaspiy_vesti", "telegram"),
        ("https://t.me/s/kaspiy_vesti?before=9", "auto", "https://t.me/s/kaspiy_vesti", "telegram"),
        ("https://vestnik.example/rss#top", "auto", "https://vestnik.example/rss", "auto"),
        ("https://vestnik.example/news", "page", "https://vestnik.example/news", "page"),
    ],
)
def test_an_address_is_taken_as_what_it_is(given: str, kind: str, address: str, becomes: str) -> None:
    source = make(given, kind, NOW)  # type: ignore[arg-type]
    assert (source.address, source.kind) == (address, becomes)
    assert source.id == make(address, kind, NOW + timedelta(days=1)).id  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "kind", "says"),
    [
        ("ftp://a.example/x", "auto", "no source"), ("", "auto", "no source"), ("http://", "auto", "no URL"),
        ("/nowhere/at/all", "auto", "does not exist"), ("https://a.example/", "folder", "is a URL"),
        ("news.example/rss", "feed", "with its http"), ("http://a b.example/", "feed", "no URL"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_says_what_would_do(given: str, kind: str, says: str) -> None:
    with pytest.raises(NoSource, match=says):
        make(given, kind, NOW)  # type: ignore[arg-type]


def test_a_path_is_a_folder_or_an_export(tmp_path: Path) -> None:
    assert make(str(tmp_path), "auto", NOW).kind == "folder"
    (tmp_path / "result.json").write_text("{}")
    assert make(str(tmp_path), "auto", NOW).address == str(tmp_path / "result.json")
    write(tmp_path / "x.txt")
    with pytest.raises(NoSource, match="add their folder"):
        make(str(tmp_path / "x.txt"), "auto", NOW)


def test_a_list_of_feeds_is_read_however_nested_and_what_has_no_address_is_named() -> None:
    outlines, without = opml.read(shape("feeds.opml"))
    assert [(each.address, each.outlet) for each in outlines] == [
        ("https://vestnik.example/rss.xml", "Вестник Каспия"),
        ("https://lenta-gor.example/ru/atom.xml", "Лента гор"),
        ("https://bereg.example/news", "Берег"),
        ("ftp://bereg.example/x", "Почта"),
    ]
    assert without == ["Без адреса"]


def test_a_list_that_was_written_comes_back_whole(tmp_path: Path) -> None:
    options = {"outlet": "Вестник «Каспий» & Ко", "interval": 3600, "priority": "interactive", "limit": 7}
    made = [
        make("https://vestnik.example/rss?a=1&b=2", "feed", NOW, **options),
        make("@kaspiy_vesti", "auto", NOW, outlet_kind="канал"),
        make("https://bereg.example/news", "page", NOW),
        make(str(tmp_path), "folder", NOW),
    ]
    outlines, without = opml.read(opml.write(made, NOW))
    assert without == []
    back = [make(each.address, each.options.pop("kind"), NOW, outlet=each.outlet, **each.options) for each in outlines]
    assert [each.model_copy(update={"outlet": None}) for each in back] == [
        each.model_copy(update={"outlet": None}) for each in made[:3]
    ]
    assert back[0].outlet == made[0].outlet


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"{}", b"\x00" * 10, b"x" * 10_000_001])
def test_what_is_no_list_says_so(data: bytes) -> None:
    with pytest.raises(NotOPML):
        opml.read(data)


@pytest.mark.parametrize(
    "broken", [lambda whole: whole[: len(whole) // 2], lambda whole: whole.replace(b"</body>", b"a=1&b=2")]
)
def test_a_broken_list_is_refused_whole_naming_the_line(broken: Callable[[bytes], bytes]) -> None:
    with pytest.raises(NotOPML, match=r"line \d+"):
        opml.read(broken(shape("feeds.opml")))
