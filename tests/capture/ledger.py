"""A ledger that remembers payloads and marks, and nothing else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.policy.model import Decision, Outcome, Resource, Use
from crawler.records.remembered import KeptPayload, SiteFileState


@dataclass
class PayloadLedger:
    """Enough of a `Ledger` for whoever writes a corpus."""

    payloads: dict[tuple[str, str], KeptPayload] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    runs: dict[str, dict[str, object]] = field(default_factory=dict)

    def find_payload(self, job: str, digest: str) -> KeptPayload | None:
        """What was kept under `digest`."""
        return self.payloads.get((job, digest))

    def keep_payload(self, job: str, payload: KeptPayload) -> None:
        """Remember it."""
        self.payloads.setdefault((job, payload.digest), payload)

    def marks(self) -> Mapping[str, int]:
        """As they were set."""
        return self.lengths

    def set_marks(self, job: str, marks: Mapping[str, int]) -> None:
        """Replace them."""
        self.lengths = marks if job else {}

    def record_site_file(self, origin: str, path: str, resource: Resource) -> None:
        """Not asked for here."""
        raise NotImplementedError

    def site_file(self, origin: str, path: str) -> SiteFileState | None:
        """Not asked for here."""
        raise NotImplementedError

    def record_decision(
        self, decision: Decision, uses: tuple[Use, ...], *, kept: bool, stage: str, at: datetime
    ) -> None:
        """Not asked for here."""
        raise NotImplementedError

    def record_failure(self, url: str, outcome: Outcome, detail: str, at: datetime) -> None:
        """Not asked for here."""
        raise NotImplementedError

    def first_seen(self, url: str, at: datetime) -> datetime:
        """Not asked for here."""
        raise NotImplementedError

    def drop_marks(self, paths: Collection[str]) -> None:
        """Forget some."""
        self.lengths = {key: n for key, n in self.lengths.items() if key not in paths}

    def host_paces(
        self, hosts: Collection[str] | None = None
    ) -> Mapping[str, Mapping[str, float | str]]:
        """Not asked for here."""
        raise NotImplementedError

    def save_host_pace(self, host: str, pace: Mapping[str, float | str]) -> None:
        """Not asked for here."""
        raise NotImplementedError

    def start_run(self, run: str, job: str, at: datetime, facts: Mapping[str, object]) -> None:
        """Remember it."""
        self.runs[run] = {"job": job, "began": at, **facts}

    def end_run(self, run: str, at: datetime, reason: str, facts: Mapping[str, object]) -> None:
        """Remember that too."""
        self.runs[run].update({"ended": at, "reason": reason, **facts})

    def knows_run(self, runs: Collection[str], job: str | None = None) -> bool:  # noqa: ARG002
        """Whether one of them began here; what lies there from elsewhere is taken for known."""
        return bool(runs)

    def last_facts(self, job: str) -> Mapping[str, object]:  # noqa: ARG002
        """No run but this one."""
        return {}

    def knows_job(self, job: str) -> bool:
        """Not asked for here."""
        raise NotImplementedError

    def commit(self, wait: float = 0.0) -> None:
        """Everything is in memory."""

    def close(self, wait: float = 0.0) -> None:
        """Nothing is held."""
