"""Rows: one a kept page whose text is its own, as JSON lines in gzip members."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Final

from crawler.capture.member import compress
from crawler.capture.names import RunNames
from crawler.capture.rolling import Limits, RollingFiles
from crawler.clock import Clock, iso_milliseconds
from crawler.config import Options
from crawler.policy.door import describe_statement
from crawler.policy.model import Decision, State, Use
from crawler.records.document import SCHEMA_VERSION, Document, Metadata
from crawler.records.exchange import Truncated
from crawler.records.page import Extraction, Page, RecordPlace

SOURCE: Final = "heed"
_MEMBER_BYTES: Final = 1 << 20
"""Rows that wait for a checkpoint are written out at this size."""

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


class DocumentFiles:
    """A run's files of rows. Not for several threads at once.

    Rows wait in memory until a checkpoint makes one gzip member of them, so that a kill tears
    off at most what nobody acknowledged. What writes raises `StorageError`.
    """

    def __init__(self, root: Path, names: RunNames, options: Options, clock: Clock) -> None:
        limits = Limits(options.roll_bytes, options.roll_seconds)
        self._files = RollingFiles(root, partial(_name, names), count(), limits, clock)
        self._waiting = bytearray()

    def write(self, document: Document) -> None:
        """Add a row."""
        self._waiting += document.to_line()
        if len(self._waiting) >= _MEMBER_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._files.current().append(compress(bytes(self._waiting)))
            self._waiting.clear()

    def checkpoint(self) -> dict[str, int]:
        """Put everything on disk; the length of each open file by its path below the root."""
        self._flush()
        return self._files.checkpoint()

    def close(self) -> None:
        """Finish every file."""
        self._flush()
        self._files.close()

    def abandon(self) -> None:
        """Let go of every file as it is; the next start cuts it to what was acknowledged."""
        self._waiting.clear()
        self._files.abandon()

    def take_finished(self) -> list[str]:
        """Paths below the root of files finished since the last call."""
        return self._files.take_finished()


def _name(names: RunNames, serial: int, _start: float, _end: float) -> str:
    return names.documents(serial)


def row_of(
    page: Page, place: RecordPlace, extraction: Extraction, *, dump: str, added: datetime
) -> Document:
    """The row of a kept page (outputs.md, "JSONL row"); `dump` is the crawl's name."""
    return Document(
        id=place.record_id,
        text=extraction.text,
        source=SOURCE,
        added=iso_milliseconds(added),
        created=created_at(extraction.created),
        version=SCHEMA_VERSION,
        url=page.url,
        dump=dump,
        file_path=place.path,
        date=iso_milliseconds(page.exchange.started_at),
        language=extraction.language,
        language_score=float(extraction.language_score),
        token_count=0,
        metadata=_metadata(page, place, extraction),
    )


def _metadata(page: Page, place: RecordPlace, extraction: Extraction) -> Metadata:
    fetched = iso_milliseconds(page.exchange.started_at)
    decision = page.decision
    return Metadata(
        title=extraction.title,
        author=extraction.author,
        sitename=extraction.sitename,
        content_type=page.content_type,
        charset=page.charset,
        warc_record_id=place.record_id,
        warc_offset=place.offset,
        warc_length=place.length,
        http_status=page.exchange.status,
        truncated=page.cut or page.exchange.truncated is not Truncated.NO,
        payload_digest=place.payload_digest,
        text_sha256=sha256(extraction.text.encode("utf-8", "replace")).hexdigest(),
        extractor=extraction.extractor,
        license_abbr=page.licence.abbreviation,
        license_version=page.licence.version,
        license_location=page.licence.location,
        rights_decision=combine(decision.states, page.uses).value,
        rights_policy=f"{decision.profile.value}/{decision.rule_set}",
        rights_uses=json.dumps({use.value: state.value for use, state in decision.states.items()}),
        rights_signals=statements_as_json(decision),
        rights_checked_at=iso_milliseconds(page.checked_at) if page.checked_at else fetched,
        robots_sha256=page.robots_sha256,
        first_seen=page.first_seen or fetched,
        last_seen=fetched,
        ai_provenance=page.ai_provenance,
    )


def combine(states: Mapping[Use, State], uses: Sequence[Use]) -> State:
    """One state over the declared `uses`: the strongest refusal, else a grant if all have it."""
    found = [states[use] for use in uses]
    strongest = max(found, key=lambda state: state.rank, default=State.UNKNOWN)
    if strongest.refuses:
        return strongest
    granted = bool(found) and all(state is State.ALLOW for state in found)
    return State.ALLOW if granted else State.UNKNOWN


def statements_as_json(decision: Decision) -> str:
    """Every statement behind a decision, as JSON text."""
    return json.dumps([describe_statement(one) for one in decision.statements], ensure_ascii=False)


def created_at(found: str) -> str:
    """A page's own date in the one form that rows have, or empty where it is not a whole day."""
    if _MOMENT.fullmatch(found):
        return found
    return f"{found}T00:00:00.000Z" if _DAY.fullmatch(found) else ""
