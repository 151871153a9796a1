"""Searches that are made quicker find what they found before."""

from importlib import import_module

import pytest
import trafilatura.xpaths
from lxml.etree import XPath
from lxml.html import document_fromstring

import crawler.extract.text  # noqa: F401 (quickens trafilatura's own)
from crawler.extract.searches import quickened

VALUES = ("", "a", "menu", "MENU", "the menu", "comment-list", "x'y", "it)s")
PAGE = document_fromstring(
    "<body><p>none</p>"
    + "".join(
        f'<p {first}="{one}" {second}="{other}">{n}</p><div {first}="{one}"><i>in</i><p>in</p>'
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
    "not(.//i)",
    ".//p[re:test(., 'in')]",
    "position() = 2",
    "2",
    "last()",
)
PATHS = (".//*[{}]", "(.//p[{}])[1]", ".//*[self::p or self::div][{}][1]", ".//p[{}]|.//div[{}]")


def search(path: str) -> XPath:
    return XPath(path, namespaces={"re": "http://exslt.org/regular-expressions"})


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("test", TESTS)
def test_a_quickened_search_finds_the_same(path: str, test: str) -> None:
    made = search(path.replace("{}", test))
    assert quickened(made)(PAGE) == made(PAGE)


@pytest.mark.parametrize("test", TESTS)
def test_the_page_has_something_to_find(test: str) -> None:
    assert search(f".//*[{test}]")(PAGE)


@pytest.mark.parametrize(
    ("slow", "quick"),
    [
        (".//p[re:test(@id, 'a')]", "descendant::p[((@id) and re:test(string(@id), 'a'))]"),
        (".//p[re:test(@id, 'a*')]", "descendant::p[re:test(@id, 'a*')]"),
        (".//p[@id][1]", ".//p[@id][1]"),
        ("(.//p[@id])[1]", "(descendant::p[@id])[1]"),
        (".//p", ".//p"),
    ],
)
def test_what_is_written_otherwise(slow: str, quick: str) -> None:
    assert quickened(search(slow)).path == quick


def test_the_searches_of_trafilatura_are_quickened() -> None:
    basic = import_module("trafilatura.baseline").BASIC_CLEAN_XPATH
    for one in (basic, *trafilatura.xpaths.OVERALL_DISCARD_XPATH):
        assert "re:test(@" not in one.path
        assert ".//*[" not in one.path
