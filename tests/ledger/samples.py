"""Observations and decisions to keep."""

from datetime import UTC, datetime, timedelta
from typing import Final

from crawler.policy.decide import decide
from crawler.policy.model import (
    Carrier,
    Decision,
    Evidence,
    Outcome,
    Profile,
    Resource,
    State,
    Statement,
    Strength,
    Use,
)

ORIGIN: Final = "https://site.example"
START: Final = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def after(hours: float) -> datetime:
    """So many hours after `START`."""
    return START + timedelta(hours=hours)


def robots(
    body: bytes, at: datetime, outcome: Outcome = Outcome.OK, status: int | None = 200
) -> Resource:
    """A robots.txt as fetched at `at`."""
    headers = (("Content-Type", "text/plain"), ("ETag", '"1"'), ("Set-Cookie", "visitor=7"))
    return Resource(f"{ORIGIN}/robots.txt", body, status, headers, outcome, at)


def no_answer(at: datetime) -> Resource:
    """A robots.txt that did not come."""
    return Resource(f"{ORIGIN}/robots.txt", status=None, outcome=Outcome.TIMEOUT, retrieved_at=at)


def refused_by_robots(url: str, sha256: str = "a" * 64, line: int = 2) -> Decision:
    """A page that a line of robots.txt keeps from training."""
    evidence = Evidence(
        url=f"{ORIGIN}/robots.txt",
        where=f"robots.txt line {line}",
        verbatim="Disallow: /",
        sha256=sha256,
        line=line,
        start=10,
        end=21,
        retrieved_at=START,
        status=200,
    )
    return _decide(url, (_statement(Carrier.ROBOTS_TXT, "robots_txt", evidence),))


def refused_by_page(url: str, sha256: str = "b" * 64, start: int = 120) -> Decision:
    """A page that refuses training in its own head."""
    evidence = Evidence(
        url=url,
        where=f"html byte {start}-{start + 36}",
        verbatim='<meta name="robots" content="noai">',
        sha256=sha256,
        start=start,
        end=start + 36,
        retrieved_at=START,
        status=200,
    )
    return _decide(url, (_statement(Carrier.HTML, "noai", evidence),))


def allowed(url: str) -> Decision:
    """A page about which nothing was said."""
    return _decide(url, ())


def _statement(carrier: Carrier, signal: str, evidence: Evidence) -> Statement:
    return Statement(
        signal=signal,
        carrier=carrier,
        use=Use.TRAIN_GENAI,
        state=State.DISALLOW,
        evidence=evidence,
        strength=Strength.BINDING,
    )


def _decide(url: str, statements: tuple[Statement, ...]) -> Decision:
    return decide(url, statements, Profile.STRICT)
