"""One run's share of a corpus: its WARC files, its rows, and what holds them together."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, ParamSpec, Protocol, TypeVar
from uuid import uuid4
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler

from crawler.capture.cdxj import unindexed, write_indexes
from crawler.capture.documents import DocumentFiles
from crawler.capture.listing import Pending, describe_all, enlist, unlisted
from crawler.capture.names import RunNames, name_crawl
from crawler.capture.ownership import PLACE, check_ownership, place_of
from crawler.capture.repair import repair
from crawler.capture.storage import make_folder
from crawler.capture.warc import WarcFiles
from crawler.clock import moment
from crawler.errors import StorageError
from crawler.records.document import Document
from crawler.records.page import Page, RecordPlace
from crawler.records.remembered import KeptPayload
from crawler.runtime import Runtime, runtime_of
from crawler.stores.local import LocalStore
from crawler.stores.opening import open_store
from crawler.stores.protocol import Store, StoreAwayError
from crawler.stores.spool import Spool

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

STORE_PATIENCE: Final = 600.0
LONGEST_PAUSE: Final = 15.0
"""Seconds in all, and between tries, for which a fleet's worker that ends waits for its store."""


class Corpus:
    """What the pipelines and the extension of one crawl share.

    All writing happens on one thread, in the order asked for: the reactor never waits for a disk
    or a compressor, and files need no locks. Indexing has a thread of its own, so that a full
    file does not hold up the pages behind it.
    """

    def __init__(self, runtime: Runtime) -> None:
        now = runtime.clock.now()
        options = runtime.options
        self.names = RunNames(name_crawl(options.crawl_name, now), now, uuid4().hex[:8])
        self.runtime = runtime
        make_folder(runtime.out)
        check_ownership(runtime.out, runtime.ledger, runtime.job, options.out)
        _repair(runtime)
        # From here on what this run begins is known to be its own, and goes if it is killed.
        facts = {"kind": "crawl", PLACE: place_of(options.out)}
        runtime.ledger.start_run(self.names.segment, runtime.job, moment(now), facts)
        runtime.ledger.set_marks(runtime.job, {self.names.mark: 0})
        runtime.ledger.commit()
        self.warcs = WarcFiles(runtime.out, self.names, options, runtime.clock)
        self.documents = DocumentFiles(runtime.out, self.names, options, runtime.clock)
        self._pending: dict[str, KeptPayload] = {}
        self._settled: list[str] = []
        self._is_waiting = False
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="heed-writer")
        self._indexer = ThreadPoolExecutor(1, thread_name_prefix="heed-indexer")
        self._trouble: BaseException | None = None
        self._way_out = self._open_way_out()
        self._watch(self._indexer.submit(self._begin))

    def _open_way_out(self) -> "_WayOut":
        options, root = self.runtime.options, self.runtime.out
        store = open_store(options.out)
        if store is None:
            return _Here(root)
        pending = Pending(root)
        spool = Spool(root, store, options.spool_limit, pending.has)
        away = spool.start(moment(self.runtime.clock.now()))
        if away:
            logger.warning("%s The crawl goes on into %s.", away, root)
        return _Away(pending, store, spool)

    def _begin(self) -> None:
        """Index, list and publish what the runs before this one left behind."""
        write_indexes(self.runtime.out, unindexed(self.runtime.out))
        self._publish(self._way_out.unlisted())

    async def write(self, write: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a method of `warcs` or `documents` in its turn; raises what it raises."""
        return await asyncio.wrap_future(self._writer.submit(write, *args, **kwargs))

    def write_later(self, write: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        """Like `write` for those who cannot wait: what it raises, the next checkpoint raises."""
        self._watch(self._writer.submit(write, *args, **kwargs))

    def _watch(self, future: "Future[T]") -> None:
        future.add_done_callback(self._note_trouble)

    def _note_trouble(self, future: "Future[T]") -> None:
        error = None if future.cancelled() else future.exception()
        if error is not None and self._trouble is None:
            self._trouble = error

    def find_payload(self, digest: str) -> KeptPayload | None:
        """The payload `digest` where this job holds it, be its row still on the way."""
        return self._pending.get(digest) or self.runtime.ledger.find_payload(
            self.runtime.job, digest
        )

    def expect_payload(self, payload: KeptPayload) -> None:
        """From here on a page with this payload is a revisit: its record is about to be written."""
        self._pending[payload.digest] = payload

    async def settle_page(self, page: Page, place: RecordPlace, row: Document | None) -> None:
        """Write the row of a page, where it has one, and count its payload as kept.

        Both in one turn: a checkpoint sees either, or neither. Were they apart, a kill in
        between would leave a row whose page is asked for again and gets another one, or a payload
        that counts as kept while its row is cut away. Raises `StorageError`.
        """
        await self.write(self._settle, page, place, row)

    def _settle(self, page: Page, place: RecordPlace, row: Document | None) -> None:
        if row is not None:
            self.documents.write(row)
            now = moment(self.runtime.clock.now())
            self.warcs.write_conversion(page, row.text, now, row.language)
        if not place.revisit:
            self._settled.append(place.payload_digest)

    def forget_payload(self, digest: str, url: str) -> None:
        """The page of this payload came to nothing: the next one with it shall have the row."""
        payload = self._pending.get(digest)
        if payload is not None and payload.url == url:
            del self._pending[digest]

    async def checkpoint(self) -> dict[str, int]:
        """Put everything given so far on disk; returns the length of each open file.

        What is on disk then, and nothing else, counts as kept in the ledger's next commit.
        Raises `StorageError`, also for what `write_later` could not write.
        """
        marks, settled = await self.write(self._checkpoint)
        if self._trouble is not None:
            raise self._trouble
        for digest in settled:
            payload = self._pending.pop(digest, None)
            if payload is not None:
                self.runtime.ledger.keep_payload(self.runtime.job, payload)
        return marks

    def _checkpoint(self) -> tuple[dict[str, int], list[str]]:
        settled, self._settled = self._settled, []
        lengths = {**self.warcs.checkpoint(), **self.documents.checkpoint()}
        marks = {self.names.mark: 0, **lengths}
        finished, lines = self._take_finished()
        if finished:
            self._watch(self._indexer.submit(self._index_and_publish, finished, lines))
        return marks, settled

    def _take_finished(self) -> tuple[list[str], dict[str, bytes]]:
        finished = [*self.warcs.take_finished(), *self.documents.take_finished()]
        return finished, self.warcs.take_index(finished)

    def _index_and_publish(self, finished: list[str], lines: dict[str, bytes]) -> None:
        self._publish([*finished, *write_indexes(self.runtime.out, finished, lines)])

    def _publish(self, paths: list[str]) -> None:
        away = self._way_out.publish(paths)
        self._is_waiting = bool(away)
        if away:
            logger.warning("%s What is finished waits in %s.", away, self.runtime.out)

    async def _wait_for_store(self) -> None:
        """A fleet's worker may lose its disk when it ends, so it ends when the store has all."""
        runtime, pause, waited = self.runtime, 1.0, 0.0
        fleet = runtime.options.is_fleet and runtime.failure is None
        while fleet and self._is_waiting and waited < STORE_PATIENCE and not runtime.pace.draining:
            await runtime.clock.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, LONGEST_PAUSE)
            await asyncio.wrap_future(self._indexer.submit(self._publish, []))

    async def close(self) -> None:
        """Finish and index every file; raises `StorageError`.

        Where a checkpoint has failed, files may hold what was not acknowledged and comes again:
        they stay open, for the next start to cut.
        """
        try:
            await self.write(self._close if self.runtime.failure is None else self._abandon)
            if self._trouble is not None and self.runtime.failure is None:
                raise self._trouble
            await self._wait_for_store()
            ended = "failed" if self.runtime.failure is not None else "ended"
            now = moment(self.runtime.clock.now())
            self.runtime.ledger.end_run(self.names.segment, now, ended, {})
        finally:
            self._writer.shutdown()
            self._indexer.shutdown()

    def _abandon(self) -> None:
        self.warcs.abandon()
        self.documents.abandon()

    def _close(self) -> None:
        troubles = []
        for close in (self.warcs.close, self.documents.close):
            try:
                close()
            except StorageError as error:
                troubles.append(error)
        self._indexer.submit(self._index_and_publish, *self._take_finished()).result()
        if troubles:
            raise troubles[0]


def _repair(runtime: Runtime) -> None:
    """Finish what killed workers of any job left open here, and forget where that was cut."""
    here = [path for path in runtime.ledger.marks() if (runtime.out / path).exists()]
    repair(runtime.out, runtime.ledger.marks)
    LocalStore(runtime.out).tidy()
    runtime.ledger.drop_marks([path for path in here if not (runtime.out / path).exists()])


class _WayOut(Protocol):
    """What becomes of finished files."""

    def unlisted(self) -> list[str]:
        """Finished files that no manifest has yet."""
        ...

    def publish(self, paths: list[str]) -> str:
        """List `paths`, and send them where they go; returns why they still wait, or nothing."""
        ...


class _Here:
    """They stay where they are."""

    def __init__(self, root: Path) -> None:
        self._store = LocalStore(root)

    def unlisted(self) -> list[str]:
        return unlisted(self._store)

    def publish(self, paths: list[str]) -> str:
        if paths:
            enlist(self._store, describe_all(self._store, paths))
        return ""


class _Away:
    """They go to a store when it is there."""

    def __init__(self, pending: Pending, store: Store, spool: Spool) -> None:
        self._pending = pending
        self._store = store
        self._spool = spool

    def unlisted(self) -> list[str]:
        return self._pending.unlisted()

    def publish(self, paths: list[str]) -> str:
        self._pending.add(paths)
        away = self._spool.publish()
        try:
            self._pending.forward(self._store)
        except StoreAwayError as error:
            return away or str(error)
        return away


_CORPORA: Final[WeakKeyDictionary[Crawler, Corpus]] = WeakKeyDictionary()


def corpus_of(crawler: Crawler) -> Corpus:
    """The corpus that `crawler` writes to; the first call repairs what a killed run left."""
    if crawler not in _CORPORA:
        _CORPORA[crawler] = Corpus(runtime_of(crawler))
    return _CORPORA[crawler]


def is_begun(crawler: Crawler) -> bool:
    """Whether `crawler` has a corpus already."""
    return crawler in _CORPORA
