"""The demo sites run in a process of their own and end with it."""

from urllib.error import URLError
from urllib.request import urlopen

import pytest

from crawler.demo.server import start_demo


def test_the_demo_serves_from_another_process_until_it_is_stopped() -> None:
    with start_demo() as demo:
        with urlopen(demo.seeds[0]) as answer:  # noqa: S310 (a loopback address that we serve)
            assert b"<article>" in answer.read()
        assert [(one.site, one.target) for one in demo.requests()] == [("ferry", "/")]
    with pytest.raises(URLError):
        urlopen(demo.seeds[0])  # noqa: S310 (a loopback address that we served)


def test_stopping_twice_does_no_harm() -> None:
    demo = start_demo()
    demo.stop()
    demo.stop()
