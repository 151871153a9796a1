"""Seeds that could not even be asked for, and why: told one by one, since somebody named each."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from crawler.cli.seeds import FAULTS
from crawler.cli.tally import Tally
from crawler.frontier.canonical import CanonicalUrl, canonicalise
from spiders.sitemaps import sitemap_of

ASKED_FOR: Final[Mapping[str, Callable[[str], str]]] = {"sitemaps": sitemap_of}
"""What a spider asks for in a seed's place, where that is not the seed itself."""


def find_refused_seeds(
    seeds: tuple[str, ...], spider: str, tally: Tally
) -> Iterator[tuple[str, str]]:
    """Each of `seeds` that the crawl by `spider`, followed by `tally`, left out, and why."""
    asked_for = ASKED_FOR.get(spider, str)
    for rank, seed in enumerate(seeds):
        found = canonicalise(asked_for(seed))
        if rank in tally.seeds_left_out:
            yield seed, _why(tally.seeds_left_out[rank])
        elif not isinstance(found, CanonicalUrl):
            yield seed, _why(found.reason)
        elif found.url in tally.addresses_refused:
            yield seed, tally.addresses_refused[found.url]


def _why(reason: str) -> str:
    return FAULTS.get(reason, f"it does not belong to the crawl ({reason})")
