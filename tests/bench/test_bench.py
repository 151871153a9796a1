"""`heed bench` as a stranger runs it: a few pages, every contender once."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from time import process_time, sleep

import pytest

from crawler.bench import meter
from crawler.bench.drawing import draw
from crawler.bench.figures import Report
from crawler.bench.pages import MADE, make_page, read_pages
from crawler.bench.runs import Run as Measured
from crawler.bench.server import HOSTS, host_address, page_urls
from crawler.bench.staged import CLOCK, STAGES, count
from crawler.errors import ConfigurationError
from tests.command import Run, environment, heed

PAGES = 4
BURN = "import time\nwhile time.process_time() < {}: pass"


@pytest.fixture(scope="module")
def bench() -> Run:
    return heed(
        "bench", "--pages", str(PAGES), "--hosts", "2", "--rounds", "1", "--json", seconds=600
    )


@pytest.mark.slow
def test_every_contender_has_all_pages_to_show(bench: Run) -> None:
    assert bench.code == 0, bench.err
    runs = {run["contender"]: run for run in bench.summary["runs"]}
    assert set(runs) == {
        "naive fetch", "naive fetch + WARC", "naive whole", "heed fetch + gates + WARC",
        "heed whole",
    }  # fmt: skip
    assert {run["pages"] for run in runs.values()} == {PAGES}
    assert all(run["cpu_ms_a_page"] > 0 and run["peak_bytes"] > 0 for run in runs.values())


@pytest.mark.slow
def test_the_ratios_and_the_stages_are_told(bench: Run) -> None:
    named = [one["name"] for one in bench.summary["ratios"]]
    assert named == ["whole pipeline", "fetch + gates + WARC against fetch + WARC"]
    stages = bench.summary["stages_cpu_ms_a_page"]
    assert set(STAGES) - {"text"} <= set(stages)
    assert min(stages[name] for name in ("fetch", "gates", "WARC", "extraction processes")) > 0


def test_a_folder_without_pages_is_told_in_a_sentence(tmp_path: Path) -> None:
    run = heed("bench", "--folder", tmp_path)
    assert (run.code, run.out) == (2, "")
    assert run.err.strip().endswith("holds no page: name a folder with *.html or *.html.gz files.")


def test_an_unknown_counterpart_is_told_with_those_that_are_known() -> None:
    run = heed("bench", "--compare", "curl")
    assert run.code == 2
    assert "--compare 'curl' is unknown: say wget, metadata, cores, fast, bulk." in run.err


def test_the_made_pages_are_the_same_each_time_and_differ_from_one_another() -> None:
    assert make_page(7) == make_page(7)
    assert len(set(read_pages(None))) == MADE


def test_a_bench_told_to_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "crawler.cli", "bench", "--pages", "4", "--hosts", "2"]
    with subprocess.Popen(  # noqa: S603 (our own words)
        words, stderr=subprocess.PIPE, env=environment(TMPDIR=str(tmp_path))
    ) as running:
        assert running.stderr is not None
        assert b"warming up" in running.stderr.readline()
        below = wait_for_descendants(running.pid, 3)
        running.terminate()
        assert running.wait(60) == 143
    assert list(tmp_path.iterdir()) == []
    assert [one for one in below if is_running(one)] == []


def wait_for_descendants(parent: int, least: int) -> list[int]:
    """The server, the meter and what it measures, once they all run."""
    while len(found := list(meter.descendants(parent))) < least:
        sleep(0.05)
    return found


def is_running(process: int) -> bool:
    """Whether it exists and has not ended: what has only waits for its parent to ask."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_broken_archive_is_no_page(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(b"\x1f\x8bno gzip")
    with pytest.raises(ConfigurationError, match=r"a\.html\.gz.*cannot be read"):
        read_pages(tmp_path)


def test_every_host_has_an_address_of_its_own() -> None:
    numbers = (*range(1000), *range(62_000, 63_000), HOSTS - 1)
    assert len({host_address(number) for number in numbers}) == len(numbers)
    assert host_address(HOSTS - 1).startswith("127.")
    assert len(set(page_urls(50, 7, 8000))) == 50


def test_the_meter_counts_processes_that_outlive_their_parent(tmp_path: Path) -> None:
    burning = BURN.format(0.4)
    parent = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', {burning!r}], start_new_session=True)\n"
    )
    place = tmp_path / "cost.json"
    words = [sys.executable, "-m", meter.__name__, str(place), sys.executable, "-c", parent]
    assert subprocess.run(words, check=False).returncode == 0  # noqa: S603 (our own words)
    cost = json.loads(place.read_text())
    assert cost["user"] + cost["system"] >= 0.4


def test_the_innermost_stage_has_the_time() -> None:
    burn = compile(BURN.format("until"), "burn", "exec")

    def work() -> None:
        exec(burn, {"until": process_time() + 0.1})  # noqa: S102 (our own words)

    inner = count(work, "inner")
    CLOCK.spent.clear()
    count(inner, "outer")()
    assert CLOCK.spent["inner"] >= 0.09
    assert CLOCK.spent["outer"] < CLOCK.spent["inner"]


async def test_what_a_coroutine_waits_for_counts_for_nobody() -> None:
    done = asyncio.Event()
    CLOCK.spent.clear()
    waiting = asyncio.ensure_future(count(done.wait, "waits")())
    await asyncio.sleep(0)
    exec(BURN.format(process_time() + 0.2))  # noqa: S102 (our own words)
    done.set()
    assert await waiting
    assert 0 < CLOCK.spent["waits"] < 0.2


def test_a_chart_shows_every_point() -> None:
    drawn = draw([("cost", [(10, 1.0), (1000, 2.5)]), ("one", [(5, 0.0)])], "2 <cores>")
    assert drawn.count("<circle") == 3
    assert "1,000" in drawn
    assert "2 &lt;cores&gt;" in drawn


def test_a_report_pairs_the_rounds() -> None:
    def ran(name: str, seconds: float) -> Measured:
        return Measured(name, 10, seconds, seconds, 1, 0.0)

    runs = (ran("naive whole", 4.0), ran("heed whole", 2.0)) * 2
    (ratio,) = Report(10, 1, 1000.0, runs, {}).ratios
    assert (ratio.pages_a_second, ratio.cpu) == (2.0, 2.0)
    assert "| Heed, whole pipeline | 2.00 | 2.00 |" in Report(10, 1, 1000.0, runs, {}).as_markdown()
