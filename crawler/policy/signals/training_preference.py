"""Training Preference Signal: product tokens that name a purpose instead of a crawler.

draft-kelley-aipref-training-preference-signal-00 (2026-10-30): ordinary groups of robots.txt
(https://datatracker.ietf.org/doc/draft-kelley-aipref-training-preference-signal/), ordinary
longest match, never about crawling. What an `Allow` grants could not be read, so it grants
nothing here. Configuration maps tokens to uses.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from crawler.policy.addressed import evidence_of, robots_of
from crawler.policy.model import (
    Carrier,
    Flag,
    Observation,
    Resource,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.robots import Basis, Verdict

NAME: Final = "training_preference"

PURPOSE_TOKENS: Final[Mapping[str, tuple[Use, ...]]] = {
    "<TRAINING-POLICY-TOKEN>": (Use.TRAIN_GENAI,)
}
"""Used where configuration names none. The spelling of the token is not known yet; this stands
where it will stand, and matches no file in use."""


def read(observation: Observation) -> tuple[Statement, ...]:
    """State the uses of every purpose token whose group refuses the URL; never `crawl`."""
    robots, resource = robots_of(observation), observation.robots
    if robots is None or resource is None:
        return ()
    found: list[Statement] = []
    for token, uses in (observation.purpose_tokens or PURPOSE_TOKENS).items():
        if any(choice.basis is Basis.NAMED for choice in robots.choices(token)):
            verdict = robots.check(token, observation.url)
            found.extend(_statements(verdict, uses, resource))
    return tuple(found)


def _statements(verdict: Verdict, uses: tuple[Use, ...], resource: Resource) -> Iterator[Statement]:
    literal = not verdict.literal.allowed
    line = verdict.literal.line if literal else verdict.refusal
    if line is None:
        return
    for use in uses:
        if use is not Use.CRAWL:
            yield Statement(
                NAME,
                Carrier.ROBOTS_TXT,
                use,
                State.DISALLOW,
                evidence_of(resource, line),
                Strength.BINDING if literal else Strength.LENIENT,
                "path",
                flags=frozenset() if literal else frozenset({Flag.AMBIGUOUS}),
            )


SIGNAL: Final = Signal(
    name=NAME,
    title="Training Preference Signal",
    carriers=(Carrier.ROBOTS_TXT,),
    scope="path",
    uses=(Use.TRAIN_GENAI, Use.TRAIN_OTHER),
    spec="https://datatracker.ietf.org/doc/draft-kelley-aipref-training-preference-signal/",
    since="2026",
    read=read,
)
