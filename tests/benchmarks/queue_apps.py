"""The same job that does nothing, for every queue that `tests.benchmarks.queue` compares; PEER names the one to be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

PEER = os.environ["PEER"]
URL = os.environ["CHANCERY_BROKER_URL"]

#: Puts these texts on the queue by the quickest way the peer has.
submit: Callable[[Iterable[str]], Any]

if PEER == "chancery":
    from worker import producer
    from worker.app import app
    from worker.delivery import Done
    from worker.jobs import Article

    app.loader.import_default_modules()
    app.finalize()
    app.tasks["tasks.read"].run = lambda job, _: Done(document=job.id, reading={})
    # A job that does nothing needs no models, and loading them would be counted as work.
    app.tasks["tasks.read"].warm_up = None

    def submit(texts: Iterable[str]) -> Any:
        return producer.submit_many(Article(text=text) for text in texts)

elif PEER in {"celery", "streams"}:
    from celery import Celery

    app = Celery(broker=URL)
    app.conf.update(task_ignore_result=True, task_default_queue="bench", broker_connection_retry_on_startup=True)
    if PEER == "streams":
        from worker import transport

        transport.install(app)
        app.conf.update(
            task_acks_late=True, task_reject_on_worker_lost=True,
            worker_prefetch_multiplier=int(os.environ.get("PREFETCH", "1")),
        )  # fmt: skip

    @app.task(name="noop")
    def noop(text: str) -> None:
        pass

    def submit(texts: Iterable[str]) -> Any:
        options = {"argsrepr": ""} if PEER == "streams" else {}
        with app.producer_pool.acquire(block=True) as publisher:
            if PEER == "streams":
                with publisher.batch(200):
                    for text in texts:
                        noop.apply_async((text,), producer=publisher, **options)
            else:
                for text in texts:
                    noop.apply_async((text,), producer=publisher, **options)

elif PEER == "dramatiq":
    import dramatiq
    from dramatiq.brokers.redis import RedisBroker

    dramatiq.set_broker(RedisBroker(url=URL))

    @dramatiq.actor(queue_name="bench")
    def noop(text: str) -> None:
        pass

    def submit(texts: Iterable[str]) -> Any:
        for text in texts:
            noop.send(text)

elif PEER == "huey":
    from huey import RedisHuey

    huey = RedisHuey("bench", url=URL, results=False)

    @huey.task()
    def noop(text: str) -> None:
        pass

    def submit(texts: Iterable[str]) -> Any:
        for text in texts:
            noop(text)

elif PEER == "rq":
    from redis import Redis
    from rq import Queue

    queue = Queue("bench", connection=Redis.from_url(URL))

    def noop(text: str) -> None:
        pass

    def submit(texts: Iterable[str]) -> Any:
        queue.enqueue_many([Queue.prepare_data(noop, (text,), result_ttl=0) for text in texts])

elif PEER.startswith("taskiq"):
    import asyncio

    from taskiq_redis import ListQueueBroker, RedisStreamBroker

    broker = (
        RedisStreamBroker(URL, queue_name="bench")
        if PEER.endswith("stream")
        else ListQueueBroker(URL, queue_name="bench")
    )

    @broker.task(task_name="noop")
    async def noop(text: str) -> None:
        pass

    def submit(texts: Iterable[str]) -> Any:
        async def send() -> None:
            await broker.startup()
            for text in texts:
                await noop.kiq(text)
            await broker.shutdown()

        asyncio.run(send())
