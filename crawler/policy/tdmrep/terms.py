"""What a machine-readable TDM policy asks: duties and purposes of an ODRL Offer.

TDMRep, section "TDM Policy": profile http://www.w3.org/ns/tdmrep, permissions whose action is
`tdm:mine`. Evidence only: Heed meets no duty. An unreadable policy leaves the terms unknown.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final

_ODRL: Final = ("odrl:", "http://www.w3.org/ns/odrl/2/")
_TDM: Final = "http://www.w3.org/ns/tdmrep#"
_MINE: Final = "tdm:mine"
_ID_KEYS: Final = ("@id", "id", "rdf:value", "@value")


def read_terms(document: str) -> Mapping[str, list[str]] | None:
    """`{"duties": [...], "purposes": [...]}` of a policy's text; None where it is no ODRL in JSON.

    Names are the report's short ones ("compensate", "tdm:non-research"), in document order.
    """
    try:
        policy = json.loads(document)
    except (ValueError, RecursionError):
        return None
    if not isinstance(policy, Mapping):
        return None
    permissions = [one for one in _objects(policy.get("permission")) if _permits_mining(one)]
    return {
        "duties": _unique(
            name
            for permission in permissions
            for key in ("duty", "obligation")
            for duty in _listed(permission.get(key))
            for name in _names(duty.get("action") if isinstance(duty, Mapping) else duty)
        ),
        "purposes": _unique(
            name
            for permission in permissions
            for constraint in _objects(permission.get("constraint"))
            if "purpose" in _names(constraint.get("leftOperand"))
            for name in _names(constraint.get("rightOperand"))
        ),
    }


def _permits_mining(permission: Mapping[str, object]) -> bool:
    actions = list(_names(permission.get("action")))
    return not actions or _MINE in actions


def _listed(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in _listed(value) if isinstance(one, Mapping)]


def _names(value: object) -> Iterator[str]:
    """The names in a value: a text, an object with an id, or a list of these."""
    for one in _listed(value):
        held = one
        for _ in range(2):  # {"rdf:value": {"@id": "odrl:compensate"}}
            if isinstance(held, Mapping):
                held = next((held[key] for key in _ID_KEYS if key in held), None)
        if isinstance(held, str):
            yield _short(held.strip())


def _short(name: str) -> str:
    for prefix in _ODRL:
        name = name.removeprefix(prefix)
    return f"tdm:{name.removeprefix(_TDM)}" if name.startswith(_TDM) else name


def _unique(names: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(names))
