"""What every request says about who asks: the one place that makes a crawl's identity."""

from collections.abc import Sequence
from pathlib import Path

from crawler.clock import Clock
from crawler.config import Options
from crawler.fetch.fetcher import Identity
from crawler.identity.keys import read_key
from crawler.identity.user_agent import identity_headers
from crawler.identity.web_bot_auth import RequestSigner


def make_identity(options: Options, clock: Clock) -> Identity:
    """The identity of a crawl: URL in, the fields out that go with one request for it.

    User-Agent and From are the same everywhere; with a Web Bot Auth key each call signs anew for
    the URL's own authority. Raises `ConfigurationError` before anything is asked.
    """
    standing = identity_headers(options)
    if not options.web_bot_auth_key:
        return lambda _: standing
    signer = RequestSigner(read_key(Path(options.web_bot_auth_key)), options.signature_agent)

    def sign(url: str) -> Sequence[tuple[str, str]]:
        return (*standing, *signer.sign(url, clock.now()))

    return sign
