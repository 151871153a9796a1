"""Checks over an access log: each a sentence and a search for the first request against it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tests.mocksite.access_log import Entry, Log

GRACE: Final = 0.05
"""Seconds by which two clocks and a socket buffer may make a kept gap look shorter."""

ANSWERED: Final = frozenset({200, 404, 410})
"""Statuses of robots.txt after which pages may be asked for."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold of a crawl; `find` returns the complaint, or nothing."""

    rule: str
    find: Callable[[Log], str]


def _first(rule: str, culprits: Callable[[Log], Iterable[Entry]]) -> Check:
    def find(log: Log) -> str:
        culprit = next(iter(culprits(log)), None)
        if culprit is None:
            return ""
        return f"{rule}, but {culprit.event} {culprit.target} came to host {culprit.host}"

    return Check(rule, find)


def never(prefix: str, host: int | None = None) -> Check:
    """No request for a path that starts with `prefix`, however it is spelt."""
    return _first(f"no request for {prefix}", lambda log: log.requests(prefix, host))


def no_pages(host: int | None = None, *, but_literal: bool = False) -> Check:
    """Nothing but site files is asked for; profile `literal` is let off where the RFC does."""

    def culprits(log: Log) -> list[Entry]:
        exempt = but_literal and log.terms.profile == "literal"
        return [] if exempt else log.pages(host)

    return _first("no page", culprits)


def reached(path: str, host: int | None = None) -> Check:
    """`path` is asked for at least once: caution is no excuse for not crawling."""

    def find(log: Log) -> str:
        seen = any(entry.path == path for entry in log.requests(path, host))
        return "" if seen else f"{path} must be fetched, but never was"

    return Check(f"{path} is fetched", find)


def at_most(limit: int, prefix: str = "", host: int | None = None) -> Check:
    """No more than `limit` requests for paths that start with `prefix`."""
    rule = f"at most {limit} requests for {prefix or 'anything'}"
    return _first(rule, lambda log: log.requests(prefix, host)[limit:])


def within_budget(prefix: str = "") -> Check:
    """No more page requests than the crawl's budget for a host."""
    return _first("no more pages than the budget", lambda log: _over_budget(log, prefix))


def _over_budget(log: Log, prefix: str) -> Iterable[Entry]:
    for host in log.hosts():
        pages = [entry for entry in log.pages(host) if entry.path.startswith(prefix)]
        yield from pages[log.terms.budget :]


def robots_first() -> Check:
    """The first thing asked of a host is its robots.txt."""

    def culprits(log: Log) -> list[Entry]:
        firsts = (log.requests(host=host)[0] for host in log.hosts())
        return [entry for entry in firsts if entry.path != "/robots.txt"]

    return _first("robots.txt first", culprits)


def pages_wait_for_rules(host: int = 0) -> Check:
    """No page before robots.txt has been answered in full with 2xx or "there is none"."""

    def culprits(log: Log) -> list[Entry]:
        known = [one for one in log.replies("/robots.txt", host) if one.status in ANSWERED]
        since = known[0].monotonic if known else float("inf")
        return [entry for entry in log.pages(host) if entry.monotonic < since]

    return _first("no page before robots.txt was answered", culprits)


def rests(seconds: float, status: int) -> Check:
    """After each reply with `status`, nothing is asked of the host for `seconds`."""

    def culprits(log: Log) -> Iterable[Entry]:
        for answer in (reply for reply in log.of("reply") if reply.status == status):
            until = answer.monotonic + seconds - GRACE
            asked = log.requests(host=answer.host)
            yield from (one for one in asked if answer.monotonic < one.monotonic < until)

    return _first(f"{seconds:g} s of rest after a {status}", culprits)


def _gaps(entries: list[Entry]) -> list[tuple[float, Entry]]:
    return [(later.monotonic - sooner.monotonic, later) for sooner, later in pairwise(entries)]


def gaps_of(seconds: float, host: int = 0) -> Check:
    """Requests to the host, once its robots.txt is known, are `seconds` apart."""

    def culprits(log: Log) -> list[Entry]:
        gaps = _gaps(log.requests(host=host))
        return [later for gap, later in gaps if gap < seconds - GRACE]

    return _first(f"gaps of {seconds:g} s", culprits)


def gaps_of_the_delay(host: int = 0) -> Check:
    """Requests to the host are at least the delay apart that the operator asked for."""

    def culprits(log: Log) -> list[Entry]:
        gaps = _gaps(log.requests(host=host))
        return [later for gap, later in gaps if gap < log.terms.delay * 0.9 - GRACE]

    return _first("gaps of the delay asked for", culprits)


def retries_grow(path: str, first: float = 0.5) -> Check:
    """Repeats of `path` come after `first` seconds or more, and never faster than the last."""

    def culprits(log: Log) -> Iterable[Entry]:
        for host in log.hosts():
            floor = first
            for gap, later in _gaps([one for one in log.requests(path, host) if one.path == path]):
                if gap < floor * 0.8:
                    yield later
                floor = max(floor, gap)

    return _first(f"growing gaps between requests for {path}", culprits)


def few_retries(prefix: str = "/") -> Check:
    """No target is asked for more often than once and the crawl's retries."""

    def culprits(log: Log) -> Iterable[Entry]:
        seen: Counter[tuple[int, str]] = Counter()
        for entry in log.pages():
            seen[entry.host, entry.target] += entry.path.startswith(prefix)
            if seen[entry.host, entry.target] > log.terms.retries + 1:
                yield entry

    return _first("bounded retries", culprits)


def one_connection() -> Check:
    """A host never has two open connections at once."""

    def culprits(log: Log) -> Iterable[Entry]:
        open_now: defaultdict[int, set[int]] = defaultdict(set)
        for entry in (one for one in log.entries if one.event in {"connect", "close"}):
            change = open_now[entry.host].add if entry.event == "connect" else None
            (change or open_now[entry.host].discard)(entry.connection)
            if len(open_now[entry.host]) > 1:
                yield entry

    return _first("one connection a host", culprits)


def canary_untouched() -> Check:
    """Nothing connects to the canary."""
    return _first("no connection to the canary", Log.canary)


def sent_at_most(limit: int) -> Check:
    """No connection is read for more than `limit` bytes (socket buffers included)."""

    def culprits(log: Log) -> list[Entry]:
        return [entry for entry in log.of("close") if entry.sent > limit]

    return _first(f"at most {limit} bytes read", culprits)


def without_header(name: str, host: int | None = None, longest: int = 0) -> Check:
    """No request carries more than `longest` characters of the header `name`."""

    def culprits(log: Log) -> list[Entry]:
        asked = log.requests(host=host)
        return [one for one in asked if len("".join(one.values(name))) > longest]

    return _first(f"no more than {longest} characters of {name}", culprits)


def authorises_nobody() -> Check:
    """No request carries credentials."""
    return without_header("Authorization")


def client_leaves(path: str) -> Check:
    """The client gives up on a reply that never ends, before the site does."""

    def culprits(log: Log) -> list[Entry]:
        return [one for one in log.of("close") if one.by == "site" and one.path == path]

    return _first("the client gives up by itself", culprits)


def asks_before(path: str) -> Check:
    """`path` is asked for before any page."""

    def culprits(log: Log) -> list[Entry]:
        asked = log.requests(path)
        since = asked[0].monotonic if asked else float("inf")
        return [page for page in log.pages() if page.monotonic < since]

    return _first(f"{path} before any page", culprits)


def revalidates(path: str) -> Check:
    """A second request for `path` is a conditional one."""

    def culprits(log: Log) -> list[Entry]:
        repeats = log.requests(path)[1:]
        return [one for one in repeats if not one.values("If-None-Match")]

    return _first(f"{path} is asked for again with If-None-Match", culprits)


def fetched_all(prefix: str, count: int) -> Check:
    """Every one of `count` numbered pages below `prefix` is asked for at least once."""

    def find(log: Log) -> str:
        seen = {entry.path for entry in log.requests(prefix)}
        lost = [number for number in range(count) if f"{prefix}{number}" not in seen]
        return f"{len(lost)} of {count} pages lost, the first {prefix}{lost[0]}" if lost else ""

    return Check(f"all {count} pages below {prefix} are fetched", find)
