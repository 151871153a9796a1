"""A kept page out of what the gate left behind."""

import pytest

from crawler.policy.model import Observation, Resource
from crawler.policy.page_labels import Labels
from crawler.records.keys import (
    DECISION_KEY,
    EXCHANGE_KEY,
    LABELS_KEY,
    OBSERVATION_KEY,
    USES_KEY,
)
from crawler.records.page import Licence, Page, page_of
from tests.capture.samples import a_page

SAMPLE = a_page()
META = {
    EXCHANGE_KEY: SAMPLE.exchange,
    DECISION_KEY: SAMPLE.decision,
    USES_KEY: SAMPLE.uses,
    OBSERVATION_KEY: Observation(SAMPLE.url),
}


def _page(**more: object) -> Page:
    return page_of(
        {**META, **more}, url=SAMPLE.url, content=b"x", content_type="", charset="", via=""
    )


def test_a_page_carries_the_decision_that_kept_it_and_its_labels() -> None:
    page = _page(**{LABELS_KEY: Labels("by", "4.0", "link_tag", "ai-assisted")})
    assert page.decision is SAMPLE.decision
    assert page.licence == Licence("by", "4.0", "link_tag")
    assert page.ai_provenance == "ai-assisted"


def test_a_page_names_the_robots_txt_that_let_it_in() -> None:
    robots = Resource("https://site.example/robots.txt", b"x")
    seen = _page(**{OBSERVATION_KEY: Observation(SAMPLE.url, robots=robots)})
    assert seen.robots_sha256 == robots.sha256
    assert _page().robots_sha256 == ""


def test_a_page_that_the_gate_did_not_keep_is_none() -> None:
    with pytest.raises(KeyError):
        page_of({}, url="", content=b"", content_type="", charset="", via="")


def test_a_log_shows_no_word_of_a_page() -> None:
    assert repr(_page()) == f"Page({SAMPLE.url!r})"
