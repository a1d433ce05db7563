"""Readings written by hand, so that the page is tested without the stages that make them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import tasks
from tasks.reading import record

SAMPLE = Path(tasks.__file__).parent / "samples" / "sample.txt"
Place = tuple[int, int]


def places(text: str, words: str) -> list[Place]:
    """Every place where the text has these words, whole."""
    return [match.span() for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)]


def near(text: str, words: str, content: list[Place]) -> Place:
    """The place of these words next to a statement."""
    start, end = content[0][0], content[-1][1]
    return min(places(text, words), key=lambda place: min(abs(place[1] - start), abs(place[0] - end)))


def between(text: str, first: str, after: str) -> str:
    """The text from the words ``first`` up to the words ``after``."""
    return text[text.index(first) : text.index(after)]


def actor(text: str, id_: str, kind: str, ru: str, en: str | None, *forms: str, **more: Any) -> dict[str, Any]:
    """An actor with all mentions in ``forms``, each written `word/form`."""
    mentions: list[dict[str, Any]] = []
    for words, _, form in (spelt.partition("/") for spelt in forms):
        mentions += [{"span": place, "text": words, "as": form or "name"} for place in places(text, words)]
    name = {"ru": ru} if en is None else {"ru": ru, "en": en}
    return {"id": id_, "kind": kind, "name": name, "mentions": sorted(mentions, key=lambda m: m["span"])} | more


def said(text: str, id_: str, kind: str, content: str, cue: str, who: str, source: str) -> dict[str, Any]:
    """An attribution of the words ``content``, with the cue and the mention nearest to them."""
    at = [(text.index(content), text.index(content) + len(content))]
    return {
        "id": id_, "kind": kind, "content": at, "source": source, "confidence": 0.9,
        "cue": near(text, cue, at), "source_span": near(text, who, at),
    }  # fmt: skip


def reading(text: str, **parts: Any) -> record.Reading:
    """A reading of ``text``, all of it body unless ``blocks`` are given."""
    document = {"id": record.document_id(text), "received": datetime(2026, 11, 22, 12, tzinfo=UTC), "text": text}
    whole = {
        "reader": {"version": "0.1.0", "gazetteer": "2026-11-22"},
        "language": {"code": "ru", "confidence": 0.99},
        "blocks": [{"span": (0, len(text)), "kind": "body"}],
        "provenance": {"own_voice": 1.0},
        "stages": {"blocks": "ok", "language": "ok", "actors": "ok", "attributions": "ok"},
    }
    return record.Reading.model_validate(whole | parts | {"document": document | parts.get("document", {})})


@pytest.fixture(scope="session")
def sample() -> record.Reading:
    """The sample article, read by hand, with events and attitudes besides."""
    text = SAMPLE.read_text(encoding="utf-8")
    title, promo, foreign = text.index("\n"), text.index("Подписывайтесь"), text.index("В Лиссабоне")
    lead, treaty = between(text, "Ещё весной", ". Об этом пишет"), between(text, "Подписанное", "», — пишет канал")
    deal, paper = "ранее Баку и Варшава договорились о поставках газа", between(text, "На бумаге", "», — подчёркивает")
    silence, third = between(text, "молчание", "».\n\nМинистр"), between(text, "сотрудничество с Польшей", ".\n\nПодпи")

    def evidence(words: str) -> list[Place]:
        return [places(text, words)[0]]

    return reading(
        text,
        document={
            "outlet": "Вестник Каспия",
            "published": datetime(2025, 10, 14, 9, 30, tzinfo=UTC),
            "url": "https://example.org/2025/10/14/tikhiy-povorot",
        },
        blocks=[
            {"span": (0, title), "kind": "title"},
            {"span": (title, promo), "kind": "body"},
            {"span": (promo, foreign), "kind": "promo", "why": "asks to subscribe"},
            {"span": (foreign, len(text)), "kind": "headlines", "why": "self-contained lines, none resumes the body"},
        ],
        actors=[
            actor(text, "AZE", "state", "Азербайджан", "Azerbaijan", "Азербайджан", "Азербайджаном", "Азербайджана",
                  "Баку/capital", "азербайджанских/adjective"),
            actor(text, "POL", "state", "Польша", "Poland", "Польшей", "Варшава/capital", "Варшавой/capital",
                  "польских/adjective"),
            actor(text, "RUS", "state", "Россия", "Russia", "Россия", "Россией", "Москва/capital"),
            actor(text, "NATO", "bloc", "НАТО", "NATO", "НАТО"),
            actor(text, "CIS", "bloc", "СНГ", "CIS", "СНГ"),
            actor(text, "WEST", "bloc", "Запад", "the West", "Запад"),
            actor(text, "person:байрамов", "person", "Джейхун Байрамов", None, "Джейхун Байрамов", state="AZE"),
        ],
        sources=[
            {"id": "s1", "name": "Каспийский циркуляр", "kind": "channel", "platform": "telegram", "anonymous": True},
            {"id": "s2", "name": "Джейхун Байрамов", "kind": "official", "actor": "AZE"},
        ],
        attributions=[
            said(text, "a1", "indirect", lead, "пишет", "телеграм-канал «Каспийский циркуляр»", "s1"),
            said(text, "a2", "direct", treaty, "пишет", "канал", "s1"),
            said(text, "a3", "indirect", f"{deal} по льготной цене", "напоминает", "Автор", "s1"),
            said(text, "a4", "direct", paper, "подчёркивает", "ресурс", "s1"),
            said(text, "a5", "indirect", "Москва пока воздерживается от публичных оценок", "отмечается", "публикации",
                 "s1"),
            said(text, "a6", "mixed", silence, "По мнению", "автора", "s1"),
            said(text, "a7", "mixed", third, "заявлял", "Джейхун Байрамов", "s2"),
        ],
        events=[
            {"id": "e1", "type": "AGREE", "actor": "AZE", "recipient": "POL", "mutual": True, "status": "happened",
             "topic": "military", "attribution": "a2", "confidence": 0.9,
             "evidence": evidence("соглашение о военном сотрудничестве между Азербайджаном и Польшей")},
            {"id": "e2", "type": "AGREE", "actor": "AZE", "recipient": "POL", "mutual": True, "status": "happened",
             "topic": "energy", "attribution": "a3", "confidence": 0.8,
             "evidence": evidence("Баку и Варшава договорились о поставках газа")},
        ],
        attitudes=[
            {"id": "t1", "holder": "RUS", "target": "AZE", "polarity": "negative", "attribution": "a6",
             "confidence": 0.7, "evidence": evidence("Россия запомнит этот шаг")},
        ],
        provenance={"own_voice": 0.17, "shares": {"s1": 0.78, "s2": 0.05}, "flags": ["anonymous-source"]},
    )  # fmt: skip


@pytest.fixture(scope="session")
def tangled() -> record.Reading:
    """Marks that nest, cross, break off and run over paragraphs, emoji, returns, hearsay, and text that is markup."""
    text = (
        "<b>Заголовок</b> & «сюрприз» 🇰🇿\r\n\r\n"
        "Агентство 📰 сообщает: «По словам Иванова, МИД России 👩‍🚀 готов, — а Петров, <script>alert(1)</script>, "
        "возражает, — и ждёт».\n\n«Первый абзац речи.\n\nВторой абзац </mark> речи», — сказал он. "
        "Подчёркивается, что мир близок.\n"
        'Читайте также: "о погоде" & <i>ценах</i>\n'
    )
    body, promo = text.index("Агентство"), text.index("Читайте")

    def at(first: str, last: str | None = None) -> Place:
        """From the beginning of ``first`` to the end of ``last``."""
        start, last = text.index(first), last or first
        return start, text.index(last, start) + len(last)

    inner = at("МИД России", "готов")
    return reading(
        text,
        document={"title": "<script>alert(0)</script>", "url": "javascript:alert(1)", "outlet": '"><img src=x>'},
        blocks=[
            {"span": (0, body), "kind": "title"},
            {"span": (body, promo), "kind": "body"},
            {"span": (promo, len(text)), "kind": "promo", "why": "<b>read also</b>"},
        ],
        actors=[
            actor(text, "body:мид", "body", "МИД <России>", None, "МИД России/body", state="RUS"),
            {"id": "RUS", "kind": "state", "name": {"en": "Russia"},
             "mentions": [{"span": at("России"), "text": "России", "as": "name", "alternatives": ["SUN"]}]},
            {"id": "KAZ", "kind": "state", "name": {}, "mentions": [{"span": at("🇰🇿"), "text": "🇰🇿", "as": "name"}]},
        ],
        sources=[
            {"id": "s1", "name": "Агентство <i>📰</i>", "kind": "media"},
            {"id": "s2", "name": "Иванов", "kind": "person"},
            {"id": "s3", "name": "UNNAMED", "kind": "unnamed", "anonymous": True},
        ],
        attributions=[
            {"id": "a1", "kind": "direct", "content": [at("По словам", "и ждёт")], "cue": at("сообщает"),
             "source_span": at("Агентство 📰"), "source": "s1", "confidence": 1},
            {"id": "a2", "kind": "indirect", "content": [inner, at("и ждёт")], "cue": at("По словам"),
             "source_span": at("Иванова"), "source": "s2", "within": "a1", "confidence": 1},
            # Crosses a2's first piece and an actor's mention: no rule of the record forbids it.
            {"id": "a3", "kind": "mixed", "content": [at("ссии", "возражает")], "source": "s3", "within": "a1",
             "confidence": 0.4},
            {"id": "a4", "kind": "direct", "content": [at("Первый", "</mark> речи")], "cue": at("сказал"),
             "source_span": at("он."), "source": "s1", "confidence": 1},
            {"id": "a5", "kind": "indirect", "content": [at("мир близок")], "cue": at("Подчёркивается"),
             "confidence": 0.5},
        ],
        events=[
            {"id": "e1", "type": "THREATEN", "actor": "RUS", "recipient": "UNKNOWN", "status": "denied",
             "evidence": [inner, at("мир близок")], "confidence": 0.5},
        ],
        attitudes=[
            {"id": "t1", "holder": "AUTHOR", "target": "body:мид", "polarity": "positive", "evidence": [inner],
             "attribution": "a2", "confidence": 0.5},
        ],
        provenance={"own_voice": 0.2, "shares": {"s1": 0.8}, "sole_source": "s1", "flags": ["single-source"]},
        stages={"blocks": "ok", "language": "ok", "actors": "failed: <ValueError>", "events": "skipped: none yet"},
    )  # fmt: skip


@pytest.fixture(scope="session")
def hearsay() -> record.Reading:
    """Every colour of source inside every other's, three deep, with cues and mentions in each."""
    sentence, sources, shift = "Первый пишет, что второй говорит, что третий знает: будет дождь.\n", 9, 0
    attributions: list[dict[str, Any]] = []
    for outer in range(sources):
        for inner in range(sources):
            parts = [
                ("второй говорит, что третий знает: будет дождь", "пишет", "Первый", outer),
                ("третий знает: будет дождь", "говорит", "второй", inner),
                ("будет дождь", "знает", "третий", (outer + inner) % sources),
            ]
            for depth, (content, cue, who, source) in enumerate(parts):
                at = [[(shift + sentence.index(w), shift + sentence.index(w) + len(w))] for w in (content, cue, who)]
                within = f"a{len(attributions)}" if depth else None
                attributions.append({
                    "id": f"a{len(attributions) + 1}", "kind": "indirect", "content": at[0], "cue": at[1][0],
                    "source_span": at[2][0], "source": f"s{source}", "within": within, "confidence": 1,
                })  # fmt: skip
            shift += len(sentence)
    return reading(
        sentence * sources**2,
        sources=[{"id": f"s{n}", "name": f"Источник {n}", "kind": "media"} for n in range(sources)],
        attributions=attributions,
        provenance={"own_voice": 0.1, "shares": {f"s{n}": 0.1 for n in range(sources)}},
    )
