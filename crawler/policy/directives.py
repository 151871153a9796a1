"""robots.txt bytes as numbered lines and groups (RFC 9309 2.2); unknown lines are kept.

Where a file can be cut into groups in more than one way, every way is kept: RFC 9309 2.2.4 lets
unknown records pass without ending a group, many parsers end it there, and other drafts make
further lines rules of their own (Content-Usage, DisallowAITraining).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

READ_LIMIT: Final = 1 << 20
"""Octets of a file that are read; RFC 9309 2.5 asks for 500 KiB at least. No line is cut short
within it: a pattern longer than any URL costs one comparison, a shortened one lies."""

BLANKS: Final = b" \t\x0b\x0c\x00"
"""What is trimmed; NUL as well, so that UTF-16 without a mark still reads."""

INVISIBLE: Final = "\u00a0\u200b\u2060\ufeff"
"""No-break and zero-width spaces, which pages and editors leave around what is copied."""

USER_AGENT: Final = "user-agent"
HIDDEN_USER_AGENT: Final = "user-agent, by intent"
"""A user-agent line behind invisible characters: by the letter an unknown field."""
ALLOW: Final = "allow"
DISALLOW: Final = "disallow"
CONTENT_USAGE: Final = "content-usage"
RULES: Final = frozenset({ALLOW, DISALLOW, CONTENT_USAGE, "disallowaitraining", "allowaitraining"})
"""What RFC 9309 2.2, attach-05 3.1 and draft-canel-robots-ai-control-00 define as rules."""

SAME_FIELD: Final = {
    "useragent": USER_AGENT,
    "user agent": USER_AGENT,
    "site-map": "sitemap",
    "crawldelay": "crawl-delay",
    "crawl delay": "crawl-delay",
}
MISSPELT_DISALLOW: Final = frozenset(
    {"dissallow", "dissalow", "disalow", "diasllow", "disallaw", "dis-allow", "disallows"}
)
_WITHOUT_COLON: Final = re.compile(
    rb"(user-agent|disallow)[ \t]+([/*A-Za-z_-][^ \t]*)", re.IGNORECASE
)
_RULE_BEHIND: Final = re.compile(rb"[ \t,;]disallow[ \t]*+:[ \t]*+([/*][^ \t]*+)", re.IGNORECASE)
_EMPTY_LINES: Final = frozenset({b"\n", b"\r", b"\r\n"})
_WHOLE_FILE_FIELDS: Final = frozenset({"sitemap", "host"})


class Line(NamedTuple):
    """One line that says something; `start` and `end` are its octets in the body fetched."""

    number: int
    name: str
    """The field name in lower case; well-known misspellings carry the name they meant."""
    value: str
    octets: bytes
    """The value before decoding: what a path is compared by."""
    start: int
    end: int
    raw: bytes
    odd: bool = False
    """Whether the letter of the standard would pass over it."""

    @property
    def verbatim(self) -> str:
        """The line as it stands, without the blanks around it."""
        return _text(self.raw)


class Group(NamedTuple):
    """The user-agent lines of one group and every other line that stands in it."""

    agents: tuple[Line, ...]
    lines: tuple[Line, ...]


Groups = tuple[Group, ...]


@dataclass(frozen=True)
class Directives:
    """A file as it was read: `groups` by the letter, `others` the differing ways to cut it."""

    lines: tuple[Line, ...]
    groups: Groups
    others: tuple[Groups, ...]
    orphans: tuple[Line, ...]
    """Lines before the first user-agent line: they belong to no group."""
    malformed: bool
    """Markup or a file without one line that robots.txt knows, though it is not empty."""

    @cached_property
    def names(self) -> frozenset[str]:
        """The field names that stand in the file."""
        return frozenset(line.name for line in self.lines)


def read_directives(body: bytes) -> Directives:
    """Read a file in time linear to its size; never raises.

    Lines end in CR, LF or CRLF only (RFC 9309 2.2), a byte order mark is skipped, UTF-16 behind
    one is decoded, everything after the first `READ_LIMIT` octets is left aside.
    """
    lines = tuple(_lines(_within_limit(body)))
    groups, orphans = _cut(lines, _ends_by_the_letter)
    readings = [groups]
    if _is_ambiguous(groups, lines):
        for ends in (_ends_at_path_rules, _ends_at_anything):
            other, _ = _cut(lines, ends)
            if other not in readings:
                readings.append(other)
    if _path_rules(orphans) or any(line.name == HIDDEN_USER_AGENT for line in lines):
        readings.append(_as_meant(lines))
    return Directives(lines, groups, tuple(readings[1:]), orphans, _is_malformed(body, lines))


def as_utf_8(body: bytes) -> bytes:
    """`body` as its lines are read: in UTF-8 where it has a mark of UTF-16, without the mark."""
    return _decoded(body)[1]


def _within_limit(body: bytes) -> bytes:
    if len(body) < READ_LIMIT:
        return body
    whole = body[:READ_LIMIT]
    # The last line may have lost its end, and a shortened Allow grants too much.
    return whole[: max(whole.rfind(b"\n"), whole.rfind(b"\r")) + 1] or whole


def _lines(body: bytes) -> Iterator[Line]:
    start, octets, width = _decoded(body)
    for number, whole in enumerate(octets.splitlines(keepends=True), 1):
        if whole in _EMPTY_LINES or whole.startswith(b"#"):
            start += width(whole)
            continue
        end = start + width(whole.rstrip(b"\r\n"))
        found = _line(number, whole, start, end)
        if found is not None:
            yield found
            yield from _rules_behind(found)
        start += width(whole)


def _decoded(body: bytes) -> tuple[int, bytes, Callable[[bytes], int]]:
    """Where the text begins, its octets in UTF-8 (or whatever it was), and how wide a piece is."""
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(mark):
            text = body[2:].decode(codec, "replace")
            return 2, text.encode("utf-8"), _width_in_utf_16
    # Servers also send a mark of which the last octet or two are missing.
    marked = next((n for n in (3, 2, 1) if body.startswith(b"\xef\xbb\xbf"[:n])), 0)
    return marked, body[marked:], len


def _width_in_utf_16(octets: bytes) -> int:
    return len(octets.decode("utf-8").encode("utf-16-le"))


def _line(number: int, whole: bytes, start: int, end: int) -> Line | None:
    content = whole.rstrip(b"\r\n").partition(b"#")[0]
    name, colon, value = content.partition(b":")
    if b"\x00" in content:
        name, value = name.replace(b"\x00", b""), value.replace(b"\x00", b"")
    raw = whole.strip(BLANKS + b"\r\n")
    if not colon:
        return _line_without_colon(number, content, (start, end), raw)
    value = value.strip(BLANKS)
    field, odd = _field(_text(name.strip(BLANKS)).lower())
    return Line(number, field, _text(value), value, start, end, raw, odd) if field else None


def _rules_behind(line: Line) -> Iterator[Line]:
    """The refusals of `User-agent: * Disallow: /`, to the letter a name and nothing more."""
    found = _RULE_BEHIND.findall(line.octets) if line.name == USER_AGENT else ()
    for path in found:
        yield line._replace(name=DISALLOW, value=_text(path), octets=path, odd=True)


def _field(written: str) -> tuple[str, bool]:
    """The field that a name in lower case means, and whether the letter would pass over it."""
    name = written.strip(INVISIBLE + " ")
    if name in MISSPELT_DISALLOW:
        return DISALLOW, True
    name, hidden = SAME_FIELD.get(name, name), name != written
    return (HIDDEN_USER_AGENT if hidden and name == USER_AGENT else name), hidden


def _line_without_colon(
    number: int, content: bytes, span: tuple[int, int], raw: bytes
) -> Line | None:
    found = _WITHOUT_COLON.fullmatch(content.strip(BLANKS))
    if found is None:
        return None
    value = found[2]
    return Line(number, _text(found[1]).lower(), _text(value), value, *span, raw, odd=True)


def _text(octets: bytes) -> str:
    """UTF-8, else Latin-1: a file in an old encoding keeps every rule it has."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _ends_by_the_letter(line: Line) -> bool:
    return line.name in RULES and not line.odd


def _ends_at_path_rules(line: Line) -> bool:
    return line.name in (ALLOW, DISALLOW)


def _ends_at_anything(line: Line) -> bool:
    return line.name not in _WHOLE_FILE_FIELDS


def _cut(lines: tuple[Line, ...], ends: Callable[[Line], bool]) -> tuple[Groups, tuple[Line, ...]]:
    """Cut `lines` into groups; a user-agent line after one that `ends` the list opens the next."""
    orphans: list[Line] = []
    cut: list[tuple[list[Line], list[Line]]] = []
    ended = True
    for line in lines:
        if line.name == USER_AGENT:
            if ended:
                cut.append(([], []))
                ended = False
            cut[-1][0].append(line)
        elif cut:
            cut[-1][1].append(line)
            ended = ended or ends(line)
        else:
            orphans.append(line)
    return tuple(Group(tuple(agents), tuple(rest)) for agents, rest in cut), tuple(orphans)


def _as_meant(lines: tuple[Line, ...]) -> Groups:
    """Groups with user-agent lines behind invisible characters, and with one for orphaned rules.

    A rule before any user-agent line can only be meant for everybody.
    """
    plain = tuple(
        line._replace(name=USER_AGENT) if line.name == HIDDEN_USER_AGENT else line for line in lines
    )
    groups, orphans = _cut(plain, _ends_by_the_letter)
    rules = _path_rules(orphans)
    if not rules:
        return groups
    start, number = rules[0].start, rules[0].number
    everybody = Line(number, USER_AGENT, "*", b"*", start, start, b"", odd=True)
    return (Group((everybody,), rules), *groups)


def _path_rules(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.name in (ALLOW, DISALLOW))


def _is_ambiguous(groups: Groups, lines: tuple[Line, ...]) -> bool:
    """Whether some line between two user-agent lines might or might not end their list."""
    starts = {group.agents[0].number for group in groups}
    return any(
        later.name == USER_AGENT
        and earlier.name != USER_AGENT
        and (later.number not in starts or not _ends_at_path_rules(earlier))
        for earlier, later in pairwise(lines)
    )


def _is_malformed(body: bytes, lines: tuple[Line, ...]) -> bool:
    known = {USER_AGENT, ALLOW, DISALLOW, "sitemap", "crawl-delay", CONTENT_USAGE, "license"}
    known.add("content-signal")
    if any(line.name in known for line in lines):
        return False
    comment_or_blank = (b"#", b"\r", b"\n")
    text = body.removeprefix(b"\xef\xbb\xbf").strip(BLANKS + b"\r\n")
    return bool(text) and not all(
        row.strip(BLANKS).startswith(comment_or_blank) or not row.strip(BLANKS)
        for row in text.splitlines()
    )
