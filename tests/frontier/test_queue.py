"""The SQLite queue: who goes first, what outlives a run, and how it says what is wrong."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from crawler.config import read_options
from crawler.errors import StorageError
from crawler.frontier.intake import OnLeftOut
from crawler.frontier.jobs import find_jobs, job_path
from crawler.frontier.protocol import Acknowledgement, Claim, Discovery, Ending
from crawler.frontier.queue import HostQueue
from crawler.frontier.queue_file import forget, size

Opening = Callable[..., HostQueue]


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Opening]:
    opened: list[HostQueue] = []

    def start(
        now: float = 1000.0,
        rest: float = 0.0,
        host_budget: int | None = None,
        on_left_out: OnLeftOut | None = None,
    ) -> HostQueue:
        if opened:
            opened[-1].close()
        opened.append(
            HostQueue(
                tmp_path / "frontier.db",
                now=now,
                rest=rest,
                host_budget=host_budget,
                on_left_out=on_left_out,
            )
        )
        return opened[-1]

    yield start
    opened[-1].close()


def found(  # a Discovery's own fields, with short URLs
    host: str,
    path: str,
    *,
    depth: int = 0,
    rank: int = 0,
    hops: int = 0,
    due: float = 0.0,
    via: str = "",
    request: bytes = b"",
) -> Discovery:
    url = f"http://{host}.example/{path}"
    return Discovery(url, url, f"{host}.example:80", depth, rank, hops, via, due, request)


def end(
    queue: HostQueue,
    claims: list[Claim],
    now: float,
    *,
    ending: Ending = Ending.KEPT,
    due: float | None = None,
    memory: dict[str, str] | None = None,
) -> None:
    endings = [Acknowledgement(one.key, ending, due, memory=memory) for one in claims]
    queue.acknowledge(endings, [], now)


def paths(claims: list[Claim]) -> list[str]:
    return [one.url.removeprefix("http://").replace(".example", "") for one in claims]


def test_hosts_take_turns_whatever_the_length_of_their_queues(opening: Opening) -> None:
    queue = opening()
    queue.put([found("big", str(number)) for number in range(100)])
    queue.put([found("small", "1"), found("other", "1"), found("small", "2")])
    served = []
    for second in range(6):
        claims = queue.claim(1, 1000.0 + second)
        served += [one.host.partition(".")[0] for one in claims]
        end(queue, claims, 1000.0 + second)
    assert sorted(served[:3]) == ["big", "other", "small"]
    assert sorted(served[3:5]) == ["big", "small"]
    assert served[5] == "big"


def test_a_stream_of_new_hosts_does_not_starve_one_that_waits(opening: Opening) -> None:
    queue = opening()
    queue.put([found("old", "1"), found("old", "2")])
    end(queue, queue.claim(1, 1000.0), 1000.0)
    served = []
    for second in range(1, 4):
        queue.acknowledge([], [found(f"new{second}{n}", "1") for n in range(9)], 1000.0 + second)
        claims = queue.claim(1, 1000.0 + second)
        served += paths(claims)
        end(queue, claims, 1000.0 + second)
    assert "old/2" in served


def test_inside_a_host_depth_goes_before_rank_before_age(opening: Opening) -> None:
    queue = opening()
    queue.put([
        found("h", "deep", depth=2), found("h", "late", depth=1, rank=5),
        found("h", "first", depth=1, rank=1), found("h", "second", depth=1, rank=1),
    ])  # fmt: skip
    order = []
    for second in range(4):
        claims = queue.claim(9, 1000.0 + second)
        order += paths(claims)
        end(queue, claims, 1000.0 + second)
    assert order == ["h/first", "h/second", "h/late", "h/deep"]


def test_what_is_due_later_does_not_hold_up_its_host(opening: Opening) -> None:
    queue = opening()
    queue.put([found("h", "later", due=2000.0), found("h", "now", depth=9)])
    assert paths(queue.claim(9, 1000.0)) == ["h/now"]


def test_memory_and_attempts_come_back_with_the_next_claim(opening: Opening) -> None:
    queue = opening()
    queue.put([found("h", "1", request=b"{}", via="http://seed.example/", hops=1)])
    end(queue, queue.claim(1, 1000.0), 1000.0, ending=Ending.RETRY, due=1001.0)
    (again,) = queue.claim(1, 1001.0)
    assert (again.attempts, again.request, again.via, again.hops) == (
        1, b"{}", "http://seed.example/", 1
    )  # fmt: skip
    end(queue, [again], 1001.0, due=1002.0, memory={"etag": '"1"'})
    (again,) = opening(1002.0).claim(1, 1002.0)
    assert (again.attempts, again.memory) == (0, {"etag": '"1"'})


def test_a_url_that_was_out_is_offered_again_after_its_host_has_rested(opening: Opening) -> None:
    queue = opening()
    queue.put([found("h", "1"), found("quiet", "1")])
    assert len(queue.claim(2, 1000.0)) == 2
    queue = opening(1001.0, rest=5.0)
    assert queue.claim(9, 1005.9) == []
    assert len(queue.claim(9, 1006.0)) == 2


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
def test_a_clock_that_jumps_between_runs_keeps_the_gap(opening: Opening, jump: float) -> None:
    queue = opening()
    queue.put([found("h", "1"), found("h", "2")])
    end(queue, queue.claim(1, 1000.0), 1000.0)
    queue.delay("h.example:80", 1010.0)
    queue = opening(1000.0 + jump, rest=5.0)
    assert queue.claim(1, 1000.0 + jump + 4.9) == []
    assert len(queue.claim(1, 1000.0 + jump + 10.0)) == 1


def test_a_clock_that_was_set_back_stretches_no_block_and_no_retry(opening: Opening) -> None:
    queue = opening(1_000_000.0)
    queue.put([found("h", "1"), found("retry", "1")])
    claims = queue.claim(2, 1_000_000.0)
    end(queue, claims, 1_000_000.0, ending=Ending.RETRY, due=1_000_060.0)
    queue.block("h.example:80", 1_000_100.0, "Retry-After 100")
    queue = opening(10.0)
    assert queue.counts(10.0).next_due == pytest.approx(70.0)
    assert paths(queue.claim(9, 71.0)) == ["retry/1"]
    assert paths(queue.claim(9, 110.0)) == ["h/1"]


def test_a_block_outlives_a_restart_and_is_listed_with_its_reason(opening: Opening) -> None:
    queue = opening()
    queue.put([found("h", "1")])
    queue.block("h.example:80", 5000.0, "Retry-After 4000")
    queue = opening(2000.0)
    assert queue.claim(1, 4999.0) == []
    assert queue.resting(2000.0, 9) == [("h.example:80", 5000.0, "Retry-After 4000")]
    assert len(queue.claim(1, 5000.0)) == 1


def test_a_host_that_keeps_its_delay_is_due_and_one_that_rests_is_not(opening: Opening) -> None:
    queue = opening()
    queue.put([found("h", "1")])
    queue.delay("h.example:80", 1300.0)
    assert queue.counts(1000.0).next_due == 1000.0
    queue.block("h.example:80", 9000.0, "parked")
    assert queue.counts(1000.0).next_due is None
    assert queue.counts(9000.0).next_due == 9000.0


def test_a_retry_counts_when_it_is_due_unless_its_host_rests(opening: Opening) -> None:
    queue = opening()
    queue.put([found("h", "1"), found("resting", "1")])
    end(queue, queue.claim(2, 1000.0), 1000.0, ending=Ending.RETRY, due=1060.0)
    queue.block("resting.example:80", 9000.0, "parked")
    assert queue.counts(1000.0).next_due == 1060.0
    queue.block("h.example:80", 9000.0, "parked")
    assert queue.counts(1000.0).next_due is None


def test_a_hosts_budget_bounds_what_is_put_over_restarts(opening: Opening) -> None:
    left_out: list[tuple[str, int, list[int]]] = []

    def note(reason: str, number: int, seeds: Sequence[int]) -> None:
        left_out.append((reason, number, list(seeds)))

    queue = opening(host_budget=10, on_left_out=note)
    assert queue.put([found("h", str(number)) for number in range(8)]) == 8
    queue = opening(host_budget=10, on_left_out=note)
    assert queue.put([found("h", str(number)) for number in range(100, 108)]) == 2
    assert queue.put([found("other", "1")]) == 1
    assert left_out == [("host_budget", 6, [0] * 6)]
    assert queue.put([found("h", str(number)) for number in range(8)]) == 0
    assert len(left_out) == 1


def test_everything_can_be_made_due(opening: Opening) -> None:
    queue = opening()
    queue.put([found("a", "1"), found("b", "1"), found("c", "1")])
    end(queue, queue.claim(1, 1000.0), 1000.0)
    end(queue, queue.claim(1, 1000.0), 1000.0, due=9e9)
    queue.make_due(1001.0)
    counts = queue.counts(1001.0)
    assert (counts.queued, dict(counts.done)) == (3, {})
    assert len(queue.claim(9, 1001.0)) == 3


def test_discoveries_and_endings_are_written_together_or_not_at_all(opening: Opening) -> None:
    queue = opening()
    queue.put([found("h", "1")])
    claims = queue.claim(1, 1000.0)
    bad = Discovery("http://h.example/2", "http://h.example/2", "h.example:80", depth=2**70)
    with pytest.raises((StorageError, OverflowError)):
        queue.acknowledge([Acknowledgement(claims[0].key, Ending.KEPT)], [bad], 1000.0)
    counts = queue.counts(1000.0)
    assert (counts.in_flight, counts.queued, dict(counts.done)) == (1, 0, {})


def test_a_newer_schema_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "frontier.db"
    HostQueue(path, now=1.0).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageError, match=r"has schema 99, and this Heed knows up to 1: run"):
        HostQueue(path, now=1.0)


def test_a_file_that_is_no_frontier_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "frontier.db"
    path.write_bytes(b"no database at all " * 100)
    with pytest.raises(StorageError, match="cannot be used: file is not a database"):
        HostQueue(path, now=1.0)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"file/sub/frontier\.db\.lock' cannot be made"):
        HostQueue(tmp_path / "file" / "sub" / "frontier.db", now=1.0)


def test_a_full_disk_is_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    queue = HostQueue(tmp_path / "frontier.db", now=1.0)
    queue.put([found("h", str(number)) for number in range(100)])
    pages = queue._db.execute("PRAGMA page_count").fetchone()[0]  # noqa: SLF001
    queue._db.execute(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001
    with pytest.raises(StorageError, match="database or disk is full; see to the disk"):
        queue.put([found("h", "x" * 500 + str(number)) for number in range(9000)])
    queue._db.execute("PRAGMA max_page_count = 1000000")  # noqa: SLF001
    assert queue.counts(1.0).queued == 100
    assert queue.put([found("h", "more")]) == 1
    queue.close()


def test_forgetting_a_job_removes_every_file_of_it_but_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "frontier.db"
    queue = HostQueue(path, now=1.0)
    with pytest.raises(StorageError):
        forget(path)
    queue.close()
    assert size(path) > 0
    forget(path)
    assert [one.name for one in tmp_path.iterdir()] == ["frontier.db.lock"]


def test_jobs_lie_beside_the_ledger_and_are_found_by_name(tmp_path: Path) -> None:
    options = read_options({"HEED_LEDGER": str(tmp_path / "ledger.db")})
    HostQueue(job_path(options, "news/daily ü"), now=1.0).close()
    assert list(find_jobs(tmp_path)) == ["news/daily ü"]
    assert job_path(read_options({"HEED_OUT": "s3://bucket/x"}), "a") == Path(
        "heed-data/frontier-a.db"
    )
    assert job_path(read_options({"HEED_FRONTIER": "elsewhere.db"}), "a") == Path("elsewhere.db")
