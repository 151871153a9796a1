"""The four places where TDMRep can speak, each read into the same kind of saying.

TDMRep, section "Processing priority": file, then header, then HTML, then EPUB or PDF metadata; a
later one supersedes even if it is looser, and one that is silent or in error resets nothing.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from crawler.policy import embedded, html_head
from crawler.policy.addressed import header_evidence, is_of_page
from crawler.policy.html_head import HeadTag
from crawler.policy.html_page import html_of
from crawler.policy.link_header import absolute
from crawler.policy.markup import Element, read_xml
from crawler.policy.model import Carrier, Evidence, Flag, Observation, Resource
from crawler.policy.site_file import READABLE
from crawler.policy.tdmrep.file import (
    PATH,
    POLICY,
    RESERVATION,
    FileRule,
    Reservation,
    parse,
    read_reservation,
)

XMP_NAMESPACE: Final = "http://www.w3.org/ns/tdmrep/"
MISTAKEN_NAMESPACES: Final = ("http://www.w3.org/ns/tdmrep#", "http://www.w3.org/ns/tdmrep")
EPUB_NAMESPACE: Final = "http://www.w3.org/ns/tdmrep#"
_PREFIX: Final = re.compile(r"(\S+):\s+(\S+)")


class Saying(NamedTuple):
    """One value of tdm-reservation, or a tdm-policy (then `reservation` is None)."""

    carrier: Carrier
    evidence: Evidence
    reservation: Reservation | None = None
    policy: str = ""
    flags: frozenset[Flag] = frozenset()


Layer = tuple[Saying, ...]
_MALFORMED: Final = frozenset({Flag.MALFORMED})
_AMBIGUOUS: Final = frozenset({Flag.AMBIGUOUS})


def read_layers(observation: Observation) -> tuple[Layer, ...]:
    """What each layer says about the observation's URL, the weakest first."""
    return (
        tuple(_read_file(observation)),
        _about(observation, _read_headers(observation)),
        _about(observation, _read_html(observation)),
        (*_read_epub(observation), *_read_xmp(observation)),
    )


def _about(observation: Observation, sayings: Iterator[Saying]) -> Layer:
    """What a page says covers itself; of a file that it links only its refusals are kept, lenient.

    TDMRep, sections on the header field and on HTML: linked media are not covered.
    """
    if is_of_page(observation):
        return tuple(sayings)
    return tuple(
        _lenient(one)._replace(flags=one.flags | _AMBIGUOUS) for one in sayings if one.reservation
    )


def _saying(carrier: Carrier, evidence: Evidence, reservation: Reservation) -> Saying:
    flags = _MALFORMED if reservation.malformed else frozenset()
    return Saying(carrier, evidence, reservation, flags=flags)


def _lenient(saying: Saying) -> Saying:
    """The same said in the wrong place: a refusal by intent, no grant."""
    old = saying.reservation
    intent = old is not None and (bool(old.reserved) or old.means_reserved)
    new = Reservation(None, malformed=True, means_reserved=intent)
    return saying._replace(reservation=new, flags=saying.flags | _MALFORMED)


def _read_file(observation: Observation) -> Iterator[Saying]:
    resource = observation.files.get(PATH)
    if resource is None or resource.outcome not in READABLE:
        return
    file = resource.read_as(parse)
    first = file.first(observation.url)
    if first is not None:
        yield from _rule_sayings(resource, first)
    refused = first is not None and first.reservation.reserved
    for rule in () if refused else file.refusals(observation.url):
        if rule is not first:
            # The longest pattern refuses where the first in sequence does not.
            saying, *policies = _rule_sayings(resource, rule)
            second = _lenient(saying)._replace(flags=saying.flags | _AMBIGUOUS)
            yield from (second, *policies)


def _rule_sayings(resource: Resource, rule: FileRule) -> Iterator[Saying]:
    seen = _evidence(resource, "tdmrep.json", rule.start, rule.end, rule.verbatim)
    yield _saying(Carrier.SITE_FILE, seen, rule.reservation)
    if rule.policy:
        yield Saying(Carrier.SITE_FILE, seen, policy=absolute(resource.url, rule.policy))


def _evidence(resource: Resource, name: str, start: int, end: int, verbatim: str) -> Evidence:
    return Evidence(
        url=resource.url,
        where=f"{name} byte {start}-{end}",
        verbatim=verbatim,
        sha256=resource.sha256,
        start=start,
        end=end,
        retrieved_at=resource.retrieved_at,
        status=resource.status,
    )


def _read_headers(observation: Observation) -> Iterator[Saying]:
    page = observation.page
    for name, value in page.headers if page else ():
        if page is None or name.lower() not in (RESERVATION, POLICY):
            continue
        seen = header_evidence(page, name, value)
        if name.lower() == POLICY:
            yield Saying(Carrier.HEADER, seen, policy=absolute(page.url, value.strip(' \t"<>')))
            continue
        # Repeated lines that somebody joined (RFC 9110 5.3).
        for word in dict.fromkeys(value.split(",")):
            yield _saying(Carrier.HEADER, seen, read_reservation(word))


_HTML_NAMES: Final = {
    RESERVATION: RESERVATION,
    POLICY: POLICY,
    "tdm:reservation": RESERVATION,
    "tdm:policy": POLICY,
}


def _read_html(observation: Observation) -> Iterator[Saying]:
    page = observation.page
    for tag in html_of(page).head.metas if page else ():
        equivalent, own, other = tag.names
        name = next((one for one in (own, other, equivalent) if one in _HTML_NAMES), "")
        if page is not None and name:
            letter = name == own and ":" not in name
            yield _read_meta(page, tag, _HTML_NAMES[name], letter=letter)


def _read_meta(page: Resource, tag: HeadTag, name: str, *, letter: bool) -> Saying:
    """One meta; outside the head it cannot grant, under another attribute it is malformed."""
    seen = html_head.evidence(page, tag)
    if name == POLICY:
        return Saying(Carrier.HTML, seen, policy=absolute(page.url, tag.get("content")))
    saying = _saying(Carrier.HTML, seen, read_reservation(tag.get("content")))
    grants = saying.reservation is not None and saying.reservation.reserved is False
    return _lenient(saying) if not letter or (grants and not tag.in_head) else saying


def _read_epub(observation: Observation) -> Iterator[Saying]:
    """EPUB 2: `<meta name="tdm:reservation" content>`; EPUB 3: `<meta property>` with its text."""
    given = observation.given.get("opf")
    if not isinstance(given, str):
        return
    resource = Resource(observation.url, given.encode("utf-8", "replace"), status=None)
    prefixes = {"tdm"}
    for element in resource.read_as(read_xml).elements:
        if element.name == "package":
            bound = _PREFIX.findall(element.get("prefix") or "")
            prefixes |= {prefix for prefix, namespace in bound if namespace == EPUB_NAMESPACE}
        if element.name.lower() == "meta" and not element.get("refines"):
            yield from _read_epub_meta(resource, element, prefixes)


def _read_epub_meta(resource: Resource, element: Element, prefixes: set[str]) -> Iterator[Saying]:
    named, stated = element.get("name"), element.get("property")
    prefix, _, name = (named or stated or "").lower().rpartition(":")
    if prefix not in prefixes or name not in ("reservation", "policy"):
        return
    content = element.get("content")
    words = element.text if content is None else content
    shown = resource.body[element.start : element.end].decode("utf-8", "replace")
    seen = _evidence(resource, "opf", element.start, element.end, shown)
    if name == "policy":
        yield Saying(Carrier.EMBEDDED, seen, policy=absolute(resource.url, words))
    else:
        yield _saying(Carrier.EMBEDDED, seen, read_reservation(words))


def _read_xmp(observation: Observation) -> Iterator[Saying]:
    for source in embedded.sources(observation):
        for namespace in (XMP_NAMESPACE, *MISTAKEN_NAMESPACES):
            for value in source.values(namespace, "reservation"):
                saying = _saying(
                    Carrier.EMBEDDED, source.evidence(value), read_reservation(value.text)
                )
                yield saying if namespace == XMP_NAMESPACE else _lenient(saying)
            for value in source.values(namespace, "policy"):
                target = absolute(observation.url, value.text)
                yield Saying(Carrier.EMBEDDED, source.evidence(value), policy=target)
