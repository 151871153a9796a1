"""XMP packets inside files and the properties in them (ISO 16684-1).

A signal that speaks through file metadata asks `sources(observation)` for everything that holds
XMP, whether it came through the door's `xmp` key or stands in the bytes of an image or a PDF:

    for source in sources(observation):
        for value in source.values(NAMESPACE, "DataMining"):
            evidence = source.evidence(value)

A packet is found by searching the bytes for its own tags, as ISO 16684-1 section 7.3 intends;
nothing is decompressed, so a packet in a compressed stream is not seen.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crawler.policy.markup import Document, Element, read_xml
from crawler.policy.model import Evidence, Observation, Resource

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MAX_PACKETS: Final = 32
MAX_PACKET_BYTES: Final = 2 * 1024 * 1024

_OPEN: Final = re.compile(rb"<([A-Za-z][\w.-]{0,30}:)?(xmpmeta|xapmeta|RDF)[\s>]")
_TEXT_TYPES: Final = ("text/", "application/xhtml", "application/json", "application/javascript")
_XML_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?!svg|\?xpacket)", re.IGNORECASE)

Name = tuple[str, str]
"""A property: its namespace and its local name."""


@dataclass(frozen=True, slots=True)
class XmpValue:
    """One value of a property, and the bytes of the element that holds it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class XmpPacket:
    """One packet: its bytes and its properties; `malformed` where it is no well-formed XML."""

    start: int
    end: int
    properties: Mapping[Name, tuple[XmpValue, ...]]
    malformed: bool


@dataclass(frozen=True, slots=True)
class XmpSource:
    """A resource and the packets in it; `name` is what evidence calls it ("xmp", "page")."""

    name: str
    resource: Resource
    packets: tuple[XmpPacket, ...]

    def values(self, namespace: str, name: str) -> tuple[XmpValue, ...]:
        """Every value of one property in all packets, in the order they stand."""
        return tuple(
            value
            for packet in self.packets
            for value in packet.properties.get((namespace, name), ())
        )

    def evidence(self, value: XmpValue) -> Evidence:
        """Evidence that points at `value`."""
        words = self.resource.body[value.start : value.end]
        return Evidence(
            url=self.resource.url,
            where=f"{self.name} byte {value.start}-{value.end}",
            verbatim=words.decode("utf-8", "replace"),
            sha256=self.resource.sha256,
            start=value.start,
            end=value.end,
            retrieved_at=self.resource.retrieved_at,
            status=self.resource.status,
        )


def sources(observation: Observation) -> tuple[XmpSource, ...]:
    """All XMP of an observation: the door's `xmp`, and the page's own where it is a file."""
    return tuple(_sources(observation))


def _sources(observation: Observation) -> Iterator[XmpSource]:
    given = observation.given.get("xmp")
    if isinstance(given, str):
        yield _read_given(observation.url, given)
    page = observation.page
    if page is not None and page.body and _may_hold_xmp(observation, page):
        found = page.read_as(read_xmp)
        if found:
            yield XmpSource("page", page, found)


@lru_cache(maxsize=1)  # every signal asks for the observation in hand
def _read_given(url: str, text: str) -> XmpSource:
    body = text.encode("utf-8", "replace")
    return XmpSource("xmp", Resource(url, body, status=None), packets_of(body))


def packets_of(body: bytes) -> tuple[XmpPacket, ...]:
    """The packets in `body`, or all of it where it holds none: then it may be what is in one."""
    return read_xmp(body) or (_read_packet(body, 0, len(body)),)


def _may_hold_xmp(observation: Observation, page: Resource) -> bool:
    """HTML that merely shows a packet as an example speaks of another file than itself."""
    stated = (observation.content_type, *page.header_values("Content-Type"))
    media_type = next((one for one in stated if one), "").strip().lower()
    if media_type:
        return not media_type.startswith(_TEXT_TYPES)
    return not _XML_START.match(page.body)


def read_xmp(body: bytes) -> tuple[XmpPacket, ...]:
    """Every XMP packet in the bytes of a file, at most `MAX_PACKETS`; never raises.

    Byte offsets, of packets and of values, are into `body`. A packet that is cut off or broken
    is read as far as it goes.
    """
    return tuple(_packets(body))


def _packets(body: bytes) -> Iterator[XmpPacket]:
    position = 0
    for _ in range(MAX_PACKETS):
        found = _OPEN.search(body, position)
        if found is None:
            return
        closing = b"</" + (found[1] or b"") + found[2] + b">"
        limit = found.start() + MAX_PACKET_BYTES
        closed = body.find(closing, found.end(), limit)
        end = min(limit, len(body)) if closed < 0 else closed + len(closing)
        yield _read_packet(body, found.start(), end)
        position = end


def _read_packet(body: bytes, start: int, end: int) -> XmpPacket:
    document = read_xml(body[start:end])
    properties: dict[Name, list[XmpValue]] = {}
    for element in document.elements:
        for name, text in _stated(document, element):
            value = XmpValue(text, start + element.start, start + element.end)
            properties.setdefault(name, []).append(value)
    kept = {name: tuple(values) for name, values in properties.items()}
    return XmpPacket(start, end, kept, document.malformed)


def _stated(document: Document, element: Element) -> Iterator[tuple[Name, str]]:
    """Properties that `element` states: by its attributes, and as a property element itself."""
    for qualified, text in element.attributes.items():
        namespace, _, name = qualified.removeprefix("{").rpartition("}")
        if namespace and namespace != RDF:
            yield (namespace, name), text.strip()
    if element.namespace in ("", RDF):
        return
    own = (element.namespace, element.name)
    for holder in (element, *_listed(document, element)):
        text = holder.attributes.get(f"{{{RDF}}}resource", holder.text).strip()
        if text:
            yield own, text


def _listed(document: Document, element: Element) -> Iterator[Element]:
    """The items of the arrays in a property element, and its `rdf:value`."""
    for one in document.within(element):
        if one.namespace == RDF and one.name in ("li", "value"):
            yield one
