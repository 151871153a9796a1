"""A file cut into the parts in which S3 takes it."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PART_BYTES: Final = 16 << 20
MOST_PARTS: Final = 10_000
"""Amazon S3 User Guide, "Multipart upload limits": 5 MiB at least a part, 10,000 parts at most."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its number from 1, its bytes and the two digests that stores answer with."""

    number: int
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Base64, as in `x-amz-checksum-sha256`."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode("ascii")

    @property
    def etag(self) -> str:
        """What a store without encryption of its own calls this part."""
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


def part_bytes(size: int, least: int = PART_BYTES) -> int:
    """Bytes a part of a file of `size`, all but the last."""
    return max(least, -(-size // MOST_PARTS))


def read_parts(file: Path, length: int) -> Iterator[Part]:
    """The parts of `file`, each of `length` bytes but the last."""
    with file.open("rb") as opened:
        number = 1
        while content := opened.read(length):
            yield Part(number, content)
            number += 1
