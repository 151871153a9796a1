"""Gzip members: one a record (WARC/1.1 annex D.2), so that each can be read, or cut off, alone.

ISA-L compresses a page in a fifth of the time of zlib's level 9, for a few per cent more bytes.
"""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from isal import isal_zlib

_LEVEL: Final = 2
_GZIP_WINDOW: Final = zlib.MAX_WBITS + 16
_CHUNK: Final = 1 << 20


def compress(content: bytes) -> bytes:
    """`content` as one whole gzip member."""
    return isal_zlib.compress(content, level=_LEVEL, wbits=_GZIP_WINDOW)


@dataclass(frozen=True, slots=True)
class Whole:
    """How much of the start of a file is whole gzip members."""

    members: int
    length: int


def measure_whole(path: Path) -> Whole:
    """The whole members, checksums right, at the start of `path`; what follows them is torn."""
    members = whole = position = 0
    member = zlib.decompressobj(_GZIP_WINDOW)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            while chunk:
                try:
                    _drain(member, chunk)
                except zlib.error:
                    return Whole(members, whole)
                position += len(chunk) - len(member.unused_data)
                chunk = member.unused_data
                if member.eof:
                    members, whole = members + 1, position
                    member = zlib.decompressobj(_GZIP_WINDOW)
    return Whole(members, whole)


def _drain(member: "zlib._Decompress", chunk: bytes) -> None:
    """Decompress `chunk` in bounded pieces: a damaged member must not fill the memory."""
    member.decompress(chunk, _CHUNK)
    while member.unconsumed_tail and not member.eof:
        member.decompress(member.unconsumed_tail, _CHUNK)
