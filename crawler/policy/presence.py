"""Which signals a site carries and where, whatever they come to (audit.md: a column each).

A fetch that failed is no signal; nor is a page of HTML served in a site file's place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from crawler.policy.model import Carrier, Flag, Observation, Outcome, Statement
from crawler.policy.rsl.discovery import read_declarations

COLUMNS: Final[Mapping[str, str]] = {
    "aipref_robots": "content_usage",
    "aipref_header": "content_usage",
    "rsl": "license",
    "rsl_discovery": "license",
}
"""Columns that bear another name than their signal."""

SILENT: Final = frozenset({"robots", "robots_meta"})
"""What every site has, or what says much besides AI: the words of these are looked at below."""

FILES: Final[Mapping[str, str]] = {
    "/ai.txt": "ai_txt",
    "/trust.txt": "trust_txt",
    "/.well-known/trust.txt": "trust_txt",
    "/.well-known/tdmrep.json": "tdmrep",
    "/llms.txt": "llms_txt",
}
"""Site files that are there or not, whether or not Heed can read anything in them."""

_NO_AI: Final = re.compile(r"\bno[-_]?(?:image)?[-_]?(?:ai|ml)\b", re.IGNORECASE)
_UNHEARD: Final = frozenset({Flag.UNREACHABLE, Flag.BLOCKED_BY_ROBOTS})


def find_presence(
    observation: Observation, statements: Sequence[Statement]
) -> dict[str, tuple[str, ...]]:
    """The columns present in `observation`, of which `statements` were read, and their carriers."""
    found: dict[str, set[str]] = {}
    for column, carrier in (
        *_of_statements(statements),
        *_of_files(observation),
        *(("license", one.carrier) for one in read_declarations(observation)),
    ):
        found.setdefault(column, set()).add(carrier.value)
    return {column: tuple(sorted(found[column])) for column in sorted(found)}


def _of_statements(statements: Sequence[Statement]) -> Iterator[tuple[str, Carrier]]:
    for one in statements:
        if not _UNHEARD.isdisjoint(one.flags):
            continue
        if one.signal == "robots_meta" and _NO_AI.search(one.evidence.verbatim):
            yield "noai", one.carrier
        if one.signal not in SILENT:
            yield COLUMNS.get(one.signal, one.signal), one.carrier


def _of_files(observation: Observation) -> Iterator[tuple[str, Carrier]]:
    for path, column in FILES.items():
        resource = observation.files.get(path)
        if resource is not None and resource.outcome is Outcome.OK:
            yield column, Carrier.SITE_FILE
