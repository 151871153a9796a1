"""A crawl's events in the log: what was kept, refused, failed, and which site files were read."""

from urllib.parse import urlsplit

from scrapy.crawler import Crawler

from crawler.metrics.logs import logger, tell
from crawler.policy.model import Decision, Outcome, Resource, Use
from crawler.records.events import DECISION_MADE, FETCH_FAILED, SITE_FILE_READ


class EventLog:
    """Tells the log what components tell one another; silent where nobody reads the log."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    def connect(self) -> None:
        """Listen, where events are written at all."""
        if not logger.propagate:
            return
        connect = self._crawler.signals.connect
        connect(self.decision_made, DECISION_MADE)
        connect(self.fetch_failed, FETCH_FAILED)
        connect(self.site_file_read, SITE_FILE_READ)

    def decision_made(self, decision: Decision, uses: tuple[Use, ...], *, kept: bool) -> None:
        """A page was kept or refused."""
        use = None if kept else decision.refusal(uses)
        reasons = decision.deciding.get(use, ()) if use is not None else ()
        if use is None or not reasons:
            tell("page_kept", url=decision.url)
            return
        evidence = reasons[0].evidence
        tell(
            "page_refused",
            url=decision.url,
            use=use.value,
            signal=reasons[0].signal,
            where=evidence.where,
            verbatim=evidence.verbatim,
        )

    def fetch_failed(self, url: str, outcome: Outcome, detail: str) -> None:
        """No answer came, or an error."""
        tell("page_failed", url=url, outcome=outcome.value, detail=detail)

    def site_file_read(self, resource: Resource, origin: str) -> None:
        """A site file was asked for."""
        path = urlsplit(resource.url).path
        tell("site_file_read", origin=origin, path=path, outcome=resource.outcome.value)
