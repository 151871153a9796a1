"""TLS: verified always, its facts kept, every failure an outcome."""

import asyncio
import os
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.fetch.addresses import Address
from crawler.policy.model import Outcome
from crawler.records.exchange import Exchange, Truncated
from crawler.runtime import FetchFailedError
from tests.fetch.sites import OpenPace, Site, fetching, serving

HELLO = b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello"
NAME = "site.example"
START = datetime(2020, 1, 1, tzinfo=UTC)


def certify(scratch: Path, name: str, until: datetime) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for `name`, and that of a client that trusts its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain = scratch / "chain.pem"
    chain.write_bytes(private + public)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain)
    return server, ssl.create_default_context(cadata=public.decode())


def name_loopback(_: str) -> list[Address]:
    return [ip_address("127.0.0.1")]


LATER = START + timedelta(days=36_500)


async def test_a_verified_connection_is_used_and_its_facts_kept(tmp_path: Path) -> None:
    server, client = certify(tmp_path, NAME, LATER)
    async with (
        serving(HELLO, tls=server, close_after=False) as site,
        fetching(site, tls=client, look_up=name_loopback) as fetcher,
    ):
        for _ in range(2):
            exchange = await fetcher.fetch(site.url(host=NAME, scheme="https"))
            assert exchange.body == b"hello"
            assert exchange.tls is not None
            assert exchange.tls.version.startswith("TLSv1.")
            assert exchange.tls.cipher
            assert f"\r\nHost: {NAME}:{site.port}\r\n".encode() in exchange.request_head
        assert site.connections == 1


@pytest.mark.parametrize(
    ("name", "until", "trusted"),
    [
        ("else.example", LATER, True),
        (NAME, START + timedelta(days=1), True),
        (NAME, LATER, False),
    ],
    ids=["another name", "expired", "nobody vouches for it"],
)
async def test_an_unverified_server_gets_no_request(
    tmp_path: Path, name: str, until: datetime, *, trusted: bool
) -> None:
    server, client = certify(tmp_path, name, until)
    pace = OpenPace()
    async with (
        serving(HELLO, tls=server) as site,
        fetching(site, pace, client if trusted else None, name_loopback) as fetcher,
    ):
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url(host=NAME, scheme="https"))
        assert failure.value.outcome is Outcome.TLS
        assert site.requests == []
        assert pace.said == [("failed", Outcome.TLS)]


async def test_plain_http_on_a_tls_port_is_a_tls_failure() -> None:
    plain = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    async with (
        serving(b"", greeting=plain) as site,
        fetching(site, look_up=name_loopback) as fetcher,
    ):
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url(host=NAME, scheme="https"))
        assert failure.value.outcome is Outcome.TLS
        assert site.requests == []


async def test_a_connection_verified_for_one_name_serves_no_other(tmp_path: Path) -> None:
    server, client = certify(tmp_path, NAME, LATER)
    async with (
        serving(HELLO, tls=server, close_after=False) as site,
        fetching(site, tls=client, look_up=name_loopback) as fetcher,
    ):
        await fetcher.fetch(site.url(host=NAME, scheme="https"))
        with pytest.raises(FetchFailedError) as failure:
            await fetcher.fetch(site.url(host="else.example", scheme="https"))
        assert failure.value.outcome is Outcome.TLS
        assert len(site.requests) == 1


@pytest.mark.parametrize("in_order", [True, False])
@pytest.mark.parametrize("framing", [b"", b"Content-Length: 5\r\n"])
def test_a_body_that_only_the_end_of_tls_ends_is_whole_if_that_was_said(
    tmp_path: Path, framing: bytes, *, in_order: bool
) -> None:
    server, client = certify(tmp_path, NAME, LATER)

    async def say(_: Site, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\nhello")
        await writer.drain()
        if not in_order:
            with socket.socket(fileno=os.dup(writer.get_extra_info("socket").fileno())) as below:
                below.shutdown(socket.SHUT_WR)

    async def ask() -> Exchange:
        async with (
            serving(say, tls=server) as site,
            fetching(site, tls=client, look_up=name_loopback) as fetcher,
        ):
            return await fetcher.fetch(site.url(host=NAME, scheme="https"))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        exchange = runner.run(ask())
    assert exchange.body == b"hello"
    whole = in_order or bool(framing)
    assert exchange.truncated is (Truncated.NO if whole else Truncated.DISCONNECT)
