"""The published vectors of Web Bot Auth hold on our signature base, and nothing bent does."""

import json
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from crawler.identity.keys import decode_base64url
from crawler.identity.verification import PublicKey, SignatureError, verify
from tests.shared import SHARED, needs_shared

FOLDER = SHARED / "data" / "webbotauth"
VERSIONS = {"item": "v1", "dictionary": "v2"}


def vectors() -> list[tuple[str, Mapping[str, object]]]:
    """Every vector that is there, by form and number."""
    found: list[tuple[str, Mapping[str, object]]] = []
    for form, version in VERSIONS.items():
        file = FOLDER / f"web_bot_auth_architecture_{version}.json"
        if file.is_file():
            listed = json.loads(file.read_text("utf-8"))
            found += [(f"{form}-{number}", one) for number, one in enumerate(listed)]
    return found


VECTORS = vectors()
every_vector = pytest.mark.parametrize(
    "vector", [one for _, one in VECTORS], ids=[name for name, _ in VECTORS]
)


def key_of(vector: Mapping[str, object]) -> PublicKey:
    """The public half of a vector's key."""
    jwk = vector["key"]
    assert isinstance(jwk, dict)
    if jwk["kty"] == "OKP":
        return Ed25519PublicKey.from_public_bytes(decode_base64url(jwk["x"]))
    modulus, exponent = (int.from_bytes(decode_base64url(jwk[name]), "big") for name in ("n", "e"))
    return RSAPublicNumbers(exponent, modulus).public_key()


def request_of(vector: Mapping[str, object]) -> tuple[tuple[tuple[str, str], ...], str, str, float]:
    """Fields, URL, keyid and a time at which a vector holds."""
    names = {
        "signature_agent": "Signature-Agent",
        "signature_input": "Signature-Input",
        "signature": "Signature",
    }
    fields = tuple((name, str(vector[key])) for key, name in names.items() if key in vector)
    keyid = str(vector["signature_input"]).partition('keyid="')[2].partition('"')[0]
    created = vector["created_ms"]
    assert isinstance(created, int)
    return fields, str(vector["target_url"]), keyid, created / 1000


@needs_shared
def test_all_eight_vectors_are_there() -> None:
    assert len(VECTORS) == 8


@needs_shared
@every_vector
def test_a_published_vector_holds(vector: Mapping[str, object]) -> None:
    fields, url, keyid, now = request_of(vector)
    verified = verify(fields, url, {keyid: key_of(vector)}, now)
    assert (verified.keyid, verified.nonce) == (keyid, vector["nonce"])
    assert verified.covered['"@authority"'] == "example.com"
    agents = [value for name, value in verified.covered.items() if "signature-agent" in name]
    assert agents == (['"https://signature-agent.test"'] if "signature_agent" in vector else [])


@needs_shared
@every_vector
def test_a_vector_holds_nowhere_else_and_at_no_other_time(vector: Mapping[str, object]) -> None:
    fields, url, keyid, now = request_of(vector)
    keys = {keyid: key_of(vector)}
    expires = vector["expires_ms"]
    assert isinstance(expires, int)
    for other_url, other_time in (
        ("https://www.example.com/", now),
        (url, now - 3600),
        (url, expires / 1000),
    ):
        with pytest.raises(SignatureError):
            verify(fields, other_url, keys, other_time)


@needs_shared
@every_vector
def test_a_bent_vector_does_not_hold(vector: Mapping[str, object]) -> None:
    fields, url, keyid, now = request_of(vector)
    bent = {
        "Signature-Input": ("created=17356896", "created=17356895"),
        "Signature-Agent": ("signature-agent.test", "other.test"),
        "Signature": ("=:", "=:AAAA"),
    }
    for name, (old, new) in bent.items():
        changed = tuple(
            (one, value.replace(old, new) if one == name else value) for one, value in fields
        )
        if changed == fields:
            continue
        with pytest.raises(SignatureError):
            verify(changed, url, {keyid: key_of(vector)}, now)


@needs_shared
def test_keys_of_both_kinds_may_be_known_at_once() -> None:
    known = {request_of(one)[2]: key_of(one) for _, one in VECTORS}
    assert len(known) == 2
    for _, vector in VECTORS:
        fields, url, keyid, now = request_of(vector)
        assert verify(fields, url, known, now).keyid == keyid


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (("Signature", "sig=:AAAA:"),),
        (("Signature-Input", 'sig=("@authority")'), ("Signature", "sig=:AAAA:")),
        (("Signature-Input", "\x00"), ("Signature", "\xff")),
        (
            ("Signature-Input", 'sig=("@authority");created=1;expires=2;keyid="k";tag="other"'),
            ("Signature", "sig=:AAAA:"),
        ),
        (
            ("Signature-Input", 'sig=("@authority");keyid="k";tag="web-bot-auth"'),
            ("Signature", "sig=:AAAA:"),
        ),
    ],
)
def test_a_request_without_a_sound_signature_is_refused(
    fields: tuple[tuple[str, str], ...],
) -> None:
    key = Ed25519PublicKey.from_public_bytes(bytes(range(32)))
    with pytest.raises(SignatureError):
        verify(fields, "https://example.com/", {"k": key}, 1.0)
