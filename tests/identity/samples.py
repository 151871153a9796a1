"""An operator, a key and a clock for tests; the key is made anew each time."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crawler.config import Options
from crawler.identity.keys import SigningKey

AGENT: Final = "https://bot.example"
NOW: Final = 1_795_000_000.25
CONTACT: Final = "https://bot.example/bot.html"


def operator(**given: object) -> Options:
    """Options of an operator who has said who they are, and `given`."""
    said = {"product_token": "Testbot", "contact_url": CONTACT, "from_email": "bot@bot.example"}
    return Options.model_validate({**said, **given})


def write_jwk(file: Path, **members: object) -> Path:
    """A JWK file of `members`."""
    file.write_text(json.dumps(members), encoding="utf-8")
    return file


def private_jwk(key: SigningKey) -> dict[str, str]:
    """A private key as a JWK (RFC 8037 2)."""
    seed = urlsafe_b64encode(key.private.private_bytes_raw()).decode()
    return {**key.jwk, "d": seed.rstrip("=")}


def write_rsa(file: Path) -> Path:
    """A PEM file that holds an RSA key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file
