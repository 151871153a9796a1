"""Where a site declares RSL licences (RSL 1.0, section 4).

robots.txt `License:` (4.4.1), Link header (4.5), HTML link and inline script (4.6), RSS module,
file metadata (4.8) and the document that the door is handed. Only what is declared for the
observed URL is read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from crawler.policy import html_head
from crawler.policy.addressed import Audience, addressed_lines, evidence_of
from crawler.policy.directives import Directives, Group, Line, read_directives
from crawler.policy.embedded import packets_of, sources
from crawler.policy.html_page import html_of
from crawler.policy.link_header import absolute, read_links
from crawler.policy.model import Carrier, Evidence, Observation, Resource
from crawler.policy.robots import Choice, read_robots
from crawler.policy.rsl import document
from crawler.policy.rsl.coverage import Coverage, read_coverage
from crawler.policy.rsl.document import RslDocument, Span

MEDIA_TYPE: Final = "application/rsl+xml"
LICENCE_FIELD: Final = "license"
CREATIVE_COMMONS: Final = "creativecommons.org/"
MAX_LICENCES: Final = 100
"""Licences of one robots.txt that are looked at; each is a fetch."""
_FEED_TYPES: Final = ("application/rss+xml", "application/atom+xml", "application/xml", "text/xml")
_ADDRESS: Final = re.compile(r"https?:|\.{0,2}/|.*\.xml$", re.IGNORECASE)
"""An address, absolute as 4.4.1 asks or at least plainly relative; not the name of a licence."""
_DETACHED: Final = re.compile(rb"(?:\r\n|\n|\r(?!\n))[ \t]*[\r\n]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A document and what it covers; its byte offsets count from `base` of the whole body."""

    document: RslDocument
    coverage: Coverage
    base: int = 0


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declared licence.

    `carried` says whether the observed resource itself carries or links it. Where the document
    came along, `resource` holds its bytes and `reading` what they say.
    """

    url: str
    evidence: Evidence
    carrier: Carrier
    carried: bool
    resource: Resource | None = None
    reading: Reading | None = None
    exact: bool = True
    """Whether it is declared as section 4 has it; else only what the licence refuses is heard."""
    is_peers: bool = False
    """Whether robots.txt declares it to other AI agents alone."""


def read_document(body: bytes) -> Reading:
    """Read a licence document of its own; to be handed to `Resource.read_as`."""
    read = document.read(body)
    return Reading(read, read_coverage(read.contents))


def read_feed(body: bytes) -> Reading:
    """Read the RSL elements of a feed; to be handed to `Resource.read_as`."""
    read = document.read_feed(body)
    return Reading(read, read_coverage(read.contents))


def _read_scripts(body: bytes) -> tuple[tuple[Span, Reading], ...]:
    """The inline documents of a page, each with the bytes of its script element."""
    found: list[tuple[Span, Reading]] = []
    for script in html_head.read(body).scripts:
        if script.media_type == MEDIA_TYPE:
            read = document.read(body[script.end : script.content_end])
            reading = Reading(read, read_coverage(read.contents), script.end)
            found.append((Span(script.start, script.end), reading))
    return tuple(found)


def read_declarations(observation: Observation) -> tuple[Declaration, ...]:
    """Every licence declared for the observed URL, each once, those of peers last; never raises."""
    declared = (
        *_of_robots(observation), *_of_headers(observation), *_of_html(observation),
        *_of_feed(observation), *_of_files(observation), *_given(observation),
    )  # fmt: skip
    found: dict[tuple[str, int | None], Declaration] = {}
    # What is offered to everybody counts as that, whoever is offered it besides.
    for one in sorted(declared, key=lambda one: one.is_peers):
        place = one.evidence.start if one.reading is not None else None
        found.setdefault((one.url, place), one)
    return tuple(found.values())


def _of_robots(observation: Observation) -> Iterator[Declaration]:
    resource = observation.robots
    if resource is None:
        return
    robots = resource.read_as(read_robots)
    if LICENCE_FIELD not in robots.directives.names:
        return
    tokens = (observation.product_token, *observation.alias_tokens)
    named = [token for token in tokens if robots.names(token)] or [observation.product_token]
    choices = [choice for token in named for choice in robots.choices(token)]
    detached = resource.read_as(_read_detached)
    lines: dict[bytes, tuple[Line, bool]] = {}
    for line in _licence_lines(robots.directives, choices, detached):
        lines.setdefault(line.octets, (line, False))
    for one in addressed_lines(observation, frozenset({LICENCE_FIELD})):
        if one.audience is Audience.PEER:
            lines.setdefault(one.line.octets, (one.line, True))
    for line, is_peers in islice(lines.values(), MAX_LICENCES):
        value = (line.value.split() or [""])[0].strip("<>\"'")
        url = absolute(resource.url, value) if _ADDRESS.match(value) else ""
        if url.lower().startswith(("http://", "https://")) and CREATIVE_COMMONS not in url:
            evidence = evidence_of(resource, line)
            yield Declaration(url, evidence, Carrier.ROBOTS_TXT, carried=False, is_peers=is_peers)


def _licence_lines(
    directives: Directives, choices: Iterable[Choice], detached: Mapping[int, Line]
) -> Iterator[Line]:
    """4.4.1: a group's own licence overrides the global ones; detached lines count always."""
    for choice in choices:
        stated = choice.named(frozenset({LICENCE_FIELD}))
        own = [line for line in stated if line.number not in detached]
        yield from own or (line for line in directives.orphans if line.name == LICENCE_FIELD)
    yield from detached.values()


def _read_detached(body: bytes) -> Mapping[int, Line]:
    """The detached licence lines of a robots.txt, by number."""
    groups = read_directives(body).groups
    return {line.number: line for group in groups for line in _detached_lines(group, body)}


def _detached_lines(group: Group, body: bytes) -> Iterator[Line]:
    """Licence lines that a blank line parts from the rules: often meant for the whole site."""
    apart = False
    for earlier, line in zip(group.lines, group.lines[1:], strict=False):
        apart = apart or _DETACHED.search(body, max(earlier.end - 1, 0), line.start) is not None
        if apart and line.name == LICENCE_FIELD:
            yield line
        apart = apart and line.name in (LICENCE_FIELD, "sitemap")


def _of_headers(observation: Observation) -> Iterator[Declaration]:
    page = observation.page
    for link in read_links(page) if page is not None else ():
        if page is not None and link.media_type == MEDIA_TYPE and link.target:
            evidence = Evidence(
                url=page.url,
                where="header Link",
                verbatim=link.verbatim,
                retrieved_at=page.retrieved_at,
                status=page.status,
            )
            yield Declaration(link.target, evidence, Carrier.HEADER, carried=True)


def _of_html(observation: Observation) -> Iterator[Declaration]:
    page = observation.page
    if page is None or not page.body:
        return
    head = html_of(page).head
    for link in (*head.links, *head.licences):
        if link.media_type == MEDIA_TYPE and link.get("href"):
            url = absolute(page.url, link.get("href"))
            evidence = _evidence(page, "html", link.start, link.end)
            # 4.6 knows links with a relation, and no anchors.
            exact = link.name == "link" and bool(link.relations)
            yield Declaration(url, evidence, Carrier.HTML, carried=True, exact=exact)
    inline = any(script.media_type == MEDIA_TYPE for script in head.scripts)
    for span, reading in page.read_as(_read_scripts) if inline else ():
        evidence = _evidence(page, "html", span.start, span.end)
        yield Declaration(page.url, evidence, Carrier.HTML, True, page, reading)  # noqa: FBT003


def _of_feed(observation: Observation) -> Iterator[Declaration]:
    feed = feed_of(observation)
    if feed is not None:
        reading = feed.read_as(read_feed)
        if reading.document.legible:
            evidence = _evidence(feed, "feed", 0, len(feed.body))
            yield Declaration(feed.url, evidence, Carrier.HTML, True, feed, reading)  # noqa: FBT003


def _of_files(observation: Observation) -> Iterator[Declaration]:
    """4.8: what a file says in its own metadata, as RSL elements or as the address of a licence."""
    for source in sources(observation):
        for value in source.values(document.NAMESPACE, "license"):
            if value.text.lower().startswith(("http://", "https://")):
                evidence = source.evidence(value)
                yield Declaration(value.text, evidence, Carrier.EMBEDDED, carried=True)
        for packet, reading in source.resource.read_as(_read_packets):
            evidence = _evidence(source.resource, source.name, packet.start, packet.end)
            yield Declaration(
                observation.url, evidence, Carrier.EMBEDDED, True, source.resource, reading,  # noqa: FBT003
            )  # fmt: skip


def _read_packets(body: bytes) -> tuple[tuple[Span, Reading], ...]:
    """The RSL elements in the packets of a file, each with the bytes of its packet."""
    found: list[tuple[Span, Reading]] = []
    for packet in packets_of(body) if document.NAMESPACE.encode() in body else ():
        read = document.read_feed(body[packet.start : packet.end])
        if read.legible:
            reading = Reading(read, read_coverage(read.contents), packet.start)
            found.append((Span(packet.start, packet.end), reading))
    return tuple(found)


def _given(observation: Observation) -> Iterator[Declaration]:
    """The licence document that the door was handed, declared as `discovered_via` says."""
    if "rsl_document" not in observation.given:
        return
    url = observation.given.get("rsl_document_url")
    via = str(observation.given.get("discovered_via", "robots.txt"))
    known = [one for key, one in observation.files.items() if url is None or key == url]
    for resource in known[-1:]:
        evidence = Evidence(url=resource.url, where=f"given: {via}", verbatim=resource.url)
        carried = "robots" not in via.lower()
        yield Declaration(resource.url, evidence, Carrier.GIVEN, carried)


def _evidence(resource: Resource, name: str, start: int, end: int) -> Evidence:
    return Evidence(
        url=resource.url,
        where=f"{name} byte {start}-{end}",
        verbatim=resource.body[start:end].decode("utf-8", "replace"),
        sha256=resource.sha256,
        start=start,
        end=end,
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )


def feed_of(observation: Observation) -> Resource | None:
    """The feed that the observation is of, if it is one."""
    given, page = observation.given.get("feed"), observation.page
    if isinstance(given, str):
        return Resource(observation.url, given.encode("utf-8", "replace"))
    if page is None:
        return None
    stated = (observation.content_type, *page.header_values("Content-Type"))
    kind = next((one for one in stated if one), "").partition(";")[0].strip().lower()
    is_feed = kind in _FEED_TYPES and document.NAMESPACE.encode() in page.body
    return page if is_feed else None
