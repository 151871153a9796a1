"""A URLFrontier for tests: the real service where its jar is at hand, else a node of our own.

The service is published as a container and as sources, and to Maven's repositories only as its
API; so `HEED_URLFRONTIER_JAR` names the jar (2.6) of those who have it, and then every test of the
fleet runs against that. They did, full bars included, against the service built from its sources
(commit eab8c97, its RocksDBService of 5074916; API 2.6), without its metrics and TLS. Our own node
speaks the same wire, which `test_wire_pb2` holds against the API that Maven does offer, and does
what that service was seen to do.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import grpc
import pytest

from crawler.frontier.urlfrontier import wire_pb2 as wire
from tests.shared import ROOT
from tests.stores.servers import free_port, wait_for

JAR: Final = os.environ.get("HEED_URLFRONTIER_JAR", "")
SERVER: Final = "crawlercommons.urlfrontier.service.URLFrontierServer"
HOST: Final = "127.0.0.1"


@dataclass
class FrontierService:
    """One node that can be killed and started again on what it kept."""

    folder: Path
    port: int = field(default_factory=free_port)
    api: str = "2.6"
    nodes: str = ""
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """host:port."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """What `--frontier` is given."""
        return f"urlfrontier://{self.address}"

    def start(self) -> None:
        """Start, and return when it listens; skips where there is no JVM for the jar."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(  # noqa: S603 (our own command, or the operator's jar)
            self._command(), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(self._process, self.port)

    def in_process(self, job: str) -> int:
        """URLs of the job that are out at this moment, with whichever worker."""
        with grpc.insecure_channel(self.address) as channel:
            ask = channel.unary_unary(
                "/urlfrontier.URLFrontier/GetStats",
                request_serializer=wire.QueueWithinCrawlParams.SerializeToString,
                response_deserializer=wire.Stats.FromString,
            )
            stats = ask(wire.QueueWithinCrawlParams(crawlID=job), timeout=30.0)
        return int(stats.inProcess)

    def kill(self) -> None:
        """Kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _command(self) -> list[str]:
        if not JAR:
            command = [sys.executable, "-m", "tests.urlfrontier_node", str(self.port)]
            more = ["--nodes", self.nodes] if self.nodes else []
            return [*command, str(self.folder), "--api", self.api, *more]
        java = shutil.which("java")
        if java is None:
            pytest.skip("HEED_URLFRONTIER_JAR is set and there is no java to run it")
        sharded = "crawlercommons.urlfrontier.service.rocksdb.ShardedRocksDBService"
        cluster = [f"implementation={sharded}", f"nodes={self.nodes}"] if self.nodes else []
        given = [f"rocksdb.path={self.folder}", *cluster]
        return [java, "-Xmx512m", "-cp", JAR, SERVER, "-h", HOST, "-p", str(self.port), *given]


@contextmanager
def frontier_service(folder: Path, *, api: str = "2.6") -> Iterator[FrontierService]:
    """A node on loopback while the block lasts."""
    service = FrontierService(folder, api=api)
    service.start()
    try:
        yield service
    finally:
        service.kill()


@contextmanager
def frontier_cluster(folder: Path, size: int) -> Iterator[list[FrontierService]]:
    """Nodes that share out the queues among them while the block lasts."""
    services = [FrontierService(folder / str(number)) for number in range(size)]
    nodes = ",".join(sorted(service.address for service in services))
    try:
        for service in services:
            service.nodes = nodes
            service.start()
        yield services
    finally:
        for service in services:
            service.kill()
