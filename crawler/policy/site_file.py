"""What the fetch of a site file alone says, and the lines of one that is text.

decision.md, "Settled questions": a site file (tdmrep.json, ai.txt, trust.txt, an RSL document)
that is unreachable by 5xx or network refuses the AI uses, in strict only, until it answers. When
to give up (24 h) is the fetcher's matter: it then hands on the outcome NOT_FOUND. There is no
clock here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crawler.policy.model import (
    Carrier,
    Evidence,
    Flag,
    Outcome,
    Profile,
    Resource,
    State,
    Statement,
    Strength,
    Use,
)

AI_USES: Final = (Use.TRAIN_GENAI, Use.TRAIN_OTHER, Use.AI_INPUT, Use.AI_INDEX)
"""What a site file about AI could have refused, had it been readable."""

UNREACHABLE: Final = frozenset(
    {
        Outcome.SERVER_ERROR,
        Outcome.RATE_LIMITED,
        Outcome.TIMEOUT,
        Outcome.DNS,
        Outcome.TLS,
        Outcome.CONNECTION,
        # The words that are missing may be the refusal.
        Outcome.TRUNCATED,
        Outcome.TOO_LARGE,
        Outcome.UNDECODABLE,
    }
)
READABLE: Final = frozenset({Outcome.OK, Outcome.NOT_TEXT, Outcome.TRUNCATED, Outcome.TOO_LARGE})
"""Outcomes whose body holds the site's own words, whole or in part."""

_FAILURES: Final = {
    **dict.fromkeys(UNREACHABLE, (State.DISALLOW, Flag.UNREACHABLE)),
    # The site forbade us to look: that is no refusal of a use, yet the reader must know.
    Outcome.BLOCKED_BY_ROBOTS: (State.UNKNOWN, Flag.BLOCKED_BY_ROBOTS),
}


def unreachable_statements(
    signal: str,
    resource: Resource | None,
    uses: tuple[Use, ...] = AI_USES,
    carrier: Carrier = Carrier.SITE_FILE,
) -> tuple[Statement, ...]:
    """What the failed fetch of a site file says: one statement for each of `uses`, or nothing.

    `signal` is the reading signal's name; `resource` the fetch, or None where none was tried.
    Unreachable: refused from the profile strict on, flagged `unreachable`. Blocked by robots.txt:
    unknown, flagged `blocked_by_robots`. Absent, empty, forbidden or read: nothing
    (decision.md, "Settled questions"). A body cut short is both readable and unreachable.
    """
    if resource is None or resource.outcome not in _FAILURES:
        return ()
    state, flag = _FAILURES[resource.outcome]
    evidence = Evidence(
        url=resource.url,
        where=f"fetch of {resource.url}",
        verbatim=_describe(resource),
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )
    return tuple(
        Statement(
            signal=signal,
            carrier=carrier,
            use=use,
            state=state,
            evidence=evidence,
            strength=Strength.LENIENT,
            scope="site",
            flags=frozenset({flag}),
            binds_from=Profile.STRICT,
        )
        for use in uses
    )


def _describe(resource: Resource) -> str:
    words = resource.outcome.value.replace("_", " ")
    return words if resource.status is None else f"{words} (HTTP status {resource.status})"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text file: 1-based number, byte range without its line end, decoded text."""

    number: int
    start: int
    end: int
    text: str


_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8", "surrogateescape"),
    (b"\xff\xfe", "utf-16-le", "replace"),
    (b"\xfe\xff", "utf-16-be", "replace"),
)
_WORDS: Final = re.compile(r"[^\r\n]+")


def read_lines(body: bytes) -> tuple[Line, ...]:
    """The lines of `body` that are not blank: LF, CR LF or CR, UTF-8, or UTF-16 behind its mark.

    Bytes that are no text become U+FFFD in the line's text; the byte ranges stay true.
    """
    return tuple(_lines(body))


def _lines(body: bytes) -> Iterator[Line]:
    mark, encoding, errors = b"", "utf-8", "surrogateescape"
    for known in _MARKS:
        if body.startswith(known[0]):
            mark, encoding, errors = known
    text = body[len(mark) :].decode(encoding, errors)
    width = len("\n".encode(encoding))
    number, behind, start = 1, 0, len(mark)
    for found in _WORDS.finditer(text):
        gap = text[behind : found.start()]
        number += gap.count("\n") + gap.count("\r") - gap.count("\r\n")
        start += len(gap) * width
        words, behind = found[0], found.end()
        plain = words.isascii()
        end = start + (len(words) * width if plain else len(words.encode(encoding, errors)))
        if not words.isspace():
            yield Line(number, start, end, words if plain else _clean(words))
        start = end


def _clean(words: str) -> str:
    return words.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def line_evidence(resource: Resource, name: str, line: Line) -> Evidence:
    """Evidence that points at `line` of the site file `name` ("trust.txt line 3")."""
    return Evidence(
        url=resource.url,
        where=f"{name} line {line.number}",
        verbatim=line.text,
        sha256=resource.sha256,
        line=line.number,
        start=line.start,
        end=line.end,
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )
