"""The month page."""

from crawler.reports.markdown import escape, make_month
from crawler.reports.material import Material


def test_the_month_says_who_is_blocked_and_what_changed(material: Material) -> None:
    page = make_month(material)
    assert "**62 % (5 of 8)** of the sites" in page
    assert "| GPTBot | 62 % (5 of 8) | 33 % |" in page
    assert "**deal.example**: CCBot, GPTBot: blocked by name → only the rules" in page
    assert "Rule rfc; catalogue" in page


def test_what_sites_write_stays_text(material: Material) -> None:
    page = make_month(material)
    assert "<img" not in page
    assert escape("a|b\n<x> [y](z)") == r"a\|b &lt;x&gt; \[y\](z)"
