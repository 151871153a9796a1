"""The key directory: where a server that was sent a signature finds the key to check it with.

draft-ietf-webbotauth-httpsig-protocol (2026-10-29), "Directory Format": a JWK Set at a well-known
place, served over https with status 200 and its own media type, never by a redirect.
"""

import json
from collections.abc import Iterable

from crawler.identity.keys import SigningKey
from crawler.identity.published import PublicFile
from crawler.identity.web_bot_auth import read_authority_url
from crawler.policy.signals.web_bot_auth import MEDIA_TYPE, WELL_KNOWN


def render_directory(keys: Iterable[SigningKey]) -> PublicFile:
    """The public halves of `keys`, the one in use first, each once."""
    members = {key.keyid: key.jwk for key in keys}
    text = json.dumps({"keys": list(members.values())}, indent=2) + "\n"
    return PublicFile(WELL_KNOWN.lstrip("/"), MEDIA_TYPE, text)


def directory_url(agent: str) -> str:
    """Where the directory of the signature agent `agent` (an https origin) is looked for."""
    return read_authority_url(agent) + WELL_KNOWN
