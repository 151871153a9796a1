"""Claims whose fetch failed: refused, deferred, without an answer, or broken on our side."""

from random import random
from typing import TYPE_CHECKING, Any, Final, Protocol

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from twisted.python.failure import Failure

from crawler.errors import AwayError, HeedError, StorageError
from crawler.frontier.protocol import Ending, Frontier
from crawler.frontier.receipt import Receipt
from crawler.frontier.revisit import Revisits, interval_in, retry_due
from crawler.policy.model import Outcome
from crawler.runtime import DeferredError, FetchFailedError, RefusedError, Runtime

if TYPE_CHECKING:
    from collections.abc import Callable

HOPELESS: Final = frozenset(
    {Outcome.REFUSED_ADDRESS, Outcome.TOO_LARGE, Outcome.TOO_MANY_REDIRECTS}
)
"""Failures that another try would only repeat."""


class Settler(Protocol):
    """What settlement needs of the scheduler."""

    frontier: Frontier

    def fail(self, error: HeedError) -> None:
        """End the crawl: the machine cannot keep what is fetched."""
        ...

    def seeds_ended(self) -> None:
        """The spider has no more seeds."""
        ...


class FailureSettlement:
    """The errback of every claimed request: settles the claim, then does what the spider's did."""

    def __init__(self, receipt: Receipt, settler: Settler, runtime: Runtime) -> None:
        self.errback: Callable[..., Any] | None = None
        self._receipt = receipt
        self._settler = settler
        self._runtime = runtime

    async def settle(self, failure: Failure) -> Any:  # noqa: ANN401 (whatever the errback gives)
        """Settle the claim by what ended its fetch; raises it again where nobody wanted it."""
        try:
            await self._end(failure.value)
        except StorageError as error:
            self._settler.fail(error)
        else:
            self._receipt.finish()
        if self.errback is None:
            raise failure.value or failure
        return await outputs_of(self.errback(failure))

    async def _end(self, error: BaseException | None) -> None:
        receipt, now = self._receipt, self._runtime.clock.now()
        match error:
            case AwayError():
                # The ledger's server: the checkpoint waits for it, and the claim comes again.
                receipt.end(Ending.DEFERRED, now, str(error))
            case StorageError():
                raise error
            case RefusedError():
                interval = Revisits().interval(interval_in(receipt.claim.memory), changed=False)
                receipt.end(Ending.REFUSED, now + interval, f"refused for {error.use.value}")
            case DeferredError():
                await self._defer(error, now)
            case FetchFailedError() if error.outcome in HOPELESS:
                due = now + Revisits().longest
                receipt.end(Ending.FAILED, due, str(error))
            case FetchFailedError():
                retry_or_fail(receipt, str(error), self._runtime)
            case IgnoreRequest():
                # A middleware's word about this URL: Scrapy's own for "not this one".
                receipt.end_otherwise(Ending.PASSED, now + Revisits().first, str(error))
            case _:
                retry_or_fail(receipt, f"error: {type(error).__name__}", self._runtime)

    async def _defer(self, error: DeferredError, now: float) -> None:
        if error.resting:
            await self._settler.frontier.block(error.host, error.until, error.reason)
            self._receipt.end(Ending.DEFERRED, max(error.until, now), error.reason)
        else:
            await self._settler.frontier.delay(error.host, error.until)
            self._receipt.end(Ending.DEFERRED, now, error.reason)


def retry_or_fail(receipt: Receipt, reason: str, runtime: Runtime) -> None:
    """End a claim that brought no answer: again later, or not before long."""
    now, attempts = runtime.clock.now(), receipt.claim.attempts + 1
    if attempts <= runtime.options.max_retries:
        due = retry_due(now, attempts, runtime.options.backoff_base, random())
        receipt.end(Ending.RETRY, due, reason)
        return
    interval = Revisits().absent(0, interval_in(receipt.claim.memory))
    receipt.end(Ending.FAILED, None if interval is None else now + interval, reason)


def settle_failures(request: Request, receipt: Receipt, settler: Settler, runtime: Runtime) -> None:
    """Make the claim hear of every failure of `request`, whichever middleware it comes from."""
    settlement = FailureSettlement(receipt, settler, runtime)
    settlement.errback = request.errback
    request.errback = settlement.settle


def unwrap_errback(request: Request) -> None:
    """Give a request that was made from a claimed one its spider's errback back."""
    settlement = getattr(request.errback, "__self__", None)
    if isinstance(settlement, FailureSettlement):
        request.errback = settlement.errback


async def outputs_of(result: Any) -> list[Any]:  # noqa: ANN401 (Scrapy leaves it open)
    """Everything that an errback gives, whatever kind of function it is."""
    if hasattr(result, "__await__"):
        result = await result
    if result is None:
        return []
    if hasattr(result, "__aiter__"):
        return [each async for each in result]
    return list(result) if hasattr(result, "__iter__") else [result]
