"""Temporary files where there is no room for them: one sentence, and nothing left."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.command import QUICK, environment, heed
from tests.corpus.raw_site import every_kind, raw_site
from tests.shared import ROOT

LIMITED = ("sh", "-c", 'ulimit -f $0; exec "$@"')
HEED = (sys.executable, "-m", "crawler.cli")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("scratch") / "out"
    with raw_site(every_kind(), "127.72.0.2") as site:
        assert heed("crawl", f"{site.origin}/", "--out", out, *QUICK).code == 0
    return out


@pytest.mark.parametrize("blocks", ["0", "8"])
@pytest.mark.parametrize("words", [("verify",), ("export", "--wacz")])
def test_a_full_disk_for_temporary_files_is_told_with_its_remedy(
    corpus: Path, tmp_path: Path, words: tuple[str, ...], blocks: str
) -> None:
    done = subprocess.run(  # noqa: S603 (our own command)
        [*LIMITED, blocks, *HEED, words[0], str(corpus), *words[1:]],
        capture_output=True,
        text=True,
        env=environment(TMPDIR=str(tmp_path)),
        check=False,
    )
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr
    assert "TMPDIR" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


HOLDS = """
import sys
from crawler.stores.scratch import scratch
with scratch() as folder:
    (folder / "draft").write_bytes(b"half")
    print(folder, flush=True)
    sys.stdin.read()
"""


@contextmanager
def holding(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process amid its temporary files, and where they are."""
    process = subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-c", HOLDS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(TMPDIR=str(folder)),
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        yield process, Path(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


def test_what_a_killed_process_left_goes_and_what_is_held_stays(tmp_path: Path) -> None:
    other = tmp_path / "heed-notes"
    other.mkdir()
    with holding(tmp_path) as (killed, left), holding(tmp_path) as (_, held):
        killed.kill()
        killed.wait()
        with holding(tmp_path) as (_, new):
            assert left != held
            assert set(tmp_path.iterdir()) == {other, held, new}
            assert (held / "draft").read_bytes() == b"half"
