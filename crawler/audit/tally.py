"""What an audit came to so far, in counts."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from crawler.audit.look import Looked
from crawler.ledger.site_files import answered
from crawler.policy.model import Outcome, State, Use

EXAMPLES: Final = 20
"""Sites that are named of those that rest or whose address is refused; the others are counted."""


@dataclass(frozen=True, slots=True)
class Resting:
    """A site that asked to be left alone before all of it was read."""

    site: str
    until: datetime
    reason: str


@dataclass
class Tally:
    """Counts by kind; a site is counted once in each."""

    audited: int = 0
    known: int = 0
    """Sites that an earlier part of the same audit had looked at."""
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    """Of robots.txt."""
    front_pages: Counter[Outcome] = field(default_factory=Counter)
    uses: Counter[tuple[Use, State]] = field(default_factory=Counter)
    signals: Counter[str] = field(default_factory=Counter)
    rested: int = 0
    resting: list[Resting] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """Addresses that may not be asked, and why."""

    def add(self, looked: Looked) -> None:
        """Count one look."""
        self.audited += 1
        self.outcomes[looked.robots.outcome] += 1
        self.front_pages[looked.front.outcome] += 1
        # As reports count it: an outage keeps Heed away and is no refusal of anybody's.
        known = answered(looked.robots.outcome)
        states = looked.decision.states
        self.uses.update((use, states[use] if known else State.UNKNOWN) for use in states)
        self.signals.update(tuple(looked.presence))
        refused = looked.robots.outcome is Outcome.REFUSED_ADDRESS
        if refused and len(self.refused) < EXAMPLES:
            self.refused[looked.entry.site] = looked.robots.detail

    def rest(self, site: str, until: datetime, reason: str) -> None:
        """Count one site that was left before all of it was read."""
        self.rested += 1
        if len(self.resting) < EXAMPLES:
            self.resting.append(Resting(site, until, reason))

    @property
    def all_refused(self) -> bool:
        """Whether there was not one site that could even be asked."""
        return 0 < self.audited == self.outcomes[Outcome.REFUSED_ADDRESS]
