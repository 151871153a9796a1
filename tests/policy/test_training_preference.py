"""Purpose tokens that configuration names (Training Preference Signal)."""

from crawler.policy.model import Flag, Observation, Resource, State, Strength, Use
from crawler.policy.signals.training_preference import SIGNAL


def _observation(body: bytes, *uses: Use) -> Observation:
    return Observation(
        url="https://site.example/p",
        robots=Resource("https://site.example/robots.txt", body),
        purpose_tokens={"No-Training": uses},
    )


def test_a_configured_token_states_its_uses_and_never_crawling() -> None:
    body = b"User-agent: no-training\nDisallow: /p\n"
    found = SIGNAL.read(_observation(body, Use.CRAWL, Use.TRAIN_OTHER))
    assert [(one.use, one.state) for one in found] == [(Use.TRAIN_OTHER, State.DISALLOW)]
    assert found[0].evidence.line == 2


def test_a_configured_token_replaces_the_placeholder() -> None:
    body = b"User-agent: <TRAINING-POLICY-TOKEN>\nDisallow: /p\n"
    assert SIGNAL.read(_observation(body, Use.TRAIN_GENAI)) == ()


def test_a_token_may_stand_for_crawling_alone_and_then_says_nothing() -> None:
    body = b"User-agent: no-training\nDisallow: /p\n"
    assert SIGNAL.read(_observation(body, Use.CRAWL)) == ()


def test_a_token_that_is_named_but_not_refused_says_nothing() -> None:
    body = b"User-agent: no-training\nDisallow: /q\n"
    assert SIGNAL.read(_observation(body, Use.TRAIN_GENAI)) == ()


def test_another_reading_that_refuses_is_lenient() -> None:
    body = b"User-agent: no-training\nDissallow: /p\n"
    (found,) = SIGNAL.read(_observation(body, Use.TRAIN_GENAI))
    assert found.strength is Strength.LENIENT
    assert found.flags == {Flag.AMBIGUOUS}


def test_without_a_robots_txt_no_token_speaks() -> None:
    assert SIGNAL.read(Observation("https://site.example/p")) == ()
