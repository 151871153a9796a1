"""Sites that a crawl finds open and of which some say no later, each in a way of its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.site import Answer, Site, page, served, text

PAGES: Final = 4
WORDS: Final = "The ferry leaves at nine and comes back with the evening tide, weather permitting. "
JSON: Final = (("Content-Type", "application/json"),)
RESERVED: Final = b'[{"location": "/", "tdm-reservation": 1}]'

OPT_OUTS: Final = {
    "robots": {"/robots.txt": text("User-agent: *\nDisallow: /\n")},
    "robots path": {"/robots.txt": text("# house rules\nUser-agent: *\nDisallow: /p/1\n")},
    "peer": {"/robots.txt": text("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n")},
    "tdmrep": {"/.well-known/tdmrep.json": Answer(RESERVED, 200, JSON)},
    "forbidden": {"/robots.txt": text("go away", 403)},
    "unreachable": {"/robots.txt": text("trouble", 503)},
}
"""What a site answers once it has changed its mind, by how it says so; other paths stay."""

HEADERS: Final = {
    "header": ("X-Robots-Tag", "noai"),
    "tdm header": ("tdm-reservation", "1"),
    "one page": ("X-Robots-Tag", "noai"),
}
"""Fields that a site begins to send: with every page, or with its second one alone."""

META: Final = '<meta name="robots" content="noai, noimageai">'
OPEN: Final = "open"
KINDS: Final = (OPEN, *OPT_OUTS, *HEADERS, "meta")
REFUSED: Final = {
    **dict.fromkeys(KINDS, frozenset(f"/p/{number}" for number in range(PAGES))),
    OPEN: frozenset(),
    "unreachable": frozenset(),
    "robots path": frozenset({"/p/1"}),
    "one page": frozenset({"/p/1"}),
}
"""Pages that are refused once a site has changed its mind."""


@dataclass
class House:
    """One site, by how it will say no."""

    kind: str
    closed: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, target: str, asked: Mapping[str, str]) -> Answer:
        """Pages by number, all linked from the first; the site files of the kind."""
        self.asked.append(asked.get("user-agent", ""))
        if self.closed and target in OPT_OUTS.get(self.kind, {}):
            return OPT_OUTS[self.kind][target]
        if not target.startswith("/p/"):
            return text("", 404)
        return self._page(target)

    def _page(self, target: str) -> Answer:
        links = tuple(f"/p/{number}" for number in range(PAGES))
        head = META if self.closed and self.kind == "meta" else ""
        found = page(
            f"{self.kind} {target}", WORDS * 6 + self.kind + target, links=links, head=head
        )
        name, value = HEADERS.get(self.kind, ("", ""))
        if self.closed and name and (self.kind != "one page" or target == "/p/1"):
            return Answer(found.body, 200, (*found.headers, (name, value)))
        return found


@dataclass
class Village:
    """All sites, and who they are."""

    houses: dict[str, House]
    sites: dict[str, Site]

    @property
    def seeds(self) -> list[str]:
        """The first page of each."""
        return [f"{site.origin}/p/0" for site in self.sites.values()]

    def close(self) -> None:
        """Let every site say no in its way."""
        for house in self.houses.values():
            house.closed = True

    def open(self) -> None:
        """Let every site take it back."""
        for house in self.houses.values():
            house.closed = False

    def refused(self) -> set[str]:
        """URLs of the pages that are refused now."""
        return {
            self.sites[kind].origin + target
            for kind, house in self.houses.items()
            if house.closed
            for target in REFUSED[kind]
        }


@contextmanager
def village(first: int, *kinds: str) -> Iterator[Village]:
    """Serve one site of each of `kinds` (all), from the address numbered `first` on."""
    houses = {kind: House(kind) for kind in kinds or KINDS}
    answers: list[Callable[[str, Mapping[str, str]], Answer]] = [
        house.answer for house in houses.values()
    ]
    with served(*answers, first=first) as sites:
        yield Village(houses, dict(zip(houses, sites, strict=True)))
