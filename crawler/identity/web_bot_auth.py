"""Web Bot Auth: a signature that proves to one authority, for some minutes, who asks.

draft-ietf-webbotauth-httpsig-protocol (2026-10-29) on HTTP Message Signatures (RFC 9421). What is
covered names the authority asked, so every hop of a redirect needs a signature of its own.
"""

import base64
import secrets
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519

from crawler.clock import moment
from crawler.identity.keys import SigningKey
from crawler.policy.signals.web_bot_auth import MAX_LIFETIME, TAG

LABEL: Final = "sig"
COVERED: Final = ("@authority", f'"signature-agent";key="{LABEL}"')
LIFETIME: Final = 300
"""Seconds that a signature holds: enough for a slow answer and a clock that is a little off."""

NONCE_BYTES: Final = 64
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass
class Message:
    """A request as far as a signature sees it (`HTTPSignatureComponentResolver`)."""

    url: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)


class RequestSigner:
    """Signs requests with one key, in the name of one https origin that publishes it."""

    def __init__(self, key: SigningKey, agent: str, lifetime: int = LIFETIME) -> None:
        """`agent` is an origin, as checked; `lifetime` in seconds, at most a day (section 4.2)."""
        if not 0 < lifetime <= MAX_LIFETIME:
            raise ValueError(lifetime)
        self._keyid = key.keyid
        self._agent = f'{LABEL}="{read_authority_url(agent)}"'
        self._lifetime = lifetime
        self._signer = HTTPMessageSigner(
            signature_algorithm=ED25519,
            key_resolver=MappingKeyResolver(
                public_keys={}, private_keys={self._keyid: key.private}
            ),
        )

    def sign(self, url: str, now: float) -> tuple[tuple[str, str], ...]:
        """Signature-Agent, Signature-Input and Signature for one GET of `url` at `now` (epoch)."""
        message = Message(f"{read_authority_url(url)}/", headers={"Signature-Agent": self._agent})
        created = int(now)
        self._signer.sign(
            message,
            key_id=self._keyid,
            created=moment(created),
            expires=moment(created + self._lifetime),
            nonce=base64.b64encode(secrets.token_bytes(NONCE_BYTES)).decode(),
            label=LABEL,
            tag=TAG,
            covered_component_ids=COVERED,
        )
        return tuple(message.headers.items())


def read_authority_url(url: str) -> str:
    """Scheme and authority of `url` as the Host field has them (RFC 9421 2.2.3, RFC 9110 4.2.3).

    Lower case, without the scheme's own port, credentials and a name's closing dot. Path and query
    are not signed, and a site may write them in ways that a strict reader refuses.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removesuffix(".")
    literal = f"[{host}]" if ":" in host else host
    port = parts.port
    own = port is None or port == _DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{literal}" if own else f"{parts.scheme}://{literal}:{port}"
