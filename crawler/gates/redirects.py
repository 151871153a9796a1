"""A redirect is a new URL: it goes back through the frontier and passes every gate again."""

from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.gates.failures import tell_failure
from crawler.policy.model import Outcome
from crawler.records.keys import HOPS_KEY, RECEIPT_KEY
from crawler.runtime import Runtime, runtime_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class RedirectGate:
    """Downloader middleware between the engine and the policy gate."""

    def __init__(self, crawler: "Crawler", runtime: Runtime) -> None:
        self._signals = crawler.signals
        self._runtime = runtime

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler, runtime_of(crawler))

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        """The target of a redirect as a request of its own, or the response as it is."""
        location = response.headers.get("Location")
        if response.status not in REDIRECTS or not location:
            return response
        hops = int(request.meta.get(HOPS_KEY, 0)) + 1
        written = location.decode("utf-8", "replace").strip()
        target = target_of(request.url, written)
        if hops > self._runtime.options.max_redirects:
            self._give_up(request, f"more than {self._runtime.options.max_redirects} redirects")
            return response
        if target is None:
            self._give_up(request, f"a redirect to {written[:80]!r}, which is no web address")
            return response
        plain = {key: value for key, value in request.meta.items() if not key.startswith("heed_")}
        meta = {**plain, HOPS_KEY: hops, RECEIPT_KEY: request.meta.get(RECEIPT_KEY)}
        try:
            return request.replace(url=target, headers={}, meta=meta, dont_filter=False)
        except ValueError:
            self._give_up(request, f"a redirect to {written[:80]!r}, which no request can be for")
            return response

    def _give_up(self, request: Request, detail: str) -> None:
        outcome = Outcome.TOO_MANY_REDIRECTS
        tell_failure(self._runtime, self._signals, request.url, outcome, detail)


def target_of(base: str, location: str) -> str | None:
    """The URL that `location` means on the page `base`; None where it is none of http or https."""
    try:
        target = urljoin(base, location)
        parts = urlsplit(target)
        named = parts.hostname and parts.port != 0
    except ValueError:
        return None
    return target if named and parts.scheme in ("http", "https") else None
