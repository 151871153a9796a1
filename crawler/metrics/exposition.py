"""Numbers for Prometheus, read from the ledger when they are asked for: they cannot disagree."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from crawler.errors import ConfigurationError
from crawler.ledger.scheduled_runs import ScheduledRun

COUNTED: Final = {
    "pages_fetched": "Pages fetched",
    "pages_kept": "Pages whose sites allow the declared use",
    "rows_written": "Rows written",
    "bytes": "Bytes received",
    "audited": "Sites that audits looked at",
}
"""Sums over all ended runs of a job, by their name in a run's summary."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is counted, as it stands at one moment."""

    runs: list[ScheduledRun]
    running: frozenset[str]
    next_starts: dict[str, datetime | None]
    hosts_parked: int
    disk_free: int
    alerts_waiting: int


class ScheduleCollector(Collector):
    """Turns what `look` sees into metrics, anew for every scrape."""

    def __init__(self, look: Callable[[], Seen]) -> None:
        self._look = look

    def collect(self) -> Iterable[Metric]:
        """All metrics; raises what `look` raises, so that a scrape fails instead of lying."""
        seen = self._look()
        yield from _of_runs(seen)
        yield from _of_jobs(seen)
        yield GaugeMetricFamily("heed_hosts_parked", "Hosts that rest", seen.hosts_parked)
        yield GaugeMetricFamily("heed_disk_free_bytes", "Room on the disk", seen.disk_free)
        yield GaugeMetricFamily(
            "heed_alerts_waiting", "Alerts that no webhook took yet", seen.alerts_waiting
        )


def _of_runs(seen: Seen) -> Iterator[Metric]:
    ended = [run for run in seen.runs if run.ended_at is not None]
    counts = Counter((run.job, run.reason) for run in ended)
    family = CounterMetricFamily("heed_runs", "Runs that ended", labels=["job", "reason"])
    for key, number in sorted(counts.items()):
        family.add_metric(key, number)
    yield family
    for name, meaning in COUNTED.items():
        family = CounterMetricFamily(f"heed_{name}", meaning, labels=["job"])
        for job in sorted({run.job for run in ended}):
            family.add_metric(
                [job], sum(run.counts.get(name, 0) for run in ended if run.job == job)
            )
        yield family
    refused: Counter[tuple[str, str]] = Counter()
    for run in ended:
        refused.update({(run.job, signal): number for signal, number in run.refused.items()})
    family = CounterMetricFamily("heed_refused", "Pages refused", labels=["job", "signal"])
    for key, number in sorted(refused.items()):
        family.add_metric(key, number)
    yield family


def _of_jobs(seen: Seen) -> Iterator[Metric]:
    last = {run.job: run for run in seen.runs}
    gauges: dict[str, tuple[str, Mapping[str, float]]] = {
        "heed_run_started_timestamp_seconds": (
            "When the last run began",
            {job: run.started_at.timestamp() for job, run in last.items()},
        ),
        "heed_run_seconds": (
            "How long the last run took",
            {job: run.seconds for job, run in last.items() if run.seconds is not None},
        ),
        "heed_run_exit_code": (
            "How the last run ended",
            {job: run.exit for job, run in last.items() if run.exit is not None},
        ),
        "heed_running": (
            "Whether the job runs now",
            {job: float(job in seen.running) for job in seen.next_starts},
        ),
        "heed_next_start_timestamp_seconds": (
            "When the job is due next",
            {job: at.timestamp() for job, at in seen.next_starts.items() if at is not None},
        ),
    }
    for name, (meaning, values) in gauges.items():
        family = GaugeMetricFamily(name, meaning, labels=["job"])
        for job, value in sorted(values.items()):
            family.add_metric([job], value)
        yield family


def serve_metrics(listen: str, look: Callable[[], Seen]) -> WSGIServer:
    """Serve metrics at `listen` ("address:port") until the server is shut down.

    Raises `ConfigurationError` where nothing can listen there.
    """
    address, _, port = listen.rpartition(":")
    registry = CollectorRegistry()
    # Registered without being collected: that is for scrapes.
    registry.register(ScheduleCollector(look))
    try:
        server, _thread = start_http_server(int(port), address.strip("[]"), registry)
    except OSError as error:
        why = error.strerror or error
        raise ConfigurationError(
            f"[metrics] listen = {listen!r} cannot be used: {why}; choose another port."
        ) from None
    return server
