"""Keys from files, and files from keys; a wrong file is told in one sentence."""

import json
import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from crawler.errors import ConfigurationError, StorageError
from crawler.identity.keys import LARGEST, is_exposed, make_key, read_key
from tests.identity.samples import private_jwk, write_jwk, write_rsa

RFC_8037_SEED = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
RFC_8037_POINT = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC_8037_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_the_thumbprint_is_that_of_rfc_8037_appendix_a(tmp_path: Path) -> None:
    file = write_jwk(tmp_path / "key.jwk", kty="OKP", crv="Ed25519", d=RFC_8037_SEED)
    key = read_key(file)
    assert key.keyid == RFC_8037_THUMBPRINT
    assert key.jwk == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": RFC_8037_POINT,
        "kid": RFC_8037_THUMBPRINT,
        "use": "sig",
    }


def test_a_made_key_is_read_back_and_only_its_owner_may(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    before = os.umask(0)
    try:
        made = make_key(file)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not is_exposed(file)
    assert read_key(file).keyid == made.keyid
    file.chmod(0o640)
    assert is_exposed(file)


def test_two_made_keys_differ(tmp_path: Path) -> None:
    assert make_key(tmp_path / "1").keyid != make_key(tmp_path / "2").keyid


def test_a_key_is_never_overwritten_not_even_through_a_link(tmp_path: Path) -> None:
    file, link, dangling = (tmp_path / name for name in ("key.pem", "link", "dangling"))
    file.write_text("mine")
    link.symlink_to(file)
    dangling.symlink_to(tmp_path / "nowhere")
    for place in (file, link, dangling):
        with pytest.raises(ConfigurationError, match="never overwritten"):
            make_key(place)
    assert file.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_key_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be written .*No such file or directory"):
        make_key(tmp_path / "missing" / "key.pem")


def test_a_key_reads_the_same_from_pem_and_jwk(tmp_path: Path) -> None:
    made = make_key(tmp_path / "key.pem")
    file = write_jwk(tmp_path / "key.json", **private_jwk(made))
    assert read_key(file).keyid == made.keyid
    file.write_bytes(b"\xef\xbb\xbf \r\n" + file.read_bytes())
    assert read_key(file).keyid == made.keyid


def test_a_missing_key_file_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone.pem.*No such file.*--make-key"):
        read_key(tmp_path / "gone.pem")
    with pytest.raises(ConfigurationError, match="Is a directory"):
        read_key(tmp_path)


def test_a_key_of_another_kind_is_told_by_its_kind(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="kind 'RSA', and Heed signs with Ed25519"):
        read_key(write_rsa(tmp_path / "rsa.pem"))
    jwk = write_jwk(tmp_path / "ec.jwk", kty="EC", crv="P-256", d="AAAA")
    with pytest.raises(ConfigurationError, match="kind 'EC P-256', and Heed signs with Ed25519"):
        read_key(jwk)


def test_a_locked_key_is_told_as_such(tmp_path: Path) -> None:
    file = tmp_path / "locked.pem"
    file.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
        )
    )
    with pytest.raises(ConfigurationError, match="locked by a pass phrase"):
        read_key(file)


def test_a_public_key_cannot_sign(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate().public_key()
    pem = tmp_path / "public.pem"
    pem.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(ConfigurationError, match="is no private key"):
        read_key(pem)
    jwk = write_jwk(tmp_path / "public.jwk", kty="OKP", crv="Ed25519", x=RFC_8037_POINT)
    with pytest.raises(ConfigurationError, match="a public key cannot sign"):
        read_key(jwk)


def test_a_jwk_whose_halves_do_not_match_is_refused(tmp_path: Path) -> None:
    members = private_jwk(make_key(tmp_path / "key.pem"))
    file = write_jwk(tmp_path / "key.jwk", **{**members, "x": RFC_8037_POINT})
    with pytest.raises(ConfigurationError, match="is two keys"):
        read_key(file)


@pytest.mark.parametrize(
    "text",
    [b"", b"\x00\xff", b"{", b"[]", b'{"keys": []}', b"[" * 30_000, b"-----BEGIN PRIVATE KEY-----",
     b'{"kty":"OKP","crv":"Ed25519","d":"AA"}', b'{"kty":"OKP","crv":"Ed25519","d":"!!"}',
     b'{"kty":"OKP","crv":"Ed25519","d":7}', "{\u00e9".encode("latin-1")],
)  # fmt: skip
def test_what_is_no_key_is_told_in_one_sentence(text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(text)
    with pytest.raises(ConfigurationError, match="The Web Bot Auth key '") as told:
        read_key(file)
    assert str(told.value).endswith(".")
    assert "\n" not in str(told.value)


def test_an_endless_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(b" " * (LARGEST + 1))
    with pytest.raises(ConfigurationError, match="far too long"):
        read_key(file)


def test_a_pem_key_made_elsewhere_is_read(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    file = tmp_path / "key.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert json.dumps(read_key(file).jwk).isascii()
    assert read_key(file).private.private_bytes_raw() == key.private_bytes_raw()
