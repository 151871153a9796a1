"""A local folder as a store."""

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.stores.local import LocalStore

SHM = Path("/dev/shm")  # noqa: S108 (another file system, where there is one)


def test_a_file_appears_and_never_replaces_another(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    store.check()
    file = tmp_path / "file"
    file.write_bytes(b"one")
    store.publish(file, "a/b")
    store.publish(file, "a/b")
    assert (tmp_path / "store/a/b").read_bytes() == b"one"
    other = tmp_path / "other"
    other.write_bytes(b"two")
    with pytest.raises(StorageError, match="holds something else and stays as it is"):
        store.publish(other, "a/b")
    assert (tmp_path / "store/a/b").read_bytes() == b"one"


@pytest.mark.skipif(
    not SHM.is_dir() or not os.access(SHM, os.W_OK), reason="there is one file system only"
)
def test_a_file_is_copied_from_another_file_system(tmp_path: Path) -> None:
    file = SHM / f"heed-{os.getpid()}"
    file.write_bytes(b"one")
    try:
        LocalStore(tmp_path).publish(file, "a/b")
    finally:
        file.unlink()
    assert (tmp_path / "a/b").read_bytes() == b"one"
    assert [place.name for place in (tmp_path / "a").iterdir()] == ["b"]


def test_old_partial_copies_are_removed(tmp_path: Path) -> None:
    for name in ("gone.open", "here.open"):
        (tmp_path / name).write_bytes(b"x")
    store = LocalStore(tmp_path)
    assert store.abort_unfinished(frozenset({"here"}), datetime(2000, 1, 1, tzinfo=UTC)) == 0
    assert store.abort_unfinished(frozenset({"here"}), datetime(2100, 1, 1, tzinfo=UTC)) == 1
    assert [place.name for place in tmp_path.iterdir()] == ["here.open"]


def test_what_could_not_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    store = LocalStore(tmp_path)
    with pytest.raises(StorageError, match="taken"):
        store.put(b"x", "taken")
    with pytest.raises(StorageError, match="taken"):
        store.replace(tmp_path / "file", "taken")
    assert sorted(store.list()) == ["file"]


def test_drafts_of_killed_writers_are_removed_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    names = ("index.gz.0123abcd.open", "index.gz.89abcdef.open", "rows-00000.jsonl.gz.open")
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    with (tmp_path / names[1]).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        LocalStore(tmp_path).tidy()
    assert sorted(LocalStore(tmp_path).list()) == sorted(names[1:])


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    store = LocalStore(tmp_path / "file")
    with pytest.raises(StorageError, match="as a store"):
        store.check()
    with pytest.raises(StorageError, match="Cannot publish"):
        store.publish(tmp_path / "file", "a/b")
    with pytest.raises(StorageError, match="holds something else"):
        store.publish(tmp_path / "file", "a")


def test_a_name_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / os.fsdecode(b"\xff.jsonl.gz")).write_bytes(b"")
    with pytest.raises(StorageError, match=r"'a/\\udcff.jsonl.gz' below .* is not UTF-8: rename"):
        store.list("a/")
    assert list(store.list("b/")) == []
