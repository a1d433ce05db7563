"""On whose word an article rests."""

from __future__ import annotations

import pytest

from tasks.reading import provenance
from tasks.reading.record import Attribution, Block, Provenance, Source

from .saying import read
from .test_sources import CHANNEL


def weighed(text: str) -> Provenance:
    blocks = [Block(span=(0, len(text)), kind="body")]
    sources, found = read(text, blocks)
    return provenance.weigh(blocks, sources, found, text)


def test_an_article_of_one_anonymous_channel_says_so() -> None:
    found = weighed(CHANNEL)
    assert found.sole_source == "s1"
    assert set(found.flags) == {"single-source", "anonymous-source"}
    assert found.shares["s1"] > 0.8


def test_an_article_without_attributions_has_no_source() -> None:
    found = weighed("Мост закрыт. Поезда ходят в объезд.")
    assert (found.own_voice, found.shares, found.flags) == (1.0, {}, ["no-source"])


def test_what_the_writer_claims_to_know_is_the_articles_own_voice() -> None:
    found = weighed("Мост закрыт. По нашим данным, его продадут.")
    assert (found.own_voice, found.flags) == (1.0, ["no-source"])


def test_two_named_sources_raise_no_flag() -> None:
    found = weighed("Степан Лугин заявил, что мост закрыт. Анна Бережная сообщила, что поезда ходят.")
    assert (found.sole_source, found.flags) == (None, [])


def test_two_unnamed_sources_are_not_one_and_a_head_of_state_does_not_hide() -> None:
    found = weighed("Президент Колумбии заявил, что мост закрыт. Премьер-министр Японии сообщил, что поезда ходят.")
    assert (found.sole_source, found.flags) == (None, [])


def test_own_voice_and_shares_make_the_whole() -> None:
    found = weighed("Мост закрыт с мая. Степан Лугин заявил, что его починят. По словам Веры Крыловой, денег нет.")
    assert found.own_voice + sum(found.shares.values()) == pytest.approx(1, abs=0.001)
    assert found.own_voice > 0


def test_of_hearsay_the_share_is_the_outer_sources() -> None:
    text = "а" * 100
    blocks = [Block(span=(0, 100), kind="body")]
    sources = [Source(id="s1", name="Заря", kind="media"), Source(id="s2", name="Лугин", kind="person")]
    attributions = [
        Attribution(id="a1", kind="indirect", content=[(0, 80)], source="s1", confidence=1),
        Attribution(id="a2", kind="indirect", content=[(20, 60)], source="s2", within="a1", confidence=1),
    ]
    found = provenance.weigh(blocks, sources, attributions, text)
    assert (found.shares, found.own_voice, found.sole_source) == ({"s1": 0.8}, 0.2, "s1")


def test_only_the_body_is_weighed_and_blanks_are_not() -> None:
    text = "Заголовок\nа а а а"
    blocks = [Block(span=(0, 10), kind="title"), Block(span=(10, 17), kind="body")]
    source = Source(id="s1", name="Заря", kind="media")
    said = Attribution(id="a1", kind="indirect", content=[(10, 13)], source="s1", confidence=1)
    found = provenance.weigh(blocks, [source], [said], text)
    assert (found.shares, found.own_voice) == ({"s1": 0.5}, 0.5)


def test_an_empty_body_rests_on_nothing() -> None:
    found = provenance.weigh([Block(span=(0, 3), kind="title")], [], [], "Да!")
    assert (found.shares, found.flags) == ({}, ["no-source"])
