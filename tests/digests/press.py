"""A made-up press of sixty days: a few outlets, an anonymous channel that is copied, one pair that warms at the end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine

from tasks.archive.database import writing
from tasks.archive.keeping import keep
from tasks.reading.record import Reading, document_id
from tasks.reposts import tracing
from tasks.shifts import watching

FIRST, LAST = date(2026, 1, 12), date(2026, 3, 12)
OUTLETS = ("Степной вестник", "Портовая газета", "Новости перевала", "Утренний разъезд")
CHANNEL = "Шёпот столицы"
POST = (
    "Казахстан и Великобритания договорились о военной базе на берегу моря. Об этом переговорщики молчат уже месяц, "
    "а бумаги, по нашим сведениям, подписаны в узком кругу и без прессы. Союзникам по договору ничего не сообщили, "
    "и в соседних столицах узнают о решении из чужих рук. Первый корабль ждут до конца навигации, "
    "а портовые власти уже освобождают третий причал и ремонтируют подъездную дорогу к нему."
)
Said = tuple[str, str, str, str, str | None, bool]
"""Words of an event, its type, actor, recipient, and the source that says so (None: the article), anonymous."""


def article(
    outlet: str, at: datetime, text: str, said: Sequence[Said] = (), *, url: str, title: str | None = None
) -> Reading:
    """The reading of an article that says these things, each in words that stand in its text."""
    names = list(dict.fromkeys(each[4] for each in said if each[4]))
    spans = [(text.index(each[0]), text.index(each[0]) + len(each[0])) for each in said]
    hidden = {each[4] for each in said if each[5]}
    parts: dict[str, list[dict[str, Any]]] = {"attributions": [], "events": []}
    for n, (each, span) in enumerate(zip(said, spans, strict=True), 1):
        _, type_, actor, recipient, source, _ = each
        if source:
            parts["attributions"].append({"id": f"a{n}", "kind": "indirect", "content": [span], "confidence": 0.9,
                                          "source": f"s{names.index(source)}"})  # fmt: skip
        if type_:
            parts["events"].append({
                "id": f"e{n}", "type": type_, "actor": actor, "recipient": recipient, "evidence": [span],
                "status": "claimed" if each[5] else "happened", "confidence": 0.8, "mutual": type_ == "AGREE",
                "attribution": f"a{n}" if source else None,
            })  # fmt: skip
    share = sum(stop - start for (start, stop), each in zip(spans, said, strict=True) if each[4]) / len(text)
    return Reading.model_validate(
        {
            "document": {"id": document_id(text), "text": text, "published": at, "received": at + timedelta(minutes=5),
                         "outlet": outlet, "url": url, "title": title},
            "reader": {"version": "1.0", "gazetteer": "2026-01-01"},
            "language": {"code": "ru", "confidence": 1.0},
            "blocks": [{"span": (0, len(text)), "kind": "body"}],
            "sources": [{"id": f"s{n}", "name": name, "anonymous": name in hidden,
                         "kind": "channel" if name in hidden else "official",
                         "platform": "telegram" if name in hidden else None} for n, name in enumerate(names)],
            "provenance": {"own_voice": round(1 - share, 4)},
            "stages": {"blocks": "ok"},
            **parts,
        }
    )  # fmt: skip


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


WHERE = ("В порту", "За перевалом", "У северных ворот", "На озере", "В старом городе", "Возле мельницы", "В училище",
         "На стадионе", "В долине", "У вокзала", "За рекой", "В театре", "На рынке", "В саду")  # fmt: skip
WHO = ("плотники", "учителя", "рыбаки", "пекари", "врачи", "садовники", "геологи", "музыканты", "сторожа", "студенты",
       "пожарные", "ткачи", "шахматисты", "паромщики")  # fmt: skip
DID = ("починили", "открыли", "измерили", "показали", "перенесли", "раскрасили", "нашли", "обсудили", "продали",
       "застраховали", "сфотографировали", "освободили", "взвесили", "закрыли")  # fmt: skip
WHAT = ("мост", "выставку", "колодец", "библиотеку", "старую карту", "фонтан", "оранжерею", "колокол", "склад зерна",
        "лодочную станцию", "смотровую башню", "каток", "грибное место", "ярмарку")  # fmt: skip
PASSED: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("Россия и Казахстан провели {n}-е переговоры о тарифах", "CONSULT", "RUS", "KAZ", "Министр Ахметов"),
    ("Россия обвинила Великобританию в {n}-м нарушении границы", "ACCUSE", "RUS", "GBR", None),
    ("Китай отправил Казахстану {n}-й поезд с удобрениями", "AID", "CHN", "KAZ", "Посольство Китая"),
    ("Турция и Азербайджан начали {n}-е совместные учения", "COOPERATE", "TUR", "AZE", "Генерал Мамедов"),
)


def everyday(day: date) -> list[Reading]:
    """What a day brings: articles of each outlet, some of which tell what passed between states."""
    n, found = (day - FIRST).days, []
    for k, outlet in enumerate(OUTLETS):
        dice = random.Random(n * 10 + k)
        text = "".join(
            f"{dice.choice(WHERE)} {dice.choice(WHO)} {dice.choice(DID)} {dice.choice(WHAT)}. " for _ in range(9)
        )
        said: list[Said] = []
        for j, (words, type_, actor, recipient, source) in enumerate(PASSED):
            if (n * 4 + k + j) % (5 + 2 * j) == 0:
                words = words.format(n=n * 4 + k)
                said.append((words, type_, actor, recipient, source, False))
                text += f"\n{words}{f', сообщил источник: {source}' if source else ''}."
        if n > 53:
            words = f"Казахстан и Великобритания подписали соглашение номер {n * 4 + k}"
            said.append((words, "AGREE", "KAZ", "GBR", "Посол Смит" if k % 2 else None, False))
            text += f"\n{words}."
        found.append(article(outlet, moment(day, 7 + k), text, said, url=f"https://press.example/{n}/{k}",
                             title=f"{text.partition('.')[0]}"))  # fmt: skip
    return found


def reposts() -> list[Reading]:
    """The channel's post of the last day, and who copied it: some with its name, one under another headline."""
    words = POST[: POST.index(".")]
    said: list[Said] = [(words, "AGREE", "KAZ", "GBR", CHANNEL, True)]
    own: list[Said] = [(words, "AGREE", "KAZ", "GBR", None, False)]
    found = [article(CHANNEL, moment(LAST, 6, 10), f"Пишет {CHANNEL}. {POST}", said, url="https://channel.example/1",
                     title="База у моря")]  # fmt: skip
    for n, outlet in enumerate((*OUTLETS, "Дальний берег", "Голос долины", OUTLETS[1])):
        text = f"«{CHANNEL}» сообщает: {POST} Это выпуск {n}." if n % 3 else f"{POST} {n}."
        title = "Тайная база: союзники в неведении" if n == 2 else "База у моря"
        at = moment(LAST, 7 + 2 * n, 7 * n)
        found.append(article(outlet, at, text, said if n % 3 else own, url=f"https://copy.example/{n}", title=title))
    return found


def published(archive: Engine, *, days: int = 60) -> None:
    """Fills an archive with the last of these days, traced and watched."""
    with writing(archive) as connection:
        for n in range(60 - days, 60):
            for each in everyday(FIRST + timedelta(days=n)):
                keep(connection, each, now=each.document.received)
        for each in reposts():
            keep(connection, each, now=each.document.received)
        changed = article(OUTLETS[0], moment(LAST, 15), "Исправлено: рынок был закрыт весь день, зерно не продавали.",
                          url="https://press.example/59/0", title="Исправление")  # fmt: skip
        keep(connection, changed, now=changed.document.received)
    now = moment(LAST + timedelta(days=1), 6)
    tracing.catch_up(archive, now=now)
    while not watching.catch_up(archive, years=10.0, now=now).complete:
        pass
