"""An invented history of the demo sites, so that a sample report has something to tell.

Each site starts with its bundled robots.txt; at some months it adds, widens or lifts a group that
names AI bots. Every file says in its first line that it is a sample.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from crawler.demo.site import load_sites

NOTE: Final = "Sample: the sites are the demo's, their history is invented."
MONTHS: Final = 18
FIRST_YEAR: Final = 2025
ROBOTS: Final = "/robots.txt"

TRAINING: Final = ("GPTBot", "CCBot", "Google-Extended", "ClaudeBot")
SEARCH: Final = ("OAI-SearchBot", "PerplexityBot", "Claude-SearchBot")
MORE: Final = ("Bytespider", "meta-externalagent", "Applebot-Extended", "Amazonbot")

Phase = tuple[int, Sequence[str]]
"""From which month on, and which bots the site then names to refuse them everything."""

PHASES: Final[Sequence[Sequence[Phase]]] = (
    ((2, TRAINING[:1]), (6, TRAINING), (12, TRAINING + MORE)),
    ((4, TRAINING[:2]),),
    ((1, TRAINING), (11, ())),
    ((7, SEARCH),),
    (),
    ((3, TRAINING + SEARCH), (9, TRAINING)),
    ((10, TRAINING + SEARCH + MORE),),
    ((5, TRAINING[:1]), (8, ()), (13, TRAINING[:1])),
)
"""What the sites do, in turn."""

CATEGORIES: Final = ("press", "culture", "shop", "science")
COUNTRIES: Final = ("PT", "NO", "FR", "JP", "BG")


@dataclass(frozen=True, slots=True)
class SampleSite:
    """A site of the sample: what a list says of it, and its robots.txt month by month."""

    name: str
    category: str
    country: str
    weight: float
    files: Sequence[tuple[datetime, bytes]]


def make_history() -> Iterator[SampleSite]:
    """Every demo site with its invented past."""
    for place, site in enumerate(load_sites()):
        answer = site.answers.get(ROBOTS)
        bundled = b"" if answer is None else answer.body
        phases = dict(PHASES[place % len(PHASES)])
        yield SampleSite(
            name=f"{site.name}.example",
            category=CATEGORIES[place % len(CATEGORIES)],
            country=COUNTRIES[place % len(COUNTRIES)],
            weight=float(1000 + 700 * (place * 7 % 11)),
            files=list(_files(bundled, phases)),
        )


def _files(bundled: bytes, phases: Mapping[int, Sequence[str]]) -> Iterator[tuple[datetime, bytes]]:
    named: Sequence[str] = ()
    for month in range(MONTHS):
        named = phases.get(month, named)
        year, number = FIRST_YEAR + month // 12, month % 12 + 1
        yield datetime(year, number, 1, 6, tzinfo=UTC), _write(bundled, named)


def _write(bundled: bytes, named: Sequence[str]) -> bytes:
    agents = "".join(f"User-agent: {bot}\n" for bot in named)
    group = f"{agents}Disallow: /\n\n" if named else ""
    return f"# {NOTE}\n\n{group}".encode() + bundled
