"""The addresses that a crawl comes from, published so that sites can tell it from an impostor.

JAFAR (draft-illyes-webbotauth-jafar): one JSON object with creationTime and prefixes, linked from
the bot page by rel="client-ranges". The draft ignores members that it does not know, and -00
asks for the formatVersion that later ones leave to the media type, so it is always given.
"""

import hashlib
import json
from collections.abc import Iterable
from ipaddress import IPv4Network, ip_network
from typing import Final

from crawler.clock import moment
from crawler.errors import ConfigurationError
from crawler.fetch.addresses import Network, judge_address
from crawler.identity.published import PublicFile

FILE: Final = "client-ranges.json"
MEDIA_TYPE: Final = "application/json"
FORMAT_VERSION: Final = "1.0"
RELATION: Final = "client-ranges"
TOKEN_LENGTH: Final = 16
_DOCUMENTATION: Final = "documentation"
_WIDEST: Final = {4: 8, 6: 16}
"""The shortest prefix by IP version: nobody crawls from more than a /8 or a /16."""


def read_ranges(words: Iterable[str]) -> tuple[Network, ...]:
    """Networks of `words` (CIDR, several with commas), IPv4 first, in order, each once.

    Raises `ConfigurationError` for what is no network, or one that no crawl can come from.
    """
    texts = (text.strip() for word in words for text in word.split(","))
    found = {_read_range(text) for text in texts if text}
    return tuple(sorted(found, key=_order))


def _order(network: Network) -> tuple[int, int, int]:
    return network.version, int(network.network_address), network.prefixlen


def _read_range(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError:
        raise ConfigurationError(f"The range {text!r} is no network: {_suggest(text)}.") from None
    if network.prefixlen < _WIDEST[network.version]:
        raise ConfigurationError(
            f"The range {text!r} is too wide: name only addresses that you crawl from."
        )
    why = judge_range(network)
    if why is not None and _DOCUMENTATION not in why:
        raise ConfigurationError(f"The range {text!r} is not public: {why}.")
    return network


def _suggest(text: str) -> str:
    try:
        return f"it has bits beside its prefix, write {ip_network(text, strict=False)}"
    except ValueError:
        return "write it like 198.51.100.0/24 or 2001:db8::/32"


def judge_range(network: Network) -> str | None:
    """Why no request can come from `network` on the open internet, or None."""
    return judge_address(network.network_address) or judge_address(network.broadcast_address)


def render_ranges(ranges: Iterable[Network], now: float) -> PublicFile:
    """The file of `ranges` as of `now` (epoch); to be made anew daily, changed or not.

    `synctoken` changes with the ranges and only with them.
    """
    prefixes = [
        {"ipv4Prefix" if isinstance(network, IPv4Network) else "ipv6Prefix": str(network)}
        for network in ranges
    ]
    digest = hashlib.sha256(json.dumps(prefixes).encode()).hexdigest()
    content = {
        "formatVersion": FORMAT_VERSION,
        "synctoken": digest[:TOKEN_LENGTH],
        "creationTime": moment(now).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "prefixes": prefixes,
    }
    return PublicFile(FILE, MEDIA_TYPE, json.dumps(content, indent=2) + "\n")
