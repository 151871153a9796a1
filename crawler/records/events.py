"""What components tell one another, as Scrapy signals: they meet here and nowhere else.

Each event is a bare object to connect to; the comment beside it names its arguments.
"""

from typing import Final

SITE_FILE_READ: Final = object()
"""`resource: Resource, origin: str, exchanges: tuple[Exchange, ...]`: a site file was fetched or
failed; one exchange a hop, none where no answer came."""

DECISION_MADE: Final = object()
"""`decision: Decision, uses: tuple[Use, ...], kept: bool`: every decision that refused, and every
one about a kept page."""

EXCHANGE_PASSED: Final = object()
"""`exchange: Exchange, kept: KeptPayload | None, decision: Decision, way: Way`: an answer that is
no page: a redirect, an error, or a 304, for which `kept` is the payload that still holds; under
which decision it was asked for, and how it was found."""

FETCH_FAILED: Final = object()
"""`url: str, outcome: Outcome, detail: str`: no answer came, or one that is no page."""

SEED_LEFT_OUT: Final = object()
"""`rank: int, reason: str`: a seed that the frontier does not take in, and the reason's name."""

CHECKPOINT: Final = object()
"""No arguments: put what you were given on disk now. Whoever cannot raises; the return value is
a mapping of open file (path below the root) to its length on disk, or None."""
