"""Searches that are made quicker find what they found before."""

import re
from importlib import import_module
from itertools import chain

import pytest
import trafilatura.xpaths
from lxml.etree import XPath
from lxml.html import document_fromstring

import crawler.extract.text  # noqa: F401 (quickens trafilatura's own)
from crawler.extract.searches import SearchByKind, quickened

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
    "@class",
    "@id|@class='menu'",
    "@class='menu' or @id='a' and @class='a'",
    "(@class='menu' or @id='a') and not(@class='a')",
    "contains(@class|@id, 'enu')",
    "starts-with(@id, 'me')",
    "contains(translate(@id, 'MENU', 'menu'), 'menu')",
    "starts-with(translate(@class|@id, 'aam', 'xy'), 'x')",
    "self::p and re:test(@id, 'menu')",
    "not(self::p) or @id='a'",
    "not(.//i) or @class='menu'",
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
    "path",
    [
        ".//p[@id][1]",
        "(.//p[re:test(@id, 'a')]|.//*[self::i or self::p][@class])[1]",
        ".//*[self::div][@id][not(.//p) or @id='a']",
        ".//p[re:test(@id, 'a]')]",
    ],
)
def test_what_is_asked_by_kind(path: str) -> None:
    assert isinstance(quickened(search(path)), SearchByKind)


@pytest.mark.parametrize(
    "path",
    [
        "//p[@id]",
        ".//p[@id]/i",
        ".//p[2]",
        ".//p[last()]",
        ".//p[@id][2][1]",
        ".//p[name()='p']",
        ".//p[.='a']",
        ".//p[../@id]",
        ".//p[i]",
        ".//p[@*]",
        ".//p[count(.//i)]",
        ".//p[.//i][1][@id]",
        "(.//p[@id])[2]",
        "(.//p)[1]|.//div",
        ".//div[.//p]|.//p",
    ],
)
def test_what_stays_as_it_is(path: str) -> None:
    made = search(path)
    assert quickened(made) is made


def test_the_searches_of_trafilatura_are_asked_by_kind() -> None:
    basic = import_module("trafilatura.baseline").BASIC_CLEAN_XPATH
    lists = (
        trafilatura.xpaths.OVERALL_DISCARD_XPATH,
        trafilatura.xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH,
        trafilatura.xpaths.RAW_TREE_PRUNE_XPATH,
        trafilatura.xpaths.BODY_XPATH[:4],
    )
    for one in (basic, *chain.from_iterable(lists)):
        assert isinstance(one, SearchByKind), one.path


def test_the_searches_of_trafilatura_find_what_they_found() -> None:
    """On the page above and on one that holds every word that they look for."""
    searches = [
        one
        for module in map(import_module, ("trafilatura.xpaths", "trafilatura.settings"))
        for value in vars(module).values()
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, SearchByKind)
    ]
    words = sorted({word for one in searches for word in re.findall(r"[\w-]{3,}", one.path)})
    page = document_fromstring(
        "".join(
            f'<{name} {attribute}="{word}">{name}<h1>in</h1></{name}><p {attribute}="a {word}b">'
            for word in words
            for name in ("div", "section", "span", "ul")
            for attribute in ("id", "class", "style", "role")
        )
    )
    found = 0
    for one in searches:
        assert one(page) == search(one.path)(page)
        found += len(one(page))
        assert one(PAGE) == search(one.path)(PAGE)
    assert found > 1000
