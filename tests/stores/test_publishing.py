"""A whole crawl whose corpus goes to a bucket."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.capture.samples import files_below
from tests.stores.servers import free_port, objects


def crawl(out: Path, target: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "tests.capture.crawl", str(out), target],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    reason: str = json.loads(done.stdout.splitlines()[-1])["reason"]
    return reason


@pytest.mark.slow
def test_a_crawl_into_a_bucket_leaves_nothing_here(moto_bucket: str, tmp_path: Path) -> None:
    assert crawl(tmp_path, f"s3://{moto_bucket}/one") == "finished"
    assert [(path, place.read_bytes()) for path, place in files_below(tmp_path).items()] == [
        ("manifest.jsonl", b"")
    ]
    found = objects(moto_bucket)
    tops = [path.split("/")[1] for path in sorted(found)]
    derived = ["manifest.jsonl", "warc.paths.gz", "wet.paths.gz"]
    assert tops == ["README.md", "cc-index", *["crawl-data"] * 4, "documents", *derived]


@pytest.mark.slow
def test_a_crawl_goes_on_while_the_store_is_away_and_the_next_one_publishes(
    moto_bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = f"s3://{moto_bucket}/one"
    with monkeypatch.context() as away:
        away.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
        away.setenv("AWS_MAX_ATTEMPTS", "1")
        assert crawl(tmp_path, target) == "finished"
    kept = files_below(tmp_path)
    assert len(kept) == 7
    assert not [path for path in kept if path.endswith(".open")]
    assert crawl(tmp_path, target) == "finished"
    assert {f"one/{path}" for path in kept} < set(objects(moto_bucket))


@pytest.mark.slow
def test_a_bucket_that_is_not_there_ends_the_crawl_at_once(
    moto_bucket: str, tmp_path: Path
) -> None:
    assert crawl(tmp_path, f"s3://no-such-{moto_bucket}/one") == "storage"
    assert files_below(tmp_path) == {}
