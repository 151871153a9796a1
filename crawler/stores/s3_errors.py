"""What S3 and its SDK say when they cannot, as one sentence for the operator."""

from collections.abc import Mapping
from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ReadTimeoutError,
)
from botocore.exceptions import (
    ConnectionError as SdkConnectionError,
)

from crawler.errors import StorageError
from crawler.stores.protocol import StoreAwayError

_REGION: Final = "the bucket is in another region: set AWS_REGION to that of the bucket"
_KEYS: Final = "the credentials are not accepted: check the SDK's environment and files"
_RIGHTS: Final = (
    "permission is missing: the credentials need s3:PutObject, s3:GetObject, s3:ListBucket, "
    "s3:ListBucketMultipartUploads and s3:AbortMultipartUpload on it"
)
_BUCKET: Final = "there is no such bucket: make it, or correct --out"

SENTENCES: Final[Mapping[str, str]] = {
    "NoSuchBucket": _BUCKET,
    "404": _BUCKET,
    "InvalidBucketName": _BUCKET,
    "AccessDenied": _RIGHTS,
    "403": f"{_KEYS}, or {_RIGHTS}",
    "AllAccessDisabled": _RIGHTS,
    "InvalidAccessKeyId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "ExpiredToken": _KEYS,
    "InvalidToken": _KEYS,
    "301": _REGION,
    "307": _REGION,
    "400": f"{_REGION}; or {_KEYS}",
    "PermanentRedirect": _REGION,
    "TemporaryRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
}

AWAY: Final = frozenset(
    {"InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout", "OperationAborted"}
)
_SERVER_ERROR: Final = 500

NO_CONDITIONAL_WRITES: Final = frozenset({"NotImplemented", "501"})
EXISTS: Final = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})


def code_of(error: ClientError) -> str:
    """The error code of an answer."""
    return str(error.response.get("Error", {}).get("Code", ""))


def s3_error(error: BotoCoreError | ClientError, what: str) -> StorageError:
    """`error`, met at `what` (a bucket, or an object of it), as the error to raise."""
    if isinstance(error, ClientError):
        return _answer_error(error, what)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return StorageError(f"Cannot use {what}: no credentials; give them as the SDK wants them.")
    if isinstance(error, NoRegionError):
        return StorageError(f"Cannot use {what}: no region; set AWS_REGION.")
    if isinstance(error, SdkConnectionError | HTTPClientError | ReadTimeoutError):
        return StoreAwayError(f"{what} cannot be reached now: {error}")
    return StorageError(f"Cannot use {what}: {error}")


def _answer_error(error: ClientError, what: str) -> StorageError:
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in AWAY or status >= _SERVER_ERROR:
        return StoreAwayError(f"{what} cannot be written now: {code}.")
    return StorageError(f"Cannot use {what}: {SENTENCES.get(code, str(error))}.")
