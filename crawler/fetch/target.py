"""A URL vetted for fetching: scheme, host spelling, port; what is sent is decided here."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from w3lib.url import safe_url_string

from crawler.config import Options
from crawler.fetch.addresses import judge_host, judge_port
from crawler.policy.model import Outcome
from crawler.runtime import FetchFailedError

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_UNSAFE: Final = frozenset(map(chr, range(0x21))) | frozenset('\x7f"<>\\^`{|}')


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes and what its first line says."""

    url: str
    """Without its fragment."""
    scheme: str
    host: str
    """Lower case, without brackets and closing dot."""
    port: int
    path: str
    """Path and query, as sent."""

    @property
    def key(self) -> str:
        """The host's key, "name:port", as `Pace` and the frontier know it."""
        return f"{self.authority_host}:{self.port}"

    @property
    def authority_host(self) -> str:
        """The host as it stands in a URL."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def host_field(self) -> str:
        """The value of the Host field (RFC 9110 7.2)."""
        if self.port == _DEFAULT_PORTS[self.scheme]:
            return self.authority_host
        return self.key

    def at(self, address: str) -> str:
        """The URL with `address` in place of the host, so that no second look-up is possible."""
        literal = f"[{address}]" if ":" in address else address
        return f"{self.scheme}://{literal}:{self.port}{self.path}"


def vet_url(url: str, options: Options) -> Target:
    """`url` as a `Target`; raises `FetchFailedError` (REFUSED_ADDRESS) for what is never asked.

    That is: another scheme than http and https, credentials, an odd spelling of an address, a
    port that nobody opened.
    """
    plain = url.partition("#")[0]
    if not plain.isascii() or not _UNSAFE.isdisjoint(plain):
        plain = safe_url_string(plain).partition("#")[0]
    try:
        parts = urlsplit(plain)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise FetchFailedError(Outcome.REFUSED_ADDRESS, str(error)) from None
    host = (parts.hostname or "").removesuffix(".")
    if why := _judge(parts, host, port, options):
        raise FetchFailedError(Outcome.REFUSED_ADDRESS, why)
    query = f"?{parts.query}" if parts.query else ""
    return Target(plain, parts.scheme, host, port, (parts.path or "/") + query)


def _judge(parts: SplitResult, host: str, port: int, options: Options) -> str | None:
    """Why this is not asked, or None."""
    if parts.scheme not in _DEFAULT_PORTS:
        return f"only http and https are fetched, not {parts.scheme!r:.50}"
    if "@" in parts.netloc:
        return "a URL with credentials is not fetched"
    return judge_host(host) or judge_port(host, port, options.allow_ports, options.seed_ports)
