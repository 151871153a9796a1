"""Which contents of an RSL document speak of a URL (RSL 1.0, 3.1, 3.1.1, 3.3).

`url` is a path with the wildcards of RFC 9309, an absolute URL, or empty for the resource that
carries the document. The more specific content governs, their order means nothing; equally
specific ones are all read.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from crawler.policy.patterns import PatternSet
from crawler.policy.rsl.document import Content
from crawler.policy.spelling import escape, path_of, spell

_DEFAULT_PORTS: Final = (":80", ":443")
ANY_HOST: Final = ""

Weighed = tuple[int, Content]
"""A content and how specific its pattern is, in characters."""


@dataclass(frozen=True, slots=True)
class Governing:
    """`exact` governs the URL; of `loose`, which only may mean it, refusals alone count."""

    exact: tuple[Content, ...]
    loose: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The contents of one document, ready to be asked for URLs."""

    exact: dict[str, PatternSet[Weighed]]
    loose: dict[str, PatternSet[Weighed]]
    own: tuple[Content, ...]
    """Contents with an empty url: the resource that carries the document."""
    unclear: tuple[Content, ...]
    """Contents without any url, or with one that is neither path nor absolute."""

    def governing(self, url: str, *, carried: bool) -> Governing:
        """Look up `url`; `carried` says whether that resource itself carries the document."""
        host, spelt = host_of(url), spell(url)
        found = [one for set_ in _of_host(self.exact, host) for one in set_.longest(spelt)]
        longest = max((weight for weight, _ in found), default=0)
        exact = tuple(content for weight, content in found if weight == longest)
        loose = tuple(
            content for set_ in _of_host(self.loose, host) for _, content in set_.longest(spelt)
        )
        further = tuple(
            content
            for set_ in _of_host(self.exact, host)
            for hits in set_.further(spelt)
            for _, content in hits
        )
        if self.own and carried:
            return Governing(self.own, (*self.unclear, *loose))
        return Governing(exact, (*self.own, *self.unclear, *loose, *further))


def read_coverage(contents: Iterable[Content]) -> Coverage:
    """Sort `contents` by what their url covers."""
    exact: dict[str, list[tuple[str, Weighed]]] = {}
    loose: dict[str, list[tuple[str, Weighed]]] = {}
    own: list[Content] = []
    unclear: list[Content] = []
    for content in contents:
        url = (content.url or content.link) if content.url is not None else content.link or None
        host, pattern = _split(url or "")
        if url == "":
            own.append(content)
        elif url is None or not pattern:
            unclear.append(content)
        elif host == ANY_HOST or "*" in pattern or pattern.endswith(("/", "$")):
            exact.setdefault(host, []).append((pattern, (len(pattern), content)))
        else:
            # A full URL names one resource; that it may be meant as a prefix can only restrict.
            exact.setdefault(host, []).append((f"{pattern}$", (len(pattern), content)))
            loose.setdefault(host, []).append((pattern, (len(pattern), content)))
    return Coverage(_sets(exact), _sets(loose), tuple(own), tuple(unclear))


def resolve(content: Content, url: str) -> Content:
    """`content` with its url as seen from a feed at `url`: an item's link where it has none."""
    return replace(content, url=content.url or content.link or url)


def _sets(found: dict[str, list[tuple[str, Weighed]]]) -> dict[str, PatternSet[Weighed]]:
    return {host: PatternSet(tuple(entries)) for host, entries in found.items()}


def _split(url: str) -> tuple[str, str]:
    """Host and escaped path pattern of a content's url; no pattern where it is neither kind."""
    if url.startswith("//") or "://" in url.partition("?")[0]:
        path = path_of(f"https://{url.partition('//')[2]}")
        return host_of(url), escape(path.encode("utf-8", "replace"))
    if url.startswith(("/", "*")):
        return ANY_HOST, escape(url.encode("utf-8", "replace"))
    return ANY_HOST, ""


def host_of(url: str) -> str:
    """Host and port of `url` in lower case, without the default port; never raises.

    The scheme is left aside: an opt-out for http speaks of https too.
    """
    try:
        authority = urlsplit(url).netloc
    except ValueError:
        authority = url.partition("//")[2].partition("/")[0]
    host = authority.rpartition("@")[2].lower()
    for port in _DEFAULT_PORTS:
        host = host.removesuffix(port)
    return host


def _of_host(sets: dict[str, PatternSet[Weighed]], host: str) -> tuple[PatternSet[Weighed], ...]:
    return tuple(set_ for pattern, set_ in sets.items() if _is_host(pattern, host))


def _is_host(pattern: str, host: str) -> bool:
    if pattern in (ANY_HOST, host, "*"):
        return True
    return pattern.startswith("*.") and (host.endswith(pattern[1:]) or host == pattern[2:])
