"""PURE: what the frontier protocol says, in URLFrontier's words, and back.

A URL's identity there is its text within its queue, so `url` holds our key; what else a claim
needs goes as metadata, which comes back as it was given.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from crawler.frontier.canonical import CanonicalUrl, canonicalise
from crawler.frontier.protocol import Acknowledgement, Claim, Discovery, Ending
from crawler.frontier.revisit import hinted_due, interval_in
from crawler.frontier.urlfrontier.queues import queue_of
from crawler.frontier.urlfrontier.wire_pb2 import (
    DiscoveredURLItem,
    KnownURLItem,
    StringList,
    URLInfo,
    URLItem,
)

URL, HOST, VIA, REQUEST, MEMORY = "url", "host", "via", "request", "memory"
DEPTH, RANK, HOPS, ATTEMPTS, DUE = "depth", "rank", "hops", "attempts", "due"
ASKED: Final = "asked"
"""The epoch second at which the last claim ended, where it ended for good."""
NEVER: Final = 0
"""The date with which URLFrontier counts a URL as done for good."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A claim as URLFrontier offered it, with the time before which it is not wanted."""

    claim: Claim
    info: URLInfo
    due: float

    @property
    def queue(self) -> str:
        """The queue that it came from."""
        return self.info.key


def entry_of(found: Discovery, job: str) -> URLInfo:
    """A discovery as URLFrontier takes it."""
    said = {
        URL: found.url if found.url != found.key else "",
        HOST: found.host,
        DEPTH: _number(found.depth),
        RANK: _number(found.rank),
        HOPS: _number(found.hops),
        VIA: found.via,
        REQUEST: found.request.decode(),
        DUE: _number(ceil(found.due)),
    }
    return URLInfo(url=found.key, key=queue_of(found.host), crawlID=job, metadata=_metadata(said))


def discovered(info: URLInfo, number: int) -> URLItem:
    """`info` as an item that is put only where it is not known."""
    return URLItem(ID=str(number), discovered=DiscoveredURLItem(info=info))


def known(info: URLInfo, due: int, number: int) -> URLItem:
    """`info` as an item that replaces what is known: wanted from `due` on, or `NEVER` again."""
    return URLItem(ID=str(number), known=KnownURLItem(info=info, refetchable_from_date=due))


def read_offer(info: URLInfo) -> Offer | None:
    """What URLFrontier offers, whoever put it there; None where it is no URL to crawl."""
    said = _said(info)
    url = said.get(URL) or info.url
    host = said.get(HOST, "")
    if not host:
        # Put by another tool: what it did not say is found in the URL itself.
        canonical = canonicalise(url)
        if not isinstance(canonical, CanonicalUrl):
            return None
        url, host = canonical.url, canonical.host
    claim = Claim(
        url=url,
        key=info.url,
        host=host,
        depth=_integer(said, DEPTH),
        rank=_integer(said, RANK),
        hops=_integer(said, HOPS),
        via=said.get(VIA, ""),
        attempts=_integer(said, ATTEMPTS),
        request=said.get(REQUEST, "").encode(),
        memory=_memory(said),
    )
    return Offer(claim, info, float(_integer(said, DUE)))


def entry_after(offer: Offer, end: Acknowledgement, now: float) -> URLInfo:
    """The URL of `offer` as it is to be remembered after its claim ended so at `now`."""
    info = URLInfo()
    info.CopyFrom(offer.info)
    info.metadata.pop(DUE, None)
    attempts = offer.claim.attempts
    if end.ending is not Ending.DEFERRED:
        attempts = attempts + 1 if end.ending is Ending.RETRY else 0
    final = end.ending not in (Ending.RETRY, Ending.DEFERRED)
    said = {ATTEMPTS: _number(attempts), ASKED: _number(int(now)) if final else ""}
    if end.memory is not None:
        said[MEMORY] = json.dumps(dict(end.memory), separators=(",", ":"))
    for key, value in said.items():
        info.metadata.pop(key, None)
        if value:
            info.metadata[key].values.append(value)
    return info


def entry_sooner(
    known_item: KnownURLItem, changed_at: float, now: float
) -> tuple[URLInfo, int] | None:
    """The URL with the epoch second from which it is wanted as its site says that it changed.

    None where the hint tells nothing: what is due already may be out at this moment, and of what
    is done for good URLFrontier keeps no more than the name.
    """
    said, due = _said(known_item.info), known_item.refetchable_from_date
    asked_at = _integer(said, ASKED)
    if not asked_at or due <= now:
        return None
    sooner = hinted_due(changed_at, asked_at, interval_in(_memory(said)), now)
    return (known_item.info, ceil(sooner)) if sooner < due else None


def due_after(end: Acknowledgement, now: float) -> int:
    """The epoch second from which the URL is wanted again, `NEVER` for never."""
    if end.due is not None:
        return max(ceil(end.due), 1)
    return ceil(now) if end.ending in (Ending.RETRY, Ending.DEFERRED) else NEVER


def _said(info: URLInfo) -> dict[str, str]:
    return {key: values.values[0] for key, values in info.metadata.items() if values.values}


def _memory(said: Mapping[str, str]) -> dict[str, str]:
    return json.loads(said[MEMORY]) if MEMORY in said else {}


def _metadata(said: Mapping[str, str]) -> dict[str, StringList]:
    return {key: StringList(values=[value]) for key, value in said.items() if value}


def _number(number: int) -> str:
    return str(number) if number else ""


def _integer(said: Mapping[str, str], key: str) -> int:
    try:
        return int(said.get(key, "0")[:19])
    except ValueError:
        return 0
