"""What is in a store listed, read and changed, on a folder and on real S3 servers."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.stores.local import LocalStore
from crawler.stores.opening import open_tree
from crawler.stores.protocol import Store


@pytest.fixture(params=["local", "moto_bucket", "rclone_bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of each kind, empty."""
    if request.param == "local":
        yield open_tree(str(tmp_path / "store"))
    else:
        yield open_tree(f"s3://{request.getfixturevalue(request.param)}/some/prefix")


def test_files_are_listed_below_the_prefix_in_order(store: Store) -> None:
    for key in ("b/two", "a", "b/one", "bc"):
        store.put(key.encode(), key)
    assert list(store.list()) == ["a", "b/one", "b/two", "bc"]
    assert list(store.list("b/")) == ["b/one", "b/two"]
    assert list(store.list("none/")) == []


def test_a_file_is_read_in_pieces_or_whole(store: Store) -> None:
    content = bytes(range(256)) * 4_000
    store.put(content, "deep/er/file")
    with store.open("deep/er/file") as stream:
        assert b"".join(iter(lambda: stream.read(70_001), b"")) == content
    assert store.read("deep/er/file") == content


def test_what_is_not_there_is_none_or_one_sentence(store: Store) -> None:
    assert store.read("nothing") is None
    with pytest.raises(StorageError, match="nothing"):
        store.open("nothing")


def test_a_file_takes_the_place_of_another(store: Store, tmp_path: Path) -> None:
    store.put(b"old", "key")
    file = tmp_path / "new"
    file.write_bytes(b"new" * 1_000)
    store.replace(file, "key")
    assert store.read("key") == b"new" * 1_000
    assert list(store.list()) == ["key"]


def test_a_change_sees_what_is_there(store: Store) -> None:
    store.update("key", lambda old: b"first" if old is None else b"wrong")
    store.update("key", lambda old: (old or b"") + b", second")
    assert store.read("key") == b"first, second"


@pytest.mark.parametrize("kind", ["local", "moto_bucket"])
def test_changes_at_the_same_time_are_all_kept(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    where = str(tmp_path) if kind == "local" else f"s3://{request.getfixturevalue(kind)}/x"

    def add(number: int) -> None:
        mine = LocalStore(tmp_path) if kind == "local" else open_tree(where)
        for one in range(5):
            mine.update("key", lambda old: (old or b"") + b"%d-%d\n" % (number, one))  # noqa: B023

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = (open_tree(where).read("key") or b"").split()
    assert sorted(lines) == sorted(b"%d-%d" % (n, one) for n in range(4) for one in range(5))
