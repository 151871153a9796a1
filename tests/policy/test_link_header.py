"""Links in HTTP headers."""

from hypothesis import given
from hypothesis import strategies as some

from crawler.policy.link_header import MAX_LINKS, Link, absolute, read_links
from crawler.policy.model import Resource

URL = "https://site.example/a/b"


def _links(*values: str) -> tuple[Link, ...]:
    return read_links(Resource(URL, headers=tuple(("Link", value) for value in values)))


def test_a_link_has_an_absolute_target_and_its_parameters() -> None:
    (link,) = _links('<../c>; rel="license  Next"; Type="a/b; q=1"')
    assert link.target == "https://site.example/c"
    assert link.relations == ("license", "next")
    assert link.media_type == "a/b"
    assert link.verbatim == 'Link: <../c>; rel="license  Next"; Type="a/b; q=1"'


def test_links_of_one_and_of_many_lines_are_the_same() -> None:
    together = _links("</a>; rel=x, </b>; rel=y")
    apart = _links("</a>; rel=x", "</b>; rel=y")
    assert [link.target for link in together] == [link.target for link in apart]


def test_commas_in_quotes_part_nothing() -> None:
    (link,) = _links(r'</a>; title="x, </b>; \"y"; rel=z')
    assert link.parameters["title"] == 'x, </b>; "y'
    assert link.relations == ("z",)


def test_of_two_relations_the_first_counts() -> None:
    (link,) = _links("</a>; rel=first; rel=second")
    assert link.relations == ("first",)


def test_a_parameter_without_a_value_is_empty() -> None:
    (link,) = _links("</a>; crossorigin; rel=x")
    assert link.parameters == {"crossorigin": "", "rel": "x"}


def test_other_headers_hold_no_links() -> None:
    assert read_links(Resource(URL, headers=(("X-Link", "</a>; rel=x"),))) == ()


def test_a_target_that_cannot_be_resolved_stays_as_it_is() -> None:
    assert absolute(URL, "https://[::1") == "https://[::1"


def test_no_more_links_are_read_than_anybody_needs() -> None:
    assert len(_links(", ".join(["</a>; rel=x"] * 2 * MAX_LINKS))) == MAX_LINKS


@given(some.text(alphabet='<>;,="\\ relx/'))
def test_any_value_is_read_without_raising(value: str) -> None:
    for link in _links(value):
        assert link.verbatim == f"Link: {value}"
