"""Checkpoints: nothing is acknowledged before everything that came of it is on disk.

One at a time, begun as soon as something waits, so that they batch by themselves under load:
capture puts its files on disk, the ledger commits their lengths and its findings, and only then
does the frontier forget the claims and learn what they led to.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from scrapy.signalmanager import SignalManager
from twisted.python.failure import Failure

from crawler.errors import StorageError
from crawler.frontier.patience import AT_ONCE, persist
from crawler.frontier.protocol import Discovery, Frontier
from crawler.frontier.receipt import Receipt
from crawler.records.events import CHECKPOINT
from crawler.runtime import Runtime

ORPHANS_AT_ONCE: Final = 20_000


class Checkpoints:
    """Takes complete receipts and loose discoveries; `on_done` is told how many claims ended."""

    def __init__(
        self,
        runtime: Runtime,
        signals: SignalManager,
        frontier: Frontier,
        on_done: Callable[[int], None],
    ) -> None:
        self._runtime = runtime
        self._signals = signals
        self._frontier = frontier
        self._on_done = on_done
        self._receipts: list[Receipt] = []
        self._orphans: list[Discovery] = []
        self._wanted = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._under_way = False

    @property
    def pending(self) -> bool:
        """Whether anything waits or is being written."""
        return bool(self._receipts or self._orphans) or self._under_way

    def add(self, receipt: Receipt) -> None:
        """A claim is over."""
        self._receipts.append(receipt)
        self._wanted.set()

    def add_orphan(self, discovery: Discovery) -> None:
        """A URL was found that no claim led to: a seed."""
        self._orphans.append(discovery)
        self._wanted.set()

    async def run(self) -> None:
        """Checkpoint whenever something waits, until cancelled; raises `StorageError`."""
        while True:
            await self._wanted.wait()
            await self.flush()

    async def flush(self) -> None:
        """Write down what waits now; raises `StorageError`, and then acknowledges nothing."""
        async with self._one_at_a_time:
            self._wanted.clear()
            receipts, self._receipts = self._receipts, []
            orphans, self._orphans = self._orphans, []
            self._under_way = True
            try:
                await self._write(receipts, orphans)
            finally:
                self._under_way = False
        self._on_done(len(receipts))

    async def _write(self, receipts: list[Receipt], orphans: list[Discovery]) -> None:
        for start in range(0, len(orphans), ORPHANS_AT_ONCE):
            await self._frontier.put(orphans[start : start + ORPHANS_AT_ONCE])
        if not receipts:
            return
        marks = await self._put_on_disk()
        ledger = self._runtime.ledger
        ledger.set_marks(self._runtime.job, marks)
        await persist(self._runtime, partial(ledger.commit, wait=AT_ONCE))
        await self._frontier.acknowledge(
            [receipt.acknowledgement for receipt in receipts],
            [found for receipt in receipts for found in receipt.discoveries],
            self._runtime.clock.now(),
        )

    async def _put_on_disk(self) -> Mapping[str, int]:
        marks: dict[str, int] = {}
        answers = await self._signals.send_catch_log_async(CHECKPOINT, dont_log=StorageError)
        for _, answer in answers:
            if isinstance(answer, BaseException | Failure):
                raise _storage_error(getattr(answer, "value", answer))
            marks.update(answer or {})
        return marks


def _storage_error(error: BaseException | None) -> StorageError:
    if isinstance(error, StorageError):
        return error
    return StorageError(
        f"What was fetched cannot be put on disk: {error!r}; nothing of it was acknowledged, "
        "run the same command again when this is mended."
    )
