"""Prometheus metrics, made from the ledger when they are asked for: any worker of a deployment tells the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import cast

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily

from worker import telemetry
from worker.jobs import TERMINAL
from worker.ledger import BrokerUnavailable, Ledger
from worker.settings import Settings


class LedgerCollector:
    """Reads the ledger at every scrape."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def collect(self) -> Iterator[Metric]:
        """The metrics. ``chancery_up`` alone, and 0, where the broker does not answer."""
        up = GaugeMetricFamily("chancery_up", "Whether the broker answers.")
        try:
            found = list(self._read())
        except BrokerUnavailable:
            found = []
        up.add_metric([], 1.0 if found else 0.0)
        yield up
        yield from found

    def _read(self) -> Iterator[Metric]:
        counts = self.ledger.counts()
        ended = CounterMetricFamily("chancery_jobs", "Jobs that ended, by outcome.", labels=["state"])
        for state in sorted(TERMINAL):
            ended.add_metric([state], counts.get(state, 0))
        yield ended
        for name, about in (
            ("accepted", "Jobs accepted."),
            ("retries", "Attempts put off because of a fault that may pass."),
            ("waits", "Times that it was not yet a job's turn."),
            ("losses", "Jobs whose worker died while it ran them."),
            ("resends", "Messages sent again because nobody began their jobs in time."),
        ):
            yield CounterMetricFamily(f"chancery_{name}", about, value=counts.get(name, 0))
        gauges = {
            name: GaugeMetricFamily(f"chancery_queue_{name}", about, labels=["queue"])
            for name, about in (
                ("open", "Jobs without an outcome."),
                ("waiting", "Jobs that wait for a worker."),
                ("running", "Jobs being worked on."),
                ("oldest_waiting_seconds", "Age of the oldest job that waits."),
                ("slots", "Jobs that the queue's workers can run at a time."),
                ("canary_age_seconds", "Since a canary last came through."),
            )
        }
        for queue, measure in self.ledger.measure().items():
            for name, value in (
                ("open", measure.open), ("waiting", measure.waiting), ("running", measure.running),
                ("oldest_waiting_seconds", measure.oldest), ("slots", measure.slots),
                ("canary_age_seconds", measure.canary),
            ):  # fmt: skip
                if value is not None:
                    gauges[name].add_metric([queue], value)
        yield from gauges.values()
        client = self.ledger.client
        sources = self.ledger.ask(lambda: client.hlen(self.ledger.key("sources")))
        yield GaugeMetricFamily("chancery_sources", "Sources that are looked at on a schedule.", value=sources)
        alarmed = self.ledger.ask(lambda: client.hgetall(self.ledger.key("alarmed")))
        kinds = Counter(name.decode().partition(" ")[2] for name in cast(dict[bytes, bytes], alarmed))
        alarms = GaugeMetricFamily("chancery_alarms", "Sources that an alarm is raised for.", labels=["kind"])
        for kind in ("failing", "silent", "layout"):
            alarms.add_metric([kind], kinds[kind])
        yield alarms
        yield GaugeMetricFamily("chancery_quarantine", "Jobs in quarantine.", value=self.ledger.quarantine_size())
        stages = SummaryMetricFamily(
            "chancery_stage_seconds", "Seconds of work by stage; wait: in the queue.", labels=["stage"]
        )
        for stage, (seconds, times) in sorted(self.ledger.stages().items()):
            stages.add_metric([stage], count_value=times, sum_value=seconds)
        yield stages


def serve(settings: Settings, ledger: Ledger) -> None:
    """Serves metrics on the port of the settings, if one is set. A port in use is warned of, and costs nothing else."""
    if not settings.metrics_port:
        return
    registry = CollectorRegistry()
    registry.register(LedgerCollector(ledger))
    try:
        start_http_server(settings.metrics_port, settings.metrics_address, registry)
    except OSError as error:
        telemetry.log().warning("metrics are not served here", port=settings.metrics_port, error=str(error))
