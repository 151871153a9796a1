"""What is known of a URL, and what follows from it: before the fetch, at the headers, after it.

Free of Scrapy's engine, so that the gate, `heed explain` and the auditor ask the same judge.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from crawler.gates.site_files import SiteFileKeeper, origin_of
from crawler.policy.availability import outcome_of_status
from crawler.policy.decide import decide
from crawler.policy.model import Decision, Flag, Observation, Resource, Statement, Use
from crawler.policy.reading import read_statements, reread_statements
from crawler.runtime import Runtime

Headers = tuple[tuple[str, str], ...]

SIGHT_KEY: Final = "heed_sight"
"""Key of `request.meta`: the `Sight` that the gate has of the request."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One URL as far as it is known, and the decision on that much."""

    seen: Observation
    before: tuple[Statement, ...]
    """What the site's own files say, whatever the page will."""
    decision: Decision
    next_try: float
    """Epoch seconds at which a site file that could not be read is asked for again."""

    def refusal(self, uses: tuple[Use, ...]) -> Use | None:
        """The first declared use that is refused, if any."""
        return self.decision.refusal(uses)

    def passes_with_time(self, use: Use) -> bool:
        """Whether `use` is refused only because a site file could not be read for now."""
        reasons = self.decision.deciding[use]
        return bool(reasons) and all(Flag.UNREACHABLE in one.flags for one in reasons)


class Judge:
    """Reads what a site says, in the order in which it becomes known."""

    def __init__(self, runtime: Runtime, site_files: SiteFileKeeper) -> None:
        self._options = runtime.options
        self._site_files = site_files

    async def before(self, url: str) -> Sight:
        """What the site files say of `url`; raises `DeferredError` where they must wait."""
        files = await self._site_files.read(origin_of(url))
        seen = Observation(
            url=url,
            product_token=self._options.product_token,
            robots=files.robots,
            files=files.files,
        )
        documents = await self._site_files.read_documents(seen)
        if documents:
            seen = replace(seen, files={**files.files, **documents})
        statements = read_statements(seen)
        decision = decide(url, statements, self._options.profile)
        return Sight(seen, statements, decision, files.next_try)

    def after(
        self, sight: Sight, status: int, headers: Headers, body: bytes, at: datetime
    ) -> Sight:
        """`sight` with what the response says; an empty `body` where only headers are known."""
        page = Resource(
            url=sight.seen.url,
            body=body,
            status=status,
            headers=headers,
            outcome=outcome_of_status(status),
            retrieved_at=at,
        )
        kind = page.header_values("Content-Type")
        return self._judge(sight, replace(sight.seen, page=page, content_type="".join(kind[:1])))

    async def with_documents(self, sight: Sight) -> Sight:
        """`sight` with the licence documents that only the response points to."""
        documents = await self._site_files.read_documents(sight.seen, patient=True)
        if not documents:
            return sight
        return self._judge(sight, replace(sight.seen, files={**sight.seen.files, **documents}))

    def _judge(self, sight: Sight, seen: Observation) -> Sight:
        statements = reread_statements(seen, sight.before)
        decision = decide(seen.url, statements, self._options.profile)
        return replace(sight, seen=seen, decision=decision)
