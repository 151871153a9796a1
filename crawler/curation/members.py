"""The records of a WARC file as the gzip members that hold them, to be copied byte for byte."""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from crawler.errors import ConfigurationError

_GZIP: Final = zlib.MAX_WBITS + 16
_CHUNK: Final = 1 << 18
_HEAD_LIMIT: Final = 1 << 16
_FIELD: Final = re.compile(r"(?m)^([!-9;-~]+): *([^\r\n]*)\r$")


@dataclass(frozen=True, slots=True, repr=False)
class Member:
    """One record: the member's bytes, where it begins, and the fields of its head."""

    raw: bytes
    offset: int
    fields: Mapping[str, str]

    @property
    def kind(self) -> str:
        """What the record is: `response`, `request` and so on."""
        return self.fields.get("warc-type", "")

    @property
    def record_id(self) -> str:
        """`<urn:uuid:…>`."""
        return self.fields.get("warc-record-id", "")

    @property
    def url(self) -> str:
        """The URL that the record is about, empty where it is about none."""
        return self.fields.get("warc-target-uri", "")

    @property
    def date(self) -> datetime:
        """When what it holds was fetched or made."""
        return datetime.fromisoformat(self.fields["warc-date"])


def read_members(stream: BinaryIO, name: str) -> Iterator[Member]:
    """Every record of `stream`, in order; raises `ConfigurationError` where `name` is damaged."""
    offset, rest = 0, b""
    try:
        while rest or (rest := stream.read(_CHUNK)):
            raw, head, rest = _read_member(stream, rest)
            found = _FIELD.findall(head.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace") + "\r")
            yield Member(raw, offset, {field.lower(): value for field, value in found})
            offset += len(raw)
    except (zlib.error, EOFError, KeyError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{name} cannot be read at byte {offset} ({error}): run heed verify."
        ) from None


def _read_member(stream: BinaryIO, rest: bytes) -> tuple[bytes, bytes, bytes]:
    """One member's bytes, the beginning of what it holds, and what was read beyond its end."""
    member, raw, head = zlib.decompressobj(_GZIP), bytearray(), bytearray()
    while not member.eof:
        chunk = rest or stream.read(_CHUNK)
        if not chunk:
            raise EOFError("the last record is not whole")
        decoded = member.decompress(chunk, _CHUNK)
        while member.unconsumed_tail and not member.eof:
            head += decoded[: _HEAD_LIMIT - len(head)]
            decoded = member.decompress(member.unconsumed_tail, _CHUNK)
        head += decoded[: _HEAD_LIMIT - len(head)]
        raw += chunk[: len(chunk) - len(member.unused_data)]
        rest = member.unused_data
    return bytes(raw), bytes(head), rest
