"""Standard output that may be full, closed or left by its reader: which of them, in a sentence."""

import io
import os
import sys
from typing import TYPE_CHECKING, ClassVar, Final

from crawler.errors import HeedError, StorageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

STANDARD_OUTPUT: Final = 1


class ReaderGoneError(HeedError):
    """Whoever read standard output has had enough (`| head -1`): nobody needs to be told.

    Neither 0 nor 1, which would say what was found; shells know 128 and the signal's number.
    """

    exit_code: ClassVar[int] = 141


class Output(io.FileIO):
    """Standard output below its buffers. Raises `HeedError` once, and takes no more after that."""

    def __init__(self, *, closed: bool) -> None:
        if closed:
            # Or the next file that is opened would get the number, and be printed into.
            os.dup2(os.open(os.devnull, os.O_WRONLY), STANDARD_OUTPUT)
        super().__init__(STANDARD_OUTPUT, "w", closefd=False)
        self._closed = closed
        self._failed = False

    def write(self, octets: "Buffer") -> int:
        """As any file does; raises `ReaderGoneError` and `StorageError`."""
        if self._failed:
            return memoryview(octets).nbytes
        self._failed = True
        if self._closed:
            raise _unwritable("it is closed")
        try:
            written = super().write(octets)
        except BrokenPipeError:
            raise ReaderGoneError from None
        except OSError as error:
            raise _unwritable(error.strerror or str(error)) from None
        self._failed = False
        return written


def guard_output() -> None:
    """Make everything that is printed from now on end in a `HeedError` where it cannot be.

    An output that was put in the place of the process's own is left alone.
    """
    given = sys.stdout
    if given is not sys.__stdout__:
        return
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(Output(closed=given is None)),
        encoding=given.encoding if given else "utf-8",
        errors=given.errors if given else None,
        line_buffering=given.isatty() if given else False,
    )


def _unwritable(why: str) -> StorageError:
    return StorageError(
        f"Standard output cannot be written: {why}; what was to be printed is not whole."
    )
