"""What a server does with a Web Bot Auth signature: reads it, finds the key, believes it or not.

`heed identity` tries the operator's key with it before any site does (RFC 9421 3.2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    InvalidSignature,
    MappingKeyResolver,
)
from http_message_signatures.algorithms import ED25519, RSA_PSS_SHA512

from crawler.identity.web_bot_auth import Message, read_authority_url
from crawler.policy.signals.web_bot_auth import TAG

PublicKey = Ed25519PublicKey | RSAPublicKey

CLOCK_SKEW: Final = 60.0
"""Seconds by which a signer's clock may be ahead."""

_ALGORITHMS: Final[Mapping[type[PublicKey], type[HTTPSignatureAlgorithm]]] = {
    Ed25519PublicKey: ED25519,
    RSAPublicKey: RSA_PSS_SHA512,
}


class SignatureError(ValueError):
    """A request's signature does not hold; its text says why."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds: whose, over what, and from when to when (epoch seconds)."""

    keyid: str
    covered: Mapping[str, str]
    created: int
    expires: int
    nonce: str


def verify(
    fields: Sequence[tuple[str, str]],
    url: str,
    keys: Mapping[str, PublicKey],
    now: float,
) -> Verified:
    """The Web Bot Auth signature in the `fields` of one GET of `url`, checked at `now` (epoch).

    `keys` by keyid. Raises `SignatureError` where it is missing, out of date, by an unknown key
    or over something else than was asked.
    """
    message = Message(f"{read_authority_url(url)}/", headers=_joined(fields))
    problems: list[str] = []
    for kind, algorithm in _ALGORITHMS.items():
        known = {keyid: key for keyid, key in keys.items() if isinstance(key, kind)}
        if not known:
            continue
        verifier = _TimedVerifier(algorithm, known, now)
        try:
            found = verifier.verify(message, max_age=None, expect_tag=TAG)
        except InvalidSignature as error:
            problems.append(str(error) or "the signature is another's")
            continue
        named = found[0].parameters
        return Verified(
            keyid=str(named["keyid"]),
            covered=dict(found[0].covered_components),
            created=int(named["created"]),
            expires=int(named["expires"]),
            nonce=found[0].nonce or "",
        )
    raise SignatureError("; ".join(problems) or "no key is known")


def _joined(fields: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Fields by lower-case name, repeated lines joined (RFC 9110 5.3)."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(values) for name, values in found.items()}


class _TimedVerifier(HTTPMessageVerifier):
    """Verifies as of a time that it is told."""

    def __init__(
        self,
        algorithm: type[HTTPSignatureAlgorithm],
        keys: Mapping[str, PublicKey],
        now: float,
    ) -> None:
        super().__init__(
            signature_algorithm=algorithm,
            key_resolver=MappingKeyResolver(public_keys=keys, private_keys={}),
        )
        self._now = now

    def validate_created_and_expires(
        self, sig_input: "object", max_age: timedelta | None = None
    ) -> None:
        """Both are there, and `now` lies between them (section 4.2)."""
        del max_age
        parameters = getattr(sig_input, "params", {})
        created, expires = parameters.get("created"), parameters.get("expires")
        if not isinstance(created, int) or not isinstance(expires, int):
            raise InvalidSignature("created or expires is missing")
        if not created - CLOCK_SKEW <= self._now < expires:
            raise InvalidSignature(f"it holds from {created} to {expires}, not at {self._now:.0f}")
