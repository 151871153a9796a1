"""Names that URLFrontier keeps apart, and crawls that it can delete."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.frontier.urlfrontier.names import is_deleted_alone, read_name, write_name
from crawler.frontier.urlfrontier.queues import queue_of, speaks_for_queue


@given(st.text(st.sampled_from("ab_%5fF20 -")))
def test_a_name_is_read_as_it_was_and_has_nothing_that_keys_are_parted_by(name: str) -> None:
    written = write_name(name)
    assert read_name(written) == name
    assert "_" not in written
    assert "%5F" not in written
    assert bool(written.strip()) == bool(name)


@pytest.mark.parametrize("name", ["autumn", "example.org-1f2e3d4c", "[::1]", "Spring-2.0"])
def test_most_names_are_written_as_they_are(name: str) -> None:
    assert write_name(name) == name


def test_a_domain_with_an_underscore_speaks_for_its_queue() -> None:
    assert queue_of("www.my_site.github.io:443") == "my%5fsite.github.io"
    assert speaks_for_queue("www.my_site.github.io:443")
    assert not speaks_for_queue("shop.my_site.github.io:443")


@pytest.mark.parametrize(
    ("crawls", "alone"),
    [
        ([], True),
        (["autumn", "spring", "spring"], True),
        (["spring", "springtime", "spring~2"], True),
        (["spring", "spring-2"], False),
        (["job2", "zeta", "job"], False),
        (["spring", "spring.2", "winter"], False),
        (["a_b", "b"], True),
        (["a_b", "aZ"], False),
    ],
)
def test_a_crawl_is_deleted_alone_where_names_and_keys_have_one_order(
    crawls: list[str], *, alone: bool
) -> None:
    assert is_deleted_alone(crawls) is alone
