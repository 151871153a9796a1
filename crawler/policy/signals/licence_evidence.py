"""Licences that a page names: evidence for people and filters, never an opt-out, never consent.

rel=license (HTML Standard 4.6.7.9) in link, a, area and the Link header; licence metas; schema.org
properties in JSON-LD. llms.txt is guidance for readers and consents to nothing. signals.md 15.
https://html.spec.whatwg.org/multipage/links.html#link-type-license
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from crawler.policy.html_head import Head, HeadTag
from crawler.policy.html_page import html_of
from crawler.policy.licence_url import Licence, read_licence
from crawler.policy.link_header import absolute, read_links
from crawler.policy.model import Carrier, Notes, Observation, Resource, Signal, Statement

RELATIONS: Final = frozenset({"license", "licence"})
RSL: Final = "application/rsl+xml"
"""A licence document of RSL binds, and is read by the signal rsl_discovery."""
METAS: Final = frozenset(
    {"license", "licence", "dc.license", "dc.rights", "dc.rights.license", "dcterms.license",
     "dcterms.rights", "rights", "copyright", "cc:license"}
)  # fmt: skip
TERMS: Final = (
    "usageInfo",
    "acquireLicensePage",
    "copyrightNotice",
    "conditionsOfAccess",
    "isAccessibleForFree",
)
PARTS: Final = frozenset(
    {"imageobject", "photograph", "videoobject", "audioobject", "mediaobject", "dataset", "comment"}
)
"""schema.org types that are a part of a page and not the page."""
GUIDANCE: Final = ("/llms.txt", "/llms-full.txt")
MAX_NODES: Final = 1_000
MAX_TERM: Final = 500


class _Found(NamedTuple):
    """A licence and where it was named, in C5's words (meta_tag, json-ld, link_tag, a_tag)."""

    licence: Licence
    location: str
    of_part: bool = False


def read(_observation: Observation) -> tuple[Statement, ...]:
    """Nothing: a licence neither refuses nor grants what signals speak of."""
    return ()


def note(observation: Observation) -> Notes:
    """`licence` of the page (null where only parts have one), `element_licence`, and the terms.

    With `license_abbr`, `license_version` and `license_location` as C5 writes them. Two licences
    for one page: the first of the head, then of metas, JSON-LD, links; `conflict` is told.
    """
    nodes = tuple(_nodes(observation))
    found = [*_named(observation), *_in_json_ld(nodes)]
    pages = sorted((one for one in found if not one.of_part), key=_preference)
    parts = [one for one in found if one.of_part]
    told: dict[str, object] = {}
    if found:
        told["licence"] = pages[0].licence.name if pages else None
    if pages:
        told["license_abbr"] = pages[0].licence.abbreviation
        told["license_version"] = pages[0].licence.version
        told["license_location"] = pages[0].location
        told["url"] = pages[0].licence.url
    if len({one.licence.name for one in pages}) > 1:
        told["conflict"] = True
    if parts:
        told["element_licence"] = parts[0].licence.name
    told.update(_terms(nodes))
    if _is_guidance(observation):
        told["llms_txt"] = True
    return told


_LOCATIONS: Final = ("link_header", "meta_tag", "json-ld", "link_tag", "a_tag")


def _preference(found: _Found) -> int:
    return _LOCATIONS.index(found.location)


def _is_guidance(observation: Observation) -> bool:
    path = observation.url.partition("?")[0].partition("#")[0]
    return path.endswith(GUIDANCE) or any(one in observation.files for one in GUIDANCE)


def _named(observation: Observation) -> Iterator[_Found]:
    page = observation.page
    if page is None:
        return
    for link in read_links(page):
        if RELATIONS & set(link.relations) and link.media_type != RSL:
            anchored = link.parameters.get("anchor", "")
            of_part = bool(anchored) and absolute(page.url, anchored) != page.url
            yield _Found(read_licence(link.target), "link_header", of_part)
    yield from _tagged(page, html_of(page).head)


def _tagged(page: Resource, head: Head) -> Iterator[_Found]:
    for tag in head.metas:
        name = (tag.get("name") or tag.get("property")).lower()
        if name in METAS and tag.get("content").startswith(("http://", "https://", "//")):
            yield _Found(read_licence(tag.get("content")), "meta_tag")
    for tag in head.links:
        if RELATIONS & set(tag.relations) and tag.media_type != RSL and tag.get("href"):
            yield _Found(read_licence(absolute(page.url, tag.get("href"))), "link_tag")
    for tag in head.licences:
        if tag.media_type != RSL and tag.get("href"):
            target = absolute(page.url, tag.get("href"))
            yield _Found(read_licence(target), "a_tag", of_part=_is_of_part(page, tag))


def _is_of_part(page: Resource, tag: HeadTag) -> bool:
    """Whether the link stands in a figure or the like, or says itself what it is `about`."""
    about = tag.get("about")
    return bool(tag.part) or (bool(about) and absolute(page.url, about) != page.url)


def _nodes(observation: Observation) -> Iterator[tuple[Mapping[str, object], bool]]:
    """JSON-LD objects and whether each is a part: those at the top, in @graph and in mainEntity."""
    texts: list[object] = [observation.given.get("jsonld")]
    if observation.page is not None:
        scripts = html_of(observation.page).head.scripts
        texts += [tag.text for tag in scripts if tag.media_type == "application/ld+json"]
    queue = deque((value, False) for value in map(_decode, texts))
    for _ in range(MAX_NODES):
        if not queue:
            return
        value, inner = queue.popleft()
        if isinstance(value, list):
            queue += [(one, inner) for one in value[:MAX_NODES]]
        elif isinstance(value, Mapping):
            of_part = inner or bool(PARTS & _types(value))
            yield value, of_part
            queue += [(value[key], of_part) for key in ("@graph", "mainEntity") if key in value]
            queue += [(value[key], True) for key in ("image", "video", "hasPart") if key in value]


def _decode(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _types(node: Mapping[str, object]) -> set[str]:
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {str(name).rpartition("/")[2].lower() for name in names}


def _in_json_ld(nodes: tuple[tuple[Mapping[str, object], bool], ...]) -> Iterator[_Found]:
    for node, of_part in nodes:
        for value in _listed(node.get("license", node.get("schema:license"))):
            held = value.get("@id", value.get("url")) if isinstance(value, Mapping) else value
            if isinstance(held, str) and held.strip():
                yield _Found(read_licence(held), "json-ld", of_part)


def _listed(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _terms(nodes: tuple[tuple[Mapping[str, object], bool], ...]) -> Mapping[str, object]:
    """The first value of each further schema.org property about rights, cut at `MAX_TERM`."""
    told: dict[str, object] = {}
    for node, of_part in nodes:
        for name in TERMS:
            value = node.get(name)
            held = value.get("@id", value.get("url")) if isinstance(value, Mapping) else value
            if not of_part and name not in told and isinstance(held, (str, bool)):
                told[name] = held[:MAX_TERM] if isinstance(held, str) else held
    return told


SIGNAL: Final = Signal(
    name="licence_evidence",
    title="Licences: rel=license, Link header, JSON-LD",
    carriers=(Carrier.HTML, Carrier.HEADER),
    scope="response",
    uses=(),
    spec="https://html.spec.whatwg.org/multipage/links.html#link-type-license",
    since="2005-06-01",
    read=read,
    note=note,
)
