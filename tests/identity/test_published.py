"""Public files are written whole, and replaced by the next run."""

from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.identity.published import PublicFile, write_files

FILE = PublicFile(".well-known/thing", "text/plain", "käse\n")


def test_files_are_written_below_the_folder_and_replaced_later(tmp_path: Path) -> None:
    out = tmp_path / "new" / "public"
    (place,) = write_files(out, [FILE])
    assert place.read_bytes() == "käse\n".encode()
    write_files(out, [PublicFile(FILE.path, FILE.media_type, "bread\n")])
    assert place.read_text() == "bread\n"
    assert [one.name for one in out.rglob("*") if one.is_file()] == ["thing"]


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"cannot be written .*--out"):
        write_files(tmp_path / "file", [FILE])
