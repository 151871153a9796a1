"""A small gzip member that unpacks to a very large one, made without packing it all."""

import struct
import zlib
from functools import cache
from typing import Final

MEBIBYTE: Final = 1 << 20
MEMBER_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


@cache
def make_bomb(start: bytes, filler: bytes, mebibytes: int) -> bytes:
    """A gzip member of `start` and `mebibytes` MiB of the one byte `filler` (RFC 1952)."""
    block = filler * MEBIBYTE
    packer = zlib.compressobj(9, wbits=-15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block stands for itself, so that one can be sent many times.
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = zlib.crc32(start)
    for _ in range(mebibytes):
        checksum = zlib.crc32(block, checksum)
    size = (len(start) + mebibytes * MEBIBYTE) & 0xFFFF_FFFF
    last = packer.flush(zlib.Z_FINISH)
    return b"".join(
        (MEMBER_HEAD, first, again * mebibytes, last, struct.pack("<II", checksum, size))
    )
