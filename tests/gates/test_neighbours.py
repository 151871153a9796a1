"""What processes on one ledger leave word of, and what of it is believed."""

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.gates.neighbours import BUCKETS, BUSY, Neighbours, neighbours_on
from crawler.policy.pace import LONGEST_PARKING
from tests.shared import ROOT

NOW = 1_800_000_000.0
OTHER = """
import sys
from pathlib import Path
from crawler.gates.neighbours import Neighbours
neighbours = Neighbours(Path(sys.argv[1]))
until = {key: float(when) for key, when in (word.split("=") for word in sys.argv[2:])}
print(neighbours.hold(until, 1_800_000_000.0), flush=True)
sys.stdin.read()
"""


def other(place: Path, **until: float) -> "subprocess.Popen[str]":
    """Another process, which takes the turns of `until` and keeps them until it ends."""
    words = [f"{key}={when}" for key, when in until.items()]
    return subprocess.Popen(  # noqa: S603 (our own lines)
        [sys.executable, "-c", OTHER, str(place), *words],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_turn_is_with_one_process_and_free_when_it_dies(tmp_path: Path) -> None:
    place = tmp_path / "turns"
    mine = Neighbours(place)
    with other(place, host=NOW + 3) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "{}\n"
        assert mine.hold({"host": NOW, "another": NOW}, NOW) == {"host": NOW + BUSY}
        process.kill()
    assert mine.hold({"host": NOW, "another": NOW}, NOW) == {"host": NOW + 3}
    assert mine.hold({"host": NOW + 9, "another": NOW}, NOW + 3) == {}
    mine.close()


def test_what_is_given_back_tells_the_others_how_long_to_wait(tmp_path: Path) -> None:
    mine, yours = Neighbours(tmp_path / "turns"), Neighbours(tmp_path / "turns")
    assert mine.hold({"host": NOW + 1}, NOW) == {}
    mine.release({"host": NOW + 60}, NOW)
    assert yours.ready("host", NOW) == NOW + 60
    assert yours.ready("host", NOW + 60) == 0
    assert yours.ready("another", NOW) == 0
    mine.close()
    yours.close()


@pytest.mark.parametrize("when", [NOW + LONGEST_PARKING + 1, float("inf"), float("nan"), -NOW])
def test_a_time_that_nobody_can_have_meant_is_not_believed(when: float, tmp_path: Path) -> None:
    neighbours = Neighbours(tmp_path / "turns")
    neighbours.release({"host": when}, NOW)
    assert neighbours.hold({"host": NOW}, NOW) == {}
    neighbours.close()


def test_a_clock_that_was_set_back_makes_no_rest_longer(tmp_path: Path) -> None:
    neighbours, earlier = Neighbours(tmp_path / "turns"), NOW - 86_400
    neighbours.release({"host": NOW + 5}, NOW)
    assert neighbours.ready("host", earlier) == earlier + 5
    assert neighbours.ready("host", earlier + 2) == earlier + 5
    assert neighbours.ready("host", earlier + 5) == 0
    neighbours.close()


def test_a_file_of_anything_is_read_as_words(tmp_path: Path) -> None:
    place = tmp_path / "turns"
    place.write_bytes(b"no word" * 16 * BUCKETS)
    neighbours = Neighbours(place)
    assert neighbours.hold({"host": NOW}, NOW) == {}
    neighbours.close()


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"file/ledger\.db\.turns' cannot be used"):
        neighbours_on(str(tmp_path / "file" / "ledger.db"))


def test_what_is_said_of_one_never_holds_for_another(tmp_path: Path) -> None:
    neighbours = Neighbours(tmp_path / "turns")
    rests = {f"rests{at}": NOW + 3_600 + at for at in range(20_000)}
    neighbours.release(rests, NOW)
    assert not any(neighbours.ready(f"innocent{at}", NOW) for at in range(20_000))
    heard = {key: neighbours.ready(key, NOW) for key in rests}
    kept = {key: when for key, when in heard.items() if when}
    assert kept.items() <= rests.items()
    # Four places hold nearly all of as many as five buckets in sixteen have one of.
    assert len(kept) > 0.999 * len(rests)
    neighbours.close()


def test_of_two_words_of_one_key_the_later_time_holds(tmp_path: Path) -> None:
    neighbours = Neighbours(tmp_path / "turns")
    neighbours.release({"host": NOW + 60}, NOW)
    neighbours.release({"host": NOW + 1}, NOW)
    assert neighbours.ready("host", NOW + 1) == NOW + 60
    neighbours.close()
