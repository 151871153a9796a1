"""What a page itself was last heard to say: the decisions that the ledger recorded about it.

A recorded decision also holds what the site's files said then. That may have changed since, so
only the words of the answer itself are taken from it: its headers, head, body and status.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, select

from crawler.ledger.errors import storage_errors
from crawler.ledger.findings import digest_of
from crawler.ledger.history import DecisionChange, read_changes
from crawler.ledger.rows import in_chunks
from crawler.ledger.schema import decisions
from crawler.policy.model import Carrier, Statement

OF_THE_PAGE: Final = frozenset(
    {Carrier.HEADER, Carrier.STATUS, Carrier.HTML, Carrier.EMBEDDED, Carrier.TEXT}
)


@dataclass(frozen=True, slots=True)
class PageWords:
    """What was recorded about one page `since` its row was fetched."""

    since: datetime
    changes: tuple[DecisionChange, ...] = ()
    """Changes of the decision about it, oldest first."""
    asked: bool = False
    """Whether the page itself answered a moment ago, so that nothing else need speak for it."""

    @property
    def known(self) -> bool:
        """Whether anything was recorded."""
        return bool(self.changes)

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When the decision changed."""
        return tuple(change.at for change in self.changes)

    def statements(self, when: datetime | None) -> Sequence[Statement]:
        """What the page said at `when` (None: now), by its last answer until then."""
        held = [
            change
            for change in self.changes
            if change.stage == AFTER and (when is None or change.at <= when)
        ]
        return [
            one
            for last in held[-1:]
            for one in last.finding.statements
            if one.carrier in OF_THE_PAGE and one.evidence.url == last.url
        ]


AFTER: Final = "after"
"""The stage of a decision that was made with the page's answer at hand."""


def read_page_changes(
    engine: Engine, urls: Iterable[str]
) -> Mapping[str, tuple[DecisionChange, ...]]:
    """By URL every change of its decision, for those of which any was recorded.

    Raises `StorageError`.
    """
    pages = {digest_of(url): url for url in urls}
    changed: list[str] = []
    for chunk in in_chunks(sorted(pages)):
        query = select(decisions.c.page).where(decisions.c.page.in_(chunk)).distinct()
        with storage_errors(engine.url), engine.connect() as connection:
            changed += [pages[page] for page in connection.execute(query).scalars()]
    return {url: tuple(read_changes(engine, url)) for url in changed}
