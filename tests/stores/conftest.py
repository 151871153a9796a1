"""What the store tests share."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.stores.servers import make_bucket, moto, rclone, speak_to


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """An S3 server with conditional writes."""
    with moto() as url:
        yield url


@pytest.fixture(scope="session")
def rclone_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 server without."""
    with rclone(tmp_path_factory.mktemp("rclone")) as url:
        yield url


@pytest.fixture
def moto_bucket(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket on the one, with the SDK pointed at it."""
    speak_to(moto_url, monkeypatch)
    bucket = f"b-{uuid4().hex}"
    make_bucket(bucket)
    return bucket


@pytest.fixture
def rclone_bucket(rclone_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket on the other."""
    speak_to(rclone_url, monkeypatch)
    bucket = f"b-{uuid4().hex}"
    make_bucket(bucket)
    return bucket


@pytest.fixture(params=["moto_bucket", "rclone_bucket"])
def bucket(request: pytest.FixtureRequest) -> str:
    """An empty bucket on each in turn."""
    name: str = request.getfixturevalue(request.param)
    return name
