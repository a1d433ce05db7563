"""OpenTelemetry traces from the producer to the outcome, where OpenTelemetry is installed (the extra ``tracing``)."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any, cast

from worker.jobs import Job


@cache
def _opentelemetry() -> tuple[Any, Any] | None:
    """OpenTelemetry's propagation and tracer, where it is installed."""
    try:
        from opentelemetry import propagate, trace
    except ImportError:
        return None
    return propagate, trace


def trace_context() -> dict[str, str]:
    """The W3C trace context of the caller, to travel with a job; empty without OpenTelemetry, or outside of a trace."""
    found = _opentelemetry()
    carrier: dict[str, str] = {}
    if found:
        found[0].inject(carrier)
    return {name: value for name, value in carrier.items() if name in {"traceparent", "tracestate"}}


def span(job: Job, name: str) -> AbstractContextManager[Any]:
    """An OpenTelemetry span of one attempt, under its producer's; nothing where OpenTelemetry is not installed."""
    found = _opentelemetry()
    if found is None:
        return nullcontext()
    propagate, trace = found
    about = {"messaging.system": "celery", "messaging.message.id": job.id, "chancery.source": job.source}
    return cast(
        AbstractContextManager[Any],
        trace.get_tracer("chancery").start_as_current_span(
            name, context=propagate.extract(job.trace), kind=trace.SpanKind.CONSUMER, attributes=about
        ),
    )


def configure() -> None:
    """Sends spans to where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says, if it does and the extra is installed."""
    if "OTEL_EXPORTER_OTLP_ENDPOINT" not in os.environ or _opentelemetry() is None:
        return
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
