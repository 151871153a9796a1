"""Queues are registrable domains; who speaks for one, and how full it may become."""

import pytest

from crawler.frontier.protocol import Discovery
from crawler.frontier.urlfrontier.queues import Budget, queue_of, speaks_for_queue


@pytest.mark.parametrize(
    ("host", "queue", "speaks"),
    [
        ("example.org:443", "example.org", True),
        ("www.example.org:80", "example.org", True),
        ("shop.example.org:443", "example.org", False),
        ("a.b.example.co.uk:443", "example.co.uk", False),
        ("someone.github.io:443", "someone.github.io", True),
        ("127.0.0.1:8080", "127.0.0.1", True),
        ("[::1]:80", "[::1]", True),
        ("localhost:80", "localhost", True),
    ],
)
def test_a_host_stands_in_its_domain_s_queue(host: str, queue: str, *, speaks: bool) -> None:
    assert queue_of(host) == queue
    assert speaks_for_queue(host) is speaks


async def test_a_queue_takes_no_more_than_its_budget_over_all_workers() -> None:
    sum_of_all = {"h.example": 0}
    left_out: list[int] = []

    async def ask(queue: str) -> int:
        return sum_of_all[queue]

    workers = [Budget(20, ask, lambda _, number, __: left_out.append(number)) for _ in range(2)]
    urls = [f"http://h.example/{number}" for number in range(40)]
    for number, url in enumerate(urls):
        one = Discovery(url, url, "h.example:80")
        sum_of_all["h.example"] += len(await workers[number % 2].admit([one]))
    assert 20 <= sum_of_all["h.example"] <= 20 + len(workers) * 2
    assert sum_of_all["h.example"] + sum(left_out) == len(urls)


async def test_without_a_budget_everything_is_taken_and_nobody_asked() -> None:
    async def ask(queue: str) -> int:
        raise AssertionError(queue)

    one = Discovery("http://h.example/", "http://h.example/", "h.example:80")
    assert await Budget(None, ask, None).admit([one, one]) == [one, one]
