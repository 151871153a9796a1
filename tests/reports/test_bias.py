"""A bot against everyone."""

from crawler.reports.bias import find_bias
from crawler.reports.material import Material


def test_a_bot_that_is_blocked_where_everyone_is_not_is_disfavoured(material: Material) -> None:
    bots = [material.panel.bots.index(token) for token in ("ClaudeBot", "GPTBot")]
    first, second = find_bias(material.panel, bots)
    assert material.panel.bots[first.bot] == "GPTBot"
    assert (first.ratio, first.total, first.value) == ("5 : 0", 8, -5 / 8)
    assert (second.ratio, second.value) == ("0 : 0", 0.0)
