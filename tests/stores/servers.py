"""S3 servers on loopback, each a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

TOOLS = Path(sys.executable).parent
MOTO = Path(__file__).with_name("moto_in_turn.py")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "loopback",
    "AWS_SECRET_ACCESS_KEY": "loopback-secret",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def serving(command: list[str], port: int) -> Iterator[str]:
    """Run `command` until the block ends; the URL it listens on, once it does."""
    process = subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | ENVIRONMENT
    )
    try:
        wait_for(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Return when the process listens."""
    while process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        with_patience = 0.05
        try:
            process.wait(with_patience)
        except subprocess.TimeoutExpired:
            continue
    pytest.skip(f"{process.args!r} does not run here")


def needs(tool: str) -> str:
    """The path of an installed tool; skips where it is not."""
    place = TOOLS / tool
    if not place.exists():
        pytest.skip(f"{tool} is not installed")
    return str(place)


@contextmanager
def moto() -> Iterator[str]:
    """A server with conditional writes and checksums."""
    port = free_port()
    pytest.importorskip("moto.server", reason="moto is not installed")
    with serving([sys.executable, str(MOTO), str(port)], port) as url:
        yield url


@contextmanager
def rclone(root: Path, port: int = 0) -> Iterator[str]:
    """A server without them, over a folder, which outlives it."""
    port = port or free_port()
    keys = f"{ENVIRONMENT['AWS_ACCESS_KEY_ID']},{ENVIRONMENT['AWS_SECRET_ACCESS_KEY']}"
    command = [needs("rclone"), "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", keys]
    with serving([*command, str(root)], port) as url:
        yield url


def speak_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the SDK at `url`, as an operator would."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)


def make_bucket(name: str) -> None:
    """Make a bucket where the SDK points to."""
    boto3.client("s3").create_bucket(Bucket=name)


def objects(bucket: str) -> dict[str, bytes]:
    """What the bucket holds."""
    client = boto3.client("s3")
    return {
        one["Key"]: client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        for one in client.list_objects_v2(Bucket=bucket).get("Contents", ())
    }
