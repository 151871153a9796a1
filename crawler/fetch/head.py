"""Pure: a response's head, read as it stands, and the few lines of it that frame the body.

The HTTP library sees only those lines. So whatever else a server writes there (control bytes,
thousands of cookies, lines that are no fields) is kept as evidence and can neither forge a field
nor fail the page.
"""

import re
from dataclasses import dataclass
from typing import Final

HEAD_END: Final = re.compile(rb"\n\r?\n")
"""RFC 9112 2.2: a lone LF may end a line too."""

_STATUS_LINE: Final = re.compile(rb"(HTTP/1\.\d) +([1-9]\d\d)(?:[ \t]+(.*?))?[ \t]*", re.DOTALL)
_LINE_END: Final = re.compile(rb"\r?\n")
_FORBIDDEN: Final = re.compile(rb"[\x00\r\n]")
_DIGITS: Final = re.compile(rb"\d{1,19}")
_BODILESS: Final = frozenset({204, 304})
NO_STATUS_LINE: Final = "no HTTP/1 status line"
_MANY_LENGTHS: Final = "more than one Content-Length"
_FRAMING: Final = (b"content-length", b"transfer-encoding", b"connection")

Fields = tuple[tuple[bytes, bytes], ...]


class HeadError(ValueError):
    """The head is none of HTTP/1, or does not say beyond doubt where the body ends."""


@dataclass(frozen=True, slots=True)
class Head:
    """A response's status line and fields; no value holds CR, LF or NUL."""

    protocol: str
    status: int
    reason: str
    fields: Fields
    length: int | None
    """Body bytes that were declared; None where chunks or the connection's end say it."""
    chunked: bool
    last: bool
    """Nothing may follow on this connection."""

    @property
    def interim(self) -> bool:
        """1xx: another head follows (RFC 9110 15.2)."""
        return self.status < 200  # noqa: PLR2004 (the class's bound)

    @property
    def text_fields(self) -> tuple[tuple[str, str], ...]:
        """The fields as text (Latin-1, which loses nothing)."""
        return tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in self.fields
        )

    def to_framing(self) -> bytes:
        """The same head with nothing but what frames the body."""
        lines = [b"HTTP/1.0 " if self.protocol == "HTTP/1.0" else b"HTTP/1.1 "]
        lines.append(b"%d \r\n" % self.status)
        if self.chunked:
            lines.append(b"Transfer-Encoding: chunked\r\n")
        elif self.length is not None:
            lines.append(b"Content-Length: %d\r\n" % self.length)
        lines.append(
            b"Connection: close\r\n\r\n" if self.last else b"Connection: keep-alive\r\n\r\n"
        )
        return b"".join(lines)


def read_head(block: bytes) -> Head:
    """`block`, from the status line to the blank line, as a `Head`; raises `HeadError`."""
    lines = _LINE_END.split(block)
    status_line = _STATUS_LINE.fullmatch(lines[0])
    if status_line is None:
        raise HeadError(NO_STATUS_LINE)
    protocol, status, reason = status_line.groups()
    fields = _read_fields(lines[1:])
    framing: dict[bytes, list[bytes]] = {name: [] for name in _FRAMING}
    for name, value in fields:
        if (lower := name.lower()) in framing:
            framing[lower].append(value)
    code = int(status)
    chunked = _read_transfer_coding(framing[b"transfer-encoding"])
    lengths = framing[b"content-length"]
    length = None if chunked else _read_length(lengths)
    if code in _BODILESS or code < 200:  # noqa: PLR2004 (the class's bound)
        chunked, length = False, 0
    return Head(
        protocol=protocol.decode("ascii"),
        status=code,
        reason=_FORBIDDEN.sub(b" ", reason or b"").decode("latin-1"),
        fields=fields,
        length=length,
        chunked=chunked,
        last=not _stays(framing[b"connection"]) or (chunked and bool(lengths)),
    )


def _read_fields(lines: list[bytes]) -> Fields:
    """The fields; a line that is none continues the value before it (RFC 9112 5.2, obs-fold)."""
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")
        if colon and name and not name.startswith((b" ", b"\t")):
            fields.append((_clean(name), _clean(value)))
        elif fields and line.strip():
            earlier_name, earlier = fields[-1]
            fields[-1] = (earlier_name, _clean(earlier + b" " + line.strip()))
    return tuple(fields)


def _clean(value: bytes) -> bytes:
    """RFC 9110 5.5: CR, LF and NUL become SP; space around a value is no part of it."""
    return _FORBIDDEN.sub(b" ", value).strip(b" \t")


def _read_transfer_coding(values: list[bytes]) -> bool:
    """RFC 9112 6.1: chunked or nothing, since no other coding was offered."""
    codings = [part.strip().lower() for value in values for part in value.split(b",")]
    codings = [coding for coding in codings if coding not in (b"", b"identity")]
    if codings and codings != [b"chunked"]:
        message = f"transfer coding {b', '.join(codings)[:60]!r} was not asked for"
        raise HeadError(message)
    return bool(codings)


def _read_length(values: list[bytes]) -> int | None:
    """RFC 9112 6.3: one Content-Length of digits alone; anything else is an error."""
    if not values:
        return None
    if len(values) > 1:
        raise HeadError(_MANY_LENGTHS)
    if not _DIGITS.fullmatch(values[0]):
        message = f"Content-Length {values[0][:60]!r} is no number of bytes"
        raise HeadError(message)
    return int(values[0])


def _stays(values: list[bytes]) -> bool:
    """Whether the server says that it keeps the connection.

    RFC 9112 9.3 makes that the default of HTTP/1.1, but many hang up without a word, and the next
    request would be lost in their closing. So the word is asked for.
    """
    options = {part.strip().lower() for value in values for part in value.split(b",")}
    return b"keep-alive" in options and b"close" not in options
