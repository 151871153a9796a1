"""TDM Reservation Protocol: whether rights in text and data mining are reserved, and on what terms.

W3C Community Group Final Report, 2024-05-10: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
Values 1 and 0; anything else is an error and counts as unset. Covers mining and both kinds of
training; classic search indexing is left alone (signals.md, section 6).
"""

from typing import Final, NamedTuple

from crawler.policy.model import (
    TRAIN_USES,
    Carrier,
    Flag,
    Notes,
    Observation,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)
from crawler.policy.site_file import READABLE, unreachable_statements
from crawler.policy.tdmrep.file import PATH, parse
from crawler.policy.tdmrep.layers import Layer, Saying, read_layers
from crawler.policy.tdmrep.terms import read_terms

USES: Final = (Use.TDM, *TRAIN_USES)


class _Outcome(NamedTuple):
    """What holds once later layers have superseded earlier ones."""

    reserved: bool | None
    deciding: tuple[Saying, ...]
    lenient: tuple[Saying, ...]
    superseded: tuple[Saying, ...]
    policy: str
    flags: frozenset[Flag]


_SILENCE: Final = _Outcome(None, (), (), (), "", frozenset())


def _settle(observation: Observation) -> _Outcome:
    layers = read_layers(observation)
    if not any(layers):
        return _SILENCE
    reserved: bool | None = None
    deciding: tuple[Saying, ...] = ()
    lenient: tuple[Saying, ...] = ()
    superseded: tuple[Saying, ...] = ()
    policy = ""
    flags: frozenset[Flag] = frozenset()
    for layer in layers:
        value, spoken, odd = _settle_layer(layer)
        if value is not None:
            superseded += deciding + lenient
            reserved, deciding, lenient = value, spoken, ()
        lenient += odd
        policy = next((saying.policy for saying in layer if saying.policy), policy)
        flags = flags.union(*(saying.flags for saying in (*layer, *spoken)))
    return _Outcome(reserved, deciding, lenient, superseded, policy, flags)


def _settle_layer(layer: Layer) -> tuple[bool | None, tuple[Saying, ...], tuple[Saying, ...]]:
    """The layer's value by the letter with what says so, and its refusals by intent alone.

    Two values in one layer: the report has no rule, so the reservation holds.
    """
    said = [(saying, saying.reservation) for saying in layer if saying.reservation is not None]
    values = {held.reserved for _, held in said} - {None}
    odd = tuple(saying for saying, held in said if held.means_reserved)
    if not values:
        return None, (), odd
    reserved = True in values
    spoken = tuple(saying for saying, held in said if held.reserved is reserved)
    if len(values) > 1:
        spoken = tuple(one._replace(flags=one.flags | {Flag.CONFLICT}) for one in spoken)
    return reserved, spoken, odd


def read(observation: Observation) -> tuple[Statement, ...]:
    """Statements about mining and training from the strongest layer that speaks.

    Reserved is refused whatever the policy offers: Heed negotiates no licence. What can only be
    meant as a reservation, or is one under a second reading, is lenient.
    """
    found = _settle(observation)
    has_terms = bool(found.policy) and found.reserved is not False
    conditions = f"tdm-policy {found.policy}" if has_terms else ""
    state = State.DISALLOW if found.reserved else State.ALLOW
    return (
        *unreachable_statements(SIGNAL.name, observation.files.get(PATH)),
        *(
            _statement(saying, use, state, Strength.BINDING, conditions)
            for saying in found.deciding
            for use in USES
        ),
        *(
            _statement(saying, use, State.DISALLOW, Strength.LENIENT, conditions)
            for saying in found.lenient
            for use in USES
        ),
    )


def _statement(
    saying: Saying, use: Use, state: State, strength: Strength, conditions: str
) -> Statement:
    return Statement(
        signal=SIGNAL.name,
        carrier=saying.carrier,
        use=use,
        state=state,
        evidence=saying.evidence,
        strength=strength,
        scope="path" if saying.carrier is Carrier.SITE_FILE else "response",
        conditions=conditions,
        flags=saying.flags,
    )


def note(observation: Observation) -> Notes:
    """`policy` and its `policy_terms`, flags as booleans, and where `superseded` words stand.

    A policy is ignored where nothing is reserved (section "tdm-policy").
    """
    found = _settle(observation)
    told: dict[str, object] = {flag.value: True for flag in sorted(found.flags)}
    if _has_malformed_file(observation):
        told[Flag.MALFORMED.value] = True
    if found.reserved and found.policy:
        told["policy"] = found.policy
    document = observation.given.get("policy_document")
    terms = read_terms(document) if isinstance(document, str) and found.reserved else None
    if terms is not None:
        told["policy_terms"] = terms
    if found.superseded:
        told["superseded"] = [saying.evidence.where for saying in found.superseded]
    return told


def _has_malformed_file(observation: Observation) -> bool:
    resource = observation.files.get(PATH)
    readable = resource is not None and resource.outcome in READABLE
    return readable and resource is not None and resource.read_as(parse).malformed


SIGNAL: Final = Signal(
    name="tdmrep",
    title="TDM Reservation Protocol",
    carriers=(Carrier.SITE_FILE, Carrier.HEADER, Carrier.HTML, Carrier.EMBEDDED),
    scope="path",
    uses=USES,
    spec="https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/",
    since="2024-05-10",
    read=read,
    note=note,
    site_files=(PATH,),
)
