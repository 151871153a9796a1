"""From a request to what the frontier keeps of it, or to the reason why it is left out."""

import logging
from collections.abc import Callable
from dataclasses import replace

from scrapy import Request, Spider

from crawler.frontier.canonical import BadUrl, CanonicalUrl, canonicalise
from crawler.frontier.packing import key_of, pack
from crawler.frontier.protocol import Claim, Discovery
from crawler.frontier.recent import RecentKeys
from crawler.frontier.scope import Link, Scope
from crawler.records.keys import CHANGED_KEY, HOPS_KEY, SEED_KEY, SITEMAP_KEY

logger = logging.getLogger(__name__)

LeaveOut = Callable[[str, int | None], None]
"""Told the reason and, of a seed, its rank."""


class Admission:
    """Canonicalises, holds to the scope, packs; `leave_out` is told why not, and which seed."""

    def __init__(self, scope: Scope, spider: Spider, leave_out: LeaveOut) -> None:
        self._scope = scope
        self._spider = spider
        self._leave_out = leave_out
        self._recent = RecentKeys()
        self._unpacked: dict[str, Request] = {}

    def admit_orphan(self, request: Request) -> Discovery | None:
        """A request that no page led to: a seed, or one that an extension made up."""
        rank = request.meta.get(SEED_KEY)
        target = self._read(request, rank)
        if target is None:
            return None
        if rank is not None:
            self._scope.add_seed(target)
        link = Link(target, depth=int(request.meta.get("depth", 0)), seed=rank is not None)
        found = Discovery(
            url=target.url,
            key=key_of(request, target.key),
            host=target.host,
            depth=link.depth,
            rank=int(rank or 0) - request.priority,
        )
        return self._admit(request, link, found)

    def admit_child(self, request: Request, parent: Claim) -> Discovery | None:
        """A request that the page of `parent` led to."""
        target = self._read(request)
        if target is None:
            return None
        is_sitemap = SITEMAP_KEY in request.meta
        # To read a sitemap is not to follow a link: what it lists is as near as a seed's links.
        depth = parent.depth + (not is_sitemap)
        link = Link(target, depth=depth, parent_host=parent.host, site_file=is_sitemap)
        found = Discovery(
            url=target.url,
            key=key_of(request, target.key),
            host=target.host,
            depth=link.depth,
            rank=parent.rank - request.priority,
            via=parent.url,
            changed_at=float(request.meta.get(CHANGED_KEY, 0.0)),
        )
        return self._admit(request, link, found)

    def admit_redirect(self, request: Request, parent: Claim) -> Discovery | None:
        """The target of a redirect from the URL of `parent`: same depth, one hop more."""
        target = self._read(request)
        if target is None:
            return None
        hops = max(parent.hops + 1, int(request.meta.get(HOPS_KEY, 0)))
        if parent.depth == 0:
            self._scope.add_seed(target)
        key = key_of(request, target.key)
        if key == parent.key and target.url != parent.url:
            # A site that redirects to the URL without its tracking parameter: one key, two URLs.
            key = f"{key}#hop{hops}"
        link = Link(target, depth=parent.depth, hops=hops, parent_host=parent.host, redirect=True)
        found = Discovery(
            url=target.url,
            key=key,
            host=target.host,
            depth=parent.depth,
            rank=parent.rank,
            hops=hops,
            via=parent.url,
        )
        return self._admit(request, link, found)

    def take_unpacked(self, key: str) -> Request | None:
        """The request of this key that no JSON could hold, once."""
        return self._unpacked.pop(key, None)

    def _read(self, request: Request, seed: int | None = None) -> CanonicalUrl | None:
        target = canonicalise(request.url)
        if isinstance(target, BadUrl):
            self._leave_out(target.reason, seed)
            return None
        return target

    def _admit(self, request: Request, link: Link, found: Discovery) -> Discovery | None:
        if found.key in self._recent:
            # It was let in before; whether it changed since, the frontier wants to hear.
            return found if found.changed_at else None
        reason = self._scope.refusal(link)
        if reason:
            self._leave_out(reason, request.meta.get(SEED_KEY) if link.seed else None)
            return None
        self._recent.add(found.key)
        packed = pack(request, self._spider)
        if packed is None:
            self._keep_in_memory(request, found.key)
        return replace(found, request=packed) if packed else found

    def _keep_in_memory(self, request: Request, key: str) -> None:
        if not self._unpacked:
            logger.warning(
                "%s holds what JSON cannot (a callback that is no method of the spider, or an "
                "object in meta or cb_kwargs); it and its like are kept in memory, and after a "
                "kill they go to the spider's default callback.",
                request,
            )
        self._unpacked[key] = request
