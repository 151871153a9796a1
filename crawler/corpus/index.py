"""CDXJ lines read for proof."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from crawler.capture.cdxj import is_tombstone
from crawler.corpus.rows import LARGEST

_FIELDS: Final = ("url", "digest", "length", "offset", "filename")
_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class IndexLine:
    """One line: its number from 1, its time and fields where it has them, what is wrong with it."""

    number: int
    time: str
    fields: Mapping[str, str] | None
    what: str = ""


def read_index_lines(lines: Iterator[bytes]) -> Iterator[IndexLine]:
    """Each of `lines`; they ought to stand in the order of their bytes."""
    before = b""
    for number, line in enumerate(lines, 1):
        yield IndexLine(number, "", None) if _is_tombstone(line) else _read(line, number)
        if line < before:
            yield IndexLine(number, "", None, "it is out of order")
        before = line


def _is_tombstone(line: bytes) -> bool:
    """Whether a copy was made without the record, and says why (`heed recheck --rewrite`)."""
    try:
        return is_tombstone(json.loads(line.split(b" ", _PARTS - 1)[-1]))
    except (ValueError, RecursionError):
        return False


def _read(line: bytes, number: int) -> IndexLine:
    parts = line.split(b" ", _PARTS - 1)
    try:
        fields = json.loads(parts[-1])
        wanted = {name: str(fields[name]) for name in _FIELDS}
        wanted["status"] = str(fields.get("status", ""))
        "".join(wanted.values()).encode()  # raises for what no file of UTF-8 can hold
        if all(0 <= int(wanted[name]) < LARGEST for name in ("offset", "length")):
            return IndexLine(number, parts[-2].decode("ascii"), wanted)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        pass
    return IndexLine(number, "", None, "it is no line of an index")
