"""One request's turn at its host, and what it is told of how that went."""

from crawler.policy.model import Outcome


class OpenTurn:
    """Implements `runtime.Turn`; where it is told nothing, nothing is known of its host."""

    def __init__(self) -> None:
        self.status = 0
        self.seconds = 0.0
        self.retry_after: str | None = None
        self.outcome: Outcome | None = None

    @property
    def untold(self) -> bool:
        """Whether nothing was heard of how it went."""
        return self.status == 0 and self.outcome is None

    def answered(self, seconds: float, status: int, retry_after: str | None) -> None:
        """See `runtime.Turn.answered`."""
        self.seconds, self.status, self.retry_after = seconds, status, retry_after

    def failed(self, outcome: Outcome) -> None:
        """See `runtime.Turn.failed`."""
        self.outcome = outcome
