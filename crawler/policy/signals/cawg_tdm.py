"""C2PA and CAWG training-and-data-mining assertions (CAWG 1.1, 2025-05-16).

https://cawg.io/training-and-data-mining/1.1/ label `cawg.training-mining`; C2PA 1.x had the same
under `c2pa.`. `constrained` counts as `notAllowed` without further information (section 2.1).
A manifest whose signature does not hold still refuses legibly, but grants nothing.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from crawler.policy.labels import REFUSING_WORDS
from crawler.policy.model import (
    TRAIN_USES,
    Carrier,
    Evidence,
    Flag,
    Notes,
    Observation,
    Signal,
    State,
    Statement,
    Strength,
    Use,
)

_LABEL: Final = re.compile(
    r"(?:cawg|c2pa)\.(?:training-mining|training_mining)(?:\.v\d+)?(?:__\d+)?", re.IGNORECASE
)
_ENTRIES: Final = {
    "data_mining": Use.TDM,
    "ai_inference": Use.AI_INPUT,
    "ai_training": Use.TRAIN_OTHER,
    "ai_generative_training": Use.TRAIN_GENAI,
}
_PREFIXES: Final = ("cawg.", "c2pa.")
_USES: Final = {
    "allowed": State.ALLOW,
    "notAllowed": State.DISALLOW,
    "constrained": State.DISALLOW,
}
_MISSPELT: Final = frozenset({"notallowed", "constrained"})
"""The vocabulary's refusals in lower case without signs: in another spelling they still bind."""
_SIGNS: Final = re.compile(r"[\s_-]")
_INTEGRITY: Final = ("valid", "signed", "signature_valid", "trusted")
"""Keys by which a C2PA reader may tell that a manifest holds; anything but true voids grants."""


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    use: Use
    state: State
    conditions: str
    malformed: bool
    strength: Strength


def _assertions(observation: Observation) -> Iterator[Mapping[str, object]]:
    given = observation.given.get("c2pa_assertion")
    for one in given if isinstance(given, list) else [given]:
        if isinstance(one, Mapping) and _LABEL.fullmatch(str(one.get("label", ""))):
            yield one


def _items(assertion: Mapping[str, object]) -> Mapping[str, object]:
    """The map of entries; version 1.0 wrote it straight into the assertion's data."""
    content = assertion.get("data")
    if not isinstance(content, Mapping):
        return {}
    entries = content.get("entries", content)
    return entries if isinstance(entries, Mapping) else {}


def _entries(assertion: Mapping[str, object]) -> Iterator[_Entry]:
    for key, value in _items(assertion).items():
        name = str(key)
        bare = name[len("cawg.") :] if name.startswith(_PREFIXES) else name
        use = _ENTRIES.get(bare)
        if use is None:
            continue
        details = value if isinstance(value, Mapping) else {"use": value}
        state, exact, strength = _read_word(details.get("use"))
        if bare == name:
            exact, strength = False, Strength.LENIENT
        # The key is constraint_info in the schema and constraints_info in the prose.
        terms = details.get("constraint_info", details.get("constraints_info", ""))
        malformed = not exact or not isinstance(value, Mapping)
        yield _Entry(name, use, state, str(terms), malformed, strength)


def _read_word(word: object) -> tuple[State, bool, Strength]:
    """What a value says, whether it is of the vocabulary, and how firmly it refuses."""
    known = _USES.get(word) if isinstance(word, str) else None
    if known is not None:
        return known, True, Strength.BINDING
    plain = _SIGNS.sub("", str(word)).lower() if isinstance(word, str | bool) else ""
    if plain in _MISSPELT:
        return State.DISALLOW, False, Strength.BINDING
    return State.DISALLOW if plain in REFUSING_WORDS else State.UNKNOWN, False, Strength.LENIENT


def _holds(assertion: Mapping[str, object]) -> bool:
    return all(assertion.get(key, True) is True for key in _INTEGRITY)


def read(observation: Observation) -> tuple[Statement, ...]:
    """Statements about this file from its C2PA assertions (CAWG 1.1, C2PA 1.x).

    Keys that are not the standard's are left aside, but for those that lack its prefix; misspelt
    refusals count, misspelt grants and those of a manifest that does not hold do not.
    """
    return tuple(
        _statement(observation, assertion, entry)
        for assertion in _assertions(observation)
        for entry in _entries(assertion)
        if entry.state is State.DISALLOW
        or (entry.state is State.ALLOW and not entry.malformed and _holds(assertion))
    )


def _statement(
    observation: Observation, assertion: Mapping[str, object], entry: _Entry
) -> Statement:
    words = json.dumps({entry.key: _items(assertion)[entry.key]}, ensure_ascii=False, default=str)
    return Statement(
        signal=SIGNAL.name,
        carrier=Carrier.EMBEDDED,
        use=entry.use,
        state=entry.state,
        evidence=Evidence(
            url=observation.url, where=f"assertion {assertion['label']}", verbatim=words
        ),
        strength=entry.strength,
        scope="file",
        conditions=entry.conditions,
        flags=frozenset([Flag.MALFORMED] if entry.malformed else []),
    )


def note(observation: Observation) -> Notes:
    """The assertion's `label`; `malformed: true` where a value is outside the vocabulary."""
    found = tuple(_assertions(observation))
    if not found:
        return {}
    noted: dict[str, object] = {"label": str(found[0]["label"])}
    if any(entry.malformed for one in found for entry in _entries(one)):
        noted["malformed"] = True
    return noted


SIGNAL: Final = Signal(
    name="cawg_tdm",
    title="C2PA/CAWG training and data mining assertion",
    carriers=(Carrier.EMBEDDED,),
    scope="file",
    uses=(Use.TDM, Use.AI_INPUT, *TRAIN_USES),
    spec="https://cawg.io/training-and-data-mining/1.1/",
    since="2025-05-16",
    read=read,
    note=note,
)
