"""Where a site declares RSL licences, and which documents to fetch for it (RSL 1.0, section 4).

https://rslstandard.org/rsl sections 4.4.1 (robots.txt), 4.5 (Link), 4.6 (HTML) and the RSS module.
What a licence says is the signal `rsl`; a licence of another kind is noted and never an opt-out.
"""

import re
from collections.abc import Iterator
from typing import Final

from crawler.policy.html_page import html_of
from crawler.policy.link_header import absolute, read_links
from crawler.policy.model import (
    Carrier,
    Notes,
    Observation,
    Profile,
    Signal,
    State,
    Statement,
    Strength,
)
from crawler.policy.rsl.coverage import resolve
from crawler.policy.rsl.discovery import feed_of, read_declarations, read_feed
from crawler.policy.rsl.terms import read_terms

MAX_ITEMS: Final = 1_000
_LICENCE: Final = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/([a-z0-9+-]+)/([0-9.]+)",
    re.IGNORECASE,
)
_WAIVERS: Final = {"ZERO": "CC0", "MARK": "PDM"}


def read(_observation: Observation) -> tuple[Statement, ...]:
    """Nothing: that a licence exists is no statement about a use (the signal `rsl` reads it)."""
    return ()


def documents(observation: Observation, profile: Profile = Profile.STRICT) -> tuple[str, ...]:
    """Absolute URLs of the licence documents to fetch before deciding, in order of discovery.

    What peers are offered is asked for only where it can bind.
    """
    heeds_peers = profile.rank >= Strength.PEER.binds_from.rank
    urls = (
        declared.url
        for declared in read_declarations(observation)
        if declared.reading is None and (heeds_peers or not declared.is_peers)
    )
    return tuple(dict.fromkeys(url for url in urls if url.startswith(("http://", "https://"))))


def note(observation: Observation) -> Notes:
    """`licenses` to fetch; `inline`, `item_prefs` of a feed, `cc_license` where there are any."""
    found: dict[str, object] = {}
    declared = read_declarations(observation)
    if any(one.carrier is Carrier.HTML and one.reading is not None for one in declared):
        found["inline"] = True
    items = _item_prefs(observation)
    if items:
        found["item_prefs"] = items
    licence = next(_creative_commons(observation), None)
    if licence is not None:
        found["cc_license"] = licence
    urls = documents(observation)
    return {"licenses": list(urls), **found} if found or urls else {}


def _item_prefs(observation: Observation) -> dict[str, dict[str, str]]:
    """What a feed says of each of its items, by the item's URL; refusals win where it repeats."""
    feed = feed_of(observation)
    items: dict[str, dict[str, str]] = {}
    contents = feed.read_as(read_feed).document.contents if feed is not None else ()
    for content in contents[:MAX_ITEMS]:
        url = absolute(observation.url, resolve(content, observation.url).url or "")
        prefs = items.setdefault(url, {})
        for saying in read_terms(content):
            known = State(prefs.get(saying.use.value, State.UNKNOWN))
            if saying.state.rank > known.rank:
                prefs[saying.use.value] = saying.state.value
    return items


def _creative_commons(observation: Observation) -> Iterator[str]:
    page = observation.page
    if page is None:
        return
    head = html_of(page).head
    targets = [
        *(link.target for link in read_links(page) if "license" in link.relations),
        *(tag.get("href") for tag in head.links if "license" in tag.relations),
    ]
    for target in targets:
        found = _LICENCE.match(target)
        if found:
            name = found[1].upper()
            yield f"{_WAIVERS.get(name, f'CC-{name}')}-{found[2]}"


SIGNAL: Final = Signal(
    name="rsl_discovery",
    title="RSL licence declarations",
    carriers=(Carrier.ROBOTS_TXT, Carrier.HEADER, Carrier.HTML),
    scope="site",
    uses=(),
    spec="https://rslstandard.org/rsl",
    since="2025-11",
    read=read,
    note=note,
    documents=documents,
)
