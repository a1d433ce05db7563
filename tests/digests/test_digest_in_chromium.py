"""The digest as a reader meets it in Chromium: on a phone, in the dark, by keys, by a screen reader, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tasks.archive import database
from tasks.digests import keeping, page
from tests.conftest import PATIENCE_MS
from tests.page.test_page_in_chromium import CONTRASTS, unfold
from worker.settings import Settings

from . import press


@pytest.fixture(scope="module")
def address(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with the digest of the made-up press's last day."""
    found = keeping.make(database.engine(settings), press.LAST, press.LAST, "Europe/Berlin")
    database.close()
    assert found.shifts
    file = tmp_path_factory.mktemp("digest") / "digest.html"
    file.write_text(page.render(found), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def tab(chromium: Browser, address: str) -> Iterator[Page]:
    """The digest, at a desk; it fails the test that uses it if it asks for anything or complains of anything."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.set_default_timeout(PATIENCE_MS)
    found = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    found.on("request", lambda request: asked.append(request.url))
    found.on("console", lambda message: complaints.append(message.text))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.goto(address)
    yield found
    context.close()
    assert {url.partition("#")[0] for url in asked} == {address}
    assert not complaints


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_hangs_over_the_edge_of_the_screen(tab: Page, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    unfold(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("scheme", "media"), [("light", "screen"), ("dark", "screen"), ("dark", "print")])
def test_every_text_stands_out_from_its_ground(tab: Page, scheme: Any, media: Any) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    tab.emulate_media(color_scheme=scheme, media=media)
    unfold(tab)
    measured = tab.evaluate(CONTRASTS)
    assert len(measured) > 100
    assert [pair for pair in measured if pair[0] < 4.5] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_that_keeps_anyone_out(tab: Page, scheme: Any, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    tab.emulate_media(color_scheme=scheme)
    unfold(tab)
    results = Axe().run(tab)
    assert [(v["id"], [node["html"] for node in v["nodes"]][:3]) for v in results.response["violations"]] == []


def test_a_number_leads_to_its_statements_and_they_lead_back(tab: Page) -> None:
    tab.locator("#pair-gbr-kaz a.count").click()
    tab.wait_for_function("document.querySelector(':target')?.id === 'said-gbr-kaz'")
    assert tab.locator("#said-gbr-kaz").get_by_text("Казахстан и Великобритания договорились").is_visible()
    tab.locator("#said-gbr-kaz h3 a").click()
    tab.wait_for_function("document.querySelector(':target')?.id === 'pair-gbr-kaz'")


def test_a_screen_reader_hears_what_the_pictures_show(tab: Page) -> None:
    assert tab.get_by_role("heading", level=1).count() == 1
    assert tab.get_by_role("img", name="United Kingdom and Kazakhstan, 60 days").count() == 1
    lane = tab.get_by_role("img", name="Утренний разъезд: 12 Mar, 14:21, its source is gone: Шёпот столицы")
    assert lane.count() == 1
    assert tab.locator("q").first.get_attribute("lang") == "ru"


def test_paper_shows_it_in_black_on_white(tab: Page) -> None:
    tab.emulate_media(color_scheme="dark", media="print")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.pdf(format="A4").startswith(b"%PDF-")
