"""The Celery application: the whole deployment on one page.

    celery -A worker.app worker -Q read        # or: chancery worker read

Queues: ``fetch`` waits on the network and runs in threads; ``read`` burns CPU in forked processes that share the models
their parent loaded; ``record`` is short work. What is in a queue, and in which order, is the ledger's affair.
"""

from __future__ import annotations

import gc
import os
import signal
from typing import Any

import billiard.pool
from celery import Celery, signals
from celery.schedules import crontab
from kombu.entity import Exchange, Queue

from worker import delivery, orphans, telemetry, tracing, transport
from worker.jobs import QUEUES
from worker.pulse import Pulse
from worker.settings import Settings, settings

TASKS = [
    "tasks.read",
    "tasks.fetch",
    "tasks.poll",
    "tasks.trace",
    "tasks.deliver",
    "tasks.digest",
    "tasks.watch",
    "tasks.tidy",
]


def configuration(chosen: Settings) -> dict[str, Any]:
    """Celery's settings."""
    return {
        "broker_url": chosen.url,
        "broker_transport_options": {
            "global_keyprefix": chosen.key_prefix, "visibility_timeout": chosen.visibility_seconds,
            "priority_steps": [0], "idle_limit": chosen.lease_seconds,
            # The ledger counts what a job's workers died of; a message that was only fetched is innocent.
            "max_deliveries": 1_000_000,
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": chosen.connect_seconds,
        "result_backend": chosen.url,
        "result_backend_transport_options": {"global_keyprefix": chosen.key_prefix},
        "redis_socket_timeout": 30.0,
        "redis_socket_connect_timeout": chosen.connect_seconds,
        "redis_socket_keepalive": True,
        "redis_backend_health_check_interval": 15,
        "result_expires": chosen.outcome_seconds,
        "task_ignore_result": True,

        "task_queues": [Queue(name, Exchange(""), routing_key=name, auto_delete=False) for name in QUEUES],
        "task_default_queue": "record",
        "task_create_missing_queues": False,
        "task_routes": {f"tasks.{name}": {"queue": name} for name in QUEUES},
        "task_annotations": {
            f"tasks.{name}": {"soft_time_limit": limits.soft, "time_limit": limits.hard}
            for name, limits in chosen.limits.items()
        },

        "task_serializer": "json",
        "accept_content": ["json"],
        "result_serializer": "json",
        "result_accept_content": ["json"],

        "task_acks_late": True,
        "task_acks_on_failure_or_timeout": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_deduplicate_successful_tasks": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_soft_shutdown_timeout": chosen.soft_shutdown_seconds,
        "worker_enable_soft_shutdown_on_idle": True,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_send_task_events": False,
        "task_send_sent_event": False,
        "timezone": chosen.zone,
        "beat_schedule": {
            "sweep": {"task": "worker.sweep", "schedule": 10.0, "options": {"queue": "record", "expires": 10}},
            "trace": {"task": "tasks.trace", "schedule": 5.0, "options": {"queue": "record", "expires": 5}},
            "deliver": {"task": "tasks.deliver", "schedule": 2.0, "options": {"queue": "record", "expires": 2}},
            "digest": {
                "task": "tasks.digest", "schedule": crontab(*reversed(chosen.digest_time.split(":"))),
                "options": {"queue": "record", "expires": 3600},
            },
            "watch": {"task": "tasks.watch", "schedule": 60.0, "options": {"queue": "record", "expires": 60}},
            "tidy": {"task": "tasks.tidy", "schedule": 3600.0, "options": {"queue": "record", "expires": 3600}},
        },
        "redbeat_redis_url": chosen.url,
        "redbeat_key_prefix": chosen.key_prefix + "beat:",
        "redbeat_redis_options": {
            "socket_timeout": 30.0, "socket_connect_timeout": chosen.connect_seconds, "socket_keepalive": True,
        },
        "redbeat_lock_timeout": chosen.lease_seconds,
        "beat_scheduler": "worker.schedule:Scheduler",
        "beat_max_loop_interval": min(5.0, chosen.lease_seconds / 3),
        "include": TASKS,
    }  # fmt: skip


# A child that stops waits up to 30 s for its parent to read its last answers. What they would say is in the ledger.
billiard.pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 10

app = Celery("chancery", set_as_current=True)
app.conf.update(configuration(settings()))
transport.install(app)


@signals.setup_logging.connect
def _logging(**_: Any) -> None:
    telemetry.configure(settings())


@signals.worker_process_init.connect
def _in_child(**_: Any) -> None:
    # A child that outlived its parent would go on with a job that the ledger has given to another.
    orphans.die_with_parent(signal.SIGKILL)
    tracing.configure()


@signals.celeryd_after_setup.connect
def _warm_up(**_: Any) -> None:
    """Loads, before the fork, what the children of this worker's queues will share."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    app.loader.import_default_modules()
    queues = set(app.amqp.queues.consume_from)
    for task in app.tasks.values():
        if task.name.removeprefix("tasks.") in queues and getattr(task, "warm_up", None):
            task.warm_up()
    gc.collect()
    gc.freeze()


@app.task(name="worker.canary", ignore_result=True)
def canary(queue: str) -> None:
    """Says that the queue is being consumed; the ledger's sweep sends it."""
    delivery.ledger().sing(queue)


@app.task(name="worker.sweep", ignore_result=True)
def sweep() -> None:
    """The reconciler, as a scheduled task. Every worker's pulse runs it too, so nothing depends on a scheduler."""
    delivery.ledger().sweep()


app.steps["worker"].add(Pulse)
