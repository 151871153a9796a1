"""Objects of an S3 bucket read and replaced.

Endpoint, region and credentials come from the SDK's own environment and files, never from Heed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from crawler.stores.local import sha256_of
from crawler.stores.object_stream import ObjectStream
from crawler.stores.parts import Part
from crawler.stores.protocol import Change, StoreAwayError
from crawler.stores.s3_errors import EXISTS, NO_CONDITIONAL_WRITES, code_of, s3_error

SHA256: Final = "sha256"
"""Metadata that holds the whole file's digest: what a store answers varies with the parts."""

MOST_UPDATES: Final = 100
"""Tries to change one object while others do."""

NOT_THERE: Final = frozenset({"404", "NoSuchKey", "NotFound"})

_CONFIG: Final = Config(
    connect_timeout=10,
    read_timeout=60,
    retries={"mode": "standard", "max_attempts": 3},
    # Other makers' stores stumble over the checksums that the SDK adds; ours are sent by name.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class S3Objects:
    """Objects of `bucket` below `prefix`."""

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self._bucket = bucket
        self._prefix = prefix.strip("/")
        with self._spoken():
            self._client: Any = boto3.session.Session().client("s3", config=_CONFIG)

    @contextmanager
    def _spoken(self, key: str = "") -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            where = f"s3://{self._bucket}/{key}" if key else f"the bucket {self._bucket}"
            raise s3_error(error, where) from error

    def _full(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key

    def list(self, prefix: str = "") -> Iterator[str]:
        """Keys below the prefix, without it, in the order of their bytes."""
        pages = self._client.get_paginator("list_objects_v2")
        root = f"{self._prefix}/" if self._prefix else ""
        with self._spoken():
            for page in pages.paginate(Bucket=self._bucket, Prefix=root + prefix):
                for found in page.get("Contents", ()):
                    yield str(found["Key"]).removeprefix(root)

    def open(self, key: str) -> BinaryIO:
        """The object as a stream that asks again where a connection breaks."""
        full = self._full(key)

        def get(first: int, etag: str) -> Any:  # noqa: ANN401 (an answer of the SDK)
            wanted = {"Range": f"bytes={first}-", "IfMatch": etag} if etag else {}
            with self._spoken(full):
                return self._client.get_object(Bucket=self._bucket, Key=full, **wanted)

        return BufferedReader(ObjectStream(get, f"s3://{self._bucket}/{full}"), 1 << 18)

    def read(self, key: str) -> bytes | None:
        """The object's bytes."""
        full = self._full(key)
        with self._spoken(full):
            return self._present(full)[0]

    def put(self, content: bytes, key: str) -> None:
        """In one request."""
        full = self._full(key)
        with self._spoken(full):
            self._put_if(full, content, {})

    def replace(self, file: Path, key: str) -> None:
        """Upload `file` in place of what is there; parts are the SDK's own business."""
        full = self._full(key)
        with self._spoken(full):
            self._client.upload_file(
                str(file), self._bucket, full, ExtraArgs={"Metadata": {SHA256: sha256_of(file)}}
            )

    def update(self, key: str, change: Change) -> None:
        """By conditional writes, as far as the store has them."""
        full = self._full(key)
        for _ in range(MOST_UPDATES):
            with self._spoken(full):
                present, condition = self._present(full)
                content = change(present)
                if content == present or self._put_if(full, content, condition):
                    return
        raise StoreAwayError(f"s3://{self._bucket}/{full} is changed by others all the time.")

    def tidy(self) -> None:
        """Nothing: an object appears whole."""

    def _present(self, full: str) -> tuple[bytes | None, dict[str, str]]:
        """What `full` holds, and the condition under which it still does."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=full)
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return None, {"IfNoneMatch": "*"}
            raise
        return found["Body"].read(), {"IfMatch": found["ETag"]}

    def _put_if(self, full: str, content: bytes, condition: dict[str, str]) -> bool:
        """Whether `content` was put; False where `full` had changed in the meantime."""
        part = Part(1, content)
        wanted = {
            "Bucket": self._bucket,
            "Key": full,
            "Body": content,
            "ChecksumSHA256": part.sha256,
            "Metadata": {SHA256: sha256(content).hexdigest()},
        }
        try:
            self._client.put_object(**wanted, **condition)
        except ClientError as error:
            if code_of(error) in EXISTS:
                return False
            if code_of(error) not in NO_CONDITIONAL_WRITES:
                raise
            self._client.put_object(**wanted)
        return True
