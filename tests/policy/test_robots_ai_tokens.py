"""Agents named beside us: the same statements for the same lines, and never too many kept."""

from crawler.policy.model import Observation, Resource
from crawler.policy.signals import robots_ai_tokens

FOLDERS = robots_ai_tokens.MAX_KEPT + 10
ROBOTS = Resource(
    "https://site.example/robots.txt",
    b"User-agent: GPTBot\n" + b"".join(b"Disallow: /%d/\n" % n for n in range(FOLDERS)),
)


def _lines(number: int) -> set[int | None]:
    seen = Observation(f"https://site.example/{number}/", robots=ROBOTS)
    return {one.evidence.line for one in robots_ai_tokens.read(seen)}


def test_each_url_is_told_the_line_that_refuses_it_however_many_came_before() -> None:
    for number in (*range(FOLDERS), 0):
        assert _lines(number) == {number + 2}
    assert _lines(FOLDERS) == set()
