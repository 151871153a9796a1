"""What a foreign spider's request says outlives the process, or is known not to."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from scrapy import FormRequest, Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.frontier.packing import key_of, pack, unpack

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    st.lists,
    max_leaves=5,
)
URL = "http://site.example/"


class Foreign(Spider):
    """Has callbacks of its own."""

    name = "foreign"

    def parse(self, response: Response) -> Iterator[dict[str, str]]:
        """The default callback."""
        yield {"url": response.url}

    def parse_other(self, response: Response) -> Iterator[dict[str, str]]:
        """Another one."""
        yield {"other": response.url}

    def note(self, failure: Failure) -> None:
        """An errback."""


SPIDER = Foreign()


def test_a_bare_request_takes_no_room() -> None:
    assert pack(Request(URL), SPIDER) == b""
    assert (
        pack(Request(URL, callback=SPIDER.parse, meta={"depth": 3, "heed_x": object()}), SPIDER)
        == b""
    )
    assert pack(Request(URL, headers={"Referer": "http://other.example/"}), SPIDER) == b""


@given(
    st.dictionaries(st.text(), JSON, max_size=3),
    st.dictionaries(st.text("abc", min_size=1), JSON, max_size=3),
    st.binary(max_size=20),
    st.sampled_from(["GET", "POST"]),
)
def test_what_json_can_hold_comes_back_as_it_was(
    meta: dict[str, object], arguments: dict[str, object], body: bytes, method: str
) -> None:
    given_request = Request(
        URL,
        callback=SPIDER.parse_other,
        errback=SPIDER.note,
        meta=meta,
        cb_kwargs=arguments,
        body=body,
        method=method,
        headers={"X-One": ["a", "b"]},
    )
    packed = pack(given_request, SPIDER)
    assert packed is not None
    again = unpack(URL, packed, SPIDER, {"added": 1})
    assert again.callback == SPIDER.parse_other
    assert again.errback == SPIDER.note
    kept = {key: value for key, value in meta.items() if not key.startswith("heed_")}
    assert again.meta == {**kept, "added": 1}
    assert again.cb_kwargs == arguments
    assert (again.body, again.method) == (body, method)
    assert again.headers.getlist("X-One") == [b"a", b"b"]


def test_another_kind_of_request_keeps_its_kind() -> None:
    packed = pack(FormRequest(URL, formdata={"a": "1"}), SPIDER)
    assert packed is not None
    again = unpack(URL, packed, SPIDER, {})
    assert type(again) is FormRequest
    assert again.body == b"a=1"


def test_what_json_cannot_hold_is_said_so() -> None:
    assert pack(Request(URL, callback=print), SPIDER) is None
    assert pack(Request(URL, meta={"thing": object()}), SPIDER) is None
    assert pack(Request(URL, cb_kwargs={"pair": (1, 2)}), SPIDER) is None
    assert pack(Request(URL, meta={"number": float("nan")}), SPIDER) is None


def test_method_and_body_are_part_of_the_identity() -> None:
    keys = {
        key_of(Request(URL), URL),
        key_of(Request(URL, method="POST"), URL),
        key_of(Request(URL, method="POST", body="a"), URL),
    }
    assert len(keys) == 3
    assert URL in keys
