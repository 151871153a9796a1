"""Forward-confirmed reverse DNS: whether an address names the operator, and the name agrees.

A site that doubts a request looks up the address's name (PTR), sees whose domain that is, and
looks up the name's addresses: the one it started from must be among them.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, Protocol

from tldextract import TLDExtract

from crawler.errors import ConfigurationError
from crawler.fetch.addresses import Address

MOST_NAMES: Final = 10
"""Names of one address that are followed; a sane one has one."""

_EXTRACT: Final = TLDExtract(
    cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True, include_psl_private_domains=True
)


class NameService(Protocol):
    """Both ways through the DNS; what is not there is empty."""

    def names_of(self, address: str) -> Sequence[str]:
        """The names that PTR records give an address."""
        ...

    def addresses_of(self, name: str) -> Sequence[str]:
        """The addresses that A and AAAA records give a name."""
        ...


class SystemNames:
    """The machine's own resolver."""

    def names_of(self, address: str) -> Sequence[str]:
        try:
            name, aliases, _ = socket.gethostbyaddr(address)
        except OSError:
            return ()
        return (name, *aliases)

    def addresses_of(self, name: str) -> Sequence[str]:
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return ()
        return tuple(str(place[0]) for *_, place in found)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was found for one address; `name` is the confirmed one, else `reason` says why none."""

    address: str
    name: str
    reason: str

    @property
    def confirmed(self) -> bool:
        """Whether a site that checks would believe."""
        return bool(self.name)


def confirm(address: str, own_hosts: Sequence[str], service: NameService) -> Confirmation:
    """Look up `address` there and back; a name counts in the domain of one of `own_hosts`.

    Without own hosts any name that leads back will do. Raises `ConfigurationError` for what is
    no address.
    """
    wanted = _read_address(address)
    names = [name.rstrip(".").lower() for name in service.names_of(str(wanted))][:MOST_NAMES]
    names = [name for name in dict.fromkeys(names) if name and not name.endswith(".arpa")]
    if not names:
        return Confirmation(str(wanted), "", "no PTR record gives it a name")
    domains = {_domain(host) for host in own_hosts if host}
    own = [name for name in names if not domains or _domain(name) in domains]
    if not own:
        listed, wished = ", ".join(names), " or ".join(sorted(domains))
        return Confirmation(str(wanted), "", f"its name {listed} is not in {wished}")
    for name in own:
        if wanted in _addresses(name, service):
            return Confirmation(str(wanted), name, "")
    return Confirmation(str(wanted), "", f"{', '.join(own)} does not lead back to it")


def _read_address(text: str) -> Address:
    try:
        address = ip_address(text)
    except ValueError:
        address = None
    if address is None or "%" in text:
        raise ConfigurationError(
            f"{text!r} is no IP address: give --check-dns the one that your crawler comes from."
        )
    return address


def _addresses(name: str, service: NameService) -> set[Address]:
    found: set[Address] = set()
    for text in service.addresses_of(name):
        try:
            found.add(ip_address(text.partition("%")[0]))
        except ValueError:
            continue
    return found


def _domain(host: str) -> str:
    """The registrable domain of `host`; below a suffix that no list knows, its last two labels."""
    bare = host.rstrip(".").lower()
    return _EXTRACT(bare).top_domain_under_public_suffix or ".".join(bare.split(".")[-2:])
