"""The lock of a job: as long as any process that holds it lives, and not an instant longer."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.schedule.lock import holders, take
from crawler.stores.locks import is_held


def child(descriptor: int) -> "subprocess.Popen[bytes]":
    """A process that holds the lock too, until it is killed."""
    return subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()"],
        pass_fds=(descriptor,),
        start_new_session=True,
    )


def test_a_lock_lasts_as_long_as_the_last_process_that_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "job.lock"
    lock = take(path)
    assert lock is not None
    assert take(path) is None
    other = child(lock.fileno)
    lock.note(runner=os.getpid(), job=other.pid)
    lock.release()
    assert is_held(path)
    # This process leads no session, so its number may be anybody's.
    assert holders(path) == {"job": other.pid}
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert not is_held(path)
    assert holders(path) == {}
    again = take(path)
    assert again is not None
    again.release()


def test_a_lock_that_was_never_taken_is_free(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "job.lock")
    assert holders(tmp_path / "job.lock") == {}


def test_who_holds_a_lock_is_not_known_while_it_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "job.lock"
    lock = take(path)
    assert lock is not None
    path.write_text("{")
    assert holders(path) == {}
    lock.release()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be made"):
        take(tmp_path / "file" / "job.lock")
