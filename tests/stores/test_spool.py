"""Finished files wait here until the store has them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.errors import StorageError
from crawler.stores.local import LocalStore
from crawler.stores.s3 import S3Store
from crawler.stores.spool import Spool
from tests.stores.servers import free_port, objects

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FILES = {
    "crawl-data/C/segments/s/warc/a.warc.gz": b"warc",
    "cc-index/C/a.cdxj.gz": b"index",
    "documents/C/a.jsonl.gz": b"rows",
}


def fill(root: Path) -> Path:
    for path, content in {**FILES, "documents/C/b.jsonl.gz.open": b"growing"}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def test_finished_files_go_and_growing_ones_stay(moto_bucket: str, tmp_path: Path) -> None:
    spool = Spool(fill(tmp_path), S3Store(moto_bucket), 100)
    assert spool.start(NOW) == ""
    assert spool.publish() == ""
    assert objects(moto_bucket) == FILES
    assert spool.waiting() == []
    assert (tmp_path / "documents/C/b.jsonl.gz.open").exists()


def test_what_is_not_ready_waits(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    spool = Spool(fill(tmp_path / "spool"), store, 100, lambda path: "warc" not in path)
    assert spool.publish() == ""
    assert spool.waiting() == ["crawl-data/C/segments/s/warc/a.warc.gz"]


def test_while_the_store_is_away_files_wait_up_to_the_limit(
    moto_bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    store = S3Store(moto_bucket)
    root = fill(tmp_path)
    patient = Spool(root, store, 13)
    assert "cannot be reached now" in patient.start(NOW)
    assert "cannot be reached now" in patient.publish()
    assert len(patient.waiting()) == 3
    with pytest.raises(StorageError, match="more than HEED_SPOOL_LIMIT"):
        Spool(root, store, 12).publish()
    assert len(patient.waiting()) == 3


def test_a_store_that_never_will_take_it_is_said_at_once(moto_bucket: str, tmp_path: Path) -> None:
    spool = Spool(fill(tmp_path), S3Store("no-such-" + moto_bucket), 100)
    with pytest.raises(StorageError, match="there is no such bucket"):
        spool.start(NOW)
    with pytest.raises(StorageError, match="there is no such bucket"):
        spool.publish()
    assert len(spool.waiting()) == 3
