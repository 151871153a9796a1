"""What becomes of a discovery that the queue knows already."""

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.frontier.protocol import Acknowledgement, Discovery, Ending
from crawler.frontier.queue import HostQueue
from crawler.frontier.revisit import DAY

HOST = "a.example:80"
ENDINGS = {
    "old": (Ending.KEPT, 30 * DAY),
    "new": (Ending.KEPT, None),
    "late": (Ending.RETRY, 30 * DAY),
}
CHANGED = {"old": 900.0, "new": 1.5 * DAY, "late": 1.5 * DAY}


def found(path: str, changed_at: float = 0.0) -> Discovery:
    url = f"http://a.example/{path}"
    return Discovery(url, url, HOST, changed_at=changed_at)


@pytest.mark.parametrize("over_a_restart", [False, True])
def test_a_page_that_its_site_says_has_changed_is_wanted_sooner(
    tmp_path: Path,
    over_a_restart: bool,  # noqa: FBT001
) -> None:
    queue = HostQueue(tmp_path / "frontier.db", now=1000.0, host_budget=3)
    queue.put([found(path) for path in ENDINGS])
    for ending, due in ENDINGS.values():
        (claim,) = queue.claim(9, 1000.0)
        queue.acknowledge([Acknowledgement(claim.key, ending, due)], (), 1000.0)
    if over_a_restart:
        queue.close()
        queue = HostQueue(tmp_path / "frontier.db", now=2 * DAY, host_budget=3)
    try:
        queue.acknowledge((), [found(path, at) for path, at in CHANGED.items()], 2 * DAY)
        assert queue.counts(2 * DAY).queued == 1
        assert queue.counts(2 * DAY).done == {"kept": 2}
        assert [claim.url for claim in queue.claim(9, 2 * DAY)] == ["http://a.example/new"]
        assert queue.counts(2 * DAY).done == {"kept": 1}
    finally:
        queue.close()


def test_a_hint_waits_until_its_time_has_come(tmp_path: Path) -> None:
    queue = HostQueue(tmp_path / "frontier.db", now=1000.0)
    try:
        queue.put([found("page")])
        queue.claim(9, 1000.0)
        ending = Acknowledgement(found("page").key, Ending.KEPT, 40 * DAY, "", {"interval": "1e6"})
        queue.acknowledge([ending], (), 1000.0)
        queue.acknowledge((), [replace(found("page"), changed_at=1500.0)], 2000.0)
        assert queue.counts(2000.0).next_due == pytest.approx(1000.0 + 125_000.0)
    finally:
        queue.close()


def test_a_seed_whose_address_was_refused_is_wanted_by_the_next_run(tmp_path: Path) -> None:
    refused = found("refused"), found("slow")
    queue = HostQueue(tmp_path / "frontier.db", now=1000.0)
    try:
        queue.put(refused)
        for reason in ("refused_address: 127.0.0.1 is loopback", "timeout: 120 s"):
            (claim,) = queue.claim(9, 1000.0)
            ending = Acknowledgement(claim.key, Ending.FAILED, 90 * DAY, reason)
            queue.acknowledge([ending], (), 1000.0)
        queue.put([replace(one, via="http://a.example/") for one in refused])
        assert queue.claim(9, 2000.0) == []
        queue.put(refused)
        assert [claim.url for claim in queue.claim(9, 2000.0)] == [refused[0].url]
        assert queue.counts(2000.0).done == {"failed": 1}
    finally:
        queue.close()
