"""Names of sites and bots as names of files."""

import pytest

from crawler.reports.html.addresses import LONGEST, bot_page, line_of, site_page, slug


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b", "CON", "é.example", "", "x" * 500, ".", "\udcff"]
)
def test_any_name_becomes_a_safe_file_name(name: str) -> None:
    found = slug(name)
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_")
    assert not found.startswith(".")
    assert len(found) <= LONGEST + 9


def test_names_that_look_alike_as_files_stay_apart() -> None:
    names = ["A.example", "a.example", "a_example", "a example", "index", "a.example:8080"]
    assert len({site_page(name) for name in names}) == len(names)


def test_a_plain_name_is_its_own() -> None:
    assert site_page("www.example.org") == "sites/www.example.org.html"
    assert bot_page("GPTBot") == "bots/gptbot.html"
    assert line_of("a.example", 3, 12) == "sites/a.example.html#v3-L12"
