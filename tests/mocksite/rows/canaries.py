"""Links to addresses that no crawler may connect to, in every spelling known to us."""

from ipaddress import IPv4Address
from typing import Final

from tests.mocksite.behaviour import Behaviour
from tests.mocksite.checks import canary_untouched, reached
from tests.mocksite.visit import Visit, page

FIXED: Final = (
    "http://169.254.169.254/latest/", "http://[fe80::1]/", "http://[::]/", "http://10.0.0.1/",
    "http://192.168.0.1/", "http://[fd00:ec2::254]/", "http://100.64.0.1/", "http://224.0.0.1/",
)  # fmt: skip
"""Addresses at which nothing of ours can listen; a crawler that tries them only loses time."""


def spellings(address: str, port: str) -> tuple[str, ...]:
    """An IPv4 `address` as URLs in the ways that resolvers and libraries have accepted."""
    number = int(IPv4Address(address))
    first, second, third, fourth = address.split(".")
    hosts = (
        address,
        f"{address}.",
        str(number),
        hex(number),
        f"0{number:o}",
        f"{first}.{second}.{int(third) * 256 + int(fourth)}",
        f"{first}.{number - (int(first) << 24)}",
        ".".join(f"0{int(part):o}" for part in (first, second, third, fourth)),
        ".".join(hex(int(part)) for part in (first, second, third, fourth)),
        address.replace(".", "%2e"),
        address.replace(".", "\u3002"),
        "".join(chr(ord(one) + 0xFEE0) if one.isdigit() else one for one in address),
        f"[::ffff:{address}]",
        f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]",
        f"[::{address}]",
        f"[64:ff9b::{address}]",
        f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]",
        f"good.example@{address}",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "0.0.0.0",  # noqa: S104 (a target that a link names, not an address to listen at)
        "0",
    )
    return tuple(f"http://{host}:{port}/canary" for host in hosts)


async def _links(visit: Visit) -> None:
    targets: list[str] = [*FIXED, "/public/"]
    for canary in visit.place.canaries:
        address, _, port = canary.rpartition(":")
        within = address.startswith("[")
        targets += [f"http://{canary}/canary"] if within else spellings(address, port)
    await visit.reply(200, page("Addresses", tuple(targets)))


ROWS: Final = (
    Behaviour(
        name="link-canary",
        must="refuse private and loopback addresses, whatever they are written like",
        never="connect to the canary",
        serve=_links,
        at="/",
        checks=(canary_untouched(), reached("/public/")),
    ),
)
