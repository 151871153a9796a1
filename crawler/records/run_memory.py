"""What is remembered of a job's runs: whose files a corpus holds, whether a job began before."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol


class RunMemory(Protocol):
    """The runs that a ledger knows, each by a name used once. Written with the next commit."""

    def start_run(self, run: str, job: str, at: datetime, facts: Mapping[str, object]) -> None:
        """Note that the run `run` of `job` began; `facts` is plain JSON."""

    def end_run(self, run: str, at: datetime, reason: str, facts: Mapping[str, object]) -> None:
        """Note that `run` ended; `facts` are added to those of its start."""

    def knows_run(self, runs: Collection[str], job: str | None = None) -> bool:
        """Whether any of `runs`, by name, was noted here (of `job`); raises `StorageError`."""

    def last_facts(self, job: str) -> Mapping[str, object]:
        """The facts of the latest run of `job`, empty before the first; raises `StorageError`."""

    def knows_job(self, job: str) -> bool:
        """Whether any run of `job` was noted here; raises `StorageError`."""
