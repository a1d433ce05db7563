"""The page as a reader meets it in Chromium: by mouse, keys and screen reader, on a phone, in the dark, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from tasks.page import render
from tasks.reading.record import Reading
from tests.conftest import PATIENCE_MS

from .conftest import reading

CONTRASTS = """() => {
  // Every pair of colours that text is read in: computed colours may be in any colour space, a canvas makes them RGB.
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true})
  const paint = (colours) => {
    canvas.clearRect(0, 0, 1, 1)
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1) }
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)]
  }
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const grounds = (element) => {
    const found = []
    for (let e = element; e; e = e.parentElement) found.unshift(getComputedStyle(e).backgroundColor)
    return ['white', ...found]
  }
  const found = []
  const measure = (what, colour, under) => {
    const [a, b] = [light(paint(under)), light(paint([...under, colour]))]
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), what])
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, words = walker.currentNode.data.trim()
    if (!words || !element.checkVisibility()) continue
    const style = getComputedStyle(element)
    if (element instanceof SVGElement)
      measure(words, style.fill, [...grounds(element), getComputedStyle(element.previousElementSibling).fill])
    else measure(words, style.color, grounds(element))
  }
  for (const element of document.querySelectorAll('[data-number]'))
    measure(element.outerHTML, getComputedStyle(element, '::after').color, grounds(element))
  return found.sort((a, b) => a[0] - b[0])
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, sample: Reading, tangled: Reading, hearsay: Reading) -> str:
    """A file with four articles: the sample, one with all that is hard to show, endless words, much hearsay."""
    endless = reading("Ж" * 400, document={"outlet": "Щ" * 200, "url": "http://example.org/" + "я" * 99})
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(render([sample, tangled, endless, hearsay]), encoding="utf-8", newline="")
    return path.as_uri()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The page, at a desk; it fails the test that uses it if it asks for anything or complains of anything."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.set_default_timeout(PATIENCE_MS)
    tab = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        complaints.append(message.text)

    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", complain)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(address)
    yield tab
    context.close()
    assert {url.partition("#")[0] for url in asked} == {address}
    assert not complaints


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true })")


def test_the_browser_shows_the_text_code_point_for_code_point(page: Page, sample: Reading, tangled: Reading) -> None:
    for key, known in (("r1", sample), ("r2", tangled)):
        shown = page.evaluate(f"[...document.querySelectorAll('#{key} .text')].map((e) => e.textContent).join('')")
        assert shown == known.document.text


def test_no_character_is_lost_on_the_way_however_odd(chromium: Browser, tmp_path: Path) -> None:
    odd = [
        *map(chr, range(1, 0x21)),
        "\r\n",
        *map(chr, range(0x7F, 0xA1)),
        *"\ufeff\ufffe\u2028\u202e\u200d&;<>\"'",
        "👩‍🚀",
    ]
    text = "".join(f"а{character}б" for character in odd)
    path = tmp_path / "page.html"
    path.write_text(render([reading(text)]), encoding="utf-8", newline="")
    tab = chromium.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    tab.goto(path.as_uri())
    assert tab.evaluate("[...document.querySelectorAll('.text')].map((e) => e.textContent).join('')") == text
    tab.close()


def test_a_mark_holds_exactly_the_words_of_its_span(page: Page, tangled: Reading) -> None:
    """By source: source 2 says two pieces with one crossing statement between them, source 3 crosses both."""
    text = tangled.document.text
    for number, said in ((2, tangled.attributions[1]), (3, tangled.attributions[2])):
        style = f"c{number - 1}"
        shown = page.evaluate(
            f"[...document.querySelectorAll('#r2 mark.{style}')].map((e) => e.textContent).join('|')"
        ).replace("|", "")
        assert shown == "".join(text[start:end] for start, end in said.content)


def test_the_page_asks_for_nothing_and_complains_of_nothing(page: Page) -> None:
    unfold(page)
    page.emulate_media(media="print")
    assert page.evaluate("performance.getEntriesByType('resource').length") == 0
    assert page.evaluate("document.scripts.length") == 0


def test_styles_from_outside_the_page_are_refused(chromium: Browser, address: str) -> None:
    tab = chromium.new_page()
    tab.set_default_timeout(PATIENCE_MS)
    tab.goto(address)
    tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<p id=x style=\"color:red\">x</p>')")
    assert tab.evaluate("getComputedStyle(document.getElementById('x')).color") != "rgb(255, 0, 0)"
    tab.close()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_hangs_over_the_edge_of_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 780})
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("scheme", "media"), [("light", "screen"), ("dark", "screen"), ("dark", "print")])
def test_every_text_stands_out_from_its_ground(page: Page, scheme: Any, media: Any) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    page.emulate_media(color_scheme=scheme, media=media)
    unfold(page)
    measured = page.evaluate(CONTRASTS)
    assert len(measured) > 100
    assert [pair for pair in measured if pair[0] < 4.5] == []


def test_the_dark_page_is_dark_and_the_printed_one_is_white(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    lit = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == "rgb(23, 24, 26)" != lit
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_all_that_can_be_followed_or_unfolded_is_reached_by_the_keyboard_and_seen(page: Page) -> None:
    # The last article has hundreds of links like the others'.
    page.evaluate("document.getElementById('r4').remove()")
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], summary')].filter((e) => e.checkVisibility())"
        ".map((e, n) => { e.dataset.n = n; return n })"
    )
    reached = []
    for _ in range(len(wanted) + 10):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.dataset.n ?? null, s.outlineStyle, parseFloat(s.outlineWidth)] })()"
        )
        if focused[0] is not None:
            assert focused[1] != "none"
            assert focused[2] >= 2
            reached.append(int(focused[0]))
    assert reached[0] == 0
    assert set(reached) >= set(wanted)


def test_the_first_press_of_tab_offers_to_skip_to_the_articles(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'articles'")


def test_a_cut_block_unfolds_by_keyboard(page: Page) -> None:
    cut = page.locator("#r1 details.cut").last
    cut.locator("summary").focus()
    page.keyboard.press("Enter")
    assert cut.get_by_text("альпака").is_visible()


def test_the_number_behind_a_statement_leads_to_its_source_and_back(page: Page) -> None:
    page.locator("#r1-said4 a.ref").click()
    page.wait_for_function("document.querySelector(':target')?.id === 'r1-source1'")
    page.locator("#r1-source1").get_by_text("На бумаге").click()
    page.wait_for_function("document.querySelector(':target')?.id === 'r1-said4'")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing_that_keeps_anyone_out(page: Page, scheme: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    unfold(page)
    results = Axe().run(page)
    assert [(v["id"], [node["html"] for node in v["nodes"]][:3]) for v in results.response["violations"]] == []


def test_a_screen_reader_hears_landmarks_headings_and_languages(page: Page) -> None:
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("banner").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("article", name="Тихий поворот Баку: что стоит за новым").count() == 1
    assert page.locator("#r1 .words").get_attribute("lang") == "ru"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("link", name="Source 1: Каспийский циркуляр", exact=True).count() == 6
    assert page.get_by_role("img", name="78 % Каспийский циркуляр").count() == 1


def test_print_shows_what_the_screen_folds_and_keeps_the_colours(page: Page, tmp_path: Path) -> None:
    page.emulate_media(media="print")
    folded = page.locator("#r1 details.cut .text").first
    height = folded.evaluate("(e) => e.getBoundingClientRect().height")
    assert height > 10
    assert page.locator("mark").first.evaluate("(e) => getComputedStyle(e).printColorAdjust") == "exact"
    assert page.pdf(format="A4", print_background=False).startswith(b"%PDF-")
