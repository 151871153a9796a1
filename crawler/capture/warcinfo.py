"""The first record of every WARC file: who crawled, by which rules, how faithful the rest is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import Final

from crawler.capture.record import WARC_FIELDS, Fields, Record, make_record_id, warc_fields
from crawler.config import Options
from crawler.policy.decide import RULE_SET

CONFORMS_TO: Final = (
    "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
)

ENVELOPE: Final = (
    "Request heads are the bytes sent. Response heads are written from what the HTTP client "
    "(aiohttp) parsed: status line with its reason, every field in order, repeats and case kept, "
    "white space around values not. Bodies are the bytes received with their content codings; "
    "a transfer coding is undone, and its field stands as X-Crawler-Transfer-Encoding; the length "
    "of a body that was cut (WARC-Truncated) as X-Crawler-Content-Length; of a "
    "head beyond 32,000 bytes the fields that do not fit are counted in X-Crawler-Fields-Left-Out."
)


@dataclass(frozen=True, slots=True)
class Warcinfo:
    """A file's first member and the identifier by which its records name it."""

    member: bytes
    record_id: str


def describe_run(options: Options, crawl: str) -> Fields:
    """What warcinfo says of every file of a run; fields without a value are left out."""
    uses = ", ".join(use.value for use in options.uses)
    robots = f"RFC 9309 obeyed, and every AI opt-out read; profile {options.profile.value}"
    fields = (
        ("software", f"{options.product_token}/{options.version} warcio/{version('warcio')}"),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", CONFORMS_TO),
        ("isPartOf", crawl),
        ("operator", options.contact_url),
        ("http-header-from", options.from_email),
        ("robots", f"{robots}; uses {uses}; rule set {RULE_SET}"),
        ("description", ENVELOPE),
    )
    return tuple((name, value) for name, value in fields if value)


def warcinfo_maker(facts: Fields) -> Callable[[str, datetime], Warcinfo]:
    """A function that makes the warcinfo of the file with a given path, begun at a given time."""
    block = warc_fields(facts)

    def make(path: str, date: datetime) -> Warcinfo:
        record_id = make_record_id()
        record = Record(
            kind="warcinfo",
            record_id=record_id,
            date=date,
            content_type=WARC_FIELDS,
            block=block,
            fields=(("WARC-Filename", PurePosixPath(path).name),),
        )
        return Warcinfo(record.to_member(), record_id)

    return make
