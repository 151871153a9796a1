"""A run's WARC files: one series a subset, each exchange written whole or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

from crawler.capture.exchange_records import (
    IDENTICAL_PAYLOAD,
    NOT_MODIFIED,
    ExchangeRecords,
    decision_facts,
    page_facts,
    response_records,
    revisit_records,
    way_facts,
)
from crawler.capture.growing_index import GrowingIndex
from crawler.capture.names import SUBSETS, WARC, WET, RunNames
from crawler.capture.record import PLAIN_TEXT, Fields, Record, make_record_id, uri
from crawler.capture.rolling import Limits, OpenFile, RollingFiles
from crawler.capture.warcinfo import Warcinfo, describe_run, warcinfo_maker
from crawler.clock import Clock, moment
from crawler.config import Options
from crawler.policy.model import Decision
from crawler.records.exchange import Exchange
from crawler.records.page import Page, RecordPlace, Way
from crawler.records.remembered import KeptPayload

_PLAIN: Final = ("WARC-Identified-Payload-Type", "text/plain")
"""Said of every text: readers that guess (datatrove) take prose about programs for programs."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a record stands in which file."""

    path: str
    offset: int
    length: int


class WarcFiles:
    """Every WARC file of one run. Not for several threads at once.

    Every method that writes raises `StorageError` and has then written nothing.
    """

    def __init__(self, root: Path, names: RunNames, options: Options, clock: Clock) -> None:
        self._clock = clock
        self._make_warcinfo = warcinfo_maker(describe_run(options, names.crawl))
        self._warcinfo: dict[str, Warcinfo] = {}
        self._indexes: dict[str, GrowingIndex] = {}
        limits = Limits(options.roll_bytes, options.roll_seconds)
        serials = count()
        self._series = {
            subset: RollingFiles(root, partial(_name, names, subset), serials, limits, clock)
            for subset in SUBSETS
        }

    def write_page(self, page: Page, *, record_id: str = "", payload: str = "") -> RecordPlace:
        """A kept page's exchange; `payload` is its body's digest where it is known already."""
        records = response_records(
            page.exchange,
            page_facts(page),
            record_id=record_id,
            payload=payload,
            media=page.content_type,
        )
        return self._place(WARC, records)

    def write_revisit(self, page: Page, kept: KeptPayload) -> RecordPlace:
        """A kept page whose payload `kept` holds already: its head, and where the payload is."""
        records = revisit_records(
            page.exchange, page_facts(page), kept, IDENTICAL_PAYLOAD, page.content_type
        )
        return self._place(WARC, records, revisit=True)

    def write_not_modified(
        self,
        exchange: Exchange,
        kept: KeptPayload,
        decision: Decision | None = None,
        way: Way | None = None,
    ) -> RecordPlace:
        """A 304: what the server said of the payload that `kept` holds."""
        facts = _passed_facts(decision, way)
        return self._place(WARC, revisit_records(exchange, facts, kept, NOT_MODIFIED), revisit=True)

    def write_exchange(
        self,
        subset: str,
        exchange: Exchange,
        decision: Decision | None = None,
        way: Way | None = None,
    ) -> RecordPlace:
        """An exchange that is no page: a site file, a redirect, an error."""
        return self._place(subset, response_records(exchange, _passed_facts(decision, way)))

    def write_conversion(self, page: Page, text: str, at: datetime, language: str) -> Written:
        """The text of a page whose response record stands at `page.place` (WARC/1.1 6.9).

        Its `language`, by the code that its row has, stands where Common Crawl's WET files have it.
        """
        refers = ("WARC-Refers-To", page.place.record_id if page.place else "")
        told = ("WARC-Identified-Content-Language", language)
        record = Record(
            kind="conversion",
            record_id=make_record_id(),
            date=at,
            content_type=PLAIN_TEXT,
            block=text.encode("utf-8", "replace"),
            fields=(("WARC-Target-URI", uri(page.exchange.url)), refers, _PLAIN, told),
        )
        file, warcinfo = self._file(WET)
        linked = record.linked_to(warcinfo.record_id)
        return self._append(file, warcinfo, (linked,), linked)

    def _place(
        self, subset: str, records: ExchangeRecords, *, revisit: bool = False
    ) -> RecordPlace:
        file, warcinfo = self._file(subset)
        linked = records.linked_to(warcinfo.record_id)
        written = self._append(file, warcinfo, linked.in_order(), linked.main)
        if subset == WARC:
            if file.path not in self._indexes:
                self._indexes[file.path] = GrowingIndex(file.path)
            self._indexes[file.path].add(linked.main, written.offset, written.length)
        return RecordPlace(
            record_id=records.main.record_id,
            path=written.path,
            offset=written.offset,
            length=written.length,
            payload_digest=records.main.payload_digest,
            revisit=revisit,
        )

    def _file(self, subset: str) -> tuple[OpenFile, Warcinfo]:
        file = self._series[subset].current()
        if file.path not in self._warcinfo:
            now = moment(self._clock.now())
            self._warcinfo[file.path] = self._make_warcinfo(file.path, now)
        return file, self._warcinfo[file.path]

    def _append(
        self, file: OpenFile, warcinfo: Warcinfo, records: tuple[Record, ...], main: Record
    ) -> Written:
        preamble = warcinfo.member if not file.length else b""
        members = [one.to_member() for one in records]
        position = records.index(main)
        start = file.append(preamble + b"".join(members))
        before = len(preamble) + sum(len(member) for member in members[:position])
        return Written(file.path, start + before, len(members[position]))

    def checkpoint(self) -> dict[str, int]:
        """Put everything on disk; the length of each open file by its path below the root."""
        marks: dict[str, int] = {}
        for series in self._series.values():
            marks.update(series.checkpoint())
        return marks

    def close(self) -> None:
        """Finish every file."""
        for series in self._series.values():
            series.close()

    def abandon(self) -> None:
        """Let go of every file as it is; the next start cuts it to what was acknowledged."""
        for series in self._series.values():
            series.abandon()

    def take_finished(self) -> list[str]:
        """Paths below the root of files finished since the last call."""
        taken = [path for series in self._series.values() for path in series.take_finished()]
        for path in taken:
            self._warcinfo.pop(path, None)
        return taken

    def take_index(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The index lines of finished files, but for those that must be read for them."""
        taken = {path: self._indexes.pop(path) for path in paths if path in self._indexes}
        found = {path: index.lines() for path, index in taken.items()}
        return {path: lines for path, lines in found.items() if lines is not None}


def _name(names: RunNames, subset: str, serial: int, start: float, end: float) -> str:
    return names.warc(subset, start, end, serial)


def _passed_facts(decision: Decision | None, way: Way | None) -> Fields:
    """What the metadata record says of an exchange that brought no page of its own."""
    facts = way_facts(way) if way is not None else ()
    return (*facts, *(decision_facts(decision) if decision is not None else ()))
