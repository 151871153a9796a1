"""Which URL a page says is its own."""

import pytest

from crawler.policy.canonical_link import read_canonical
from crawler.policy.model import Outcome, Resource

PAGE = "https://a.example/b/c?utm=1"


@pytest.mark.parametrize(
    ("html", "header", "canonical"),
    [
        ("<link rel=canonical href=/d>", "", "https://a.example/d"),
        (
            '<LINK HREF="https://a.example/d#x" REL="Alternate Canonical">',
            "",
            "https://a.example/d",
        ),
        ("<link rel=canonical href=/d><link rel=canonical href=/e>", "", "https://a.example/d"),
        ("<link rel=canonical href=/d>", "</e>; rel=canonical", "https://a.example/e"),
        ("", '<https://b.example/>; rel="canonical"', "https://b.example/"),
        ("<body><p>said</p><link rel=canonical href=/d>", "", ""),
        ("<link rel=alternate href=/d>", "</e>; rel=next", ""),
        ("<link rel=canonical><link rel=canonical href='javascript:x'>", "", ""),
        ("<link rel=canonical href='http://[x'>", "", ""),
        (f"<link rel=canonical href=/{'d' * 3000}>", "", ""),
    ],
)
def test_the_header_comes_first_and_nothing_but_a_web_address_counts(
    html: str, header: str, canonical: str
) -> None:
    headers = (("Content-Type", "text/html"), *((("Link", header),) if header else ()))
    page = Resource(PAGE, html.encode(), status=200, headers=headers, outcome=Outcome.OK)
    assert read_canonical(page) == canonical
