"""Files that an operator puts on a web server, and what it has to say about each."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crawler.errors import StorageError

PARTIAL: Final = ".open"


@dataclass(frozen=True, slots=True)
class PublicFile:
    """One file: its path below the server's root, its media type, its text."""

    path: str
    media_type: str
    text: str


def write_files(out: Path, files: Iterable[PublicFile]) -> tuple[Path, ...]:
    """Write `files` below `out`, each whole or not at all; raises `StorageError`.

    What an earlier run wrote is replaced: these files are drawn from the configuration.
    """
    written: list[Path] = []
    for file in files:
        place = out / file.path
        partial = place.with_name(place.name + PARTIAL)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(file.text, encoding="utf-8", newline="\n")
            partial.replace(place)
        except OSError as error:
            raise StorageError(
                f"{str(place)!r} cannot be written ({error.strerror or error}): "
                "name a folder that you may write to with --out."
            ) from None
        written.append(place)
    return tuple(written)
