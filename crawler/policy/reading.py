"""All signals over one observation: the one implementation behind gates, auditor and door."""

from functools import cache

from crawler.policy.decide import decide
from crawler.policy.model import (
    Carrier,
    Decision,
    Observation,
    Profile,
    Resource,
    Signal,
    Statement,
    Use,
)
from crawler.policy.signals import catalogue

KNOWN_BEFORE = frozenset({Carrier.ROBOTS_TXT, Carrier.SITE_FILE, Carrier.REGISTRY})
"""Carriers that are read before a page is asked for and do not change with its answer."""


def read_statements(observation: Observation) -> tuple[Statement, ...]:
    """Every statement that any signal finds in `observation`."""
    return tuple(statement for signal in catalogue() for statement in signal.read(observation))


def reread_statements(
    observation: Observation, before: tuple[Statement, ...]
) -> tuple[Statement, ...]:
    """Like `read_statements`, where `before` was read of the same URL before it was fetched.

    Signals that only the site's own files carry cannot have changed and are not read twice.
    """
    again = _to_read_again()
    names = {signal.name for signal in again}
    kept = tuple(statement for statement in before if statement.signal not in names)
    return kept + tuple(statement for signal in again for statement in signal.read(observation))


@cache
def _to_read_again() -> tuple[Signal, ...]:
    return tuple(signal for signal in catalogue() if not _known_before(signal))


def _known_before(signal: Signal) -> bool:
    carriers = set(signal.carriers)
    if Carrier.ROBOTS_TXT in carriers:
        carriers.discard(Carrier.STATUS)  # that of robots.txt
    return carriers <= KNOWN_BEFORE


def read_decision(observation: Observation, profile: Profile) -> Decision:
    """What `profile` decides on everything that `observation` holds."""
    return decide(observation.url, read_statements(observation), profile)


def closes(robots: Resource, url: str, product_token: str) -> bool:
    """Whether a robots.txt alone keeps `product_token` from asking for `url`.

    As the profile standard decides: asked of every site file, so by the signals it can concern.
    """
    seen = Observation(url=url, product_token=product_token, robots=robots)
    statements = (one for signal in _closing() for one in signal.read(seen))
    # No other use implies anything of this one, so what `decide` would do besides is left out.
    return any(
        one.use is Use.CRAWL and one.state.refuses and one.binds(Profile.STANDARD)
        for one in statements
    )


@cache
def _closing() -> tuple[Signal, ...]:
    carried = (signal for signal in catalogue() if Carrier.ROBOTS_TXT in signal.carriers)
    return tuple(signal for signal in carried if Use.CRAWL in signal.uses)


@cache
def site_file_paths() -> tuple[str, ...]:
    """Paths that some signal wants from an origin before its first page, robots.txt aside."""
    return tuple(dict.fromkeys(path for signal in catalogue() for path in signal.site_files))


def document_urls(observation: Observation, profile: Profile = Profile.STRICT) -> tuple[str, ...]:
    """Licence documents that some signal wants fetched before `profile` decides.

    The strictest one hears most, so its documents are those of all.
    """
    return tuple(
        dict.fromkeys(
            url
            for signal in catalogue()
            if signal.documents is not None
            for url in signal.documents(observation, profile)
        )
    )
