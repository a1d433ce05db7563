"""The whole reader: what must hold of every reading, whatever the text."""

from __future__ import annotations

import gc
import json
import time
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.reading import documents
from tasks.reading.reader import Stages, read_article
from tasks.reading.record import Reading
from tasks.reading.verify import problems

RECEIVED = datetime(2026, 1, 31, 12, tzinfo=UTC)
SAMPLE = files("tasks").joinpath("samples/sample.txt").read_text("utf-8")

WORDS = st.sampled_from(
    [
        *SAMPLE.split(),
        "«",
        "»",
        "“",
        '"',
        "—",
        "- ",
        ".",
        "…",
        "!?",
        ":",
        "\n",
        "\n\n",
        "(",
        "США",
        "заявил",
        "что",
        "по словам",
    ]
)
PRESS = st.lists(WORDS, max_size=120).map(" ".join)
ANYTHING = st.text(max_size=400) | PRESS | st.lists(st.text(max_size=40) | PRESS, max_size=6).map("\n".join)


def read(text: str) -> Reading:
    return read_article(text=text, received=RECEIVED)


def assert_sound(reading: Reading) -> None:
    """Spans in range, blocks over the whole text in order, references that lead somewhere, evidence that was read."""
    text = reading.document.text
    ends = [0, *(block.span[1] for block in reading.blocks)]
    assert [block.span[0] for block in reading.blocks] == ends[:-1]
    assert ends[-1] == len(text)
    assert all(block.why for block in reading.blocks if block.kind not in ("title", "body", "byline"))
    for actor in reading.actors:
        assert all(text[slice(*mention.span)] == mention.text for mention in actor.mentions)
    sources, said, actors = (
        {part.id for part in parts} for parts in (reading.sources, reading.attributions, reading.actors)
    )
    assert all(a.source in sources | {None} and a.within in said - {a.id} | {None} for a in reading.attributions)
    spoken_for = {a.state for a in reading.actors} | {None}  # a minister is listed, and speaks for a state unnamed
    assert all(s.actor in actors | spoken_for for s in reading.sources)
    assert set(reading.provenance.shares) <= sources
    assert sum(reading.provenance.shares.values()) + reading.provenance.own_voice == pytest.approx(1, abs=0.01)
    assert all(a < b <= len(text) for x in reading.attributions for a, b in x.content)
    assert problems(reading) == []
    assert not [how for how in reading.stages.values() if how.startswith("failed")]


def test_a_reading_leaves_nothing_that_only_the_garbage_collector_can_free() -> None:
    assert read(SAMPLE).events
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        read(SAMPLE)
        gc.collect()
        # What other tests of this process leave behind is not the reading's.
        assert {type(left) for left in gc.garbage if type(left).__module__.startswith("tasks.")} == set()
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def test_the_page_that_the_project_began_with_rests_on_one_channel_and_tells_what_passed(shared: Path) -> None:
    (page,) = (shared / "data" / "seed").glob("*.txt")
    reading = read(page.read_text("utf-8"))
    assert problems(reading) == []
    source = next(s for s in reading.sources if s.id == reading.provenance.sole_source)
    assert (source.kind, source.platform, source.anonymous) == ("channel", "telegram", True)
    told = {(e.type, e.topic, frozenset((e.actor, e.recipient)), e.attribution is not None) for e in reading.events}
    assert ("AGREE", "military", frozenset(("KAZ", "GBR")), True) in told
    assert all(parties == {"KAZ", "GBR"} for _, _, parties, _ in told)
    views = {(a.holder, a.target, a.polarity) for a in reading.attitudes if a.attribution}
    assert {("AUTHOR", "GBR", "negative"), ("GBR", "RUS", "negative")} <= views


def test_a_state_that_an_event_names_by_a_town_alone_is_an_actor_without_a_mention() -> None:
    reading = read("Министр обороны Словении прибыл в Ригу на переговоры.")
    assert [(event.actor, event.recipient) for event in reading.events] == [("SVN", "LVA")]
    assert {actor.id: len(actor.mentions) for actor in reading.actors if actor.kind == "state"} == {"SVN": 1, "LVA": 0}
    assert problems(reading) == []


@given(ANYTHING)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_string_is_read_soundly_or_rejected_with_a_reason(text: str) -> None:
    try:
        documents.check(text)
    except documents.Rejected:
        with pytest.raises(documents.Rejected, match=r"."):
            read(text)
        return
    reading = read(text)
    assert_sound(reading)
    assert Reading.model_validate_json(reading.to_json()) == reading


def test_the_sample_rests_on_the_channel_and_nothing_of_what_was_scraped_with_it_is_read() -> None:
    reading = read(SAMPLE)
    assert_sound(reading)
    channel = next(source for source in reading.sources if source.kind == "channel")
    assert (channel.name, channel.platform, channel.anonymous) == ("Каспийский циркуляр", "telegram", True)
    assert max(reading.provenance.shares, key=lambda s: reading.provenance.shares[s]) == channel.id
    assert {"AZE", "POL", "RUS", "NATO", "CIS", "WEST"} <= {actor.id for actor in reading.actors}
    assert [block.kind for block in reading.blocks].count("headlines") == 5
    assert "CAN" not in {actor.id for actor in reading.actors}


def test_a_text_gives_the_same_reading_byte_for_byte_whatever_was_read_between() -> None:
    before = read(SAMPLE).to_json()
    read("Премьер-министр Словении заявил, что Любляна поддержит Братиславу. «Мы готовы», — сказал он.")
    assert read(SAMPLE).to_json() == before


def test_the_fields_of_a_reading_stand_in_the_order_of_the_contract() -> None:
    reading = json.loads(read(SAMPLE).to_json())
    assert list(reading) == [
        "schema", "document", "reader", "language", "blocks", "actors", "sources", "attributions", "events",
        "attitudes", "provenance", "stages",
    ]  # fmt: skip
    assert reading["schema"] == "chancery.reading/1"
    assert {"as", "span", "text"} <= set(reading["actors"][0]["mentions"][0])


def test_the_time_to_read_grows_with_the_length_and_not_faster() -> None:
    """Ten times the text may take twenty times as long: far from the hundred of a quadratic reader."""
    read(SAMPLE)

    def seconds(copies: int) -> float:
        text = "\n\n".join(SAMPLE.replace("Баку", f"Баку {i}") for i in range(copies))
        start = time.process_time()
        read(text)
        return time.process_time() - start

    assert seconds(60) < 20 * max(seconds(6), 0.02)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), (" \n\t", "empty"), ("12 345 — 67!", "no-letter"), ("а\0б", "nul"), ("я" * 600_000, "too-large")],
)
def test_what_holds_no_article_is_rejected_by_name(text: str, code: str) -> None:
    with pytest.raises(documents.Rejected) as caught:
        read(text)
    assert caught.value.code == code


def test_a_text_in_another_language_has_its_blocks_and_language_and_says_what_was_skipped() -> None:
    reading = read("The minister said on Monday that talks would resume. He did not say when they had been broken off.")
    assert reading.language.code == "en"
    assert reading.blocks
    assert reading.stages["attributions"].startswith("skipped")


def test_a_stage_that_fails_is_reported_without_the_text_and_the_others_go_on() -> None:
    stages = Stages()

    def broken() -> str:
        raise ValueError("words of the article")

    assert stages.run("actors", broken, "nothing") == "nothing"
    assert stages.run("attributions", lambda: "said", "nothing") == "said"
    assert stages.report == {"actors": "failed: ValueError", "attributions": "ok"}


def test_a_page_is_read_with_what_it_says_of_itself() -> None:
    page = (
        '<html lang="ru"><head><title>Встреча в Осло</title><meta property="og:site_name" content="Северный вестник">'
        '<meta property="article:published_time" content="2025-03-04T05:06:07+03:00"></head><body><article>'
        "<h1>Встреча в Осло</h1><p>Министры Норвегии и Финляндии встретились в Осло и обсудили охрану границы.</p>"
        "<p>«Граница будет закрыта до весны», — сообщил министр внутренних дел Норвегии Эрик Лунд.</p></article></body>"
    )
    reading = read_article(html=page, url="https://example.org/a", received=RECEIVED)
    assert (reading.document.title, reading.document.outlet) == ("Встреча в Осло", "Северный вестник")
    assert reading.document.published == datetime.fromisoformat("2025-03-04T05:06:07+03:00")
    assert {"NOR", "FIN"} <= {actor.id for actor in reading.actors}
    assert "Эрик Лунд" in {source.name for source in reading.sources}


def test_the_sample_is_read_as_the_pictures_of_it_show() -> None:
    reading = read(SAMPLE)
    names = {source.id: source.name for source in reading.sources}
    assert [names[str(said.source)] for said in reading.attributions] == ["Каспийский циркуляр"] * 7 + [
        "Джейхун Байрамов"
    ]
    assert {said.within for said in reading.attributions} == {None}
    assert {(e.type, e.actor, e.recipient, e.status) for e in reading.events} == {("AGREE", "AZE", "POL", "happened")}


def test_a_leader_whom_the_tagger_missed_is_a_source_by_name() -> None:
    reading = read("Си Цзиньпин сказал, что торговля глубоко изменила Китай.")
    assert [(source.name, source.kind, source.actor) for source in reading.sources] == [
        ("Си Цзиньпин", "official", "CHN")
    ]
