"""The load of a fault run: articles of our own making, sent by two ways, and what must come of each."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from tasks.reading import reader
from tasks.reading.record import document_id
from worker.jobs import Article, Job, id_of_event
from worker.ledger import BrokerUnavailable, Ledger, QueueFull
from worker.settings import Settings

#: Outlets that the test application takes for an order to kill its own process, or its worker.
KILL_CHILD, KILL_WORKER = "fault: kill the child", "fault: kill the worker"

_WHO = ("Министр иностранных дел Казахстана", "Представитель МИД Сербии", "Президент Армении", "Посол Индии в Москве")
_SAYS = ("заявил", "сообщил журналистам", "подчеркнул на встрече", "написал в своём канале")
_WHAT = (
    "что переговоры о транзите продолжатся в мае",
    "что соглашение о поставках газа будет подписано до конца года",
    "что страна не намерена вступать в военные союзы",
    "что совместные учения отложены по просьбе партнёров",
)
_MORE = (
    "«Мы ценим это сотрудничество и будем его развивать», — добавил он.",
    "По данным агентства, стороны обсудили также торговлю и визы.",
    "Как считает эксперт, сближение двух столиц вызовет вопросы в Брюсселе.",
    "В Пекине эти слова пока не прокомментировали.",
)


PUBLISHED = datetime(2026, 1, 5, tzinfo=UTC)


def text(number: int) -> str:
    """One of 64 short articles in Russian."""
    a, b, c = number % 4, number // 4 % 4, number // 16 % 4
    lead = f"{_WHO[a]} {_SAYS[b]}, {_WHAT[c]}."
    return f"{lead} {_MORE[(a + c) % 4]}\n\n{_MORE[(b + 1) % 4]} {_MORE[(c + 2) % 4]}\n"


def undisturbed(number: int) -> str:
    """The reading of that article as it must come back, as JSON; without the times of receipt and publication."""
    reading = reader.read_article(
        text=text(number), html=None, url=None, title=None, outlet=None, published=PUBLISHED, source="upload",
        received=datetime.now(UTC),
    )  # fmt: skip
    return comparable(reading.to_dict())


def undisturbed_id(number: int) -> str:
    """The id of that article's document."""
    return document_id(text(number))


def comparable(reading: dict[str, Any]) -> str:
    reading = json.loads(json.dumps(reading))
    for when in ("received", "published"):
        reading["document"].pop(when, None)
    return json.dumps(reading, ensure_ascii=False, sort_keys=True)


@dataclass
class Load:
    """Sends jobs until told to stop, a bounded number ahead of the workers, and remembers what was accepted."""

    settings: Settings
    seed: int
    ahead: int = 200
    #: Accepted job ids, with the number of the article that each must be a reading of; none: it must not succeed.
    accepted: dict[str, int | None] = field(default_factory=dict)
    poison: set[str] = field(default_factory=set)
    refusals: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        chance = random.Random(self.seed)
        ledger = Ledger(self.settings)
        client = Redis.from_url(self.settings.url, socket_timeout=5)
        sent = 0
        while not self.stopped.is_set():
            batch = [self._job(chance, sent + i) for i in range(chance.choice((1, 1, 4, 16)))]
            sent += len(batch)
            if chance.random() < 0.5:
                self._insist(lambda batch=batch: ledger.accept(batch))
            else:
                batch = self._as_events(client, batch, chance)
            for job in batch:
                number = _number_of(job)
                self.accepted[job.id] = number
                if job.article.outlet:
                    self.poison.add(job.id)
            if chance.random() < 0.02:
                self._insist(lambda: ledger.cancel([batch[0].id]))  # noqa: B023 - called before the next turn
            self._insist(lambda: self._wait_for_room(ledger))

    def _job(self, chance: random.Random, serial: int) -> Job:
        number = chance.randrange(64)
        outlet, words = None, text(number)
        draw = chance.random()
        if draw < 0.002:
            outlet = KILL_WORKER
        elif draw < 0.006:
            outlet = KILL_CHILD
        elif draw < 0.016:
            words = ""
        urgent = chance.random() < 0.2
        return Job(
            # Published at another second each, so that no reader knows it already.
            article=Article(text=words, outlet=outlet, published=PUBLISHED + timedelta(seconds=serial % 86_400)),
            source=f"source-{serial % 7}",
            priority="interactive" if urgent else "bulk",
        )  # fmt: skip

    def _as_events(self, client: Redis, batch: list[Job], chance: random.Random) -> list[Job]:
        """Sends the jobs as CloudEvents, some of them twice; the jobs under the ids that the intake will give them."""
        renamed = []
        for job in batch:
            event = {
                "specversion": "1.0", "type": "chancery.article.submitted.v1", "source": f"/{job.source}", "id": job.id,
                "datacontenttype": "application/json",
                "priority": job.priority,
                "data": job.article.model_dump(exclude_none=True, mode="json"),
            }  # fmt: skip
            body = json.dumps(event, ensure_ascii=False)
            for _ in range(2 if chance.random() < 0.05 else 1):
                self._insist(lambda body=body: client.xadd(f"{self.settings.key_prefix}intake", {"event": body}))
            renamed.append(job.model_copy(update={"id": id_of_event(f"/{job.source}", job.id)}))
        return renamed

    def _wait_for_room(self, ledger: Ledger) -> None:
        while sum(ledger.depths().values()) > self.ahead and not self.stopped.is_set():
            time.sleep(0.2)

    def _insist(self, send: Any) -> None:
        """Tries until it is accepted: what is sent again under its id is the same job."""
        while True:
            try:
                send()
            except (BrokerUnavailable, QueueFull, RedisError, OSError):
                self.refusals += 1
                time.sleep(0.3)
            else:
                return


def _number_of(job: Job) -> int | None:
    if job.article.outlet or not job.article.text:
        return None
    return next(n for n in range(64) if text(n) == job.article.text)
