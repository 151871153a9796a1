"""How a page stands now, by everything that the ledger has been told of it and of its site.

Judged on what the site last said: an answer that did not come takes nothing back and gives no
permission either, so it removes no row and is reported beside it (`unread`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from cachetools import LRUCache
from sqlalchemy import Engine

from crawler.capture.documents import combine
from crawler.curation.declaration import Declaration
from crawler.curation.front_page import FRONT_PAGE, FrontPages
from crawler.curation.page_words import PageWords
from crawler.gates.site_files import ROBOTS_PATH, origin_of
from crawler.ledger.copies import Copies, read_copies
from crawler.policy.decide import decide
from crawler.policy.model import Flag, Observation, Resource, State, Statement, Use
from crawler.policy.reading import document_urls, read_statements, site_file_paths

ORIGINS_IN_MEMORY: Final = 256


@dataclass(frozen=True, slots=True)
class Standing:
    """The decision about a page as of now."""

    state: State
    """Over the declared uses."""
    uses: tuple[Use, ...]
    """Those declared uses that are refused."""
    deciding: tuple[Statement, ...]
    """What refuses them."""
    seen: Observation
    unread: tuple[str, ...]
    """Site files whose last fetch brought no answer."""
    known: bool
    """Whether the ledger has anything of the site."""

    @property
    def refused(self) -> bool:
        """Whether the page may not be used any more as was declared."""
        return self.state.refuses


class Standings:
    """Asks the ledger, an origin at a time. Raises `StorageError`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._front = FrontPages(engine)
        self._origins: LRUCache[str, dict[str, Copies]] = LRUCache(ORIGINS_IN_MEMORY)
        self._views: LRUCache[tuple[str, datetime | None], Mapping[str, Resource]] = LRUCache(
            ORIGINS_IN_MEMORY
        )

    def judge(
        self,
        url: str,
        declared: Declaration,
        words: PageWords,
        when: datetime | None = None,
    ) -> Standing:
        """How `url` stood at `when` (None: now), by its site's files and the page's own `words`."""
        seen = self._observe(url, declared.product_token, when)
        answer = self._view(origin_of(url), when).get(FRONT_PAGE)
        front = self._front.statements(url, answer, declared, words)
        statements = [*read_statements(seen), *words.statements(when), *front]
        lasting = [one for one in statements if Flag.UNREACHABLE not in one.flags]
        decision = decide(url, lasting, declared.profile)
        refused = tuple(use for use in declared.uses if decision.states[use].refuses)
        deciding = dict.fromkeys(one for use in refused for one in decision.deciding[use])
        copies = self._copies_of(origin_of(url)).values()
        return Standing(
            state=combine(decision.states, declared.uses),
            uses=refused,
            deciding=tuple(deciding),
            seen=seen,
            unread=self._unread(origin_of(url)),
            known=any(one.answers or one.failing for one in copies) or words.known,
        )

    def refused_since(self, url: str, declared: Declaration, words: PageWords) -> datetime | None:
        """Since when, as far as the ledger has seen, the page has stood refused until now."""
        since = None
        for when in sorted({*self._moments(url, declared), *words.moments}, reverse=True):
            if not self.judge(url, declared, words, when).refused:
                break
            since = when
        return since

    def _moments(self, url: str, declared: Declaration) -> Iterable[datetime]:
        """Every time at which a file that governs `url` was seen to have changed."""
        seen = self._observe(url, declared.product_token, None)
        copies = list(self._copies_of(origin_of(url)).values())
        copies += [self._document(document) for document in document_urls(seen)]
        found = (one.retrieved_at for each in copies for one in each.answers)
        return [when for when in found if when is not None]

    def _observe(self, url: str, token: str, when: datetime | None) -> Observation:
        origin = origin_of(url)
        files = self._view(origin, when)
        seen = Observation(
            url=url,
            product_token=token,
            robots=files.get(ROBOTS_PATH),
            files={path: one for path, one in files.items() if path not in NO_FILES},
        )
        documents = {name: self._document(name).at(when) for name in document_urls(seen)}
        found = {name: one for name, one in documents.items() if one is not None}
        return replace(seen, files={**seen.files, **found}) if found else seen

    def _view(self, origin: str, when: datetime | None) -> Mapping[str, Resource]:
        # Resources keep what was parsed of them: the same view serves every page of the origin.
        key = (origin, when)
        if key not in self._views:
            held = {path: one.at(when) for path, one in self._copies_of(origin).items()}
            self._views[key] = {path: one for path, one in held.items() if one is not None}
        return self._views[key]

    def _copies_of(self, origin: str) -> dict[str, Copies]:
        if origin not in self._origins:
            paths: Sequence[str] = (ROBOTS_PATH, *site_file_paths(), FRONT_PAGE)
            self._origins[origin] = {
                path: read_copies(self._engine, origin, path) for path in paths
            }
        return self._origins[origin]

    def _document(self, url: str) -> Copies:
        try:
            origin = origin_of(url)
            path = urlsplit(url)._replace(scheme="", netloc="", fragment="").geturl() or "/"
        except ValueError:
            return Copies()
        known = self._copies_of(origin)
        if path not in known:
            known[path] = read_copies(self._engine, origin, path)
        return known[path]

    def _unread(self, origin: str) -> tuple[str, ...]:
        return tuple(
            path
            for path, one in self._copies_of(origin).items()
            if one.failing is not None and path != FRONT_PAGE
        )


NO_FILES: Final = frozenset({ROBOTS_PATH, FRONT_PAGE})
"""Paths that an observation has places of their own for."""
