"""Everything that components tell about sites goes into the ledger as it happens."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from crawler.policy.model import Decision, Outcome, Use
from crawler.records.events import DECISION_MADE, FETCH_FAILED
from crawler.runtime import Ledger, runtime_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class LedgerExtension:
    """Listens to decisions and failures; site files are recorded by whoever keeps them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        extension = cls(runtime_of(crawler).ledger)
        crawler.signals.connect(extension.decision_made, DECISION_MADE)
        crawler.signals.connect(extension.fetch_failed, FETCH_FAILED)
        return extension

    def decision_made(
        self, decision: Decision, uses: tuple[Use, ...], *, kept: bool, stage: str, at: datetime
    ) -> None:
        """A page was kept or refused."""
        self._ledger.record_decision(decision, uses, kept=kept, stage=stage, at=at)

    def fetch_failed(self, url: str, outcome: Outcome, detail: str, at: datetime) -> None:
        """A page's request brought no answer, or an error."""
        self._ledger.record_failure(url, outcome, detail, at)
