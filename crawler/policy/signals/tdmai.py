"""TDM·AI declarations bound to an ISCC code (https://docs.tdmai.org, 2025-11-04).

Labels of draft-ietf-aipref-vocab-02 with the texts "true" and "false". A declaration comes from a
registry or through the door; nothing on a page leads to it (signals.md 16).
"""

from collections.abc import Mapping
from typing import Final

from crawler.policy.model import TRAIN_USES, Carrier, Notes, Observation, Signal, Statement, Use
from crawler.policy.registries import is_malformed, read_declaration


def _declaration(observation: Observation) -> Mapping[str, object]:
    given = observation.given.get("declaration")
    return given if isinstance(given, Mapping) else {}


def read(observation: Observation) -> tuple[Statement, ...]:
    """Statements of the declaration given with the observation (docs.tdmai.org)."""
    return read_declaration(_declaration(observation), observation.url)


def note(observation: Observation) -> Notes:
    """The `policy` a declaration points at; `malformed: true` for values that are no answer."""
    declaration = _declaration(observation)
    noted: dict[str, object] = {}
    for key in ("TDMAI_policy", "policy"):
        if isinstance(declaration.get(key), str):
            noted.setdefault("policy", declaration[key])
    if is_malformed(declaration):
        noted["malformed"] = True
    return noted


SIGNAL: Final = Signal(
    name="tdmai",
    title="TDM·AI declaration",
    carriers=(Carrier.REGISTRY,),
    scope="file",
    uses=(Use.TDM, *TRAIN_USES, Use.AI_INPUT, Use.SEARCH),
    spec="https://docs.tdmai.org",
    since="2025-11-04",
    read=read,
    note=note,
)
