"""The guard: which address, host spelling and port may be connected to.

Pure: bytes and options in, a reason for refusal or None out. The fetcher asks it about the very
address that it then connects to, so nothing can change between the check and its use.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

WEB_PORTS: Final = frozenset({80, 443})

REFUSED_IPV4: Final[Mapping[str, str]] = {
    "0.0.0.0/8": "this network (RFC 791)",
    "10.0.0.0/8": "private (RFC 1918)",
    "100.64.0.0/10": "carrier-grade NAT (RFC 6598)",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "metadata service",
    "169.254.0.0/16": "link-local, metadata service",
    "172.16.0.0/12": "private (RFC 1918)",
    "192.0.0.0/24": "protocol assignment (RFC 6890)",
    "192.0.2.0/24": "documentation (RFC 5737)",
    "192.31.196.0/24": "AS112 (RFC 7535)",
    "192.52.193.0/24": "AMT (RFC 7450)",
    "192.88.99.0/24": "6to4 relay (RFC 7526)",
    "192.168.0.0/16": "private (RFC 1918)",
    "192.175.48.0/24": "AS112 (RFC 7534)",
    "198.18.0.0/15": "benchmarking (RFC 2544)",
    "198.51.100.0/24": "documentation (RFC 5737)",
    "203.0.113.0/24": "documentation (RFC 5737)",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved, broadcast",
}

REFUSED_IPV6: Final[Mapping[str, str]] = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::ffff:0:0/96": "IPv4-mapped",
    "::ffff:0:0:0/96": "IPv4-translated (RFC 2765)",
    "::/96": "IPv4-compatible",
    "64:ff9b::/96": "NAT64 (RFC 6052)",
    "64:ff9b:1::/48": "NAT64 (RFC 8215)",
    "2001::/32": "Teredo (RFC 4380)",
    "2001:2::/48": "benchmarking (RFC 5180)",
    "2001::/23": "protocol assignment (RFC 2928)",
    "2001:db8::/32": "documentation (RFC 3849)",
    "2002::/16": "6to4 (RFC 3056)",
    "2620:4f:8000::/48": "AS112 (RFC 7534)",
    "3fff::/20": "documentation (RFC 9637)",
    "fc00::/7": "unique local (RFC 4193)",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local (RFC 3879)",
    "ff00::/8": "multicast",
}

_REFUSED: Final[tuple[tuple[Network, str], ...]] = tuple(
    (ip_network(text), why) for table in (REFUSED_IPV4, REFUSED_IPV6) for text, why in table.items()
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_LOOPBACK: Final[tuple[Network, ...]] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""The upper half of an ISATAP interface identifier (RFC 5214 6.1): an IPv4 address follows."""

_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_NAME_LIMIT: Final = 254


@lru_cache(maxsize=4096)
def judge_address(address: Address, allowed: tuple[Network, ...] = ()) -> str | None:
    """Why `address` may not be connected to, or None where it may.

    Whatever is not global unicast is refused, every form that embeds an IPv4 address included,
    unless one of `allowed` names it in that very form.
    """
    if any(address in network for network in allowed):
        return None
    for network, why in _REFUSED:
        if address in network:
            return f"{address} is {why}"
    if isinstance(address, IPv6Address):
        return _judge_ipv6_form(address)
    return None


def _judge_ipv6_form(address: IPv6Address) -> str | None:
    if address not in _GLOBAL_UNICAST:
        return f"{address} is not global unicast (RFC 4291)"
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return f"{address} is ISATAP (RFC 5214)"
    if address.scope_id is not None:
        return f"{address} names a zone"
    return None


def judge_host(host: str) -> str | None:
    """Why the spelling `host` is not used, or None where it is (a name, or an address as text).

    An integer, octal, hexadecimal or short spelling of an IPv4 address, and a long one of an
    IPv6 address, is refused always: one host is to have one key. `host` without brackets.
    """
    if ":" in host:
        return _judge_literal(host)
    if len(host) > _NAME_LIMIT or not _NAME.fullmatch(host):
        return f"{host!r:.300} is no host name"
    if _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]):
        return _judge_literal(host)
    return None


def _judge_literal(host: str) -> str | None:
    address = read_literal(host)
    if address is None or "%" in host or str(address) != host.lower():
        return f"{host!r:.300} is no canonical spelling of an address"
    return None


@lru_cache(maxsize=4096)
def read_literal(host: str) -> Address | None:
    """`host` as an address where it is one in the usual spelling, else None."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def judge_port(
    host: str, port: int, allowed: Sequence[int], seeds: Mapping[str, Sequence[int]]
) -> str | None:
    """Why `port` of `host` may not be asked, or None: 80, 443, `allowed`, and what a seed names."""
    if port in WEB_PORTS or port in allowed or port in seeds.get(host, ()):
        return None
    return f"port {port} is neither 80 nor 443; --allow-port {port} opens it"


def is_loopback(address: str) -> bool:
    """Whether `address` (as text) is this machine: the one place where the pace may be 0."""
    literal = read_literal(address)
    return literal is not None and any(literal in network for network in _LOOPBACK)
