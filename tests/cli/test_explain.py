"""`heed explain`: observations from standard input, and one URL from its site."""

import asyncio
import json
import signal
import subprocess
import sys
from typing import Any

import pytest

from crawler.cli.explaining import explain_url
from crawler.config import Options
from tests.command import LOOPBACK, environment, heed
from tests.crawls.compressed import CompressedClock
from tests.site import page, served, text

pytestmark = pytest.mark.slow

WORDS = "The lighthouse keeper writes down the weather four times a day. " * 8


def _answers(*lines: str) -> tuple[int, list[dict[str, Any]]]:
    run = heed("explain", "-", stdin="".join(line + "\n" for line in lines))
    return run.code, [json.loads(line) for line in run.out.splitlines()]


def test_each_line_gets_one_answer_in_order() -> None:
    code, answers = _answers(
        json.dumps({"id": 1, "robots_txt": "User-agent: *\nDisallow: /"}),
        json.dumps({"id": 2, "headers": [["X-Robots-Tag", "noai"]]}),
    )
    assert code == 0
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[0]["prefs"] == {"crawl": "disallow"}
    assert answers[0]["decision"]["train-genai"] == "disallow"
    assert answers[1]["reasons"]["train-genai"][0]["verbatim"] == "X-Robots-Tag: noai"


def test_a_bad_line_is_an_error_and_the_others_go_on() -> None:
    code, answers = _answers('{"id": 7, "robot_txt": ""}', "{", "[]", '{"id": 8}', "")
    assert code == 1
    assert answers[0]["id"] == 7
    assert "robot_txt" in answers[0]["error"]
    assert ["error" in answer for answer in answers] == [True, True, True, False, True]


@pytest.mark.parametrize(
    ("number", "said"),
    [("9" * 5000, "5000 digits"), ("-" + "9" * 5000, "digits"), ("NaN", "NaN"),
     ("-Infinity", "-Infinity"), ("1e999", "1e999"), ("[" * 2000 + "]" * 2000, "nested"),
     ("[" * 200_000 + "]" * 200_000, "nested")],
)  # fmt: skip
def test_a_number_that_no_json_can_hold_is_an_error_of_its_line(number: str, said: str) -> None:
    code, answers = _answers('{"id":1}', f'{{"id":{number}}}', f'{{"id":2,"url":{number}}}', "{}")
    assert code == 1
    assert [answer["id"] for answer in answers] in ([1, None, None, None], [1, None, 2, None])
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    assert said in answers[1]["error"]


def test_bytes_may_come_as_base64() -> None:
    code, answers = _answers('{"robots_txt": {"base64": "VXNlci1hZ2VudDogKgpEaXNhbGxvdzogLwo="}}')
    assert code == 0
    assert answers[0]["decision"]["crawl"] == "disallow"


def test_a_url_is_looked_at_once_and_told_with_its_words() -> None:
    routes = {
        "/robots.txt": text("User-agent: *\nAllow: /\nContent-Signal: ai-train=no\n"),
        "/": page("Front", WORDS),
    }
    with served(routes) as (site,):
        run = heed("explain", site.origin + "/", *LOOPBACK, "--delay", "0")
    assert run.code == 0, run.err
    assert site.targets.count("/") == 1
    assert "Content-Signal: ai-train=no" in run.out
    assert "line 3" in run.out


def test_words_that_would_move_the_terminal_are_written_out() -> None:
    robots = "User-agent: GPTBot\nDisallow: / # \x1b[2J\u202e\n"
    with served({"/robots.txt": text(robots), "/": page("Front", WORDS)}) as (site,):
        run = heed("explain", site.origin + "/", *LOOPBACK, "--delay", "0")
    assert run.code == 0, run.err
    assert r"Disallow: / # \x1b[2J\u202e" in " ".join(run.out.split())
    assert "\x1b" not in run.out


def test_a_page_that_may_not_be_crawled_is_not_asked_for() -> None:
    with served({"/robots.txt": text("User-agent: *\nDisallow: /\n")}) as (site,):
        run = heed("explain", site.origin + "/x", *LOOPBACK, "--delay", "0", "--json")
    assert run.code == 0, run.err
    assert "/x" not in site.targets
    assert json.loads(run.out)["decision"]["crawl"] == "disallow"


@pytest.mark.parametrize(
    ("url", "named"),
    [("http://[x/", "'http://[x/'"), ("ftp://site.example/", "'ftp://"), ("front", "'front'"),
     ("http://127.71.9.9/", "--allow-net")],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_in_a_sentence(url: str, named: str) -> None:
    run = heed("explain", url)
    assert run.code == 2
    assert named in run.err
    assert len(run.err.splitlines()) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_command_that_has_no_job_in_order(number: int, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "crawler.cli", "explain", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(b"{}\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] is None
        process.send_signal(number)
        assert process.wait(60) == code
        assert process.stderr.read() in (b"", b"\n")


def test_a_long_delay_is_kept_and_the_answer_is_whole() -> None:
    with served({"/": page("Log", WORDS), "/robots.txt": text("User-agent: *\n")}) as (site,):
        options = Options.model_validate(
            {"delay": 300.0, "allow_net": ("127.0.0.0/8",),
             "seed_ports": {site.address: (site.port,)}}
        )  # fmt: skip
        clock = CompressedClock(2000.0)
        began = clock.now()
        found = asyncio.run(explain_url(f"{site.origin}/", options, clock))
        took = clock.now() - began
    assert found["fetch"] == "status 200"
    assert "/" in site.targets
    assert took >= 300.0 * (len(site.targets) - 1) > 0
