"""A signature holds for one authority and some minutes, and says where its key is published."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crawler.identity.keys import SigningKey
from crawler.identity.verification import SignatureError, verify
from crawler.identity.web_bot_auth import (
    LIFETIME,
    RequestSigner,
    read_authority_url,
)
from crawler.policy.door import explain
from tests.identity.samples import AGENT, NOW

URL = "https://site.example/a/page?x=1"
DAY = 24 * 60 * 60


@pytest.fixture
def key() -> SigningKey:
    return SigningKey(Ed25519PrivateKey.generate())


def test_a_signature_covers_authority_and_agent_and_nothing_else(key: SigningKey) -> None:
    fields = RequestSigner(key, AGENT).sign(URL, NOW)
    verified = verify(fields, URL, {key.keyid: key.public}, NOW)
    covered = dict(verified.covered)
    covered.pop('"@signature-params"', None)
    assert covered == {
        '"@authority"': "site.example",
        '"signature-agent";key="sig"': f'"{AGENT}"',
    }
    assert (verified.keyid, verified.created) == (key.keyid, int(NOW))
    assert verified.expires - verified.created == LIFETIME <= DAY


def test_the_fields_are_the_three_of_the_draft(key: SigningKey) -> None:
    fields = dict(RequestSigner(key, AGENT).sign(URL, NOW))
    assert list(fields) == ["Signature-Agent", "Signature-Input", "Signature"]
    assert fields["Signature-Agent"] == f'sig="{AGENT}"'
    for parameter in (
        f";created={int(NOW)}",
        f";expires={int(NOW) + LIFETIME}",
        f';keyid="{key.keyid}"',
        ';alg="ed25519"',
        ';nonce="',
        ';tag="web-bot-auth"',
    ):
        assert parameter in fields["Signature-Input"]
    assert fields["Signature-Input"].startswith('sig=("@authority" "signature-agent";key="sig");')


def test_our_own_reader_finds_a_signed_request_well_formed(key: SigningKey) -> None:
    fields = RequestSigner(key, AGENT).sign(URL, NOW)
    found = explain({"url": URL, "request_headers": [list(one) for one in fields]})
    evidence = found["evidence"]
    assert isinstance(evidence, dict)
    noted = evidence["web_bot_auth"]
    assert noted["well_formed"] is True
    assert noted["signed"] is True
    assert noted["directory"] == AGENT + "/.well-known/http-message-signatures-directory"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("https://Bot.Example/", "https://bot.example"),
        ("https://bot.example:443", "https://bot.example"),
        ("https://bot.example:8443/", "https://bot.example:8443"),
    ],
)
def test_the_agent_is_told_as_an_origin_is_written(key: SigningKey, agent: str, told: str) -> None:
    assert dict(RequestSigner(key, agent).sign(URL, NOW))["Signature-Agent"] == f'sig="{told}"'


def test_two_signatures_of_one_url_differ_by_their_nonce(key: SigningKey) -> None:
    signer, keys = RequestSigner(key, AGENT), {key.keyid: key.public}
    once, again = (verify(signer.sign(URL, NOW), URL, keys, NOW) for _ in range(2))
    assert once.nonce != again.nonce
    assert len(once.nonce) == 88


@pytest.mark.parametrize(
    "elsewhere",
    ["https://other.example/a/page?x=1", "https://site.example:8443/", "https://www.site.example/"],
)
def test_a_signature_is_worth_nothing_at_another_authority(key: SigningKey, elsewhere: str) -> None:
    fields = RequestSigner(key, AGENT).sign(URL, NOW)
    with pytest.raises(SignatureError):
        verify(fields, elsewhere, {key.keyid: key.public}, NOW)


def test_a_signature_is_worth_nothing_in_another_agents_name(key: SigningKey) -> None:
    fields = dict(RequestSigner(key, AGENT).sign(URL, NOW))
    forged = {**fields, "Signature-Agent": 'sig="https://other.example"'}
    with pytest.raises(SignatureError):
        verify(tuple(forged.items()), URL, {key.keyid: key.public}, NOW)


def test_a_signature_by_an_unknown_key_does_not_hold(key: SigningKey) -> None:
    other = SigningKey(Ed25519PrivateKey.generate())
    fields = RequestSigner(key, AGENT).sign(URL, NOW)
    for keys in ({}, {other.keyid: other.public}, {key.keyid: other.public}):
        with pytest.raises(SignatureError):
            verify(fields, URL, keys, NOW)


@pytest.mark.parametrize("later", [-120.0, float(LIFETIME), DAY])
def test_a_signature_holds_only_while_it_says(key: SigningKey, later: float) -> None:
    fields = RequestSigner(key, AGENT).sign(URL, NOW)
    with pytest.raises(SignatureError, match="it holds from"):
        verify(fields, URL, {key.keyid: key.public}, int(NOW) + later)


@pytest.mark.parametrize("lifetime", [0, -1, DAY + 1])
def test_no_signature_lives_longer_than_a_day(key: SigningKey, lifetime: int) -> None:
    with pytest.raises(ValueError, match=str(lifetime)):
        RequestSigner(key, AGENT, lifetime)
    assert RequestSigner(key, AGENT, DAY).sign(URL, NOW)


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("HTTP://Site.Example:80/x", "http://site.example"),
        ("https://site.example:443", "https://site.example"),
        ("http://site.example:443/", "http://site.example:443"),
        ("https://site.example./", "https://site.example"),
        ("https://under_score.example/", "https://under_score.example"),
        ("http://127.0.0.1:8080/a?b", "http://127.0.0.1:8080"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080"),
        ("http://[2001:db8::1]:80/", "http://[2001:db8::1]"),
        ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example"),
    ],
)
def test_the_authority_is_that_of_the_host_field(key: SigningKey, url: str, authority: str) -> None:
    assert read_authority_url(url) == authority
    verified = verify(RequestSigner(key, AGENT).sign(url, NOW), url, {key.keyid: key.public}, NOW)
    assert verified.covered['"@authority"'] == authority.partition("//")[2]


@pytest.mark.parametrize("path", ["/%zz", "/a b", "/ä", "/{x}", "/?q=[1]|", "/%", '/"'])
def test_an_odd_path_is_no_reason_not_to_sign(key: SigningKey, path: str) -> None:
    url = "https://site.example" + path
    verified = verify(RequestSigner(key, AGENT).sign(url, NOW), url, {key.keyid: key.public}, NOW)
    assert verified.keyid == key.keyid
