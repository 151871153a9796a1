"""A fetch that brought no page is told twice: to the ledger, which keeps it, and as an event."""

import logging

from scrapy.signalmanager import SignalManager

from crawler.clock import moment
from crawler.policy.model import Outcome
from crawler.records.events import FETCH_FAILED
from crawler.runtime import Runtime

logger = logging.getLogger(__name__)


def tell_failure(
    runtime: Runtime, signals: SignalManager, url: str, outcome: Outcome, detail: str
) -> None:
    """Record that `url` brought no page, for `outcome`, in the words of `detail`."""
    runtime.ledger.record_failure(url, outcome, detail, moment(runtime.clock.now()))
    logger.info("%s: %s (%s)", url, outcome.value, detail)
    signals.send_catch_log(FETCH_FAILED, url=url, outcome=outcome, detail=detail)
