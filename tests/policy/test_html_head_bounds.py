"""Pages with more tags than anybody writes: bounded work, and no refusal hidden behind junk."""

import pytest

from crawler.policy import html_head
from crawler.policy.html_head import MOST_KEPT, MOST_TAGS
from crawler.policy.model import Observation, Outcome, Resource, State, Use
from crawler.policy.signals.robots_meta import SIGNAL

NOAI = b"<meta name=robots content=noai>"
JUNK = b"<meta name=a content=b>"
URL = "https://site.example/"


def refused(body: bytes) -> set[Use]:
    """The uses that the page's own tags refuse."""
    page = Resource(url=URL, body=body, status=200, outcome=Outcome.OK)
    found = SIGNAL.read(Observation(URL, "Heedbot", page=page))
    return {one.use for one in found if one.state is State.DISALLOW}


def test_of_a_page_of_nothing_but_rules_so_many_are_read() -> None:
    found = html_head.read(b"<html><head>" + NOAI + JUNK * MOST_KEPT)
    assert len(found.metas) == MOST_KEPT
    assert found.metas[0].get("content") == "noai"
    assert found.unread is not None


@pytest.mark.parametrize("junk", [JUNK, b"<link rel=license href=/x>", b"<meta name=robots>"])
def test_a_refusal_behind_more_rules_than_are_read_is_a_refusal(junk: bytes) -> None:
    body = b"<head>" + junk * (MOST_KEPT + 1) + NOAI
    assert {Use.TRAIN_GENAI, Use.TRAIN_OTHER} <= refused(body)


def test_a_page_of_very_many_tags_is_still_read_for_rules() -> None:
    tags = b"<b ai-disclosure=x>" + b"<b>" * MOST_TAGS
    assert html_head.read(tags).unread is None
    assert refused(tags) == set()
    assert Use.TRAIN_GENAI in refused(tags + NOAI)
