"""Members of a WARC file: each byte belongs to one, whatever the pieces in which they are read."""

import gzip
import io
import re

import pytest

from crawler.capture.member import compress
from crawler.curation.members import read_members
from crawler.errors import ConfigurationError

HEAD = b"WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%d>\r\nContent-Length: %d\r\n\r\n"


def record(number: int, size: int) -> bytes:
    body = bytes(range(256)) * (size // 256 + 1)
    return compress(HEAD % (b"response", number, size) + body[:size] + b"\r\n\r\n")


def test_the_members_are_the_file() -> None:
    records = [record(number, size) for number, size in enumerate((0, 1, 70_000, 900_000, 5))]
    found = list(read_members(io.BytesIO(b"".join(records)), "a.warc.gz"))
    assert [one.raw for one in found] == records
    assert [one.record_id for one in found] == [f"<urn:uuid:{n}>" for n in range(5)]
    assert {one.kind for one in found} == {"response"}
    assert [one.offset for one in found] == [sum(map(len, records[:n])) for n in range(5)]


def test_a_body_can_never_speak_for_its_record() -> None:
    forged = HEAD % (b"response", 1, 40) + b"WARC-Type: warcinfo\r\nWARC-Target-URI: x\r\n\r\n\r\n"
    (found,) = read_members(io.BytesIO(gzip.compress(forged)), "a.warc.gz")
    assert (found.kind, found.url) == ("response", "")


@pytest.mark.parametrize("keep", [5, 60, -9, -1])
def test_a_torn_file_is_named_with_the_byte(keep: int) -> None:
    whole, torn = record(1, 100), record(2, 100)[:keep]
    with pytest.raises(
        ConfigurationError, match=re.escape(f"a.warc.gz cannot be read at byte {len(whole)}")
    ):
        list(read_members(io.BytesIO(whole + torn), "a.warc.gz"))
