"""What may be named on the command line: every kind of file gives its articles, and tells what it leaves out."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.inputs import Input, gather, records
from tests.test_cli import ARTICLE, PAGE

TEXT = "Посол Чехии покинул Ригу."


def inputs(path: Path) -> list[Input]:
    return list(gather([str(path)]))


def taken(path: Path) -> list[str]:
    found = inputs(path)
    assert [i.error for i in found if i.error] == []
    return [i.article.text or i.article.html or i.article.url or "" for i in found if i.article]


def write(path: Path, data: bytes | str, packed: bool = False) -> Path:
    raw = data.encode() if isinstance(data, str) else data
    path.write_bytes(gzip.compress(raw) if packed else raw)
    return path


LINES = "\n".join(
    json.dumps(record, ensure_ascii=False)
    for record in (
        {"text": TEXT, "outlet": "Вестник", "published": "2026-01-31T12:00:00+03:00"},
        {"uri": "urn:wire:1", "type": "text", "body_text": TEXT, "headline": "Посол"},
        {"url": "https://example.org/story"},
    )
)
NEWSML = f"""<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="urn:1" version="1" standard="NewsML-G2"><itemMeta><itemClass qcode="ninat:text"/>
<versionCreated>2026-01-31T12:00:00Z</versionCreated><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><headline>Посол покинул Ригу</headline><infoSource><name>Вестник</name></infoSource></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body>
<p>{TEXT}</p><p>Это второй абзац.</p></body></html></inlineXML></contentSet></newsItem>
<newsItem guid="urn:2"><itemMeta><pubStatus qcode="stat:canceled"/></itemMeta></newsItem>
<newsItem guid="urn:3"><contentSet><inlineData contenttype="text/plain">{TEXT}</inlineData></contentSet></newsItem>
</itemSet></newsMessage>"""


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize("name", ["a.jsonl", "unnamed"])
def test_each_line_of_json_is_an_article_or_a_ninjs_item(tmp_path: Path, name: str, packed: bool) -> None:
    found = inputs(write(tmp_path / (name + ".gz" * packed), LINES, packed))
    first, second, third = (i.article for i in found)
    assert first
    assert second
    assert third
    assert (first.text, first.outlet, first.published) == (TEXT, "Вестник", datetime(2026, 1, 31, 9, tzinfo=UTC))
    assert (second.text, second.title) == (TEXT, "Посол")
    assert third.url == "https://example.org/story"
    assert [i.name.rpartition(":")[2] for i in found] == ["1", "2", "3"]


def test_a_bad_line_costs_only_itself_and_says_what_is_wrong(tmp_path: Path) -> None:
    bad = ['{"text": 5}', "{", "[1]", '{"text": "a", "html": "b"}', '{"texd": "a"}', "[" * 100_000, '"text"']
    found = inputs(write(tmp_path / "a.jsonl", "\n".join([LINES.splitlines()[0], *bad, LINES.splitlines()[0]])))
    assert [bool(i.article) for i in found] == [True, *[False] * len(bad), True]
    assert all(i.error for i in found[1:-1])
    assert "text: " in (found[1].error or "")
    assert "texd" in (found[5].error or "")


def test_a_line_longer_than_any_article_is_told_and_passed_over(tmp_path: Path) -> None:
    line = '{"text": "' + "я" * records.RECORD_LIMIT + '"}'
    found = inputs(write(tmp_path / "a.jsonl", f"{line}\n{LINES.splitlines()[0]}"))
    assert "bytes" in (found[0].error or "")
    assert found[1].article


def test_one_json_document_may_hold_one_article_or_a_list(tmp_path: Path) -> None:
    assert taken(write(tmp_path / "a.json", json.dumps({"text": TEXT}, indent=1))) == [TEXT]
    assert taken(write(tmp_path / "b.json", json.dumps([{"text": TEXT}] * 3))) == [TEXT] * 3


def test_a_reading_gives_its_document_again(tmp_path: Path) -> None:
    from tasks.reading.reader import read_article

    reading = read_article(text=ARTICLE, outlet="Вестник", received=datetime(2026, 1, 31, tzinfo=UTC))
    (again,) = inputs(write(tmp_path / "a.jsonl", json.dumps(reading.to_dict(), ensure_ascii=False)))
    assert again.article
    assert (again.article.text, again.article.outlet) == (ARTICLE, "Вестник")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_gives_a_row_an_article_whatever_separates_its_cells(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    rows = [["Headline", "Body", "Date", "Views"], ["Посол", f'Он сказал: "{TEXT}"\nИ уехал.', "2026-01-31", "17"]]
    cells = [separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    found = inputs(write(tmp_path / "a.csv", "\r\n".join(cells).encode(encoding)))
    (article,) = [i.article for i in found if i.article]
    assert (article.title, article.text) == ("Посол", f'Он сказал: "{TEXT}"\nИ уехал.')
    assert article.published == datetime(2026, 1, 31, tzinfo=UTC)
    assert [i.note for i in found if i.note] == ["columns that an article has no field for: views"]


def test_what_is_wrong_in_a_table_is_told_by_its_row(tmp_path: Path) -> None:
    table = "text,published\nПервый.,2026-01-31\nВторой.,вчера\n,\nТретий.,,лишнее\nПятый.,\n"
    found = inputs(write(tmp_path / "a.csv", table))
    assert [i.article.text for i in found if i.article] == ["Первый.", "Пятый."]
    assert [i.name.rpartition(":")[2] for i in found if i.error] == ["3", "4", "5"]
    (headless,) = inputs(write(tmp_path / "b.csv", "Посол,Чехия\n1,2\n"))
    assert "names no column text" in (headless.error or "")


def test_news_items_come_out_of_newsml_and_only_usable_texts(tmp_path: Path) -> None:
    found = inputs(write(tmp_path / "a.xml", NEWSML))
    first, canceled, third = found
    assert first.article
    assert first.article.text == f"{TEXT}\nЭто второй абзац."
    assert (first.article.title, first.article.outlet) == ("Посол покинул Ригу", "Вестник")
    assert "stat:canceled" in (canceled.error or "")
    assert third.article


def test_newsml_reads_no_file_of_this_machine_and_does_not_blow_up(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", "тайна")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    laughs = '<!DOCTYPE x [<!ENTITY a "ха">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    ) + "]>"  # fmt: skip
    for doctype, name in ((entity, "e"), (laughs, "j")):
        text = NEWSML.replace("<newsMessage", f"{doctype}<newsMessage", 1).replace(TEXT, f"&{name};")
        for found in inputs(write(tmp_path / "a.xml", text)):
            words = (found.article.text or found.article.html or "") if found.article else ""
            assert "тайна" not in words
            assert len(words) < 1000


def members() -> dict[str, bytes]:
    return {
        "one.txt": ARTICLE.encode(), "deep/two.html": PAGE.encode(), "three.txt.gz": gzip.compress(TEXT.encode()),
        "../../etc/passwd.txt": TEXT.encode(), "picture.jpg": b"\xff\xd8", "empty.txt": b"",
    }  # fmt: skip


def tar(path: Path, mode: str) -> Path:
    with tarfile.open(path, mode) as container:  # type: ignore[call-overload]
        for name, data in members().items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            container.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        container.addfile(link)
    return path


def packed_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in members().items():
            container.writestr(name, data)
    return path


@pytest.mark.parametrize("kind", ["a.tar", "a.tar.gz", "a.tgz", "a.zip"])
def test_a_container_gives_its_articles_and_says_what_it_left_out(tmp_path: Path, kind: str) -> None:
    path = (
        packed_zip(tmp_path / kind) if kind.endswith("zip") else tar(tmp_path / kind, "w:gz" if "gz" in kind else "w")
    )
    found = inputs(path)
    assert [i.article.text or i.article.html or "" for i in found if i.article] == [ARTICLE, PAGE, TEXT, TEXT, ""]
    assert [i.note for i in found if i.note] == ["left out, since no article ends so: 1 .jpg"]
    errors = {i.name.rpartition(":")[2]: i.error for i in found if i.error}
    assert list(errors) == ([] if kind.endswith("zip") else ["link.txt"])
    assert not (tmp_path.parent.parent / "etc").exists()


def test_a_member_that_unpacks_to_more_than_a_page_is_refused_without_being_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("bomb.txt", b"a" * 50_000_000)
        container.writestr("good.txt", TEXT)
    found = inputs(tmp_path / "a.zip")
    assert "over the limit" in (found[0].error or "")
    assert found[1].article


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.zip", "a.jsonl.gz", "a.xml"])
def test_a_file_that_was_cut_short_says_so(tmp_path: Path, name: str) -> None:
    whole = {
        "a.tar": lambda p: tar(p, "w"), "a.tar.gz": lambda p: tar(p, "w:gz"), "a.zip": packed_zip,
        "a.jsonl.gz": lambda p: write(p, LINES, packed=True), "a.xml": lambda p: write(p, NEWSML),
    }[name](tmp_path / name)  # fmt: skip
    data = whole.read_bytes()
    found = inputs(write(whole, data[: len(data) * 2 // 3]))
    assert any(i.error for i in found)


def test_pages_come_out_of_a_web_archive(tmp_path: Path) -> None:
    answers = (
        ("https://example.org/a", "200 OK", "text/html; charset=windows-1251", PAGE.encode("cp1251")),
        ("https://example.org/b.png", "200 OK", "image/png", b"\x89PNG"),
        ("https://example.org/gone", "404 Not Found", "text/html", b"<html>"),
    )
    packed = b""
    for url, status, kind, body in answers:
        answer = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-31T12:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
        )
        packed += gzip.compress(head.encode() + answer + b"\r\n\r\n")
    write(tmp_path / "a.warc.gz", packed)
    found = inputs(tmp_path / "a.warc.gz")
    (page,) = [i.article for i in found if i.article]
    assert (page.url, page.source) == ("https://example.org/a", "page")
    assert "Анна Тамм" in (page.html or "")
    (note,) = [i.note for i in found if i.note]
    assert "1 200 image/png" in note
    assert "1 404 text/html" in note


def test_a_folder_gives_all_it_knows_and_names_what_it_does_not(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", TEXT)
    write(tmp_path / "b.jsonl", LINES)
    write(tmp_path / "c.docx", b"PK\x03\x04")
    found = inputs(tmp_path)
    assert [bool(i.article) for i in found] == [True] * 4 + [False]
    assert found[-1].note == "left out, since no article ends so: 1 .docx"


NAMES = ("a", "a.csv", "a.jsonl", "a.json", "a.xml", "a.tar", "a.warc", "a.zip")
BEGINNINGS = (
    b"",
    b"PK\x03\x04",
    b"WARC/1.0\r\n",
    b"\x1f\x8b\x08",
    b'{"text": "',
    b"http://iptc.org/std/nar/2006-10-01/",
)


@given(data=st.binary(max_size=600), name=st.sampled_from(NAMES))
def test_any_bytes_end_in_articles_or_reasons(data: bytes, name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("any")
    for begin in BEGINNINGS:
        for found in inputs(write(folder / name, begin + data)):
            assert found.article or found.error or found.note
