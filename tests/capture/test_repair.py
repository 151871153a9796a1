"""What a kill at any byte leaves, and what start-up makes of it."""

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from crawler.capture.documents import DocumentFiles
from crawler.capture.names import ROBOTSTXT
from crawler.capture.repair import repair
from crawler.capture.rolling import OPEN
from crawler.capture.warc import WarcFiles
from crawler.errors import StorageError
from tests.capture.reading import assert_checked, read_records
from tests.capture.samples import RUN, Writing, a_page, an_exchange, files_below

CHILD = """
import os, sys
from pathlib import Path
from crawler.capture.warc import WarcFiles
from tests.capture.samples import RUN, Writing, a_page
writing = Writing(Path(sys.argv[1]))
files = WarcFiles(writing.root, RUN, writing.options, writing.clock)
files.write_page(a_page())
print(files.checkpoint(), flush=True)
files.write_page(a_page())
os.kill(os.getpid(), 9)
"""


def left_open(writing: Writing, pages: int = 2) -> tuple[bytes, str, list[int]]:
    """The bytes of a file with that many pages, its final path, and where each page ends."""
    files = WarcFiles(writing.root, RUN, writing.options, writing.clock)
    ends = []
    for _ in range(pages):
        path = files.write_page(a_page()).path
        ends.append((writing.root / (path + OPEN)).stat().st_size)
    files.close()
    content = (writing.root / path).read_bytes()
    (writing.root / path).unlink()
    return content, path, ends


def put(writing: Writing, path: str, content: bytes) -> Path:
    place = writing.root / (path + OPEN)
    place.write_bytes(content)
    return place


def test_a_file_without_a_mark_keeps_its_whole_records_wherever_it_is_torn(
    writing: Writing,
) -> None:
    content, path, ends = left_open(writing)
    final = writing.root / path
    put(writing, path, content)
    assert repair(writing.root, dict) == [path]
    starts = [record.offset for record in read_records(final)] + [len(content)]
    final.unlink()
    for torn in range(ends[0], len(content)):
        put(writing, path, content[:torn])
        assert repair(writing.root, dict) == [path]
        assert final.stat().st_size == max(start for start in starts if start <= torn)
        assert content.startswith(final.read_bytes())
        final.unlink()


def test_a_file_is_cut_to_its_mark(writing: Writing) -> None:
    content, path, ends = left_open(writing)
    put(writing, path, content)
    assert repair(writing.root, lambda: {path + OPEN: ends[0]}) == [path]
    assert (writing.root / path).read_bytes() == content[: ends[0]]
    assert_checked(writing.root / path)


def test_a_file_begun_after_its_runs_last_marks_goes(writing: Writing) -> None:
    content, path, _ = left_open(writing)
    rows = writing.root / (RUN.documents(3) + OPEN)
    rows.parent.mkdir(parents=True)
    for marks in ({RUN.mark: 0}, {RUN.documents(1) + OPEN: 5}):
        put(writing, path, content)
        rows.write_bytes(content)
        assert repair(writing.root, partial(dict, marks)) == []
        assert files_below(writing.root) == {}
    put(writing, path, content)
    other = replace(RUN, tag="deadbeef")
    assert repair(writing.root, lambda: {other.mark: 0}) == [path]


def test_a_file_shorter_than_its_mark_keeps_its_whole_records(writing: Writing) -> None:
    content, path, ends = left_open(writing)
    put(writing, path, content[: ends[0] + 5])
    assert repair(writing.root, lambda: {path + OPEN: len(content)}) == [path]
    assert (writing.root / path).read_bytes() == content[: ends[0]]


@pytest.mark.parametrize("junk", [b"\x00" * 4096, b"\x1f\x8b\x08garbage", b"WARC/1.1\r\n"])
def test_a_tail_that_was_never_written_whole_is_cut(writing: Writing, junk: bytes) -> None:
    content, path, _ = left_open(writing)
    put(writing, path, content + junk)
    repair(writing.root, dict)
    assert (writing.root / path).read_bytes() == content


def test_a_record_whose_bytes_rotted_is_cut(writing: Writing) -> None:
    content, path, ends = left_open(writing)
    rotted = bytearray(content)
    rotted[-5] ^= 0xFF
    put(writing, path, bytes(rotted))
    repair(writing.root, dict)
    kept = (writing.root / path).read_bytes()
    assert ends[0] < len(kept) < len(content)
    assert_checked(writing.root / path)


@pytest.mark.parametrize("members", [0, 1])
def test_a_file_without_a_whole_record_beside_warcinfo_is_removed(
    writing: Writing, members: int
) -> None:
    content, path, _ = left_open(writing)
    put(writing, path, content)
    repair(writing.root, dict)
    starts = [record.offset for record in read_records(writing.root / path)]
    (writing.root / path).unlink()
    put(writing, path, content[: starts[members] + 7])
    assert repair(writing.root, dict) == []
    assert files_below(writing.root) == {}


def test_a_killed_process_loses_nothing_that_was_checkpointed(writing: Writing) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", CHILD, writing.root], capture_output=True, text=True, check=False
    )
    assert done.returncode == -9, done.stderr
    marks = eval(done.stdout)  # noqa: S307 (a mapping that the child above printed)
    assert len(repair(writing.root, lambda: marks)) == 1
    (place,) = files_below(writing.root).values()
    assert len(read_records(place)) == 4
    assert_checked(place)


def test_a_living_neighbours_file_is_left_alone(writing: Writing) -> None:
    files = WarcFiles(writing.root, RUN, writing.options, writing.clock)
    files.write_page(a_page())
    before = list(files_below(writing.root))
    assert repair(writing.root, dict) == []
    assert list(files_below(writing.root)) == before
    files.close()


def test_a_root_that_is_not_there_needs_no_repair(tmp_path: Path) -> None:
    assert repair(tmp_path / "none", dict) == []


def test_full_files_wait_for_their_acknowledgement_and_are_repaired_too(
    writing: Writing,
) -> None:
    writing.options = writing.options.model_copy(update={"roll_bytes": 1})
    files = WarcFiles(writing.root, RUN, writing.options, writing.clock)
    for _ in range(3):
        files.write_page(a_page())
    assert all(path.endswith(OPEN) for path in files_below(writing.root))
    assert len(files.checkpoint()) == 3
    files.write_page(a_page())
    marks = files.checkpoint()
    assert len(marks) == 1
    assert [path.endswith(OPEN) for path in files_below(writing.root)].count(True) == 1
    files.close()


def test_files_of_rows_are_repaired_too(writing: Writing) -> None:
    rows = writing.root / "documents/C"
    rows.mkdir(parents=True)
    files = DocumentFiles(writing.root, RUN, writing.options, writing.clock)
    files.close()
    (rows / "a.jsonl.gz.open").write_bytes(b"torn")
    assert repair(writing.root, dict) == []
    assert files_below(writing.root) == {}


LIMITED = """
import resource, sys
from pathlib import Path
from crawler.capture.names import ROBOTSTXT
from crawler.capture.warc import WarcFiles
from crawler.errors import StorageError
from tests.capture.samples import RUN, Writing, a_page
writing = Writing(Path(sys.argv[1]))
files = WarcFiles(writing.root, RUN, writing.options, writing.clock)
first = files.write_page(a_page())
size = (writing.root / (first.path + ".open")).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, size + 100))
try:
    files.write_page(a_page())
except StorageError as error:
    print(error)
assert (writing.root / (first.path + ".open")).stat().st_size == size
files.close()
"""


def test_a_file_that_cannot_grow_keeps_what_it_has_and_says_what_to_do(
    writing: Writing,
) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", LIMITED, writing.root], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Cannot write {writing.root}")
    assert "File too large; raise the file size limit" in done.stdout
    (place,) = files_below(writing.root).values()
    assert len(read_records(place)) == 4
    assert_checked(place)


def test_a_file_where_a_folder_must_be_is_said(writing: Writing) -> None:
    writing.root.write_text("in the way")
    files = WarcFiles(writing.root, RUN, writing.options, writing.clock)
    with pytest.raises(StorageError, match="a file stands where a folder is needed"):
        files.write_exchange(ROBOTSTXT, an_exchange())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110
def test_a_full_disk_is_said_and_nothing_half_written_stays(writing: Writing) -> None:
    files = WarcFiles(writing.root, RUN, writing.options, writing.clock)
    place = files.write_page(a_page())
    # The kernel's own full device stands in for the file that is being written.
    (descriptor,) = descriptors_of(writing.root / (place.path + OPEN))
    kept = os.dup(descriptor)
    full = os.open("/dev/full", os.O_RDWR)
    os.dup2(full, descriptor)
    with pytest.raises(StorageError, match="No space left on device; free some space"):
        files.write_page(a_page())
    os.dup2(kept, descriptor)
    again = files.write_page(replace(a_page(), charset="later"))
    files.close()
    os.close(full)
    os.close(kept)
    assert again.offset > place.offset
    assert len(read_records(writing.root / place.path)) == 7
    assert_checked(writing.root / place.path)


def descriptors_of(place: Path) -> list[int]:
    return [
        int(one.name)
        for one in Path("/proc/self/fd").iterdir()
        if one.exists() and one.readlink() == place
    ]
