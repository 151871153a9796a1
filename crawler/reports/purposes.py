"""What sites refuse by name: bots that train models, bots that answer and search, or both."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from crawler.policy.agents import Role, find_agent
from crawler.reports.panel import Panel, Site, Version
from crawler.reports.standing import Standing


class Purpose(StrEnum):
    """What a site refuses by name; an agent of both roles counts as training."""

    BOTH = "training and search"
    TRAINING = "training only"
    SEARCH = "search only"
    NEITHER = "neither"


def bots_of(panel: Panel) -> Mapping[Purpose, tuple[int, ...]]:
    """Places of the bots that train, and of those that only search or fetch for a user."""
    training, search = [], []
    for place, bot in enumerate(panel.bots):
        agent = find_agent(bot)
        roles = frozenset() if agent is None else frozenset(agent.roles)
        if Role.TRAINING in roles:
            training.append(place)
        elif roles & {Role.SEARCH, Role.USER_FETCH}:
            search.append(place)
    return {Purpose.TRAINING: tuple(training), Purpose.SEARCH: tuple(search)}


def first_named(version: Version, bots: Sequence[int]) -> int | None:
    """The first of `bots` that the version blocks by name."""
    return next((bot for bot in bots if version.standings[bot] is Standing.FULL_NAMED), None)


def sort_by_purpose(
    panel: Panel, period: int
) -> Mapping[Purpose, Sequence[tuple[Site, Version, int | None]]]:
    """Known sites at `period` by what they refuse, each with a bot that shows it."""
    bots = bots_of(panel)
    found: dict[Purpose, list[tuple[Site, Version, int | None]]] = {each: [] for each in Purpose}
    for site, version in panel.known(period):
        training = first_named(version, bots[Purpose.TRAINING])
        search = first_named(version, bots[Purpose.SEARCH])
        purpose = _purpose(training=training is not None, search=search is not None)
        found[purpose].append((site, version, search if training is None else training))
    return found


def _purpose(*, training: bool, search: bool) -> Purpose:
    if training:
        return Purpose.BOTH if search else Purpose.TRAINING
    return Purpose.SEARCH if search else Purpose.NEITHER
