"""The Content-Usage header (draft-ietf-aipref-attach-05 section 4, draft-ietf-aipref-vocab-07).

https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/ Metadata of the representation: it
covers the bytes of this response and nothing linked from it. Field lines are joined before
parsing (RFC 9651 4.2); the last of equal labels counts, and every other `n` is kept as lenient.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from crawler.policy.addressed import header_evidence, is_of_page
from crawler.policy.aipref import Preference, Usage, read_usage
from crawler.policy.html_page import metas_like_headers
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
FIELD: Final = "content-usage"
MISSPELT: Final = frozenset({"contentusage", "content_usage", "content-usages"})
FIELDS: Final = frozenset({FIELD}) | MISSPELT


class _Said(NamedTuple):
    """One preference, and where it stands."""

    preference: Preference
    carrier: Carrier
    evidence: Evidence


def read(observation: Observation) -> tuple[Statement, ...]:
    """State every use that the response's Content-Usage speaks of."""
    page = observation.page
    if page is None:
        return ()
    said = (*_by_the_letter(page), *_as_meant(page))
    return tuple(
        Statement(
            NAME,
            one.carrier,
            use,
            preference.state,
            one.evidence,
            preference.strength,
            "response",
            preference.conditions,
            preference.flags,
        )
        for one in said
        for preference in _about(observation, one.preference)
        for use in preference.uses
    )


def _about(observation: Observation, preference: Preference) -> Iterator[Preference]:
    """What the header says of the URL; of a file that the page links it says nothing.

    A refusal may be meant for the whole page all the same.
    """
    if is_of_page(observation):
        yield preference
    elif preference.state.refuses:
        yield _lenient(preference, Flag.AMBIGUOUS)


def _lenient(preference: Preference, flag: Flag) -> Preference:
    return replace(preference, strength=Strength.LENIENT, flags=preference.flags | {flag})


def _by_the_letter(page: Resource) -> Iterator[_Said]:
    for one in _usage(page).preferences if page.header_values(FIELD) else ():
        yield _Said(one, Carrier.HEADER, _evidence(page, one.label))


def _as_meant(page: Resource) -> Iterator[_Said]:
    """Refusals under another name, and in metas, for which the draft has no form."""
    odd = [
        (value, Carrier.HEADER, header_evidence(page, name, value))
        for name, value in page.headers
        if name.lower() in MISSPELT
    ]
    odd += [(value, Carrier.HTML, see) for value, see in metas_like_headers(page, FIELDS)]
    for value, carrier, evidence in odd:
        for one in read_usage(value).preferences:
            if one.state.refuses:
                yield _Said(_lenient(one, Flag.MALFORMED), carrier, evidence)


def _usage(page: Resource) -> Usage:
    return read_usage(", ".join(value for value in page.header_values(FIELD) if value.strip()))


def _evidence(page: Resource, label: str) -> Evidence:
    """The last field line that has the label: the one that counts by the letter."""
    lines = [(name, value) for name, value in page.headers if name.lower() == FIELD]
    named = [(name, value) for name, value in lines if label in value.lower()]
    return header_evidence(page, *(named or lines)[-1])


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
    carriers=(Carrier.HEADER, Carrier.HTML),
    scope="response",
    uses=(Use.TRAIN_GENAI, Use.SEARCH),
    spec="https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/",
    since="2025",
    read=read,
    note=note,
)
