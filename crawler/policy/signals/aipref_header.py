"""The Content-Usage header (draft-ietf-aipref-attach-05 section 4, draft-ietf-aipref-vocab-07).

https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/ Metadata of the representation: it
covers the bytes of this response and nothing linked from it. Field lines are joined before
parsing (RFC 9651 4.2); the last of equal labels counts, and every other `n` is kept as lenient.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from crawler.policy.addressed import header_evidence, is_of_page
from crawler.policy.aipref import Preference, Usage, read_usage
from crawler.policy.model import (
    Carrier,
    Evidence,
    Flag,
    Notes,
    Observation,
    Resource,
    Signal,
    Statement,
    Strength,
    Use,
)

NAME: Final = "aipref_header"
FIELD: Final = "Content-Usage"


def read(observation: Observation) -> tuple[Statement, ...]:
    """State every use that the response's Content-Usage speaks of."""
    page = observation.page
    if page is None or not page.header_values(FIELD):
        return ()
    return tuple(
        Statement(
            NAME,
            Carrier.HEADER,
            use,
            one.state,
            _evidence(page, one.label),
            one.strength,
            "response",
            one.conditions,
            one.flags,
        )
        for one in _preferences(observation, page)
        for use in one.uses
    )


def _preferences(observation: Observation, page: Resource) -> Iterator[Preference]:
    """What the header says of the URL; of a file that the page links it says nothing.

    A refusal may be meant for the whole page all the same.
    """
    own = is_of_page(observation)
    for one in _usage(page).preferences:
        if own:
            yield one
        elif one.state.refuses:
            flags = one.flags | {Flag.AMBIGUOUS}
            yield replace(one, strength=Strength.LENIENT, flags=flags)


def _usage(page: Resource) -> Usage:
    return read_usage(", ".join(value for value in page.header_values(FIELD) if value.strip()))


def _evidence(page: Resource, label: str) -> Evidence:
    """The last field line that has the label: the one that counts by the letter."""
    values = page.header_values(FIELD)
    named = [value for value in values if label in value.lower()]
    return header_evidence(page, FIELD, (named or list(values))[-1])


def note(observation: Observation) -> Notes:
    """Whether the header is malformed, and the CC signal it carries."""
    if observation.page is None or not observation.page.header_values(FIELD):
        return {}
    usage = _usage(observation.page)
    found: dict[str, object] = {"malformed": True} if usage.malformed else {}
    return found | ({"cc_signal": usage.cc_signal} if usage.cc_signal else {})


SIGNAL: Final = Signal(
    name=NAME,
    title="AIPREF Content-Usage header",
    carriers=(Carrier.HEADER,),
    scope="response",
    uses=(Use.TRAIN_GENAI, Use.SEARCH),
    spec="https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/",
    since="2025",
    read=read,
    note=note,
)
