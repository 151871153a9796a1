"""Exchanges and pages to write, and a clock that stands where it is put."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from crawler.capture.names import RunNames
from crawler.config import Options, read_options
from crawler.policy.decide import decide
from crawler.policy.model import (
    TRAIN_USES,
    Carrier,
    Evidence,
    Profile,
    State,
    Statement,
    Use,
)
from crawler.records.exchange import Exchange, TlsFacts, Truncated
from crawler.records.page import Extraction, Page

START = 1_790_000_000.0
URL = "https://site.example/a/page.html"
BODY = b"<html><title>T</title><p>Some text.</p></html>"
RUN = RunNames("HEED-2026-47", START, "0badcafe")


@dataclass
class StandingClock:
    """A clock that moves only when it is told to."""

    epoch: float = START

    def now(self) -> float:
        """Where it was put."""
        return self.epoch

    async def sleep(self, seconds: float) -> None:
        """Be told to move on."""
        self.epoch += seconds


@dataclass
class Writing:
    """What a test needs to make writers: a root, a clock, settings."""

    root: Path
    clock: StandingClock = field(default_factory=StandingClock)
    options: Options = field(
        default_factory=lambda: read_options(
            {"HEED_CONTACT_URL": "https://heed.example/bot", "HEED_FROM_EMAIL": "a@b.example"}
        )
    )


def an_exchange(
    body: bytes = BODY,
    *,
    url: str = URL,
    status: int = 200,
    reason: str = "OK",
    headers: tuple[tuple[bytes, bytes], ...] = ((b"Content-Type", b"text/html"),),
    truncated: Truncated = Truncated.NO,
    tls: TlsFacts | None = None,
) -> Exchange:
    """An exchange as the fetcher hands it over."""
    return Exchange(
        url=url,
        started_at=datetime(2026, 11, 22, 4, 5, 6, 789_000, tzinfo=UTC),
        request_head=b"GET /a/page.html HTTP/1.1\r\nHost: site.example\r\n\r\n",
        status=status,
        reason=reason,
        headers=headers,
        body=body,
        ip="192.0.2.7",
        tls=tls,
        truncated=truncated,
        seconds=0.25,
    )


def a_statement(state: State, use: Use = Use.TRAIN_GENAI) -> Statement:
    """What a header says of one use."""
    evidence = Evidence(URL, "header Content-Usage", "Content-Usage: train-ai=y")
    return Statement("content_usage", Carrier.HEADER, use, state, evidence)


def a_page(
    exchange: Exchange | None = None,
    *,
    statements: tuple[Statement, ...] = (),
    extraction: Extraction | None = None,
    content_type: str = "text/html",
    charset: str = "utf-8",
    via: str = "",
) -> Page:
    """A kept page as the spider makes it."""
    exchange = exchange or an_exchange()
    return Page(
        url=exchange.url,
        exchange=exchange,
        decision=decide(exchange.url, statements, Profile.STRICT),
        uses=TRAIN_USES,
        content=exchange.body,
        content_type=content_type,
        charset=charset,
        via=via,
        extraction=extraction,
    )


def files_below(root: Path) -> Mapping[str, Path]:
    """Every file below `root` by its relative path."""
    return {
        place.relative_to(root).as_posix(): place
        for place in sorted(root.rglob("*"))
        if place.is_file()
    }
