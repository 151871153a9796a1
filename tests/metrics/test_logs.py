"""The log: one vocabulary, the same in code, in the manual and on standard error."""

import json
import re
import subprocess
import sys

from crawler.metrics.logs import EVENTS
from tests.command import environment
from tests.shared import ROOT

CODE = """
import logging
from crawler.metrics.logs import LogFormat, configure_logs, tell
configure_logs(LogFormat({form!r}), aloud=True)
tell("run_ended", job="a\\nb", exit=0, name="x")
logging.getLogger("other").warning("beside %s", "it")
"""


def logged(form: str) -> list[str]:
    done = subprocess.run(  # noqa: S603 (our own module)
        [sys.executable, "-c", CODE.format(form=form)],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    return done.stderr.splitlines()


def test_an_event_is_one_line_of_json_with_its_fields_beside_it() -> None:
    event, other = map(json.loads, logged("json"))
    assert event["event"] == "run_ended"
    assert (event["job"], event["exit"], event["name"]) == ("a\nb", 0, "x")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["time"])
    assert (other["event"], other["level"]) == ("beside it", "WARNING")


def test_an_event_is_one_line_of_text() -> None:
    event, _ = logged("text")
    assert event.endswith(r"INFO run_ended job='a\nb' exit=0 name='x'")


def test_the_manual_lists_every_event() -> None:
    manual = (ROOT / "deploy" / "README.md").read_text("utf-8")
    table = manual.partition("<!-- events -->")[2].partition("<!-- /events -->")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE)
    assert dict(rows) == EVENTS
