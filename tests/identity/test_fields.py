"""What servers see of an identity: on every request anew, for them alone, and nothing beside."""

import subprocess
import sys
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path

import pytest

from crawler.clock import SystemClock
from crawler.errors import ConfigurationError
from crawler.fetch.addresses import Address
from crawler.fetch.fetcher import HttpFetcher
from crawler.identity.fields import make_identity
from crawler.identity.keys import SigningKey, make_key
from crawler.identity.verification import SignatureError, Verified, verify
from tests.command import environment
from tests.fetch.sites import LOOPBACK, OpenPace, serving
from tests.identity.samples import AGENT, operator, write_rsa
from tests.shared import ROOT
from tests.site import Answer, page, served, text

IDENTITY = {"user-agent", "from", "signature-agent", "signature-input", "signature"}
PROGRAM = "tests.identity.signed_crawl"
OTHERS = "GPTBot"
PLAIN = {"host", "accept", "accept-encoding", "connection"}
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def name_loopback(_: str) -> list[Address]:
    return [ip_address("127.0.0.1")]


def fields_of(request: bytes) -> dict[str, str]:
    """Header fields of a request as received, by lower-case name."""
    lines = request.decode().split("\r\n")[1:-2]
    pairs = [line.partition(": ") for line in lines]
    assert len({name.lower() for name, _, _ in pairs}) == len(pairs)
    return {name.lower(): value for name, _, value in pairs}


def verified(fields: Mapping[str, str], key: SigningKey, now: float) -> Verified:
    """The signature on a request, checked for the authority that its Host field names."""
    url = f"http://{fields['host']}/"
    return verify(tuple(fields.items()), url, {key.keyid: key.public}, now)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "key.pem"


def signing_fetcher(key_file: Path, *ports: int) -> HttpFetcher:
    """A fetcher that may ask any name at `ports` and signs with the key in `key_file`."""
    options = operator(
        web_bot_auth_key=str(key_file),
        signature_agent=AGENT,
        allow_net=(LOOPBACK,),
        allow_ports=ports,
    )
    clock = SystemClock()
    identity = make_identity(options, clock)
    return HttpFetcher(options, clock, OpenPace(), identity, None, name_loopback)


def redirect(target: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()


async def test_every_hop_carries_a_signature_of_its_own_and_nothing_of_the_last(
    key_file: Path,
) -> None:
    key = make_key(key_file)
    async with serving(FINE) as there:
        to = there.url("/end", "there.example")
        async with serving(redirect(to)) as here:
            fetcher = signing_fetcher(key_file, here.port, there.port)
            answer = await fetcher.fetch(here.url("/start", "here.example"))
            location = dict(answer.text_headers)["Location"]
            first = fields_of(here.requests[0])
            # Even a caller that hands the last hop's fields on does not get them sent.
            await fetcher.fetch(location, headers=tuple(first.items()))
            await fetcher.close()
    second = fields_of(there.requests[0])
    now = SystemClock().now()
    assert verified(first, key, now).nonce != verified(second, key, now).nonce
    assert first["signature"] != second["signature"]
    for fields, site in ((first, here), (second, there)):
        assert {*fields} <= IDENTITY | PLAIN
        assert {*fields} >= IDENTITY
        assert fields["host"].endswith(f".example:{site.port}")
        assert fields["signature-agent"] == f'sig="{AGENT}"'
    with pytest.raises(SignatureError):
        verified({**second, "host": first["host"]}, key, now)


@pytest.mark.parametrize("host", ["Here.Example", "here.example.", "127.0.0.1", "x_y.example"])
async def test_the_signature_holds_for_the_host_as_sent(key_file: Path, host: str) -> None:
    key = make_key(key_file)
    async with serving(FINE) as site:
        fetcher = signing_fetcher(key_file, site.port)
        await fetcher.fetch(site.url("/%zz?[ü]", host))
        await fetcher.close()
    found = verified(fields_of(site.requests[0]), key, SystemClock().now())
    assert found.keyid == key.keyid


async def test_the_same_url_twice_is_signed_twice(key_file: Path) -> None:
    make_key(key_file)
    async with serving(FINE) as site:
        fetcher = signing_fetcher(key_file, site.port)
        for _ in range(2):
            await fetcher.fetch(site.url())
        await fetcher.close()
    once, again = map(fields_of, site.requests)
    assert once["signature"] != again["signature"]
    assert once["user-agent"] == again["user-agent"]


def test_without_a_key_nothing_is_signed() -> None:
    fields = make_identity(operator(), SystemClock())("https://site.example/")
    assert [name for name, _ in fields] == ["User-Agent", "From"]


def test_a_bad_key_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    missing = operator(web_bot_auth_key=str(tmp_path / "gone.pem"), signature_agent=AGENT)
    with pytest.raises(ConfigurationError, match=r"gone\.pem"):
        make_identity(missing, SystemClock())
    rsa = write_rsa(tmp_path / "rsa.pem")
    with pytest.raises(ConfigurationError, match="signs with Ed25519"):
        make_identity(operator(web_bot_auth_key=str(rsa), signature_agent=AGENT), SystemClock())
    with pytest.raises(ConfigurationError, match="somebody else's"):
        make_identity(operator(product_token=OTHERS), SystemClock())


def test_a_whole_crawl_signs_for_each_host_and_leaks_nothing_over_a_redirect(
    tmp_path: Path,
) -> None:
    key = make_key(tmp_path / "key.pem")
    open_robots = text("User-agent: *\nAllow: /\n")
    with served({"/robots.txt": open_robots, "/end": page("End", "Words. " * 40)}) as (there,):
        leads = Answer(status=302, headers=(("Location", there.origin + "/end"),))
        with served({"/robots.txt": open_robots, "/": leads}, first=9) as (here,):
            done = subprocess.run(  # noqa: S603 (a program of these tests)
                [sys.executable, "-m", PROGRAM, here.origin, str(here.port), str(there.port)],
                cwd=ROOT,
                env=environment(
                    HEED_OUT=str(tmp_path / "out"),
                    HEED_WEB_BOT_AUTH_KEY=str(tmp_path / "key.pem"),
                    HEED_SIGNATURE_AGENT=AGENT,
                ),
                capture_output=True,
                timeout=120,
                check=False,
            )
    assert done.returncode == 0, done.stderr.decode()
    assert "/" in here.targets
    assert "/end" in there.targets
    now, nonces = SystemClock().now(), set()
    for site in (here, there):
        for _, fields in site.requests:
            assert {*fields} <= IDENTITY | PLAIN
            assert fields["host"] == site.origin.removeprefix("http://")
            nonces.add(verified(fields, key, now).nonce)
    assert len(nonces) == len(here.requests) + len(there.requests)
