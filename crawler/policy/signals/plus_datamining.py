"""PLUS DataMining: what a picture's or a document's own metadata allow (IPTC 2023.1).

http://ns.useplus.org/ldf/xmp/1.0/ property DataMining in XMP, and `dataMining uri` in NewsML-G2.
https://iptc.org/std/photometadata/specification/IPTC-PhotoMetadata
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from crawler.policy.embedded import XmpSource, sources
from crawler.policy.markup import read_xml
from crawler.policy.model import (
    TRAIN_USES,
    Carrier,
    Evidence,
    Flag,
    Notes,
    Observation,
    Profile,
    Resource,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)

NAMESPACE: Final = "http://ns.useplus.org/ldf/xmp/1.0/"
PROPERTY: Final = "DataMining"
VOCABULARY: Final = "http://ns.useplus.org/ldf/vocab/"
_BARE_KEY: Final = re.compile(rb"ns\.useplus\.org/ldf/vocab/(DMI-[A-Za-z-]{3,60})")

_MINING: Final = dict.fromkeys((Use.TDM, *TRAIN_USES), State.DISALLOW)
_KEYS: Final[Mapping[str, Mapping[Use, State]]] = {
    "DMI-UNSPECIFIED": {},
    "DMI-ALLOWED": dict.fromkeys((Use.TDM, *TRAIN_USES), State.ALLOW),
    "DMI-PROHIBITED-AIMLTRAINING": dict.fromkeys(TRAIN_USES, State.DISALLOW),
    "DMI-PROHIBITED-GENAIMLTRAINING": {Use.TRAIN_GENAI: State.DISALLOW},
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": {
        **_MINING,
        Use.SEARCH: State.ALLOW,
        Use.INDEX: State.ALLOW,
    },
    "DMI-PROHIBITED": _MINING,
    "DMI-PROHIBITED-SEECONSTRAINT": _MINING,
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": _MINING,
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": _MINING,
}
_WHOLLY_PROHIBITED: Final = "DMI-PROHIBITED"
_EVEN_SEARCH: Final = (Use.SEARCH, Use.INDEX)
"""A sibling value exempts search engines, so the plain one may include them: strict takes it so."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One value as it stands, the key read from it, and whether it is written by the book."""

    key: str
    exact: bool
    evidence: Evidence
    carrier: Carrier


def _found(observation: Observation) -> Iterator[_Found]:
    for source in sources(observation):
        values = source.values(NAMESPACE, PROPERTY)
        for value in values:
            yield _value(value.text, source.evidence(value), Carrier.EMBEDDED)
        if not values:
            yield from _legible(source)
    newsml = observation.given.get("newsml")
    if isinstance(newsml, str):
        yield from _newsml(Resource(observation.url, newsml.encode("utf-8", "replace")))


def _value(text: str, evidence: Evidence, carrier: Carrier) -> _Found:
    key = text.rpartition("/")[2].rpartition(":")[2].strip()
    exact = key in _KEYS and text in (f"{VOCABULARY}{key}", f"plus:{key}", key)
    return _Found(key.upper(), exact, evidence, carrier)


def _legible(source: XmpSource) -> Iterator[_Found]:
    """Keys that still stand in packets too broken to be read as XML."""
    for packet in source.packets:
        if packet.malformed:
            for match in _BARE_KEY.finditer(source.resource.body, packet.start, packet.end):
                start, end = match.span()
                key = match[1].decode("ascii").upper()
                evidence = _evidence(source.resource, source.name, start, end)
                yield _Found(key, exact=False, evidence=evidence, carrier=Carrier.EMBEDDED)


def _newsml(resource: Resource) -> Iterator[_Found]:
    for element in read_xml(resource.body).elements:
        if element.name == "dataMining":
            text = element.get("uri") or element.get("qcode") or element.text
            evidence = _evidence(resource, "newsml", element.start, element.end)
            yield _value(text, evidence, Carrier.EMBEDDED)


def _evidence(resource: Resource, name: str, start: int, end: int) -> Evidence:
    return Evidence(
        url=resource.url,
        where=f"{name} byte {start}-{end}",
        verbatim=resource.body[start:end].decode("utf-8", "replace"),
        sha256=resource.sha256,
        start=start,
        end=end,
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )


def read(observation: Observation) -> tuple[Statement, ...]:
    """Statements about this file from its own metadata (PLUS LDF, IPTC 2023.1).

    A value in another spelling than the vocabulary's is honoured where it refuses.
    """
    found = tuple(_found(observation))
    return tuple(statement for one in found for statement in _statements(one))


def _statements(found: _Found) -> Iterator[Statement]:
    for use, state in _KEYS.get(found.key, {}).items():
        if found.exact or state is not State.ALLOW:
            yield _statement(found, use, state, None if found.exact else Profile.STANDARD)
    if found.key == _WHOLLY_PROHIBITED:
        for use in _EVEN_SEARCH:
            yield _statement(found, use, State.DISALLOW, Profile.STRICT)


def _statement(found: _Found, use: Use, state: State, binds_from: Profile | None) -> Statement:
    flags = set() if found.exact else {Flag.MALFORMED}
    if binds_from is Profile.STRICT:
        flags.add(Flag.AMBIGUOUS)
    return Statement(
        signal=SIGNAL.name,
        carrier=found.carrier,
        use=use,
        state=state,
        evidence=found.evidence,
        strength=Strength.BINDING if binds_from is None else Strength.LENIENT,
        scope="file",
        flags=frozenset(flags),
        binds_from=binds_from,
    )


def note(observation: Observation) -> Notes:
    """The `value` found (its key), or `malformed: true` for one outside the vocabulary."""
    found = tuple(_found(observation))
    if not found:
        return {}
    known = [one.key for one in found if one.key in _KEYS]
    noted: dict[str, object] = {"value": known[0]} if known else {}
    if not all(one.exact for one in found):
        noted["malformed"] = True
    return noted


SIGNAL: Final = Signal(
    name="plus_datamining",
    title="PLUS DataMining in metadata",
    carriers=(Carrier.EMBEDDED,),
    scope="file",
    uses=(Use.TDM, *TRAIN_USES, Use.SEARCH, Use.INDEX),
    spec="https://iptc.org/std/photometadata/specification/IPTC-PhotoMetadata",
    since="2023-10",
    read=read,
    note=note,
)
