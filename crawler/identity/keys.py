"""The Ed25519 key that signs requests: made, read from a PEM or JWK file, published as a JWK."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from crawler.errors import ConfigurationError, StorageError

LARGEST: Final = 64 * 1024
"""Bytes of a key file; a private key takes some hundred."""

MAKE_ONE: Final = "heed identity --make-key FILE makes one"
SEED_BYTES: Final = 32
OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key, and the name under which its public half is published."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        """The half that everybody may have."""
        return self.private.public_key()

    @property
    def keyid(self) -> str:
        """The JWK thumbprint in base64url (RFC 7638 3.2, RFC 8037 appendix A.3)."""
        members = json.dumps(_members(self.public), separators=(",", ":"), sort_keys=True)
        return encode_base64url(hashlib.sha256(members.encode()).digest())

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as a member of a key directory (RFC 8037 2)."""
        return {**_members(self.public), "kid": self.keyid, "use": "sig"}


def _members(key: Ed25519PublicKey) -> dict[str, str]:
    """The members that a thumbprint is made of."""
    point = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": encode_base64url(point)}


def encode_base64url(octets: bytes) -> str:
    """Base64url without padding (RFC 7515 2)."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def decode_base64url(text: str) -> bytes:
    """The octets of `text`, padded or not; raises `ValueError`."""
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)


def make_key(file: Path) -> SigningKey:
    """Write a new key to `file` as PEM (PKCS #8), readable by its owner only.

    Raises `ConfigurationError` where something is there already, `StorageError` where it cannot
    be written. A key is never overwritten: what it signed could no longer be verified.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        raise ConfigurationError(
            f"{str(file)!r} exists already and a key is never overwritten: name another file."
        ) from None
    except OSError as error:
        raise _unwritable(file, error) from None
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(pem)
            opened.flush()
            os.fsync(descriptor)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise _unwritable(file, error) from None
    return SigningKey(key)


def _unwritable(file: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The key cannot be written to {str(file)!r} ({error.strerror or error}): "
        "name a file in a folder that is there and that you may write to."
    )


def read_key(file: Path) -> SigningKey:
    """The key in a PEM (PKCS #8) or JWK file; raises `ConfigurationError` with one sentence."""
    try:
        with file.open("rb") as opened:
            text = opened.read(LARGEST + 1)
    except OSError as error:
        raise ConfigurationError(
            f"The Web Bot Auth key {str(file)!r} cannot be read ({error.strerror or error}): "
            f"name a PEM or JWK file; {MAKE_ONE}."
        ) from None
    if len(text) > LARGEST:
        raise ConfigurationError(f"The Web Bot Auth key {str(file)!r} is far too long for a key.")
    is_json = text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    return SigningKey(_read_jwk(text, file) if is_json else _read_pem(text, file))


def _read_pem(text: bytes, file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(text, password=None)
    except TypeError:
        raise ConfigurationError(
            f"The Web Bot Auth key {str(file)!r} is locked by a pass phrase: "
            "a crawl cannot ask for it, keep the key unlocked in a file only its owner can read."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(
            f"The Web Bot Auth key {str(file)!r} is no private key in PEM or JWK form: {MAKE_ONE}."
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        kind = type(key).__name__.strip("_").removesuffix("PrivateKey")
        raise _wrong_kind(file, kind)
    return key


def _read_jwk(text: bytes, file: Path) -> Ed25519PrivateKey:
    try:
        jwk = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        jwk = None
    if not isinstance(jwk, dict):
        raise ConfigurationError(
            f"The Web Bot Auth key {str(file)!r} is no JWK: one JSON object, please; {MAKE_ONE}."
        )
    if (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
        raise _wrong_kind(file, f"{jwk.get('kty')} {jwk.get('crv', '')}".strip())
    try:
        seed = decode_base64url(str(jwk["d"]))
    except (KeyError, ValueError):
        seed = b""
    if len(seed) != SEED_BYTES:
        raise ConfigurationError(
            f"The Web Bot Auth key {str(file)!r} has no private part ('d', 32 octets in "
            "base64url): a public key cannot sign."
        )
    key = Ed25519PrivateKey.from_private_bytes(seed)
    if str(jwk.get("x", "")).rstrip("=") not in ("", _members(key.public_key())["x"]):
        raise ConfigurationError(
            f"The Web Bot Auth key {str(file)!r} is two keys: its 'x' does not belong to its 'd'."
        )
    return key


def _wrong_kind(file: Path, kind: str) -> ConfigurationError:
    return ConfigurationError(
        f"The Web Bot Auth key {str(file)!r} is of kind {kind!r:.60}, "
        f"and Heed signs with Ed25519: {MAKE_ONE}."
    )


def is_exposed(file: Path) -> bool:
    """Whether others than its owner may read `file`; raises `OSError`."""
    return bool(file.stat().st_mode & 0o077)
