"""One WARC/1.1 record as one gzip member, made with warcio."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote
from uuid import uuid4

from warcio.statusandheaders import StatusAndHeaders

from crawler.capture.member import compress
from crawler.clock import iso_milliseconds

WARC_VERSION: Final = "WARC/1.1"
Fields = Sequence[tuple[str, str]]

HTTP_RESPONSE: Final = "application/http; msgtype=response"
HTTP_REQUEST: Final = "application/http; msgtype=request"
WARC_FIELDS: Final = "application/warc-fields"
PLAIN_TEXT: Final = "text/plain; charset=utf-8"

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_URL_SAFE: Final = "%!#$&'()*+,/:;=?@[]~^|{}`\\\""


@dataclass(frozen=True, slots=True)
class Record:
    """A record before it is written: `fields` hold all but type, id, date, length and digests."""

    kind: str
    record_id: str
    date: datetime
    content_type: str
    block: bytes
    fields: Fields = ()
    payload_digest: str = ""
    """Empty where the payload, if there is one, is the block."""

    def linked_to(self, warcinfo_id: str) -> "Record":
        """The record, told which file's warcinfo speaks for it."""
        return replace(self, fields=(("WARC-Warcinfo-ID", warcinfo_id), *self.fields))

    def head(self) -> StatusAndHeaders:
        """Its fields but the digest of its block, which takes as long as all else."""
        named = [
            ("WARC-Type", self.kind),
            ("WARC-Record-ID", self.record_id),
            ("WARC-Date", iso_milliseconds(self.date)),
            *((name, one_line(value)) for name, value in self.fields),
        ]
        if self.payload_digest:
            named.append(("WARC-Payload-Digest", self.payload_digest))
        named += [("Content-Type", self.content_type), ("Content-Length", str(len(self.block)))]
        return StatusAndHeaders("", named, protocol=WARC_VERSION)

    def to_member(self) -> bytes:
        """The record as one gzip member."""
        head = self.head()
        head.add_header("WARC-Block-Digest", digest(self.block))
        # The block goes in as it is: warcio's writer would parse it and write it out in its own
        # way, and give metadata a payload digest, which FastWARC then finds wrong.
        return compress(head.to_bytes(encoding="utf-8") + self.block + b"\r\n\r\n")


def make_record_id() -> str:
    """A new `<urn:uuid:…>`."""
    return f"<{uuid4().urn}>"


def digest(content: bytes) -> str:
    """`sha1:` and base32, the form in which web archives compare payloads (WARC/1.1 5.8)."""
    hashed = hashlib.sha1(content, usedforsecurity=False).digest()
    return "sha1:" + base64.b32encode(hashed).decode("ascii")


def one_line(value: str) -> str:
    """`value` without anything that could end a field or begin another."""
    return _CONTROL.sub(" ", value).strip()


def uri(url: str) -> str:
    """`url` with every character percent-encoded that a URI cannot hold (WARC/1.1 5.5)."""
    return quote(url, safe=_URL_SAFE, errors="replace")


def warc_fields(fields: Fields) -> bytes:
    """A block of `application/warc-fields`: one field a line, empty values kept."""
    return "".join(f"{name}: {one_line(value)}\r\n" for name, value in fields).encode("utf-8")
