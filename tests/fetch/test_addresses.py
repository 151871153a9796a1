"""Which addresses, spellings and ports pass the guard."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.addresses import is_loopback, judge_address, judge_host, judge_port

REFUSED = [
    "0.0.0.0",  # noqa: S104 (an address to refuse, not to listen at)
    "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1",
    "127.255.255.255", "168.63.129.16", "169.254.169.254", "169.254.0.1", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255",
    "::", "::1", "::2", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::7f00:1", "100::1", "2001::1",
    "2001:0:7f00:1::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1",
    "2002:808:808::1", "2606:2800::5efe:7f00:1", "2606:2800::200:5efe:a00:1", "3fff::1",
    "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:2800::1",
          "2001:4860:4860::8888", "2a00:1450:4001::1"]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_global_unicast_is_refused(address: str) -> None:
    assert judge_address(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_passes(address: str) -> None:
    assert judge_address(ip_address(address)) is None


@given(st.ip_addresses())
def test_nothing_passes_that_the_library_knows_to_be_private(address: object) -> None:
    known = ip_address(str(address))
    if known.is_private or known.is_multicast or known.is_reserved or known.is_link_local:
        assert judge_address(known)


def test_an_opened_network_opens_what_it_names_and_nothing_else() -> None:
    opened = (ip_network("127.0.0.0/8"), ip_network("fd00::/8"))
    assert judge_address(ip_address("127.9.9.9"), opened) is None
    assert judge_address(ip_address("fd00::1"), opened) is None
    for other in ("10.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fc00::1", "::7f00:1"):
        assert judge_address(ip_address(other), opened)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "017700000001", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1",
        "127.0.0.01", "127.0.0.0x1", "127.0.0.1.", "1.2.3.4.5", "256.1.1.1", "8.8.2056",
        "site.example.0x8", "0x", "0:0:0:0:0:0:0:1", "::FFFF:7f00:1%eth0", "::ffff:127.0.0.001",
        "fe80::1%25eth0", "1::2::3", "", ".", "a..b", "a b", "a/b", "a%2eb",
        "a\\b", "bücher.example",
        "x" * 64, "a." * 130, "\u2460.1.1.1", "[::1]",
    ],
)  # fmt: skip
def test_an_odd_spelling_of_a_host_is_refused(host: str) -> None:
    assert judge_host(host)


@pytest.mark.parametrize(
    "host",
    ["site.example", "a-b.c_d.example.", "localhost", "xn--bcher-kva.example", "1and1.com",
     "3.example", "0x.example", "8.8.8.8", "::1", "2606:2800::1"],
)  # fmt: skip
def test_an_ordinary_host_is_read(host: str) -> None:
    assert judge_host(host) is None


def test_ports_are_80_and_443_and_those_that_somebody_names() -> None:
    seeds = {"site.example": (8080,)}
    assert judge_port("site.example", 80, (), {}) is None
    assert judge_port("site.example", 443, (), {}) is None
    assert judge_port("site.example", 8080, (), seeds) is None
    assert judge_port("else.example", 8080, (), seeds)
    assert judge_port("else.example", 8080, (8080,), {}) is None
    assert judge_port("site.example", 22, (8080,), seeds)


def test_loopback_is_this_machine_only() -> None:
    assert is_loopback("127.0.0.1")
    assert is_loopback("127.200.3.4")
    assert is_loopback("::1")
    for other in ("128.0.0.1", "::ffff:127.0.0.1", "10.0.0.1", "localhost", ""):
        assert not is_loopback(other)
