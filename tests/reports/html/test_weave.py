"""The listing of all versions gives every version back, and stays small."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reports.html.weave import COMPARED, LENGTH_SHOWN, SHOWN, Shown, Thread, cut, weave

VERSIONS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=12), min_size=1, max_size=6)


def read(threads: list[Thread], version: int) -> list[Shown]:
    """A version out of the listing."""
    return [(one.text, one.gap) for one in threads if one.first <= version <= one.last]


@given(VERSIONS)
def test_every_version_can_be_read_from_the_listing(versions: list[list[str]]) -> None:
    shown: list[list[Shown]] = [[(line, 0) for line in version] for version in versions]
    threads = weave(shown)
    assert [read(threads, number) for number in range(len(shown))] == shown


def test_a_line_that_stays_is_kept_once() -> None:
    versions = [[(line, 0) for line in lines] for lines in ("abc", "abxc", "abxc")]
    assert [one.text for one in weave(versions)] == ["a", "b", "x", "c"]


def test_files_too_long_to_compare_are_replaced_and_still_read_back() -> None:
    many = int(COMPARED**0.5) + 10
    versions: list[list[Shown]] = [[(f"{n} {v}", 0) for n in range(many)] for v in range(2)]
    threads = weave(versions)
    assert [read(threads, number) for number in (0, 1)] == versions


@pytest.mark.parametrize("versions", [1, 4])
def test_of_a_long_file_the_beginning_and_what_decided_are_shown(versions: int) -> None:
    lines = [f"Disallow: /{n:060}" for n in range(9000)]
    shown = cut(lines, [8000, 10**9], versions)
    assert sum(len(text) for text, _ in shown) < SHOWN // versions + LENGTH_SHOWN
    assert (lines[7999], 0) in shown
    assert sum(gap or 1 for _, gap in shown) == len(lines)
