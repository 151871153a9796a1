"""A site counts as audited once that is on disk: many wait together for one transaction."""

import asyncio
from typing import Final

from crawler.clock import Clock
from crawler.ledger.store import SqlLedger

GATHERING: Final = 0.05
"""Seconds in which sites that end gather for one transaction."""


class Checkpoint:
    """Commits a ledger soon after it is asked to, once for all who ask meanwhile."""

    def __init__(self, ledger: SqlLedger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._coming: asyncio.Future[None] | None = None

    async def reach(self) -> None:
        """Return when everything recorded before is on disk; raises `StorageError`."""
        if self._coming is None:
            self._coming = asyncio.ensure_future(self._commit())
        await asyncio.shield(self._coming)

    async def _commit(self) -> None:
        await self._clock.sleep(GATHERING)
        self._coming = None
        self._ledger.commit()
