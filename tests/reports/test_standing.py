"""From a verdict to where a site stands, whatever the rule."""

import pytest

from crawler.policy.model import Outcome
from crawler.policy.restriction import Rule, judge
from crawler.reports.standing import Standing, labels_of, stand, strictest

NAMED = b"User-agent: GPTBot\nDisallow: /\n"
EVERYONE = b"User-agent: *\nDisallow: /\n"
OPENED = b"User-agent: GPTBot\nAllow: /\n\nUser-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("body", "outcome", "rule", "expected"),
    [
        (NAMED, Outcome.OK, Rule.RFC, Standing.FULL_NAMED),
        (NAMED, Outcome.OK, Rule.DPI, Standing.FULL_NAMED),
        (NAMED, Outcome.OK, Rule.MENTION, Standing.FULL_NAMED),
        (EVERYONE, Outcome.OK, Rule.RFC, Standing.FULL_ALL),
        (EVERYONE, Outcome.OK, Rule.DPI, Standing.FULL_ALL),
        (EVERYONE, Outcome.OK, Rule.MENTION, Standing.OPEN),
        (OPENED, Outcome.OK, Rule.RFC, Standing.OPEN_NAMED),
        (b"User-agent: *\nDisallow: /a", Outcome.OK, Rule.RFC, Standing.PART_ALL),
        (b"", Outcome.EMPTY, Rule.RFC, Standing.OPEN),
        (b"", Outcome.NOT_FOUND, Rule.RFC, Standing.NO_FILE),
        (b"", Outcome.NOT_FOUND, Rule.DPI, Standing.NO_FILE),
        (b"", Outcome.PAYMENT, Rule.RFC, Standing.FULL_ALL),
        (b"", Outcome.TIMEOUT, Rule.RFC, Standing.UNKNOWN),
        (b"", Outcome.TIMEOUT, Rule.DPI, Standing.UNKNOWN),
    ],
)
def test_what_names_a_bot_and_what_is_said_to_everyone_stay_apart(
    body: bytes, outcome: Outcome, rule: Rule, expected: Standing
) -> None:
    (found,) = judge(body, outcome, ["GPTBot"], rule)
    assert stand(found, outcome) is expected


def test_a_mention_is_never_called_a_block() -> None:
    assert "block" not in labels_of(Rule.MENTION)[Standing.FULL_NAMED]


def test_the_strictest_agent_speaks_for_its_company() -> None:
    assert strictest([Standing.OPEN, Standing.FULL_NAMED, Standing.PART_ALL]) is Standing.FULL_NAMED
    assert strictest([]) is Standing.UNKNOWN
