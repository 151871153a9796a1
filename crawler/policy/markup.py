"""XML of strangers as a flat list of elements with byte offsets, read with every door shut.

Expat and not lxml, since evidence needs the exact bytes of an element and only Expat tells them.
No entity is ever declared or fetched: a document that declares one is cut off there. Elements,
depth and text are bounded, nothing recurses, and what was legible before a mistake is kept, so
that a refusal above a broken tag is still heard.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat  # hardened here: no entities, no external anything

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_ELEMENTS: Final = 50_000
MAX_DEPTH: Final = 200
_SEPARATOR: Final = " "


@dataclass(slots=True)
class Element:
    """One element: names, attributes ("{namespace}name" or "name"), bytes `start` to `end`.

    `text` is what stands directly in it; `after` is the index behind its last descendant.
    For elements that were never closed both reach to the end of the document.
    """

    namespace: str
    name: str
    attributes: Mapping[str, str]
    start: int
    parent: int
    index: int
    end: int = -1
    after: int = -1
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The characters directly in this element, joined and stripped."""
        return "".join(self.texts).strip()

    def get(self, name: str) -> str | None:
        """The attribute `name` without a namespace, stripped; None where it is absent."""
        value = self.attributes.get(name)
        return None if value is None else value.strip()


@dataclass(frozen=True, slots=True)
class Document:
    """All elements in document order; `malformed` when the text broke a rule of XML or a bound."""

    elements: tuple[Element, ...]
    malformed: bool

    def within(self, element: Element) -> Iterator[Element]:
        """The descendants of `element`, in document order."""
        yield from self.elements[element.index + 1 : element.after]

    def children(self, element: Element) -> Iterator[Element]:
        """The elements directly in `element`."""
        for one in self.within(element):
            if one.parent == element.index:
                yield one


class _Bound(Exception):  # noqa: N818 (never leaves this module; it stops the parser)
    """A limit was met, or an entity was declared."""


class _Builder:
    """Receives Expat's events for one document."""

    def __init__(self, *, namespaces: bool) -> None:
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR if namespaces else None)
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.elements) >= MAX_ELEMENTS or len(self.open) >= MAX_DEPTH:
            raise _Bound
        namespace, local = _split(name)
        element = Element(
            namespace=namespace,
            name=local,
            attributes={_qualified(key): value for key, value in attributes.items()},
            start=self.parser.CurrentByteIndex,
            parent=self.open[-1].index if self.open else -1,
            index=len(self.elements),
        )
        self.elements.append(element)
        self.open.append(element)

    def _end(self, _name: str) -> None:
        element = self.open.pop()
        element.after = len(self.elements)
        element.end = self.parser.CurrentByteIndex

    def _text(self, words: str) -> None:
        self.open[-1].texts.append(words)

    def _entity(self, *_declaration: object) -> None:
        raise _Bound


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(_SEPARATOR)
    if not namespace and ":" in local:
        return "", local.rpartition(":")[2]
    return namespace, local


def _qualified(name: str) -> str:
    namespace, local = _split(name)
    return f"{{{namespace}}}{local}" if namespace else local


def read_xml(body: bytes) -> Document:
    """Read `body` as XML; never raises. Offsets are into `body`.

    Not well-formed, too big or with entities declared: what was read before that point, with
    `malformed` set. Bytes that are not UTF-8 in a document that claims to be are replaced, one
    for one, as are stray ampersands; a prefix nobody bound is dropped. All set `malformed` too.
    """
    document = _parse(body[:MAX_BYTES], namespaces=True)
    if not document.malformed:
        return Document(document.elements, malformed=len(body) > MAX_BYTES)
    legible = _mend(body[:MAX_BYTES])
    mended = document if legible == body else _parse(legible, namespaces=True)
    if len(mended.elements) < MAX_ELEMENTS:
        bare = _parse(legible, namespaces=False)
        mended = max(mended, bare, key=lambda one: len(one.elements))
    fullest = max(document, mended, key=lambda one: len(one.elements))
    return Document(fullest.elements, malformed=True)


def _parse(body: bytes, *, namespaces: bool) -> Document:
    builder = _Builder(namespaces=namespaces)
    malformed = False
    try:
        builder.parser.Parse(body, True)  # noqa: FBT003 (Expat's own signature)
    except (expat.ExpatError, _Bound, ValueError, LookupError):
        malformed = True
    for element in builder.open:
        element.after, element.end = len(builder.elements), len(body)
    for element in builder.elements:
        element.end = _behind_tag(body, element)
    return Document(tuple(builder.elements), malformed)


def _behind_tag(body: bytes, element: Element) -> int:
    """The offset behind an element: Expat tells where its end tag begins, or behind `/>`."""
    is_empty = element.after == element.index + 1 and not element.texts
    if element.end == len(body) or (is_empty and body.endswith(b"/>", 0, element.end)):
        return element.end
    closed = body.find(b">", element.end)
    return len(body) if closed < 0 else closed + 1


_NO_REFERENCE: Final = re.compile(
    r"[\udc80-\udcff]|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)"
)


def _mend(body: bytes) -> bytes:
    """`body` with what is no UTF-8, and every `&` that begins no reference, as question marks."""
    return _NO_REFERENCE.sub("?", body.decode("utf-8", "surrogateescape")).encode()
