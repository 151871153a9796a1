"""Shares by category, country and band of ranks."""

from crawler.reports.groups import find_groups
from crawler.reports.material import Material


def test_sites_are_grouped_by_what_the_list_says(material: Material) -> None:
    found = {
        g.name: (g.share.count, g.share.total)
        for g in find_groups(material.panel, material.bots, "category")
    }
    assert found == {"press": (1, 2), "shop": (0, 1)}


def test_bands_of_ranks_come_in_order(material: Material) -> None:
    found = [group.name for group in find_groups(material.panel, material.bots, "rank")]
    assert found == ["top 1k", "1k to 10k", "10k to 100k"]
