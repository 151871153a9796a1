"""The log: one vocabulary of events, as text for people or as JSON, a line an event.

What an event is called and which fields it has stands in `EVENTS`, and nowhere else;
deploy/README.md shows the table.
"""

import logging
import sys
import time
from enum import StrEnum
from typing import Any, Final

from pythonjsonlogger.json import JsonFormatter

EVENTS: Final = {
    "schedule_started": "config, jobs",
    "schedule_stopped": "signal, runs (that were asked to end)",
    "run_started": "job, run, kind, due, command, log",
    "run_ended": "job, run, exit, reason, seconds",
    "run_skipped": "job, reason",
    "run_waits": "job, reason (another job asks the same sites: they take turns)",
    "run_adopted": "job, run (an earlier scheduler started it, and it is still under way)",
    "run_found_dead": "job, run (its process died without an end; the record says so now)",
    "alert_raised": "on, site, text",
    "alert_delivered": "on, webhook (its host), attempts",
    "alert_undelivered": "on, webhook (its host), error; it is tried again",
    "digest_written": "file",
    "page_kept": "url",
    "page_refused": "url, use, signal, where, verbatim",
    "page_failed": "url, outcome, detail",
    "site_file_read": "origin, path, outcome",
}
"""Every event by name, with its fields; all have `time` and `level` too."""

NAME: Final = "heed.events"
FORM: Final = "%(asctime)s %(levelname)s %(message)s"
logger: Final = logging.getLogger(NAME)


class LogFormat(StrEnum):
    """How a log is written."""

    TEXT = "text"
    JSON = "json"


def configure_logs(form: LogFormat, *, aloud: bool = False) -> None:
    """Write everything logged to standard error in `form`.

    As text, events are only written where they are to be `aloud`: a crawl has its summary.
    """
    logger.setLevel(logging.INFO)
    logger.propagate = form is LogFormat.JSON or aloud
    if form is not LogFormat.JSON and not aloud:
        return
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(_json_form() if form is LogFormat.JSON else TextForm(FORM))
    logging.getLogger().handlers[:] = [stream]


class TextForm(logging.Formatter):
    """An event as `run_ended job='nightly' exit=0`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", {})
        return " ".join([super().format(record), *(f"{key}={fields[key]!r}" for key in fields)])


class JsonForm(JsonFormatter):
    """An event as one object: time, level, event, and its fields beside them."""

    converter = staticmethod(time.gmtime)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Put an event's fields beside its name."""
        fields = log_data.pop("fields", {})
        return super().process_log_record({**log_data, **fields})


def _json_form() -> logging.Formatter:
    return JsonForm(
        "%(asctime)s %(levelname)s %(name)s %(message)s",
        rename_fields={
            "asctime": "time",
            "levelname": "level",
            "name": "logger",
            "message": "event",
        },
        datefmt="%Y-%m-%dT%H:%M:%SZ",
        json_ensure_ascii=False,
    )


def tell(event: str, **fields: object) -> None:
    """Log `event`, one of `EVENTS`, with its fields."""
    assert event in EVENTS, event  # noqa: S101 (a mistake of ours, not of the input)
    logger.info(event, extra={"fields": fields})
