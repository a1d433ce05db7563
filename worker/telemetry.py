"""Logs and health: what a worker says of itself. Never an article's text, never a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from worker.ledger import BrokerUnavailable, Ledger
from worker.settings import Settings


def log() -> Any:
    """The logger, with whatever is bound around the caller."""
    return structlog.get_logger("chancery")


@contextmanager
def bound(**names: Any) -> Iterator[None]:
    """Names on every log line inside the block."""
    with structlog.contextvars.bound_contextvars(**names):
        yield


def configure(settings: Settings) -> None:
    """Sends every log line, Celery's too, to stderr: JSON, or text where stderr is a terminal."""
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    render: list[Any]
    if as_text:
        render = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    else:
        render = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    # One line a message from Celery would say again what ours says.
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)


def health(settings: Settings) -> str:
    """What is wrong with the deployment, or nothing: whether each queue that has workers is really being consumed."""
    try:
        ledger = Ledger(settings, patience=0.0)
        measures = ledger.measure()
    except BrokerUnavailable as error:
        return str(error)
    if not any(measure.slots for measure in measures.values()):
        return "no worker is running"
    for queue, measure in measures.items():
        if measure.slots and measure.canary is None:
            return f"no canary has come through the {queue} queue yet"
        if measure.slots and measure.canary and measure.canary > settings.canary_seconds:
            return f"the {queue} queue is not being consumed: its last canary came {measure.canary:.0f} s ago"
    return ""
