"""One HTTP exchange as it went over the wire: the evidence that a WARC keeps."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Truncated(StrEnum):
    """Why a body is not whole (WARC/1.1 5.13); NO means that it is."""

    NO = ""
    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """What was negotiated on an encrypted connection."""

    version: str
    cipher: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request as sent and the response as received.

    `request_head` is the request line and headers as they went out, with the closing blank line.
    `headers` are the response's raw field names and values in order, repeats and case kept; they
    hold no CR, LF or NUL. `body` still carries its content codings, transfer coding undone.
    """

    url: str
    started_at: datetime
    request_head: bytes
    status: int
    reason: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = field(repr=False)
    protocol: str = "HTTP/1.1"
    ip: str = ""
    tls: TlsFacts | None = None
    truncated: Truncated = Truncated.NO
    seconds: float = 0.0
    """From the first byte sent to the last byte received."""

    @property
    def response_head(self) -> bytes:
        """The status line and header block as the server sent them, with the closing blank line."""
        line = f"{self.protocol} {self.status} {self.reason}".rstrip().encode("latin-1", "replace")
        fields = b"".join(name + b": " + value + b"\r\n" for name, value in self.headers)
        return line + b"\r\n" + fields + b"\r\n"

    @property
    def text_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers as text (Latin-1, which loses nothing)."""
        return tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in self.headers
        )
