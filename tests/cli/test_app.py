"""`heed` while it loads what its commands need, and when it is told to end meanwhile."""

import signal
import subprocess
import sys

import pytest

from tests.command import environment


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_that_comes_while_commands_are_loaded_leaves_no_traceback(
    number: int, code: int
) -> None:
    # A line on standard error for each module tells when the loading is under way.
    words = [sys.executable, "-X", "importtime", "-m", "crawler.cli", "agents"]
    with subprocess.Popen(  # noqa: S603 (our own command)
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stderr
        assert process.stdout
        assert any("| " in line and line.split()[-1] == "typer" for line in process.stderr)
        process.send_signal(number)
        assert process.wait(60) == code
        assert "Traceback" not in process.stderr.read()
        assert process.stdout.read() == ""
