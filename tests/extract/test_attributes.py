"""Searches that are spared elements find what they found before."""

from importlib import import_module

import pytest
import trafilatura.xpaths
from lxml.etree import XPath
from lxml.html import document_fromstring

import crawler.extract.text  # noqa: F401 (spares trafilatura's own)
from crawler.extract.attributes import spare

VALUES = ("", "a", "menu", "MENU", "the menu", "comment-list", "x'y", "it)s")
PAGE = document_fromstring(
    "<body><p>none</p>"
    + "".join(
        f'<p {first}="{one}" {second}="{other}">{n}</p><div {first}="{one}"><i>in</i></div>'
        for first, second in (("id", "class"), ("class", "id"))
        for n, (one, other) in enumerate((one, other) for one in VALUES for other in VALUES)
    )
    + "</body>"
)
TESTS = (
    "re:test(@id, 'menu')",
    "re:test(@class, 'menu', 'i')",
    're:test(@class, "x\'y")',
    "re:test( @id | @class , 'menu|comment')",
    "re:test(@class|@id, '^(?:the )?menu$')",
    "re:test(@id, 'n') or re:test(@class, 'c') and not(re:test(@id, 'comment'))",
    "re:test(@id, 'it\\)s')",
    "re:test(@id, 'z*')",
    "re:test(@id, '^$')",
    "re:test(@id, '(^|\\s)menu') or @class='a'",
    "re:test(., 'none|in')",
    "re:test(name(), 'p')",
)


def search(test: str) -> XPath:
    return XPath(
        f".//*[self::p or self::div][{test}]",
        namespaces={"re": "http://exslt.org/regular-expressions"},
    )


@pytest.mark.parametrize("test", TESTS)
def test_a_spared_search_finds_the_same(test: str) -> None:
    found = search(test)(PAGE)
    assert found, "the page has something to find"
    assert spare(search(test))(PAGE) == found


def test_what_the_empty_string_matches_is_asked_everywhere() -> None:
    assert spare(search("re:test(@id, 'z*')")).path == search("re:test(@id, 'z*')").path


def test_the_searches_of_trafilatura_are_spared() -> None:
    basic = import_module("trafilatura.baseline").BASIC_CLEAN_XPATH
    for one in (basic, *trafilatura.xpaths.OVERALL_DISCARD_XPATH):
        assert "re:test(@" not in one.path
