"""Bytes in, an article's text out, or a clear rejection."""

from __future__ import annotations

import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.reading import documents
from tasks.reading.documents import PAGE_LIMIT, TEXT_LIMIT, Rejected, check, read

TEXT = (
    "Министр иностранных дел прибыл в Анкару на переговоры о зерне. «Мы готовы уступить», — сказал он журналистам.\n"
    "Ёлки привезли из Карелии; всё — за счёт города № 5.\n"
)


def rejection(data: bytes, content_type: str | None = None) -> Rejected:
    with pytest.raises(Rejected) as caught:
        read(data, content_type=content_type)
    assert caught.value.code
    assert ":" in str(caught.value), "the message names the fix after a colon"
    return caught.value


def zipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


CHARSETS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "windows-1251", "koi8-r", "cp866", "iso-8859-5",
    "mac-cyrillic",
)  # fmt: skip


@pytest.mark.parametrize("charset", CHARSETS)
def test_russian_in_any_charset_is_read_without_being_told_which(charset: str) -> None:
    data = TEXT.encode(charset, "ignore")
    assert read(data).text == data.decode(charset)


@pytest.mark.parametrize("text", ["Да", "США ввели санкции", "Кремль", "ТАСС: визит отменён"])
@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r"])
def test_a_few_words_are_enough_to_tell_windows_1251_from_koi8_r(text: str, charset: str) -> None:
    assert read(text.encode(charset)).text == text


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r"])
def test_a_page_with_the_wrong_charset_declared_is_read_by_its_letters(charset: str) -> None:
    other = {"windows-1251": "koi8-r", "koi8-r": "windows-1251"}[charset]
    data = TEXT.encode(charset, "ignore")
    assert read(data, content_type=f"text/plain; charset={other}").text == data.decode(charset)
    assert read(data, content_type="text/plain; charset=utf-8").text == data.decode(charset)


def test_valid_utf_8_wins_over_a_declared_single_byte_charset() -> None:
    assert read(TEXT.encode(), content_type="text/plain; charset=windows-1251").text == TEXT


def test_a_declared_western_charset_is_believed() -> None:
    text = "Le ministre a été reçu à l'Élysée : « Voilà un début », a-t-il déclaré."
    assert read(text.encode("iso-8859-1"), content_type="text/plain; charset=iso-8859-1").text == text


def test_an_unknown_declared_charset_is_no_obstacle() -> None:
    assert read(TEXT.encode("koi8-r", "ignore"), content_type="text/plain; charset=klingon").text[:7] == "Министр"


@pytest.mark.parametrize(
    "data", [TEXT.encode()[:60] + b"\xff\xfe\x00\x81" + TEXT.encode(), b"\xff\xfe\xfd", bytes(range(128, 256))]
)
def test_bytes_in_no_charset_are_rejected(data: bytes) -> None:
    assert rejection(data).code in ("charset", "nul")


@pytest.mark.parametrize("pack", [zipped, lambda d: zipped(d[:50]) + zipped(d[50:])], ids=["one member", "two members"])
def test_gzip_is_unpacked(pack: object) -> None:
    assert read(pack(TEXT.encode())).text == TEXT  # type: ignore[operator]


def test_gzip_that_unpacks_beyond_the_limit_is_rejected_without_being_unpacked_whole() -> None:
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", mtime=0) as file:
        for _ in range(200):
            file.write(b"a" * 1_000_000)
    found = rejection(bomb.getvalue())
    assert found.code == "too-large"
    assert f"{PAGE_LIMIT:,}" in str(found)


def test_many_small_gzip_members_do_not_get_around_the_limit() -> None:
    assert rejection(zipped(b"a" * 1_000_000) * 11).code == "too-large"


@pytest.mark.parametrize(
    "data",
    [zipped(zipped(TEXT.encode())), zipped(TEXT.encode())[:-12], b"\x1f\x8b", b"\x1f\x8b\x08garbage garbage"],
    ids=["nested", "cut short", "head alone", "garbage"],
)
def test_gzip_that_is_broken_is_rejected(data: bytes) -> None:
    assert rejection(data).code == "gzip"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (zipped(b""), "empty"),
        (b"12.03.2025 - ...", "no-letter"),
        ("💥 — №".encode(), "no-letter"),
        ("Министр\0прибыл в Анкару, сообщили в ведомстве".encode(), "nul"),
        (b"%PDF-1.7 ...", "binary"),
        (b"PK\x03\x04....", "binary"),
        ("а".encode() * (TEXT_LIMIT // 2 + 1), "too-large"),
        (b"<html>" + b" " * PAGE_LIMIT, "too-large"),
        (b"<html><body></body></html>", "no-article"),
        (b"<!doctype html>", "no-article"),
    ],
)
def test_what_can_not_be_read_is_rejected_by_a_code(data: bytes, code: str) -> None:
    assert rejection(data).code == code


def test_a_text_of_just_the_limit_is_read() -> None:
    text = "а" * (TEXT_LIMIT // 2)
    assert read(text.encode()).text == text
    assert check(text) == text


def test_half_a_surrogate_pair_is_rejected() -> None:
    with pytest.raises(Rejected) as caught:
        check("Министр прибыл \ud83d в Анкару")
    assert caught.value.code == "surrogate"


def test_plain_text_is_kept_as_it_came() -> None:
    text = "\ufeff  Заголовок\r\n\r\nТекст с <b>тегом</b> и\xa0пробелом.\r\n"
    assert check(text) == text
    assert read(TEXT.encode(), url="https://example.org/a").url == "https://example.org/a"


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
        st.binary(max_size=200).map(zipped),
        st.binary(max_size=60).map(lambda b: b"<html><body><p>" + b),
        st.binary(max_size=60).map(lambda b: b"\x1f\x8b\x08" + b),
        st.sampled_from(CHARSETS)
        .map(lambda c: TEXT.encode(c, "ignore"))
        .flatmap(lambda d: st.integers(0, len(d)).map(lambda n: d[:n])),
    )
)
def test_any_bytes_are_a_text_or_a_rejection(data: bytes) -> None:
    try:
        page = documents.read(data)
    except Rejected:
        return
    assert check(page.text) == page.text
