"""robots.txt captures in WARC files, and in WACZ packages of them."""

import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit
from zipfile import BadZipFile, ZipFile

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from crawler.ledger.importers.capture import (
    ROBOTS_PATH,
    Capture,
    Fault,
    Found,
    outcome_of,
    read_moment,
)
from crawler.policy.availability import outcome_of_status
from crawler.policy.model import Outcome, Resource
from crawler.policy.spelling import plain_origin
from crawler.records.codings import Decoded, Flaw, decode
from crawler.records.exchange import Truncated

BODY_LIMIT: Final = 5 << 20
"""Octets of a decoded body that are kept, as of a fetch (HEED_MAX_BODY)."""

_CHUNK: Final = 1 << 16
_BROKEN: Final = (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error)


def read_warc(path: Path, name: str) -> Iterator[Found]:
    """Every robots.txt response in `path`; what is broken is a fault; raises `OSError`."""
    with path.open("rb") as file:
        yield from _read_records(file, name)


def read_wacz(path: Path, name: str) -> Iterator[Found]:
    """The same of every WARC in a WACZ package; raises `OSError`."""
    try:
        with ZipFile(path) as package:
            for entry in package.namelist():
                if entry.endswith((".warc", ".warc.gz")):
                    with package.open(entry) as file:
                        yield from _read_records(file, f"{name}:{entry}")
    except (BadZipFile, NotImplementedError, zlib.error, EOFError) as error:
        yield Fault(name, "the package", f"it is no whole zip file ({error})", "fetch it again")
    except RuntimeError:
        yield Fault(name, "the package", "it is encrypted", "unpack it and import the files")


def _read_records(file: IO[bytes], name: str) -> Iterator[Found]:
    count = errors = 0
    try:
        records = ArchiveIterator(file)
        for count, record in enumerate(records, 1):
            if records.err_count > errors:
                errors = records.err_count
                yield _misfit(name, count - 1)
            found = _read_record(record, name, f"record {count}")
            if found is not None:
                yield found
            if _is_torn(record):
                yield Fault(name, f"record {count}", "it ends early", "fetch the file again")
        if records.err_count > errors:
            yield _misfit(name, count)
    except _BROKEN as error:
        what = f"the record cannot be read ({_first_line(error)})"
        yield Fault(name, f"record {count + 1}", what, "fetch the file again, or recompress it")


def _misfit(name: str, number: int) -> Fault:
    what = "what follows its Content-Length is no record"
    return Fault(name, f"record {number}", what, "fetch the file again")


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), repr(error))


def _is_torn(record: Any) -> bool:  # noqa: ANN401 (warcio has no types)
    while record.raw_stream.read(_CHUNK):
        pass
    return bool(getattr(record.raw_stream, "limit", 0))


def _read_record(record: Any, name: str, where: str) -> Found | None:  # noqa: ANN401 (warcio has no types)
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    if record.rec_type != "response" or record.http_headers is None:
        return None
    try:
        parts = urlsplit(url)
        status = int(record.http_headers.get_statuscode())
        at = read_moment(record.rec_headers.get_header("WARC-Date") or "")
    except ValueError as error:
        what = f"its URL, status or date cannot be read ({error})"
        return Fault(name, where, what, "leave the record out")
    # A redirect is no robots.txt: what it led to has a record of its own.
    if parts.path != ROBOTS_PATH or parts.query or status // 100 == 3:  # noqa: PLR2004
        return None
    # Archives write hosts in any case, and ports spelt out.
    return Capture(plain_origin(url), ROBOTS_PATH, _as_resource(record, url, status, at))


def _as_resource(record: Any, url: str, status: int, at: datetime) -> Resource:  # noqa: ANN401 (warcio has no types)
    headers = tuple((str(key), str(value)) for key, value in record.http_headers.headers)
    coded = _read_body(record)
    cut = record.rec_headers.get_header("WARC-Truncated") or ""
    if len(coded) > BODY_LIMIT:
        cut, coded = Truncated.LENGTH, coded[:BODY_LIMIT]
    decoded = decode(coded, headers, limit=BODY_LIMIT, whole=not cut)
    outcome = _outcome_of(decoded, status, cut)
    body = decoded.body if outcome is not Outcome.UNDECODABLE else b""
    return Resource(url, body, status, headers, outcome, at)


def _read_body(record: Any) -> bytes:  # noqa: ANN401 (warcio has no types)
    """The body without its transfer coding; of content codings warcio takes off one, and part."""
    stream = record.raw_stream
    if "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "").lower():
        stream = ChunkedDataReader(stream)
    body = b""
    while len(body) <= BODY_LIMIT and (chunk := stream.read(_CHUNK)):
        body += chunk
    return body


def _outcome_of(decoded: Decoded, status: int, cut: str) -> Outcome:
    """As a fetch would have ended; `cut` says why the body is not whole, empty where it is."""
    if outcome_of_status(status) is Outcome.OK and decoded.outcome is not Outcome.OK:
        return decoded.outcome
    outcome = outcome_of(decoded.body, status)
    if outcome is not Outcome.OK or not (cut or decoded.flaw is Flaw.CUT):
        return outcome
    return Outcome.TOO_LARGE if cut in (Truncated.NO, Truncated.LENGTH) else Outcome.TRUNCATED
