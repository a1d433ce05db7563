"""A page has one canonical URL, however it was linked to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.web.urls import NoURL, canonical, of_page, site

PAGE = "https://example.com/news/2024/talks"


@pytest.mark.parametrize(
    "url",
    [
        PAGE,
        "  https://example.com/news/2024/talks\n",
        "HTTPS://Example.COM:443/news/2024/talks#comments",
        "https://example.com./news//2024/./x/../talks",
        "https:\\\\example.com\\news\\2024\\talks",
        "https://example.com/%6eews/2024/talk%73",
        "https://user:secret@example.com/news/2024/talks",
        f"{PAGE}?utm_source=tg&utm_medium=social&from=rss",
        f"{PAGE}?yclid=1&fbclid=2&gclid=3&_openstat=x&ysclid=4&at_medium=rss&mc_cid=5",
        f"{PAGE}?amp",
        f"{PAGE}?outputType=amp",
        f"{PAGE}/amp",
        "https://example.com/amp/news/2024/talks",
        "https://amp.example.com/news/2024/talks",
        "https://m.example.com/news/2024/talks",
        "https://www.google.com/amp/s/example.com/news/2024/talks",
        "https://www.google.co.uk/amp/s/amp.example.com/news/2024/talks?amp=1",
        "https://example-com.cdn.ampproject.org/c/s/example.com/news/2024/talks",
        "https://example-com.cdn.ampproject.org/v/s/example.com/news/2024/talks/amp?usqp=mq331AQ&amp_js_v=0.1",
        "https://example.com/news/2024/talks;jsessionid=0A1B",
    ],
)
def test_spellings_of_one_page_are_one_url(url: str) -> None:
    assert canonical(url) == PAGE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", "https://example.com/"),
        ("https://example.com/index.php?id=7", "https://example.com/?id=7"),
        ("https://example.com/news/index.html", "https://example.com/news/"),
        ("https://example.com/news/talks.amp.html", "https://example.com/news/talks.html"),
        ("https://example.com/?b=2&&a=1&b=1&empty=", "https://example.com/?a=1&b=1&b=2&empty="),
        ("https://example.com/lamp/ample", "https://example.com/lamp/ample"),
        ("http://example.com:8080/x", "http://example.com:8080/x"),
        ("https://ru.m.example.org/wiki/%d0%9c%D0%B8%D1%80", "https://ru.example.org/wiki/%D0%9C%D0%B8%D1%80"),
        ("https://m.com/", "https://m.com/"),
        ("https://новости.рф/мир", "https://xn--b1amnebsh.xn--p1ai/%D0%BC%D0%B8%D1%80"),
        ("https://XN--B1AMNEBSH.xn--p1ai/", "https://xn--b1amnebsh.xn--p1ai/"),
        ("https://example\u3002com/", "https://example.com/"),
        ("https://example.com/old/%EC%E8%F0", "https://example.com/old/%EC%E8%F0"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/a%2fb", "https://example.com/a%2Fb"),
        ("http://[2A00::0:1]:80/x", "http://[2a00::0:1]/x"),
        ("https://www.example.com/", "https://www.example.com/"),
    ],
)  # fmt: skip
def test_what_makes_a_difference_is_kept(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    "url",
    ["", "example.com/x", "//example.com/x", "ftp://example.com/", "javascript:alert(1)", "file:///etc/passwd", "http://",
     "http://?x", "http://:80/", "http://[::1", "http://exa mple\u0000/%", "http://example.com:port/",
     "http://example.com:99999/", "https://example.com/" + "a" * 2048, "http://пример\ud800.рф/", "http://.../"],
)  # fmt: skip
def test_what_is_no_url_of_a_page_is_refused(url: str) -> None:
    if url.startswith("http://exa mple"):  # white space and control characters are what pasting leaves
        assert canonical(url) == "http://example/%25"
        return
    with pytest.raises(NoURL):
        canonical(url)


letters = st.text(max_size=12)
pieces = st.sampled_from(
    ["amp", "AMP/", ".amp", "index.html", "/", "//", "..", ".", "%", "%41", "%2541", "%e9", "m.", "?", "&",
     "utm_x=1", "=", "#", ";jsessionid=1", "\\", "@", ":80", "https://www.google.com/amp/s/",
     "x.cdn.ampproject.org/c/s/", "я", "。"]
)  # fmt: skip
urls = st.builds(
    lambda scheme, host, rest: f"{scheme}://{host}/{''.join(rest)}",
    st.sampled_from(["http", "https", "HTTP"]),
    st.one_of(
        letters,
        st.sampled_from(["m.amp.m.example.com", "example.com:443", "www.google.com/amp/s/m.a.b", "[::1]:80", "я.рф"]),
    ),
    st.lists(st.one_of(pieces, letters), max_size=8),
)


@settings(deadline=None)
@given(urls)
def test_a_canonical_url_is_its_own_canonical_url(url: str) -> None:
    try:
        once = canonical(url)
    except NoURL:
        return
    assert once.isascii()
    assert canonical(once) == once


def test_a_page_may_name_another_section_of_its_own_site_and_nothing_else() -> None:
    found = "https://example.com/politics/talks?utm_source=x"
    assert of_page(found, ["https://example.com/world/talks"]) == "https://example.com/world/talks"
    assert of_page(found, ["/world/talks", "https://example.com/other"]) == "https://example.com/world/talks"
    assert of_page(found, ["https://www.example.com/world/talks"]) == "https://www.example.com/world/talks"
    for elsewhere in (
        "https://example.org/world/talks",
        "http://127.0.0.1/",
        "javascript:x",
        "",
        None,
        "http://[",
        "/",
    ):
        assert of_page(found, [elsewhere]) == "https://example.com/politics/talks"
    assert of_page("https://example.com/?x=1", ["https://example.com/"]) == "https://example.com/"


def test_sites_are_told_apart_by_the_public_suffix_list() -> None:
    assert site("https://a.b.example.co.uk/") == "example.co.uk"
    assert site("https://one.blogspot.com/") != site("https://two.blogspot.com/")
    assert site("http://127.0.0.1:8000/") == "127.0.0.1"
