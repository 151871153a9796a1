"""Workers of one machine: each has a folder, and a dead one's goes to the next."""

from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.stores.slots import take_slot


def test_each_worker_has_a_folder_and_a_free_one_is_taken_again(tmp_path: Path) -> None:
    first, second = take_slot(tmp_path), take_slot(tmp_path)
    assert [one.folder.name for one in (first, second)] == ["worker-0", "worker-1"]
    first.lock.close()
    again = take_slot(tmp_path)
    assert again.folder == first.folder
    for one in (again, second):
        one.lock.close()


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageError, match=r"taken/worker-0/\.lock' cannot be made: "):
        take_slot(tmp_path / "taken")
