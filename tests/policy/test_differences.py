"""Which lines came and went between two files."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.differences import NONE, compare_lines

FILES = st.lists(st.sampled_from(["a", "b", "c", " a ", ""]), max_size=8)


def test_lines_that_came_and_went_are_named_in_their_order() -> None:
    difference = compare_lines(b"a\nb\nc\n", b"a\r\nx\r\nc\r\ny\r\n")
    assert (difference.added, difference.removed) == (("x", "y"), ("b",))


def test_a_line_that_stands_once_more_is_added_once() -> None:
    assert compare_lines(b"a\nb\n", b"a\nb\na\n").added == ("a",)


def test_a_moved_stretch_is_both_added_and_removed() -> None:
    difference = compare_lines(b"h\na\nb\nt", b"h\nb\na\nt")
    assert (difference.added, difference.removed) == (("b", "a"), ("a", "b"))


def test_octets_that_are_no_text_are_the_same_words_whatever_they_are() -> None:
    difference = compare_lines(b"a\n\xff\nb\n", b"a\n\xfe\nc\n")
    assert (difference.added, difference.removed) == (("c",), ("b",))


def test_a_file_in_another_encoding_has_the_same_words() -> None:
    before, after = "User-agent: *\nDisallow: /a\n", "User-agent: *\nDisallow: /é\n"
    for codec in ("utf-8", "utf-8-sig", "utf-16"):
        difference = compare_lines(before.encode("utf-16"), after.encode(codec))
        assert (difference.added, difference.removed) == (("Disallow: /é",), ("Disallow: /a",))
        assert compare_lines(before.encode(), before.encode(codec)) == NONE


def test_the_later_of_equal_lines_is_the_one_that_came() -> None:
    assert compare_lines(b"x\na\n", b"a\nb\na\n").added == ("b", "a")


@given(FILES, FILES)
def test_nothing_is_named_exactly_where_the_words_are_the_same(
    one: list[str], other: list[str]
) -> None:
    difference = compare_lines("\n".join(one).encode(), "\n".join(other).encode())
    same = [x.strip() for x in one if x.strip()] == [x.strip() for x in other if x.strip()]
    assert (not difference.added and not difference.removed) is same
