"""A kept page on its way from the spider to the corpus: the item that the pipelines fill in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from crawler.policy.canonical_link import read_canonical
from crawler.policy.model import Decision, Observation, Use
from crawler.policy.page_labels import Labels
from crawler.records.exchange import Exchange
from crawler.records.keys import (
    CLAIM_KEY,
    DECISION_KEY,
    EXCHANGE_KEY,
    FIRST_SEEN_KEY,
    LABELS_KEY,
    OBSERVATION_KEY,
    USES_KEY,
)


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """Where a response record stands: what a row and an index line point to."""

    record_id: str
    path: str
    """The WARC's path below the output root, under its final name."""
    offset: int
    length: int
    payload_digest: str
    """`sha1:` and base32, as in `WARC-Payload-Digest`."""
    revisit: bool = False


@dataclass(frozen=True, slots=True)
class Extraction:
    """The text of a page and what was found out about it."""

    text: str
    extractor: str
    title: str = ""
    author: str = ""
    sitename: str = ""
    created: str = ""
    language: str = ""
    language_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Licence:
    """A page-level licence by C5's vocabulary; empty where none was found."""

    abbreviation: str = ""
    version: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """A page that everything said about it allows to be kept.

    The spider makes it of a response; the WARC pipeline sets `place`, the text pipeline
    `extraction`. `content` is the decoded body, `exchange` the one on the wire.
    """

    url: str
    exchange: Exchange
    decision: Decision
    uses: tuple[Use, ...]
    content: bytes = field(repr=False)
    content_type: str = ""
    charset: str = ""
    robots_sha256: str = ""
    checked_at: datetime | None = None
    first_seen: str = ""
    licence: Licence = Licence()
    ai_provenance: str = ""
    canonical: str = ""
    via: str = ""
    hops: int = 0
    depth: int = 0
    cut: bool = False
    """Whether `content` is less than was sent, or than it unpacks to."""
    place: RecordPlace | None = None
    extraction: Extraction | None = None

    def __repr__(self) -> str:
        """By its address alone: a page's words belong into the corpus, not into a log."""
        return f"Page({self.url!r})"


class Way(NamedTuple):
    """How a URL was found: on which page, how many links from a seed, redirected how often."""

    via: str = ""
    depth: int = 0
    hops: int = 0


def way_of(meta: Mapping[str, Any], via: str = "") -> Way:
    """The way to the URL of a request with `meta`; `via` is said where no frontier knows."""
    claim = meta.get(CLAIM_KEY)
    return Way(
        getattr(claim, "via", "") or via, getattr(claim, "depth", 0), getattr(claim, "hops", 0)
    )


def page_of(
    meta: Mapping[str, Any],
    *,
    url: str,
    content: bytes,
    content_type: str,
    charset: str,
    via: str,
    cut: bool = False,
) -> Page:
    """A page out of what the gate left in `meta`; KeyError where the gate kept nothing."""
    observation: Observation = meta[OBSERVATION_KEY]
    robots = observation.robots
    way = way_of(meta, via)
    labels: Labels = meta.get(LABELS_KEY, Labels())
    return Page(
        url=url,
        exchange=meta[EXCHANGE_KEY],
        decision=meta[DECISION_KEY],
        uses=meta[USES_KEY],
        content=content,
        content_type=content_type,
        charset=charset,
        robots_sha256=robots.sha256 if robots is not None and robots.body else "",
        checked_at=robots.retrieved_at if robots is not None else None,
        licence=Licence(*labels[:3]),
        ai_provenance=labels.ai_provenance,
        first_seen=meta.get(FIRST_SEEN_KEY, ""),
        canonical=read_canonical(observation.page) if observation.page is not None else "",
        via=way.via,
        hops=way.hops,
        depth=way.depth,
        cut=cut,
    )
