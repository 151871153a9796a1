"""trust.txt `datatrainingallowed`: one answer for a whole site (JournalList, 2024-04-04).

https://journallist.net/reference-document-for-trust-txt-specifications: `name=value` lines, `#`
comments, at /trust.txt or /.well-known/trust.txt; the field may stand once (signals.md 11).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crawler.policy.labels import REFUSING_WORDS
from crawler.policy.model import (
    TRAIN_USES,
    Carrier,
    Flag,
    Notes,
    Observation,
    Resource,
    Signal,
    State,
    Statement,
    Strength,
)
from crawler.policy.site_file import (
    READABLE,
    Line,
    line_evidence,
    read_lines,
    unreachable_statements,
)

PATHS: Final = ("/trust.txt", "/.well-known/trust.txt")
FIELD: Final = "datatrainingallowed"
_VALUES: Final = {"yes": State.ALLOW, "no": State.DISALLOW}
_REFUSING: Final = REFUSING_WORDS | {"not", "not allowed"}
"""Values outside the vocabulary that can only mean no."""


@dataclass(frozen=True, slots=True)
class _Entry:
    line: Line
    value: str
    well_formed: bool


@dataclass(frozen=True, slots=True)
class _File:
    """The entries that differ; `repeated` is whether the field stands more than once."""

    entries: tuple[_Entry, ...]
    repeated: bool
    malformed: bool


def _parse(body: bytes) -> _File:
    entries: dict[tuple[str, bool], _Entry] = {}
    count, malformed = 0, False
    for line in read_lines(body):
        words = line.text.partition("#")[0].strip()
        entry = _entry(line, words)
        if entry is not None:
            count += 1
            entries.setdefault((entry.value, entry.well_formed), entry)
        well_formed = "=" in words if entry is None else entry.well_formed
        malformed |= bool(words) and (words.startswith("<") or not well_formed)
    return _File(tuple(entries.values()), count > 1, malformed or count > 1)


def _entry(line: Line, words: str) -> _Entry | None:
    """The field on this line, if any; a colon for the equals sign is malformed but legible."""
    for sign in ("=", ":"):
        name, found, value = words.partition(sign)
        if found and name.strip().lower() == FIELD:
            value = value.strip().strip("\"'").lower()
            if value not in _VALUES:
                value = " ".join(value.rstrip(" .;,!").split())
                return _Entry(line, value, well_formed=False)
            return _Entry(line, value, well_formed=sign == "=")
    return None


def read(observation: Observation) -> tuple[Statement, ...]:
    """Statements about training for the whole site (trust.txt, `datatrainingallowed`).

    Given more than once, or in other words than yes and no: refusals only, flagged malformed.
    """
    return tuple(
        statement for path in PATHS for statement in _read(path, observation.files.get(path))
    )


def _read(path: str, resource: Resource | None) -> Iterator[Statement]:
    yield from unreachable_statements(SIGNAL.name, resource)
    if resource is None or resource.outcome not in READABLE:
        return
    file = resource.read_as(_parse)
    for entry in file.entries:
        state = State.DISALLOW if entry.value in _REFUSING else _VALUES.get(entry.value)
        if state is None or (state is State.ALLOW and (file.repeated or not entry.well_formed)):
            continue
        for use in TRAIN_USES:
            yield Statement(
                signal=SIGNAL.name,
                carrier=Carrier.SITE_FILE,
                use=use,
                state=state,
                evidence=line_evidence(resource, path.removeprefix("/"), entry.line),
                strength=Strength.BINDING if entry.well_formed else Strength.LENIENT,
                scope="site",
                flags=frozenset([Flag.MALFORMED] if file.repeated or not entry.well_formed else []),
            )


def note(observation: Observation) -> Notes:
    """`malformed: true` when a trust.txt has lines of no known form or repeats the field."""
    found = (observation.files.get(path) for path in PATHS)
    read_ones = [one for one in found if one is not None and one.outcome in READABLE]
    if any(one.read_as(_parse).malformed for one in read_ones):
        return {"malformed": True}
    return {}


SIGNAL: Final = Signal(
    name="trust_txt",
    title="trust.txt datatrainingallowed",
    carriers=(Carrier.SITE_FILE,),
    scope="site",
    uses=TRAIN_USES,
    spec="https://journallist.net/reference-document-for-trust-txt-specifications",
    since="2024-04-04",
    read=read,
    note=note,
    site_files=PATHS,
)
