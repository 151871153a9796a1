"""An S3 bucket as a store of files that are uploaded once, whole or in parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from crawler.errors import ConfigurationError, StorageError
from crawler.stores.local import sha256_of
from crawler.stores.parts import PART_BYTES, Part, part_bytes, read_parts
from crawler.stores.s3_errors import EXISTS, NO_CONDITIONAL_WRITES, code_of
from crawler.stores.s3_objects import NOT_THERE, SHA256, S3Objects

SCHEME: Final = "s3"
NO_UPLOADS: Final = "NoSuchUpload"
"""What rclone answers instead of an empty list."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An upload in parts that nobody has completed."""

    key: str
    upload: str
    begun: datetime


class S3Store(S3Objects):
    """Objects of `bucket` below `prefix`, and how files become such."""

    def __init__(self, bucket: str, prefix: str = "", *, part_size: int = PART_BYTES) -> None:
        super().__init__(bucket, prefix)
        self._part_size = part_size
        self._may_condition = True

    @classmethod
    def from_url(cls, url: str) -> "S3Store":
        """The store that `s3://bucket/prefix` names; raises `ConfigurationError`."""
        parts = urlsplit(url)
        if parts.scheme != SCHEME or not parts.netloc or parts.query or parts.fragment:
            raise ConfigurationError(f"--out {url!r} cannot be used: write s3://bucket/prefix.")
        return cls(parts.netloc, parts.path)

    def check(self) -> None:
        """See that the bucket is there and these credentials may list it."""
        with self._spoken():
            self._client.head_bucket(Bucket=self._bucket)

    def publish(self, file: Path, key: str) -> None:
        """Upload `file` as `key` in one piece or in parts (`Store.publish`)."""
        full, digest = self._full(key), sha256_of(file)
        with self._spoken(full):
            if self._is_there(full, digest):
                return
            try:
                self._upload(file, full, digest)
            except ClientError as error:
                if code_of(error) not in EXISTS or not self._is_there(full, digest):
                    raise
            if not self._is_there(full, digest):
                raise StorageError(f"s3://{self._bucket}/{full} is not there after its upload.")

    def _is_there(self, full: str, digest: str) -> bool:
        """Whether the object is there with this content; `StorageError` where with another."""
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=full)
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return False
            raise
        if (found.get("Metadata", {}).get(SHA256) or self._read_digest(full)) == digest:
            return True
        raise StorageError(
            f"s3://{self._bucket}/{full} holds something else and stays as it is; "
            "choose another --out or crawl name."
        )

    def _read_digest(self, full: str) -> str:
        """The digest of an object whose metadata does not tell it: not every store keeps any."""
        body = self._client.get_object(Bucket=self._bucket, Key=full)["Body"]
        hashed = sha256()
        for chunk in body.iter_chunks(PART_BYTES):
            hashed.update(chunk)
        return hashed.hexdigest()

    def _upload(self, file: Path, full: str, digest: str) -> None:
        size = file.stat().st_size
        if size > self._part_size:
            self._upload_parts(file, full, digest, part_bytes(size, self._part_size))
            return
        part = Part(1, file.read_bytes())
        self._put_once(
            self._client.put_object,
            Key=full,
            Body=part.content,
            ChecksumSHA256=part.sha256,
            Metadata={SHA256: digest},
        )

    def _put_once(self, put: Any, **wanted: Any) -> None:  # noqa: ANN401 (a method of the SDK)
        """Call `put` so that it never replaces an object, as far as the store can promise that."""
        if self._may_condition:
            try:
                put(Bucket=self._bucket, IfNoneMatch="*", **wanted)
            except ClientError as error:
                if code_of(error) not in NO_CONDITIONAL_WRITES:
                    raise
                self._may_condition = False
            else:
                return
        # Without conditional writes the HEAD just before is all that keeps from replacing.
        put(Bucket=self._bucket, **wanted)

    def _upload_parts(self, file: Path, full: str, digest: str, length: int) -> None:
        upload = self._unfinished_of(full) or self._begin(full, digest)
        names = {"Bucket": self._bucket, "Key": full, "UploadId": upload}
        have = self._parts_of(names)
        sent = []
        for part in read_parts(file, length):
            etag = have.get((part.number, len(part.content)), "")
            if etag != part.etag:
                etag = self._client.upload_part(
                    **names,
                    PartNumber=part.number,
                    Body=part.content,
                    ChecksumSHA256=part.sha256,
                )["ETag"]
            sent.append({"PartNumber": part.number, "ETag": etag, "ChecksumSHA256": part.sha256})
        self._put_once(
            self._client.complete_multipart_upload,
            Key=full,
            UploadId=upload,
            MultipartUpload={"Parts": sent},
        )

    def _begin(self, full: str, digest: str) -> str:
        begun = self._client.create_multipart_upload(
            Bucket=self._bucket, Key=full, ChecksumAlgorithm="SHA256", Metadata={SHA256: digest}
        )
        return str(begun["UploadId"])

    def _unfinished(self, prefix: str) -> Iterator[Unfinished]:
        pages = self._client.get_paginator("list_multipart_uploads")
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                for upload in page.get("Uploads", ()):
                    yield Unfinished(upload["Key"], upload["UploadId"], upload["Initiated"])
        except ClientError as error:
            if code_of(error) != NO_UPLOADS:
                raise

    def _unfinished_of(self, full: str) -> str:
        """The upload of `full` that a run before this one left off, or empty."""
        return next((one.upload for one in self._unfinished(full) if one.key == full), "")

    def _parts_of(self, names: dict[str, str]) -> dict[tuple[int, int], str]:
        pages = self._client.get_paginator("list_parts").paginate(**names)
        return {
            (part["PartNumber"], part["Size"]): part["ETag"]
            for page in pages
            for part in page.get("Parts", ())
        }

    def abort_unfinished(self, wanted: frozenset[str], before: datetime) -> int:
        """Abort old uploads below the prefix whose files are gone (`Store.abort_unfinished`)."""
        kept = {self._full(key) for key in wanted}
        with self._spoken():
            left = [
                one
                for one in self._unfinished(self._full(""))
                if one.key not in kept and one.begun < before
            ]
            for one in left:
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=one.key, UploadId=one.upload
                )
        return len(left)
