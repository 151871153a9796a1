"""A company is what the strictest answer to its agents says."""

from crawler.reports.companies import also_blocked, find_companies
from crawler.reports.material import Material


def test_a_company_is_blocked_where_any_of_its_agents_is(material: Material) -> None:
    openai, crawl = find_companies(material.panel, 2)
    assert (openai.name, crawl.name) == ("OpenAI", "Common Crawl Foundation")
    assert "search.example" in openai.blocked_by
    assert "search.example" not in crawl.blocked_by


def test_who_blocks_one_may_block_the_other(material: Material) -> None:
    openai, crawl = find_companies(material.panel, 2)
    assert also_blocked(crawl, openai) == (3, 3)
    assert also_blocked(openai, crawl) == (3, 5)
