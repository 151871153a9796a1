"""The catalogue of AI agents and its comparison with other lists."""

import json
import re
from typing import cast

import pytest

from crawler.policy.agents import CATALOGUE, Role, compare, find_agent
from crawler.policy.agents.listing import operator_of, product_token, read_listing
from crawler.policy.model import Use
from tests.shared import SHARED, needs_shared


def test_the_catalogue_holds_at_least_160_tokens_once() -> None:
    names = [agent.token.lower() for agent in CATALOGUE]
    assert len(names) >= 160
    assert len(names) == len(set(names))


@pytest.mark.parametrize("agent", CATALOGUE, ids=lambda agent: agent.token)
def test_a_row_is_a_product_token_with_a_role_and_a_source(agent: object) -> None:
    found = next(one for one in CATALOGUE if one is agent)
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", found.token)
    assert found.roles
    assert found.source
    assert found.since == "" or re.fullmatch(r"\d{4}-\d{2}-\d{2}", found.since)
    assert Use.CRAWL not in found.uses


@pytest.mark.parametrize(
    ("token", "roles"),
    [
        ("GPTBot", (Role.TRAINING,)),
        ("ccbot", (Role.TRAINING, Role.ARCHIVE)),
        ("OAI-SearchBot", (Role.SEARCH,)),
        ("Claude-User", (Role.USER_FETCH,)),
        ("Kangaroo Bot", (Role.TRAINING,)),
        ("Crawl4AI", (Role.UNDOCUMENTED,)),
    ],
)
def test_an_agent_is_found_by_any_spelling(token: str, roles: tuple[Role, ...]) -> None:
    agent = find_agent(token)
    assert agent is not None
    assert agent.roles == roles


def test_nobody_is_found_under_an_unknown_name() -> None:
    assert find_agent("Heedbot") is None


def test_policy_tokens_fetch_nothing() -> None:
    tokens = {agent.token for agent in CATALOGUE if agent.policy_only}
    assert tokens == {"Google-Extended", "Applebot-Extended"}


@pytest.mark.parametrize(
    ("key", "token"),
    [
        ("MistralAI-User/1.0", "MistralAI-User"),
        ("iaskspider/2.0", "iaskspider"),
        ("Brightbot 1.0", "Brightbot"),
        ("Kangaroo Bot", "Kangaroo-Bot"),
        (" GPTBot ", "GPTBot"),
    ],
)
def test_a_key_becomes_a_product_token(key: str, token: str) -> None:
    assert product_token(key) == token


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[OpenAI](https://openai.com)", "OpenAI"),
        ("Unclear at this time.", ""),
        ("Querit, a company with an index", "Querit"),
        ("Cohere to download training data", "Cohere"),
        ("https://brightdata.com/brightbot", ""),
        ("", ""),
    ],
)
def test_an_operator_is_a_name_or_nothing(text: str, name: str) -> None:
    assert operator_of({"operator": text}) == name


def test_an_entry_that_is_no_object_has_no_operator() -> None:
    assert read_listing({"SomeBot": None}) == {"SomeBot": ""}


def test_a_comparison_names_what_differs() -> None:
    catalogue = tuple(one for one in CATALOGUE if one.token in ("GPTBot", "CCBot", "ia_archiver"))
    listed = {"gptbot/1.0": {"operator": "Somebody"}, "NewBot": {"operator": "N"}}
    difference = compare(catalogue, listed)
    assert difference.added == ("NewBot",)
    assert difference.removed == ("CCBot",)
    assert difference.changed == ("GPTBot",)


@needs_shared
def test_the_newest_shared_list_adds_and_removes_nothing() -> None:
    path = SHARED / "data" / "agents" / "robots-2026-08-22.json"
    listed = cast("dict[str, object]", json.loads(path.read_text("utf-8")))
    difference = compare(CATALOGUE, listed)
    assert (difference.added, difference.removed, difference.changed) == ((), (), ())
