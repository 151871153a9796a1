"""Two real audits a month apart: what changed between them is in every view, exactly."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, type_coerce

from crawler.ledger.opening import open_engine
from crawler.ledger.schema import observations, site_states, to_moment, to_stored
from crawler.policy.model import State, Use
from crawler.reports.html.site_pages import describe_site
from crawler.reports.material import Material, Wanted, gather
from crawler.reports.queries import Selection, read_observed
from crawler.reports.uses import sort_by_state
from tests.cli.test_audit import QUICKLY
from tests.command import heed
from tests.site import Answer, page, served, text

MONTH = to_stored(to_moment(0) + timedelta(days=31))
OPEN = "User-agent: *\nDisallow: /cart\n"
SHUT = OPEN + "\nUser-agent: GPTBot\nDisallow: /\n"
FRONT = page("front", "Words.")
SILENT = Answer(FRONT.body, headers=(*FRONT.headers, ("X-Robots-Tag", "noai")))

NAMES = ("names", "headers", "constant", "lifts", "fails")
DATES: tuple[dict[str, tuple[Answer, Answer]], ...] = (
    {
        "names": (text(OPEN), FRONT),
        "headers": (text(OPEN), FRONT),
        "constant": (text(OPEN), SILENT),
        "lifts": (text(SHUT), SILENT),
        "fails": (text(SHUT), FRONT),
    },
    {
        "names": (text(SHUT), FRONT),
        "headers": (text(OPEN), SILENT),
        "constant": (text(OPEN), SILENT),
        "lifts": (text(OPEN), FRONT),
        "fails": (text("", 503), FRONT),
    },
)
"""By site its robots.txt and its front page at each date."""


@dataclass(frozen=True)
class Told:
    """The ledger of both audits, the sites by name, and the material of a report."""

    ledger: Path
    sites: dict[str, str]
    material: Material


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The sites, audited at both dates by the command."""
    ledger = tmp_path_factory.mktemp("dates") / "ledger.db"
    now = dict(DATES[0])

    def answers(name: str, target: str) -> Answer:
        robots, front = now[name]
        known = {"/robots.txt": robots, "/": front}
        return known.get(target, text("", 404))

    routes = [lambda target, _, name=name: answers(name, target) for name in NAMES]
    with served(*routes, first=401) as sites:
        origins = [site.origin for site in sites]
        assert heed("audit", *origins, "--ledger", ledger, *QUICKLY).code == 0
        engine = open_engine(str(ledger))
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            for at in (observations.c.fetched_at, site_states.c.at):
                connection.execute(
                    at.table.update().values({at.name: type_coerce(at, BigInteger) - MONTH})
                )
        now.update(DATES[1])
        assert heed("audit", *origins, "--ledger", ledger, *QUICKLY).code == 0
    material = gather(engine, read_observed(engine, Selection()), {}, Wanted())
    hosts = [origin.removeprefix("http://") for origin in origins]
    yield Told(ledger, dict(zip(NAMES, hosts, strict=True)), material)
    engine.dispose()


def refused(told: Told, period: int) -> set[str]:
    """Names of the sites that refuse to train."""
    material = told.material
    names = {host: name for name, host in told.sites.items()}
    found = sort_by_state(material.panel, material.looks, Use.TRAIN_GENAI, period)
    return {names[site.name] for site, _, _ in found[State.DISALLOW]}


def test_the_uses_view_tells_of_each_date_what_its_audit_found(told: Told) -> None:
    assert len(told.material.panel.periods) == 2
    assert refused(told, 0) == {"constant", "lifts", "fails"}
    assert refused(told, 1) == {"names", "headers", "constant", "fails"}, (
        "a failure takes no word back"
    )


def test_changes_name_what_robots_txt_changed_and_nothing_else(told: Told) -> None:
    run = heed("changes", "--ledger", told.ledger, "--bots", "GPTBot", "--json")
    found = {one["site"]: one for one in map(json.loads, run.out.splitlines())}
    assert found.keys() == {told.sites["names"], told.sites["lifts"]}
    named, lifted = found[told.sites["names"]], found[told.sites["lifts"]]
    assert (named["from"], named["to"]) == ("partial", "full")
    assert named["lines_added"] == lifted["lines_removed"] == ["User-agent: GPTBot", "Disallow: /"]
    assert named["lines_removed"] == lifted["lines_added"] == []


def test_the_report_s_changes_are_the_same_two(told: Told) -> None:
    found = {shift.site.name: shift for shift in told.material.shifts}
    assert found.keys() == {told.sites["names"], told.sites["lifts"]}
    assert found[told.sites["names"]].difference.added == ("User-agent: GPTBot", "Disallow: /")


def test_a_site_s_page_shows_when_it_changed_and_by_what(told: Told) -> None:
    panel = told.material.panel

    def shown(name: str) -> tuple[list[str], set[str]]:
        (site,) = (one for one in panel.sites if one.name == told.sites[name])
        found = describe_site(told.material, site)
        row = next(s for s in found["strands"] if "GPTBot" in [bot for bot, _ in s["bots"]])
        words = {
            statement.evidence.verbatim
            for use in found["uses"]
            if use["css"] == "disallow"
            for statement in use["statements"]
        }
        return [cell["told"] for cell in row["cells"]], words

    housekeeping, blocked = "only the rules for every bot", "blocked by name"
    assert shown("names") == ([housekeeping, blocked], {"Disallow: /"})
    assert shown("headers") == ([housekeeping, housekeeping], {"X-Robots-Tag: noai"})
    assert shown("lifts") == ([blocked, housekeeping], set())
    assert shown("fails") == ([blocked, f"{blocked}, carried over"], {"Disallow: /"})
