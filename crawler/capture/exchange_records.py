"""The records of one exchange: request, response or revisit, metadata (outputs.md, "WARC/1.1")."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from crawler.capture.record import (
    HTTP_REQUEST,
    HTTP_RESPONSE,
    WARC_FIELDS,
    Fields,
    Record,
    digest,
    make_record_id,
    uri,
    warc_fields,
)
from crawler.clock import iso_milliseconds
from crawler.policy.door import describe_statement
from crawler.policy.model import Decision
from crawler.records.exchange import Exchange
from crawler.records.page import Page, Way
from crawler.records.remembered import KeptPayload

IDENTICAL_PAYLOAD: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

TLS_PROTOCOLS: Final[Mapping[str, str]] = {
    "TLSv1": "tls/1.0",
    "TLSv1.1": "tls/1.1",
    "TLSv1.2": "tls/1.2",
    "TLSv1.3": "tls/1.3",
}
"""Names of the `ssl` module as the WARC-Protocol proposal writes them."""

_TRANSFER_ENCODING: Final = b"transfer-encoding"
_CONTENT_LENGTH: Final = b"content-length"
UNDONE: Final = b"X-Crawler-"
"""What Common Crawl's and StormCrawler's writers put before the name of a field that no longer
speaks of the body as stored. A reader that undoes every coding a head names (FastWARC's
`auto_decode="all"`) fails on a body without its chunks, or takes a page that looks like chunks for
some; with the field renamed all readers see the same bytes."""

HEAD_LIMIT: Final = 32_000
"""Bytes of a stored head. FastWARC gives up a whole file at a head of 32,768."""
_REASON_LIMIT: Final = 1_000
LEFT_OUT: Final = b"X-Crawler-Fields-Left-Out"

_EMPTY_DIGEST: Final = digest(b"")
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExchangeRecords:
    """What is written of one exchange, in order; `main` is the one others point to."""

    request: Record | None
    main: Record
    metadata: Record

    def linked_to(self, warcinfo_id: str) -> "ExchangeRecords":
        """The records, told which file's warcinfo speaks for them."""
        request = self.request.linked_to(warcinfo_id) if self.request is not None else None
        return ExchangeRecords(
            request, self.main.linked_to(warcinfo_id), self.metadata.linked_to(warcinfo_id)
        )

    def in_order(self) -> tuple[Record, ...]:
        """The records as they are written."""
        requests = (self.request,) if self.request is not None else ()
        return (*requests, self.main, self.metadata)


def stored_head(exchange: Exchange) -> bytes:
    """The response's head as sent, but for the names of fields that the stored body belies.

    That is a transfer coding that is undone, and the length of a body that was cut: who replays
    the record would wait for the rest. So is the length beside a transfer coding, which counts for
    nothing (RFC 9112 6.3). Of a head that is too big for readers the fields are left out that do
    not fit, and counted.
    """
    coded = any(name.lower() == _TRANSFER_ENCODING for name, _ in exchange.headers)
    belied = {_TRANSFER_ENCODING, *([_CONTENT_LENGTH] if exchange.truncated or coded else [])}
    fields = tuple(
        (UNDONE + name if name.lower() in belied else name, value)
        for name, value in exchange.headers
    )
    head = replace(exchange, headers=fields).response_head
    return head if len(head) <= HEAD_LIMIT else _fit(exchange, fields)


def _fit(exchange: Exchange, fields: tuple[tuple[bytes, bytes], ...]) -> bytes:
    room = HEAD_LIMIT - 2 * _REASON_LIMIT
    fitting = []
    for name, value in fields:
        size = len(name) + len(value) + len(b": \r\n")
        if size <= room:
            fitting.append((name, value))
            room -= size
    fitting.append((LEFT_OUT, b"%d" % (len(fields) - len(fitting))))
    reason = exchange.reason[:_REASON_LIMIT]
    return replace(exchange, headers=tuple(fitting), reason=reason).response_head


def response_records(
    exchange: Exchange, facts: Fields, *, record_id: str = "", payload: str = "", media: str = ""
) -> ExchangeRecords:
    """An exchange as received; `payload` is the body's digest where it is known already."""
    main = Record(
        kind="response",
        record_id=record_id or make_record_id(),
        date=exchange.started_at,
        content_type=HTTP_RESPONSE,
        block=stored_head(exchange) + exchange.body,
        fields=(*_wire_fields(exchange), *_body_fields(exchange, media)),
        payload_digest=payload or digest(exchange.body),
    )
    return _with_companions(exchange, main, facts)


def revisit_records(
    exchange: Exchange, facts: Fields, kept: KeptPayload, profile: str, media: str = ""
) -> ExchangeRecords:
    """An exchange whose payload `kept` holds already: the head alone (WARC/1.1 6.7)."""
    refers = (
        ("WARC-Profile", profile),
        ("WARC-Refers-To", kept.record_id),
        ("WARC-Refers-To-Target-URI", uri(kept.url)),
        ("WARC-Refers-To-Date", iso_milliseconds(kept.date)),
    )
    main = Record(
        kind="revisit",
        record_id=make_record_id(),
        date=exchange.started_at,
        content_type=HTTP_RESPONSE,
        block=stored_head(exchange),
        fields=(*_wire_fields(exchange), *refers, *_body_fields(exchange, media)),
        payload_digest=kept.digest,
    )
    return _with_companions(exchange, main, facts)


def _with_companions(exchange: Exchange, main: Record, facts: Fields) -> ExchangeRecords:
    concurrent = ("WARC-Concurrent-To", main.record_id)
    target = ("WARC-Target-URI", uri(exchange.url))
    request = Record(
        kind="request",
        record_id=make_record_id(),
        date=exchange.started_at,
        content_type=HTTP_REQUEST,
        block=exchange.request_head,
        fields=(*_wire_fields(exchange), concurrent),
        payload_digest=_EMPTY_DIGEST,
    )
    metadata = Record(
        kind="metadata",
        record_id=make_record_id(),
        date=exchange.started_at,
        content_type=WARC_FIELDS,
        block=warc_fields((("fetchTimeMs", f"{exchange.seconds * 1000:.0f}"), *facts)),
        fields=(target, concurrent),
    )
    return ExchangeRecords(request if exchange.request_head else None, main, metadata)


def _wire_fields(exchange: Exchange) -> Fields:
    fields = [("WARC-Target-URI", uri(exchange.url))]
    if exchange.ip:
        fields.append(("WARC-IP-Address", exchange.ip))
    fields.append(("WARC-Protocol", exchange.protocol.lower()))
    if exchange.tls is not None:
        version = exchange.tls.version
        fields.append(("WARC-Protocol", TLS_PROTOCOLS.get(version, version.lower())))
        fields.append(("WARC-Cipher-Suite", exchange.tls.cipher))
    return fields


def _body_fields(exchange: Exchange, media: str) -> Fields:
    found = _MEDIA_TYPE.match(media)
    fields = [("WARC-Identified-Payload-Type", found.group().lower())] if found else []
    if exchange.truncated:
        fields.append(("WARC-Truncated", exchange.truncated.value))
    return fields


def page_facts(page: Page) -> Fields:
    """What the metadata record says of a kept page.

    Its language is that of its text, which is taken later: the text's own record has it.
    """
    uses = ("heed-uses", " ".join(use.value for use in page.uses))
    return (
        ("charset-detected", page.charset),
        ("canonical", uri(page.canonical)),
        *way_facts(Way(page.via, page.depth, page.hops)),
        uses,
        *decision_facts(page.decision),
    )


def way_facts(way: Way) -> Fields:
    """How the URL was found, in the words of web archives (WARC/1.1 6.6).

    `hopsFromSeed` has a letter a hop, as crawlers of archives write it: L for a link, R for a
    redirect. Of redirects only the last ones are known; a seed's is empty, and left out.
    """
    return (("via", uri(way.via)), ("hopsFromSeed", "L" * way.depth + "R" * way.hops))


def decision_facts(decision: Decision) -> Fields:
    """A decision as fields whose values are JSON: states by use, statements that decided."""
    states = {use.value: state.value for use, state in decision.states.items()}
    deciding = {
        use.value: [describe_statement(one) for one in statements]
        for use, statements in decision.deciding.items()
        if statements
    }
    return (
        ("heed-profile", decision.profile.value),
        ("heed-rule-set", decision.rule_set),
        ("heed-states", json.dumps(states)),
        ("heed-deciding", json.dumps(deciding)),
    )
