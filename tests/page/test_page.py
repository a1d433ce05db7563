"""The page as a parser of HTML sees it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.page import COLOURS, LINES, render
from tasks.reading.record import Reading

from .conftest import reading

VOID = {"meta", "link", "br", "img", "input", "hr", "rect"}


class Page(HTMLParser):
    """What the tests ask of a page: its elements, its ids, its links, and the text shown as an article's."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, set[str]]] = []
        self.articles: list[str] = []
        self.strays: list[str] = []
        self.nested_links = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag == "article":
            self.articles.append("")
        if tag == "a" and any(name == "a" for name, _ in self.open):
            self.nested_links += 1
        if tag not in VOID:
            self.open.append((tag, set((found.get("class") or "").split())))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1][0] != tag:
            self.strays.append(tag)
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if any("text" in classes for _, classes in self.open):
            self.articles[-1] += data

    def values(self, name: str, tag: str | None = None) -> list[str]:
        """Every value of an attribute, in the order of the page."""
        return [
            value
            for t, attrs in self.tags
            for key, value in attrs.items()
            if key == name and value and tag in (None, t)
        ]


def test_the_text_of_an_article_comes_out_of_the_page_as_it_went_in(sample: Reading, tangled: Reading) -> None:
    assert Page(render([sample, tangled])).articles == [sample.document.text, tangled.document.text]


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60))
@settings(deadline=None)
def test_any_text_at_all_comes_out_as_it_went_in(text: str) -> None:
    page = Page(render([reading(text)]))
    assert page.articles == [text]
    assert not page.strays


def test_every_element_is_closed_in_its_turn_and_no_link_holds_a_link(sample: Reading, tangled: Reading) -> None:
    page = Page(render([sample, tangled]))
    assert not page.strays
    assert not page.open
    assert not page.nested_links


def test_every_link_inside_the_page_leads_to_a_place_in_it_and_every_place_has_its_own_name(
    sample: Reading, tangled: Reading
) -> None:
    page = Page(render([sample, tangled]))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inside = {href[1:] for href in page.values("href") if href.startswith("#")}
    assert inside <= set(ids)
    assert {f"r1-said{n}" for n in range(1, 8)} <= inside


def test_what_came_from_outside_never_becomes_markup(tangled: Reading) -> None:
    html = render([tangled])
    page = Page(html)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "img", "b>", "i>", "iframe", "object", "link"}
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on") or name == "style"]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "vbscript:x", " https://example.org", "https://", "//example.org"],
)
def test_an_address_that_is_not_of_the_web_is_shown_and_not_linked(url: str) -> None:
    page = Page(render([reading("Текст.", document={"url": url})]))
    assert all(href.startswith("#") for href in page.values("href"))


def test_an_address_of_the_web_is_linked_without_telling_it_where_from(sample: Reading) -> None:
    page = Page(render([sample]))
    (link,) = [attrs for tag, attrs in page.tags if tag == "a" and (attrs["href"] or "").startswith("https:")]
    assert link["href"] == sample.document.url
    assert link["rel"] == "noopener noreferrer"


def test_the_page_forbids_itself_to_load_anything_or_to_run_anything(sample: Reading) -> None:
    page = Page(render([sample]))
    (policy,) = [attrs["content"] for _, attrs in page.tags if attrs.get("http-equiv") == "Content-Security-Policy"]
    assert policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not page.values("src")


def test_every_cut_block_is_folded_and_says_why(sample: Reading) -> None:
    html = render([sample])
    for block in sample.blocks:
        if block.why:
            assert block.why in html
    assert html.count('<details class="cut">') == 2
    assert "headlines of other stories" in html


def test_hearsay_stands_inside_the_statement_that_passes_it_on(tangled: Reading) -> None:
    html = render([tangled])
    outer = html.index('id="r1-said1"')
    assert outer < html.index('id="r1-said2"') < html.index('data-number="1" aria-label="Source 1', outer)
    assert 'within <a href="#r1-said1">a statement of source 1</a>' in html
    assert "says, passed on by" in html


def test_a_statement_of_nobody_named_is_told_apart(tangled: Reading) -> None:
    assert "No source named" in render([tangled])


def test_the_bar_says_in_words_whose_word_the_article_rests_on(sample: Reading) -> None:
    page = Page(render([sample]))
    (label,) = page.values("aria-label", "svg")
    assert label == "78 % Каспийский циркуляр, 5 % Джейхун Байрамов, 17 % the article’s own voice"


def test_an_event_says_who_did_what_to_whom_and_who_says_so(sample: Reading) -> None:
    html = render([sample])
    assert "<b>AGREE</b> military · happened" in html
    assert "(anonymous Telegram channel)</span> says" in html
    assert "«соглашение о военном сотрудничестве между Азербайджаном и Польшей»" in html


def test_sections_without_anything_in_them_are_left_out() -> None:
    html = render([reading("Снег идёт.")])
    assert not [name for name in ("Events", "Attitudes", "Actors") if f">{name}</h3>" in html]
    assert 'aria-label="Flags"' not in html
    assert "Nothing in this article is attributed to anyone." in html


def test_a_failed_stage_is_told_where_the_article_begins(tangled: Reading) -> None:
    assert "Stage actors failed: &lt;ValueError&gt;." in render([tangled])


def test_a_page_of_no_readings_says_so() -> None:
    assert "No article was read." in render([])


def test_the_same_readings_make_the_same_page(sample: Reading, tangled: Reading) -> None:
    assert render([sample, tangled]) == render([sample, tangled])


def test_statements_that_pass_each_other_on_in_a_circle_do_not_stop_the_page() -> None:
    one = {"kind": "indirect", "content": [(0, 5)], "confidence": 1}
    circle = reading("Текст.", attributions=[one | {"id": "a1", "within": "a2"}, one | {"id": "a2", "within": "a1"}])
    assert Page(render([circle])).articles == ["Текст."]


def test_neighbouring_cuts_of_one_kind_are_folded_together_with_all_their_reasons() -> None:
    text = "Тело.\nПервый\nВторой\nТретий\n"
    cut = [(6, 13, "one of two"), (13, 20, "one of two"), (20, 27, "no full stop")]
    blocks = [{"span": (start, end), "kind": "headlines", "why": why} for start, end, why in cut]
    html = render([reading(text, blocks=[{"span": (0, 6), "kind": "body"}, *blocks])])
    assert html.count('<details class="cut">') == 1
    assert "one of two; no full stop" in html
    assert Page(html).articles == [text]


def test_a_mention_that_serves_two_statements_of_one_source_is_framed_once() -> None:
    said = {"kind": "direct", "source": "s1", "source_span": (0, 2), "cue": (3, 10), "confidence": 1}
    statements = [said | {"id": "a1", "content": [(13, 15)]}, said | {"id": "a2", "content": [(17, 20)]}]
    sources = [{"id": "s1", "name": "Он", "kind": "person"}]
    html = render([reading("Он говорил: «да», «нет».", sources=sources, attributions=statements)])
    assert html.count('class="who c0 l0" data-number') == 1
    assert html.count('class="cue c0 l0"') == 1


def test_an_official_speaks_for_his_state_and_not_for_himself() -> None:
    person = {"id": "person:он", "kind": "person", "name": {"ru": "Он"}, "state": "KAZ", "mentions": []}
    html = render([reading("Он.", actors=[person], sources=[
        {"id": "s1", "name": "Он", "kind": "official", "actor": "person:он"}])])  # fmt: skip
    assert "official, speaks for KAZ" in html


SIGHT = {
    "all colours": (30, np.eye(3)),
    "no red": (20, [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "no green": (20, [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "no blue": (20, [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
}
"""The least distance of two colours, and how linear RGB is seen: Machado, Oliveira and Fernandes (2009), table 1."""


def _lab(colour: str, seen: object) -> np.ndarray:
    """CIE L*a*b* (D65) of a colour `#rrggbb` through someone's eyes."""
    rgb = np.array([int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.asarray(seen) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_the_colours_of_any_two_sources_stay_apart_for_people_who_see(sight: str, sample: Reading) -> None:
    least, seen = SIGHT[sight]
    colours = re.findall(r"\.c\d \{ --c: (#[0-9a-f]{6}) \}", render([sample]))
    assert len(colours) == 2 * COLOURS
    for theme in (colours[:COLOURS], colours[COLOURS:]):
        for one, other in combinations(theme, 2):
            assert np.linalg.norm(_lab(one, seen) - _lab(other, seen)) > least, (one, other)


def test_twenty_eight_sources_differ_in_colour_or_line() -> None:
    sources = [{"id": f"s{n}", "name": f"Источник {n}", "kind": "media"} for n in range(COLOURS * LINES)]
    page = Page(render([reading("Текст.", sources=sources)]))
    styles = [style for style in page.values("class", "li") if style.startswith("source ")]
    assert len(set(styles)) == COLOURS * LINES
