"""Dates and lists of sites as they are typed behind `heed report` and `heed changes`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.cli.selecting import check_outputs, read_date, read_listed_facts, read_sites
from crawler.errors import ConfigurationError


@pytest.mark.parametrize("text", ["2025-01-31", "20250131", "2025-W05-5"])
def test_a_day_is_its_first_moment_or_its_last(text: str) -> None:
    assert read_date(text, "--since") == datetime(2025, 1, 31, tzinfo=UTC)
    last = datetime(2025, 2, 1, tzinfo=UTC) - timedelta(microseconds=1)
    assert read_date(text, "--at", end=True) == last


def test_the_last_day_of_all_is_a_date_and_what_lies_beyond_is_none() -> None:
    assert read_date("9999-12-31", "--at", end=True) == datetime.max.replace(tzinfo=UTC)
    with pytest.raises(ConfigurationError, match="--at '9999-12-31T23:00-05:00' is no date"):
        read_date("9999-12-31T23:00-05:00", "--at", end=True)


@pytest.mark.parametrize("second", ["a.csv", "./a.csv", "b/../a.csv", str(Path("a.csv").resolve())])
def test_two_outputs_have_two_places(second: str) -> None:
    check_outputs("a.csv", None, "", "b.csv", "-")
    with pytest.raises(ConfigurationError, match="Two outputs would go to"):
        check_outputs("a.csv", None, second)


def test_only_a_line_feed_ends_a_line_of_a_list_of_sites(tmp_path: Path) -> None:
    file = tmp_path / "sites.txt"
    file.write_bytes("\ufeff# mine\r\na.example\r\n1,b.example\n# c\u2028d\r\n".encode())
    assert read_sites(str(file)) == frozenset({"a.example", "b.example"})
    assert read_sites("a.example, b.example") == frozenset({"a.example", "b.example"})


@pytest.mark.parametrize(
    "lines",
    [
        "Rank,Domain,Category\n1,a.example,press\n2,B.example,\n",
        '{"domain": "a.example", "category": "press"}\n{"site": "https://b.example/"}\n',
    ],
)
def test_a_list_is_read_as_an_audit_reads_it(tmp_path: Path, lines: str) -> None:
    file = tmp_path / "sites.csv"
    file.write_text(lines, encoding="utf-8")
    assert read_sites(str(file)) == frozenset({"a.example", "b.example"})
    assert read_listed_facts(str(file))["a.example"].category == "press"


def test_a_list_that_is_not_there_is_no_site(tmp_path: Path) -> None:
    for name in (str(tmp_path), str(tmp_path / "sites.csv")):
        with pytest.raises(ConfigurationError, match="is no file"):
            read_sites(name)
