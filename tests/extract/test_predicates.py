"""Predicates that are read in Python say what libxml2 says of the same element."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import Element, XPath

from crawler.extract.predicates import UnknownFormError, read_predicate

NAMES = st.sampled_from(["id", "class", "data-a"])
WORDS = st.text(alphabet="abMN -", max_size=4)
PATTERNS = st.sampled_from(["a", "^a", "b$", "", "M|N", "(?:a|b)-", "a*", "[a-b]{2}", " a "])


ATTRIBUTES = st.lists(NAMES.map("@{}".format), min_size=1, max_size=2).map(" | ".join)
TEXTS = st.one_of(
    ATTRIBUTES,
    st.builds("translate({}, '{}', '{}')".format, ATTRIBUTES, WORDS, WORDS),
)
TERMS = st.one_of(
    ATTRIBUTES,
    st.builds("{}='{}'".format, ATTRIBUTES, WORDS),
    st.builds("contains({}, '{}')".format, TEXTS, WORDS),
    st.builds("starts-with({}, '{}')".format, TEXTS, WORDS),
    st.builds("re:test({}, '{}')".format, TEXTS, PATTERNS),
    st.builds("re:test({}, \"{}\", 'i')".format, TEXTS, PATTERNS),
    st.sampled_from(["self::p", "self::div"]),
)
PREDICATES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds("{} or {}".format, inner, inner),
        st.builds("{} and\n{}".format, inner, inner),
        st.builds("not({})".format, inner),
        st.builds("( {})".format, inner),
    ),
    max_leaves=6,
)


@given(PREDICATES, st.sampled_from(["p", "i"]), st.lists(st.tuples(NAMES, WORDS), max_size=3))
def test_it_says_what_libxml2_says(text: str, name: str, said: list[tuple[str, str]]) -> None:
    attributes = dict(said)
    element = Element(name, attributes)
    native = XPath(
        f"boolean(self::*[{text}])", namespaces={"re": "http://exslt.org/regular-expressions"}
    )
    assert read_predicate(text)(name, attributes) is native(element)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2",
        "p",
        ".",
        "@a = @b",
        "'a'",
        "'a' = @a",
        "@*",
        "@x:lang",
        "name()",
        "translate(@a, 'b', 'c')",
        "contains('a', @a)",
        "contains(@a, @b)",
        "re:test(@a)",
        "re:test(@a, '(')",
        "re:match(@a, 'b')",
        "@a and",
        "@a)",
        "@a @b",
        "(@a",
        "not(@a",
        "ancestor::p",
        "@a + 1",
    ],
)
def test_what_is_not_read_is_said_so(text: str) -> None:
    with pytest.raises(UnknownFormError):
        read_predicate(text)
