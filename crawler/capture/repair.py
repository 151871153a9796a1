"""What start-up does about files that a killed run left open: cut the tail, finish the rest."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from crawler.capture.member import measure_whole
from crawler.capture.names import run_of
from crawler.capture.rolling import OPEN, lock
from crawler.capture.storage import storage_error, sync_folder

FOLDERS: Final = ("crawl-data", "documents")
WARC_OPEN: Final = ".warc.gz" + OPEN
_PREAMBLE_MEMBERS: Final = 1


Marks = Callable[[], Mapping[str, int]]
"""The marks of all jobs by path below the root, as of now."""


def repair(root: Path, marks: Marks) -> list[str]:
    """Finish every `.open` file below `root` that no living writer holds.

    A file that has a mark is cut to it, as it is once the file is ours: its writer may have lived
    until just now. So each dead job's files are cut by its own marks, whoever starts first; what
    stands behind was never acknowledged and will come again. A file without one, of a run that has
    marks, was begun after them: nothing in it was acknowledged, and it goes. A file of a run that
    nobody knows of, or shorter than its mark, keeps its whole records. One that holds nothing
    whole is removed. Returns the finished paths below the root; raises `StorageError`.
    """
    return [path for place in _left_open(root) if (path := _repair_file(root, place, marks))]


def _left_open(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*" + OPEN))


def _repair_file(root: Path, place: Path, marks: Marks) -> str:
    try:
        descriptor = os.open(place, os.O_RDWR)
    except FileNotFoundError:
        return ""  # its writer finished it just now
    except OSError as error:
        raise storage_error(error, place) from error
    try:
        lock(descriptor)
        return _finish(root, place, descriptor, marks())
    except BlockingIOError:
        return ""
    except OSError as error:
        raise storage_error(error, place) from error
    finally:
        os.close(descriptor)


def _finish(root: Path, place: Path, descriptor: int, marks: Mapping[str, int]) -> str:
    path = place.relative_to(root).as_posix()
    final = path.removesuffix(OPEN)
    known = {run_of(marked) for marked in marks}
    length = _length_to_keep(place, marks.get(path, 0 if run_of(path) in known else None))
    if length:
        os.ftruncate(descriptor, length)
        os.fsync(descriptor)
        place.rename(root / final)
    else:
        place.unlink()
    sync_folder(place.parent)
    return final if length else ""


def _length_to_keep(place: Path, mark: int | None) -> int:
    if mark is not None and mark <= place.stat().st_size:
        return mark
    whole = measure_whole(place)
    # A WARC begins with its warcinfo record, which alone says nothing.
    preamble = _PREAMBLE_MEMBERS if place.name.endswith(WARC_OPEN) else 0
    return whole.length if whole.members > preamble else 0
