"""A PostgreSQL server of the machine's own, on loopback, for as long as the tests run."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import psycopg
import pytest

USER: Final = "heed"
UNPRIVILEGED: Final = "nobody"
"""Whom the server runs as where the tests run as root: PostgreSQL refuses root."""


@dataclass
class PostgresServer:
    """A running server; every database is new and empty."""

    port: int
    _numbers: Iterator[int] = field(default_factory=count)

    def make_database(self) -> str:
        """The URL of a new database."""
        name = f"ledger_{next(self._numbers)}"
        server = f"postgresql://{USER}@127.0.0.1:{self.port}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"{server}/{name}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server started for the session; skips where PostgreSQL is not installed."""
    with postgres_server() as server:
        yield server


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server for as long as the block lasts."""
    initdb, pg_ctl = _find("initdb"), _find("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL is not installed: initdb or pg_ctl is missing")
    folder = Path(mkdtemp(prefix="heed-postgres-"))
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    port = _free_port()
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    cluster = folder / "cluster"
    _run(account, initdb, "-D", str(cluster), "-U", USER, "--auth=trust", "-E", "UTF8", "-N")
    control = (pg_ctl, "-D", str(cluster), "-l", str(folder / "log"))
    _run(account, *control, "-w", "-o", settings, "start")
    try:
        yield PostgresServer(port)
    finally:
        _run(account, *control, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _find(program: str) -> str | None:
    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return shutil.which(program) or (str(packaged[-1]) if packaged else None)


def _account() -> pwd.struct_passwd | None:
    return pwd.getpwnam(UNPRIVILEGED) if os.getuid() == 0 else None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _run(account: pwd.struct_passwd | None, *command: str) -> None:
    subprocess.run(  # noqa: S603 (programs found on this machine)
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
