"""XML of strangers."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crawler.policy.markup import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, read_xml


def test_elements_know_their_names_attributes_text_and_bytes() -> None:
    body = b'<a xmlns:p="u" p:x=" 1 "><b>t&amp;<!-- no -->u</b><p:c/></a>'
    a, b, c = read_xml(body).elements
    assert a.attributes == {"{u}x": " 1 "}
    assert (b.name, b.text) == ("b", "t&u")
    assert body[b.start : b.end] == b"<b>t&amp;<!-- no -->u</b>"
    assert (c.namespace, body[c.start : c.end]) == ("u", b"<p:c/>")
    assert (a.start, a.end) == (0, len(body))


def test_children_and_descendants_are_told_apart() -> None:
    document = read_xml(b"<a><b><c/></b><d/></a>")
    root = document.elements[0]
    assert [one.name for one in document.within(root)] == ["b", "c", "d"]
    assert [one.name for one in document.children(root)] == ["b", "d"]


def test_what_stands_before_a_mistake_is_kept() -> None:
    document = read_xml(b"<a><b>x</b><c></a>")
    assert document.malformed
    assert [one.name for one in document.elements] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "body",
    [b"<a>\xe9<b/></a>", b"<a>x & y<b/></a>", b"<a>&nbsp;<b/></a>", b"<a><p:b/></a>"],
    ids=["latin-1", "ampersand", "entity", "prefix"],
)
def test_common_mistakes_do_not_hide_what_follows(body: bytes) -> None:
    document = read_xml(body)
    assert document.malformed
    found = document.elements[-1]
    assert found.name == "b"
    assert body[found.start : found.end].endswith(b"b/>")


def test_utf_16_is_read() -> None:
    document = read_xml("<a>é</a>".encode("utf-16"))
    assert not document.malformed
    assert document.elements[0].text == "é"


def test_a_document_that_declares_entities_ends_there() -> None:
    document = read_xml(b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    assert document.malformed
    assert not document.elements


def test_an_external_document_type_is_not_fetched() -> None:
    document = read_xml(b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a>x</a>')
    assert document.elements[0].text == "x"


def test_depth_and_size_are_bounded() -> None:
    deep = read_xml(b"<a>" * 10 * MAX_DEPTH)
    assert deep.malformed
    assert len(deep.elements) == MAX_DEPTH
    long = read_xml(b"<a>" + b" " * MAX_BYTES + b"</a>")
    assert long.malformed
    assert [one.name for one in long.elements] == ["a"]


@given(some.text(alphabet="<>/ab='\"&;!-[] xmlns:?"))
def test_any_text_is_read_without_raising(text: str) -> None:
    body = text.encode()
    for element in read_xml(body).elements:
        assert 0 <= element.start <= element.end <= len(body)
        assert body[element.start : element.start + 1] == b"<"


def test_a_document_of_too_many_elements_is_read_up_to_the_bound() -> None:
    document = read_xml(b"<a>" + b"<b/>" * (MAX_ELEMENTS + 5))
    assert document.malformed
    assert len(document.elements) == MAX_ELEMENTS
