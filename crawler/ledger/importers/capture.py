"""What every importer yields: a capture of a site file, or the fault of one piece of input."""

from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.policy.availability import (
    Rules,
    availability_of,
    outcome_of_body,
    outcome_of_status,
)
from crawler.policy.model import Outcome, Resource

ROBOTS_PATH = "/robots.txt"


@dataclass(frozen=True, slots=True)
class Capture:
    """One observation: `site` as it was given (a host) or an origin, `path` on it."""

    site: str
    path: str
    resource: Resource


@dataclass(frozen=True, slots=True)
class Fault:
    """One piece of input that could not be taken: which, where in it, why, and what helps."""

    file: str
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """The fault as one sentence."""
        return f"{self.file}, {self.where}: {self.what}; {self.remedy}."


Found = Capture | Fault


def read_moment(text: str) -> datetime:
    """An ISO 8601 time, or a date for its midnight; without an offset it is UTC.

    Raises `ValueError` for anything else.
    """
    when = datetime.fromisoformat(text)
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} lies before the first year or after the last") from None


def outcome_of(body: bytes, status: int | None) -> Outcome:
    """How the fetch of `body` ended, by its status where that is known, else by its looks."""
    outcome = Outcome.OK if status is None else outcome_of_status(status)
    if availability_of(outcome).rules is not Rules.READ:
        return outcome
    looks = outcome_of_body(body)
    return outcome if looks is Outcome.OK else looks
