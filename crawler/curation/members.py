"""The records of a WARC file as the gzip members that hold them, to be copied byte for byte."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from crawler.capture.members import Member as Decompressed
from crawler.capture.members import Members
from crawler.errors import ConfigurationError

_END: Final = b"\r\n\r\n"
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


class _Kept:
    """A stream, and what was read of it and not taken yet."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = bytearray()

    def read(self, size: int, /) -> bytes:
        """As the stream's own."""
        content = self._stream.read(size)
        self._held += content
        return content

    def take(self, size: int) -> bytes:
        """The first bytes that were not taken yet."""
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def read_members(stream: BinaryIO, name: str) -> Iterator[Member]:
    """Every record of `stream`, in order; raises `ConfigurationError` where `name` is damaged."""
    kept = _Kept(stream)
    try:
        for member in Members(kept):
            head = _read_head(member)
            member.drain()
            if member.fault:
                raise ConfigurationError(
                    f"{name} cannot be read at byte {member.offset} ({member.fault}): "
                    "run heed verify."
                )
            yield Member(kept.take(member.length), member.offset, _read_fields(head))
    except OSError as error:
        raise ConfigurationError(f"{name} cannot be read ({error}): run heed verify.") from None


def _read_fields(head: bytes) -> Mapping[str, str]:
    found = _FIELD.findall(head.decode("utf-8", "replace") + "\r")
    return {field.lower(): value for field, value in found}


def _read_head(member: Decompressed) -> bytes:
    head = b""
    while _END not in head and len(head) < _HEAD_LIMIT and (more := member.read()):
        head += more
    return head[:_HEAD_LIMIT].partition(_END)[0]
