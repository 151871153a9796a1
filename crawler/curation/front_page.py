"""A site that began to refuse in the headers of its front page, where no page was asked since.

An audit reads one page of a site. A header that refuses there is mostly the server's answer to
everything, so in the profile strict it speaks for the rows of the site until their own pages are
asked. It does not where the front page refused already while the row's page did not.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Engine

from crawler.curation.declaration import Declaration
from crawler.curation.page_words import PageWords
from crawler.gates.site_files import origin_of
from crawler.ledger.history import read_changes
from crawler.policy.model import Carrier, Observation, Profile, Resource, Statement
from crawler.policy.reading import read_statements

FRONT_PAGE: Final = "/"


class FrontPages:
    """What front pages said by header. Raises `StorageError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._refused: dict[str, bool] = {}

    def statements(
        self, url: str, front: Resource | None, declared: Declaration, words: PageWords
    ) -> Sequence[Statement]:
        """The header statements of `front` that speak for `url`; `words` are the page's own."""
        here = origin_of(url) + FRONT_PAGE
        if front is None or front.url != here or front.retrieved_at is None:
            return ()
        if front.retrieved_at <= words.since or words.asked:
            return ()
        if url != here and (declared.profile is not Profile.STRICT or self._was_refused(here)):
            return ()
        seen = Observation(url=here, product_token=declared.product_token, page=front)
        return [one for one in read_statements(seen) if one.carrier is Carrier.HEADER]

    def _was_refused(self, front: str) -> bool:
        """Whether a crawl was refused the front page itself while it kept others of the site."""
        if front not in self._refused:
            changes = read_changes(self._engine, front)
            self._refused[front] = any(one.stage == "after" and not one.kept for one in changes)
        return self._refused[front]
