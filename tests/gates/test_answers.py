"""What a site file is asked for with once it has expired, and what a 304 leaves of it."""

from datetime import UTC, datetime

import pytest

from crawler.gates.answers import conditions_of, confirmed, without_validators
from crawler.policy.model import Outcome, Resource
from crawler.records.exchange import Exchange

URL = "https://site.example/robots.txt"
OLD = ("Last-Modified", "Sun, 01 Nov 2026 10:00:00 GMT")
DATE = ("Date", "Sun, 01 Nov 2026 10:01:00 GMT")
ETAG = ("ETag", '"one"')


def kept(*headers: tuple[str, str], outcome: Outcome = Outcome.OK, status: int = 200) -> Resource:
    return Resource(URL, b"User-agent: *\nDisallow: /p\n", status, headers, outcome)


@pytest.mark.parametrize(
    ("copy", "asked"),
    [
        (kept(ETAG), {"If-None-Match": '"one"'}),
        (kept(("eTag", 'W/"x"')), {"If-None-Match": 'W/"x"'}),
        (kept(OLD, DATE), {"If-Modified-Since": OLD[1]}),
        (kept(ETAG, OLD, DATE), {"If-None-Match": '"one"', "If-Modified-Since": OLD[1]}),
        (kept(ETAG, outcome=Outcome.EMPTY), {"If-None-Match": '"one"'}),
        # It may have changed again within the second that it names.
        (kept(OLD, ("Date", "Sun, 01 Nov 2026 10:00:59 GMT")), {}),
        (kept(OLD), {}),
        (kept(("Last-Modified", "yesterday"), DATE), {}),
        (kept(("Last-Modified", "Sun, 01 Nov 2026 10:00:00 -0000"), DATE), {}),
        (kept(ETAG, ("ETag", '"two"')), {}),
        (kept(("ETag", "")), {}),
        (kept(("ETag", '"' + "x" * 2000 + '"')), {}),
        (kept(("ETag", '"\x01"')), {}),
        (kept(ETAG, outcome=Outcome.TOO_LARGE), {}),
        (kept(ETAG, outcome=Outcome.NOT_FOUND, status=404), {}),
        (kept(ETAG, outcome=Outcome.SERVER_ERROR, status=503), {}),
        (kept(ETAG, status=203), {}),
        (without_validators(kept(ETAG, OLD, DATE)), {}),
        (None, {}),
    ],
)
def test_a_whole_copy_is_asked_for_with_what_tells_it_apart(
    copy: Resource | None, asked: dict[str, str]
) -> None:
    assert dict(conditions_of(copy)) == asked


def test_a_304_keeps_the_body_and_replaces_the_fields_that_it_bears() -> None:
    copy = kept(ETAG, ("Cache-Control", "max-age=60"), ("Content-Length", "27"), ("X-Note", "a"))
    answer = Exchange(
        URL, datetime(2026, 11, 2, tzinfo=UTC), b"", 304, "Not Modified",
        ((b"cache-control", b"max-age=90"), (b"Content-Length", b"0"), (b"Date", b"now")), b"",
    )  # fmt: skip
    found = confirmed(copy, answer)
    assert (found.body, found.status, found.outcome) == (copy.body, 200, Outcome.OK)
    assert found.header_values("Cache-Control") == ("max-age=90",)
    assert found.header_values("Content-Length") == ("27",)
    assert found.header_values("ETag") == ('"one"',)
    assert found.header_values("X-Note") == ("a",)
