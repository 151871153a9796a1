"""Every way an exchange can go wrong, and the outcome that the ledger records: one table."""

import socket
import ssl
from typing import Final

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from crawler.policy.model import Outcome

FAILURES: Final[tuple[tuple[type[BaseException], Outcome], ...]] = (
    (TimeoutError, Outcome.TIMEOUT),
    (aiohttp.ServerTimeoutError, Outcome.TIMEOUT),
    (aiohttp.ClientConnectorDNSError, Outcome.DNS),
    (socket.gaierror, Outcome.DNS),
    (aiohttp.ClientSSLError, Outcome.TLS),
    (ssl.SSLError, Outcome.TLS),
    (aiohttp.ClientError, Outcome.CONNECTION),
    (HttpProcessingError, Outcome.CONNECTION),
    (OSError, Outcome.CONNECTION),
    (ValueError, Outcome.CONNECTION),
)
"""First match wins: a time-out is also an OSError, a TLS error also a ClientError."""

CAUGHT: Final = tuple(kind for kind, _ in FAILURES)


def outcome_of(error: BaseException) -> Outcome:
    """The outcome of `error`; what the table does not know is a CONNECTION that failed."""
    for kind, outcome in FAILURES:
        if isinstance(error, kind):
            return outcome
    return Outcome.CONNECTION


def describe(error: BaseException) -> str:
    """`error` in a few words, on one line, at most 300 characters."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}"[:300] if words else type(error).__name__
