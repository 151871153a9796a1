"""Rows read for proof: keys, order, types and forms exactly as outputs.md has them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any, Final, get_type_hints

from crawler.policy.model import State, Use
from crawler.records.document import SCHEMA_VERSION, Document, Metadata

Row = dict[str, Any]

LARGEST: Final = 1 << 63
"""Beyond any count or place in a file."""

_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_ID: Final = re.compile(r"<urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}>")
_DIGEST: Final = re.compile(r"sha1:[A-Z2-7]{32}")
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_KEPT: Final = frozenset({State.ALLOW.value, State.UNKNOWN.value})

_TYPES: Final = get_type_hints(Document)
_KEYS: Final = [one.name for one in fields(Document)]
_INNER_TYPES: Final = get_type_hints(Metadata)
_INNER_KEYS: Final = [one.name for one in fields(Metadata)]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file of rows: its number from 1, the row where it is one, its faults."""

    number: int
    row: Row | None
    whats: tuple[str, ...]


def _is_states(text: str) -> bool:
    states = json.loads(text)
    return (
        isinstance(states, dict)
        and set(states) <= {use.value for use in Use}
        and set(states.values()) <= {state.value for state in State}
    )


_FORMS: Final[Mapping[str, Callable[[str], object]]] = {
    "id": _ID.fullmatch,
    "text": str.strip,
    "source": str.strip,
    "added": _TIME.fullmatch,
    "created": lambda value: not value or _TIME.fullmatch(value),
    "version": lambda value: value == SCHEMA_VERSION,
    "url": str.strip,
    "date": _TIME.fullmatch,
    "language": _LANGUAGE.fullmatch,
    "warc_record_id": _ID.fullmatch,
    "payload_digest": _DIGEST.fullmatch,
    "text_sha256": _HEX.fullmatch,
    "extractor": str.strip,
    "rights_decision": _KEPT.__contains__,
    "rights_policy": lambda value: "/" in value,
    "rights_uses": _is_states,
    "rights_signals": lambda value: isinstance(json.loads(value), list),
    "rights_checked_at": _TIME.fullmatch,
    "robots_sha256": lambda value: not value or _HEX.fullmatch(value),
    "first_seen": _TIME.fullmatch,
    "last_seen": _TIME.fullmatch,
}
"""What a value must be like, by its key; texts of sites (title, licence …) may be anything."""


def read_rows(lines: Iterator[bytes]) -> Iterator[Line]:
    """Each of `lines` with what is wrong with it alone."""
    for number, line in enumerate(lines, 1):
        row = _load(line)
        if row is None:
            yield Line(number, None, ("it is no row of JSON as Heed writes it",))
            continue
        whats = (*_check_shape(row),)
        yield Line(number, row if not whats else None, whats or (*_check_values(row),))


def _load(line: bytes) -> Row | None:
    """The row on `line`; None where writing it again would give another line."""
    try:
        row = json.loads(line)
        text = json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        again = text.encode("utf-8")
    except (ValueError, RecursionError):
        return None
    return row if again == line and isinstance(row, dict) else None


def _check_shape(row: Row) -> Iterator[str]:
    yield from _check_keys(row, _KEYS, _TYPES, "")
    inner = row.get("metadata")
    if isinstance(inner, dict):
        yield from _check_keys(inner, _INNER_KEYS, _INNER_TYPES, "metadata.")


def _check_keys(row: Row, keys: list[str], types: Mapping[str, type], at: str) -> Iterator[str]:
    if list(row) != keys:
        odd = sorted(set(row) ^ set(keys)) or ["their order"]
        yield f"its keys are not those of a row: {', '.join(at + key for key in odd)}"
        return
    for key in keys:
        wanted = dict if types[key] is Metadata else types[key]
        if type(row[key]) is not wanted:
            yield f"{at}{key} is {type(row[key]).__name__}, not {wanted.__name__}"
        elif wanted is int and not 0 <= row[key] < LARGEST:
            yield f"{at}{key} is out of bounds"


def _check_values(row: Row) -> Iterator[str]:
    inner = row["metadata"]
    for at, values in (("", row), ("metadata.", inner)):
        yield from (
            f"{at}{key} has not the form that it must have: {values[key][:60]!r}"
            for key, form in _FORMS.items()
            if key in values and not _has(values[key], form)
        )
    if not 0.0 <= row["language_score"] <= 1.0:
        yield f"language_score is {row['language_score']}, not between 0 and 1"
    if row["id"] != inner["warc_record_id"]:
        yield "id and metadata.warc_record_id differ"
    if digest_of(row["text"]) != inner["text_sha256"]:
        yield "its text does not have its metadata.text_sha256"


def _has(value: str, form: Callable[[str], object]) -> bool:
    try:
        return bool(form(value))
    except (ValueError, TypeError, RecursionError):
        return False


def digest_of(text: str) -> str:
    """The hexadecimal SHA-256 of a row's text."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()
