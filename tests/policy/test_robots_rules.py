"""Page rules as the spider and the clock see them, and that no header can break their reader."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.policy.decide import decide
from crawler.policy.model import Observation, Profile, Resource, State, Use
from crawler.policy.robots_rules import MAX_RULES, follows_links, read_rules
from crawler.policy.signals.robots_meta import SIGNAL

URL = "https://site.example/"


def _observe(
    *headers: tuple[str, str], html: str = "", retrieved_at: datetime | None = None
) -> Observation:
    page = Resource(URL, html.encode(), headers=headers, retrieved_at=retrieved_at)
    return Observation(URL, product_token="OurBot", page=page)  # noqa: S106 (a name)


def _states(observation: Observation, profile: Profile = Profile.LITERAL) -> set[Use]:
    decision = decide(URL, SIGNAL.read(observation), profile)
    return {use for use, state in decision.states.items() if state.refuses}


@pytest.mark.parametrize(
    "words",
    ["nofollow", "none", "noindex, NoFollow", "ourbot: nofollow", "otherbot: noai, nofollow"],
)
def test_nofollow_for_us_stops_the_spider(words: str) -> None:
    assert not follows_links(_observe(("X-Robots-Tag", words)))


@pytest.mark.parametrize("words", ["", "noindex", "all", "otherbot: nofollow", "follow"])
def test_links_are_followed_unless_somebody_told_us_not_to(words: str) -> None:
    assert follows_links(_observe(("X-Robots-Tag", words)))


def test_nofollow_in_a_meta_stops_the_spider() -> None:
    assert not follows_links(_observe(html='<meta name="robots" content="nofollow">'))
    assert not follows_links(_observe(html='<meta name="OurBot" content="none">'))
    assert follows_links(_observe(html='<meta name="googlebot" content="nofollow">'))


def test_links_of_a_page_not_fetched_yet_may_be_followed() -> None:
    assert follows_links(Observation(URL))
    assert SIGNAL.read(Observation(URL)) == ()


@pytest.mark.parametrize(
    ("retrieved_at", "refused"),
    [
        (datetime(2033, 6, 25, 14, 59, tzinfo=UTC), set()),
        (datetime(2033, 6, 25, 15, 0, tzinfo=UTC), {Use.INDEX, Use.SEARCH}),
        (datetime(2033, 6, 25, 15, 0), {Use.INDEX, Use.SEARCH}),  # noqa: DTZ001 (naive is UTC)
        (None, set()),
    ],
)
def test_a_page_past_its_date_is_not_to_be_found(
    retrieved_at: datetime | None, refused: set[Use]
) -> None:
    header = ("X-Robots-Tag", "unavailable_after: 25 Jun 2033 15:00:00 GMT")
    assert _states(_observe(header, retrieved_at=retrieved_at)) == refused


def test_a_structured_date_is_a_date() -> None:
    observation = _observe(("Robots-Tag", "*;unavailable_after=@2003324400"))
    assert SIGNAL.note is not None
    assert SIGNAL.note(observation)["expires"] == "2033-06-25T15:00:00+00:00"


def test_evidence_quotes_the_header_or_the_bytes() -> None:
    html = '<p>é</p><meta name="robots" content="noai">'
    observation = _observe(("X-Robots-Tag", "noml"), html=html)
    header, *_, meta = SIGNAL.read(observation)
    assert (header.evidence.where, header.evidence.verbatim) == (
        "header X-Robots-Tag",
        "X-Robots-Tag: noml",
    )
    assert html.encode()[meta.evidence.start : meta.evidence.end].decode() == meta.evidence.verbatim


WORDS = st.sampled_from(
    ["noai", "noindex", "ourbot", "otherbot", ":", ",", ";", "=", "*", " ", "max-snippet:", "0",
     "unavailable_after:", "Sat, 25 Jun 2033", "@1", '"', "é", "?1", "none", "\x00", "GPTBot"]
)  # fmt: skip
VALUES = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map("".join))


@given(st.sampled_from(["X-Robots-Tag", "Robots-Tag"]), VALUES)
def test_no_header_can_break_the_reader(name: str, value: str) -> None:
    observation = _observe((name, value))
    assert SIGNAL.note is not None
    SIGNAL.note(observation)
    for statement in SIGNAL.read(observation):
        assert statement.evidence.verbatim == f"{name}: {value}"


@given(VALUES)
def test_another_header_line_never_takes_a_refusal_back(value: str) -> None:
    alone = _states(_observe(("X-Robots-Tag", "noai")), Profile.STRICT)
    both = _states(_observe(("X-Robots-Tag", value), ("X-Robots-Tag", "noai")), Profile.STRICT)
    assert alone <= both


def test_a_header_of_a_million_rules_is_read_within_bounds() -> None:
    observation = _observe(("X-Robots-Tag", "noai, " + "otherbot: all, " * 500_000))
    assert len(read_rules(observation, frozenset())) < 5
    words = ", ".join(f"w{number}" for number in range(500_000))
    observation = _observe(("X-Robots-Tag", f"noai, otherbot: all, {words}"))
    assert len(read_rules(observation, frozenset())) == MAX_RULES
    assert decide(URL, SIGNAL.read(observation), Profile.LITERAL).states[Use.AI_INPUT] is (
        State.DISALLOW
    )
