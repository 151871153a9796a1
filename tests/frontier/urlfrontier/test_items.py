"""What another tool put into the frontier, and what comes of endings."""

import pytest

from crawler.frontier.protocol import Acknowledgement, Ending
from crawler.frontier.urlfrontier.items import due_after, read_offer
from crawler.frontier.urlfrontier.wire_pb2 import StringList, URLInfo


def test_a_url_of_another_tool_is_read_by_itself() -> None:
    offer = read_offer(URLInfo(url="HTTP://Example.org:80/a/../b", key="example.org"))
    assert offer is not None
    assert (offer.claim.url, offer.claim.host) == ("http://example.org/b", "example.org:80")
    assert offer.claim.key == "HTTP://Example.org:80/a/../b"


def test_numbers_that_are_none_count_as_nothing() -> None:
    said = {"depth": StringList(values=["deep"]), "attempts": StringList()}
    offer = read_offer(URLInfo(url="http://example.org/", metadata=said))
    assert offer is not None
    assert (offer.claim.depth, offer.claim.attempts) == (0, 0)


@pytest.mark.parametrize("url", ["mailto:a@b", "", "http://", "urn:x"])
def test_what_is_no_url_is_not_offered(url: str) -> None:
    assert read_offer(URLInfo(url=url, key="q")) is None


@pytest.mark.parametrize(
    ("ending", "due", "expected"),
    [
        (Ending.KEPT, None, 0),
        (Ending.FAILED, None, 0),
        (Ending.KEPT, 1000.2, 1001),
        (Ending.RETRY, None, 501),
        (Ending.DEFERRED, None, 501),
        (Ending.DEFERRED, 0.0, 1),
    ],
)
def test_due_times_are_whole_seconds_and_never_early(
    ending: Ending, due: float | None, expected: int
) -> None:
    assert due_after(Acknowledgement("k", ending, due), 500.5) == expected
