"""`heed` before any command: its version and its help."""

from importlib import metadata

from tests.command import heed


def test_the_version_is_that_of_the_distribution() -> None:
    answer = heed("--version")
    assert answer.code == 0
    assert answer.out.split() == ["heed", metadata.version("heedbot")]


def test_a_default_in_brackets_stays_in_a_help_text() -> None:
    assert "[from its seeds]" in heed("crawl", "--help").out
