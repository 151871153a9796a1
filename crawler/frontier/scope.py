"""PURE: whether a discovered URL belongs to the crawl, and the name of the reason if not.

| scope | a link belongs where |
|---|---|
| `host` | its host is a seed's, or that of the page which links it |
| `domain` | its registrable domain is (public suffix list as bundled, private part included) |
| `prefix` | it starts with a seed, cut after the seed's last `/` |
| `seeds` | never; the targets of redirects do, in every scope, while they lead on from a seed |

The page that links was itself in scope, so that its host belongs needs no memory of the seeds,
and a crawl that resumes decides as it would have.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from tldextract import TLDExtract

from crawler.config import Options
from crawler.frontier.canonical import CanonicalUrl
from crawler.frontier.traps import Traps

LONGEST_URL: Final = 2083
"""Bytes, which is characters in a canonical URL (scale of what browsers ever accepted)."""

SEGMENT_REPEATS: Final = 2
_EXTRACT: Final = TLDExtract(
    cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True, include_psl_private_domains=True
)


@dataclass(frozen=True, slots=True)
class Link:
    """What is asked of the scope: a URL, and how the crawl came to it."""

    target: CanonicalUrl
    depth: int = 0
    hops: int = 0
    parent_host: str = ""
    """Queue of the page that links here; empty for seeds."""
    redirect: bool = False
    seed: bool = False
    site_file: bool = False
    """Read for what it lists, so that it belongs to its host wherever it lies there."""


@dataclass
class Scope:
    """The bounds of one crawl; seeds are told with `add_seed` before links are asked about."""

    kind: str
    options: Options
    traps: Traps = field(default_factory=Traps)
    _hosts: set[str] = field(default_factory=set)
    _prefixes: dict[str, list[str]] = field(default_factory=dict)

    def add_seed(self, seed: CanonicalUrl) -> None:
        """Make the crawl's bounds reach what `seed` stands for."""
        name = host_name(seed.host)
        if self.kind == "domain":
            self._hosts.add(domain_of(name))
        elif self.kind == "host":
            self._hosts.add(name)
        elif self.kind == "prefix":
            prefixes = self._prefixes.setdefault(name, [])
            prefix = _prefix_of(seed.url)
            if prefix not in prefixes:
                prefixes.append(prefix)

    def refusal(self, link: Link) -> str:
        """Why `link` is left out; empty where it is not.

        Reasons: `scope`, `depth`, `redirects`, `length`, `path_depth`, `repeated_segment`,
        `calendar`, `facets`. A seed is held to `length` only: an operator asked for it.
        """
        if len(link.target.url) > LONGEST_URL:
            return "length"
        if link.seed:
            return ""
        return (
            self._out_of_bounds(link)
            or _path_refusal(link.target.url, self.options.max_path_depth)
            or self.traps.find(link.target.key)
        )

    def _out_of_bounds(self, link: Link) -> str:
        if link.hops > self.options.max_redirects:
            return "redirects"
        if self.options.max_depth is not None and link.depth > self.options.max_depth:
            return "depth"
        if link.redirect and link.depth == 0:
            return ""
        return "" if self._reaches(link) else "scope"

    def _reaches(self, link: Link) -> bool:
        name = host_name(link.target.host)
        if link.site_file and link.target.host == link.parent_host:
            return self.kind != "seeds"
        if self.kind == "host":
            return name in self._hosts or name == host_name(link.parent_host)
        if self.kind == "domain":
            domain = domain_of(name)
            return domain in self._hosts or domain == domain_of(host_name(link.parent_host))
        if self.kind == "prefix":
            address = _schemeless(link.target.url)
            return any(address.startswith(prefix) for prefix in self._prefixes.get(name, ()))
        return False


def host_name(host: str) -> str:
    """The name in a host key "name:port"."""
    return host.rpartition(":")[0]


@lru_cache(maxsize=50_000)
def domain_of(name: str) -> str:
    """The registrable domain of a host name; the name itself where it has none."""
    parts = _EXTRACT(name)
    if parts.suffix or parts.ipv4 or parts.ipv6:
        return parts.top_domain_under_public_suffix or name
    # The list's default rule: a last label that it does not know is a suffix too.
    return ".".join(name.split(".")[-2:])


def _prefix_of(url: str) -> str:
    address = _schemeless(url).partition("?")[0]
    return address[: address.rindex("/") + 1]


def _schemeless(url: str) -> str:
    """Without scheme: a site that moves to https stays in its prefix."""
    return url.partition("://")[2]


def _path_refusal(url: str, max_depth: int) -> str:
    path = _schemeless(url).partition("?")[0].partition("/")[2]
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > max_depth:
        return "path_depth"
    if len(segments) > SEGMENT_REPEATS and max(Counter(segments).values()) > SEGMENT_REPEATS:
        return "repeated_segment"
    return ""
