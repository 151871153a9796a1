"""The S3 store against real servers on loopback."""

from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from crawler.errors import ConfigurationError, StorageError
from crawler.stores.opening import open_store
from crawler.stores.protocol import StoreAwayError
from crawler.stores.s3 import S3Store
from tests.stores.servers import free_port, objects

PART = 5 << 20
LARGE = bytes(range(256)) * (PART * 2 // 256) + b"tail"
KEY = "documents/C/a.jsonl.gz"


def a_file(folder: Path, content: bytes, name: str = "a") -> Path:
    place = folder / name
    place.write_bytes(content)
    return place


def begin_upload(bucket: str, key: str, *parts: bytes) -> str:
    """Leave an upload in parts as a killed run would."""
    client = boto3.client("s3")
    upload: str = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    for number, content in enumerate(parts, start=1):
        client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=content)
    return upload


def unfinished(bucket: str) -> list[str]:
    found = boto3.client("s3").list_multipart_uploads(Bucket=bucket)
    return [one["Key"] for one in found.get("Uploads", ())]


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["small", "large"])
def test_a_file_appears_whole_below_the_prefix(bucket: str, tmp_path: Path, content: bytes) -> None:
    store = S3Store(bucket, "/corpora/one/", part_size=PART)
    store.check()
    store.publish(a_file(tmp_path, content), KEY)
    assert objects(bucket) == {f"corpora/one/{KEY}": content}


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["small", "large"])
def test_publishing_again_changes_nothing(bucket: str, tmp_path: Path, content: bytes) -> None:
    store = S3Store(bucket, part_size=PART)
    file = a_file(tmp_path, content)
    store.publish(file, KEY)
    store.publish(file, KEY)
    assert objects(bucket) == {KEY: content}


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["small", "large"])
def test_nothing_is_ever_overwritten(bucket: str, tmp_path: Path, content: bytes) -> None:
    store = S3Store(bucket, part_size=PART)
    boto3.client("s3").put_object(Bucket=bucket, Key=KEY, Body=b"somebody's")
    with pytest.raises(StorageError, match="holds something else and stays as it is"):
        store.publish(a_file(tmp_path, content), KEY)
    assert objects(bucket) == {KEY: b"somebody's"}


def test_an_upload_that_a_killed_run_began_is_resumed(moto_bucket: str, tmp_path: Path) -> None:
    begin_upload(moto_bucket, KEY, LARGE[:PART], b"x" * PART)
    S3Store(moto_bucket, part_size=PART).publish(a_file(tmp_path, LARGE), KEY)
    assert objects(moto_bucket) == {KEY: LARGE}
    assert unfinished(moto_bucket) == []


def test_only_old_uploads_whose_files_are_gone_are_aborted(moto_bucket: str) -> None:
    store = S3Store(moto_bucket, "p")
    for key in ("p/gone", "p/here", "elsewhere"):
        begin_upload(moto_bucket, key, b"x")
    assert store.abort_unfinished(frozenset({"here"}), datetime(2000, 1, 1, tzinfo=UTC)) == 0
    assert store.abort_unfinished(frozenset({"here"}), datetime(2100, 1, 1, tzinfo=UTC)) == 1
    assert sorted(unfinished(moto_bucket)) == ["elsewhere", "p/here"]


def test_a_bucket_that_is_not_there_is_said(moto_bucket: str, tmp_path: Path) -> None:
    store = S3Store("no-such-" + moto_bucket)
    with pytest.raises(StorageError, match="there is no such bucket"):
        store.check()
    with pytest.raises(StorageError, match="there is no such bucket") as raised:
        store.publish(a_file(tmp_path, b"x"), KEY)
    assert not isinstance(raised.value, StoreAwayError)


def test_wrong_credentials_are_said(
    rclone_bucket: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody-else")
    store = S3Store(rclone_bucket)
    with pytest.raises(StorageError, match="credentials are not accepted"):
        store.publish(a_file(tmp_path, b"x"), KEY)


def test_missing_credentials_are_said(moto_bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StorageError, match="no credentials"):
        S3Store(moto_bucket).check()


def test_a_store_that_does_not_answer_is_away(
    moto_bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(StoreAwayError, match="cannot be reached now"):
        S3Store(moto_bucket).check()


@pytest.mark.parametrize("url", ["s3://", "s3:///key", "s3://b/p?x=1", "s3://b/p#f"])
def test_a_url_that_names_no_bucket_is_said(url: str) -> None:
    with pytest.raises(ConfigurationError, match="write s3://bucket/prefix"):
        open_store(url)


def test_a_local_folder_needs_no_store(moto_bucket: str) -> None:
    assert open_store("heed-data") is None
    assert isinstance(open_store(f"s3://{moto_bucket}/a/b"), S3Store)
