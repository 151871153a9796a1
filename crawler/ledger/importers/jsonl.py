"""JSONL of observations (contract.md, `heed import`): one object a line, plain or in gzip."""

import binascii
import gzip
import json
import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final, cast

from crawler.ledger.importers.capture import (
    ROBOTS_PATH,
    Capture,
    Fault,
    Found,
    outcome_of,
    read_moment,
)
from crawler.policy.model import Outcome, Resource

LONGEST_LINE: Final = 64 << 20
"""Octets of a line that are read; a longer one is a fault, not a reason to fill the memory."""

_STATUSES: Final = range(100, 1000)


def read_jsonl(path: Path, name: str) -> Iterator[Found]:
    """Every line of `path` as a capture or a fault named by file and line; raises `OSError`."""
    # The standard library's reader hands out all that stands before a break; faster ones do not.
    open_it = gzip.open if path.suffix == ".gz" else open
    with cast("IO[bytes]", open_it(path, "rb")) as lines:
        number = 0
        try:
            for number, line in enumerate(_lines(lines), 1):
                if line.strip():
                    yield _read_line(line, name, f"line {number}")
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            what = f"the gzip stream is damaged behind it ({error})"
            yield Fault(name, f"line {number}", what, "fetch the file again")


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        yield line


def _read_line(line: bytes, name: str, where: str) -> Found:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Fault(name, where, f"it is no JSON ({error})", "write one object a line")
    if not isinstance(given, dict):
        return Fault(name, where, "it is no object", "write one object a line")
    try:
        return _read_object(given)
    except ValueError as error:
        return Fault(name, where, str(error), "mend the line and import the file again")


def _read_object(given: Mapping[str, object]) -> Capture:
    site, path = _text(given, "site"), _text(given, "resource", ROBOTS_PATH)
    if not path.startswith("/"):
        raise ValueError(f"resource = {path!r} is no path: it begins with /")
    try:
        at = read_moment(_text(given, "fetched_at"))
    except ValueError:
        raise ValueError(f"fetched_at = {given.get('fetched_at')!r} is no ISO 8601 time") from None
    status = _read_status(given.get("status"))
    if given.get("body") is None and status is None and given.get("outcome") is None:
        raise ValueError("it has neither body nor status nor outcome")
    body = _read_body(given.get("body"))
    resource = Resource(
        url=site + path,
        body=body,
        status=status,
        headers=_read_headers(given.get("headers")),
        outcome=_read_outcome(given.get("outcome"), body, status),
        retrieved_at=at,
    )
    return Capture(site, path, resource)


def _text(given: Mapping[str, object], key: str, default: str = "") -> str:
    value = given.get(key)
    if value is None:
        value = default
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} = {value!r} is no text with something in it")
    if not value.isprintable():
        # Halves of surrogate pairs and NUL, which databases cannot take, are among these.
        raise ValueError(f"{key} = {value!r} has characters that no name has")
    return value


def _read_body(value: object) -> bytes:
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    encoded = value.get("base64") if isinstance(value, dict) else None
    if not isinstance(encoded, str):
        raise ValueError('body is neither text nor {"base64": text}')  # noqa: TRY004 (a value of the line)
    try:
        return b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the body's base64 cannot be decoded") from None


def _read_status(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in _STATUSES:
        raise ValueError(f"status = {value!r} is no HTTP status")
    return value


def _read_outcome(value: object, body: bytes, status: int | None) -> Outcome:
    if value is None:
        return outcome_of(body, status)
    try:
        return Outcome(str(value))
    except ValueError:
        known = ", ".join(Outcome)
        raise ValueError(f"outcome = {value!r} is none of {known}") from None


def _read_headers(value: object) -> tuple[tuple[str, str], ...]:
    pairs = list(value.items()) if isinstance(value, dict) else value or []
    if not isinstance(pairs, list):
        raise ValueError("headers are no object or list of pairs")  # noqa: TRY004 (the same)
    try:
        return tuple((str(name), str(text)) for name, text in pairs)
    except (TypeError, ValueError):
        raise ValueError("headers are no object or list of pairs") from None
