"""An exchange gives back the bytes of its head."""

from dataclasses import replace

from tests.capture.samples import an_exchange


def test_a_head_keeps_order_repeats_and_case() -> None:
    headers = ((b"b", b"2"), (b"A", b"\xff"), (b"b", b"1"))
    head = an_exchange(headers=headers, reason="Fine").response_head
    assert head == b"HTTP/1.1 200 Fine\r\nb: 2\r\nA: \xff\r\nb: 1\r\n\r\n"


def test_a_status_line_without_a_reason_ends_after_the_status() -> None:
    exchange = replace(an_exchange(headers=(), reason=""), protocol="HTTP/1.0")
    assert exchange.response_head == b"HTTP/1.0 200\r\n\r\n"


def test_headers_are_text_without_loss() -> None:
    assert an_exchange(headers=((b"a", b"\xe9\xff"),)).text_headers == (("a", "\xe9\xff"),)
