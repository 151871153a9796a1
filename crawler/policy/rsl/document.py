"""An RSL 1.0 document as values: contents, their licences, and where each word stands.

https://rslstandard.org/rsl section 3. The same reader serves the file a site declares, an inline
script (4.6) and the RSS module, where the elements stand among others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from crawler.policy.markup import Document, Element, read_xml

NAMESPACE: Final = "https://rslstandard.org/rsl"
PAYMENT_TYPES: Final = frozenset(
    {
        "purchase", "subscription", "training", "crawl", "use", "contribution", "attribution",
        "free",
    }
)  # fmt: skip
"""Section 3.7."""
_CHARGING: Final = frozenset({"amount", "standard", "custom", "accepts"})
MAX_CONTENTS: Final = 5_000
_MEANT: Final = {"permit": "permits", "prohibit": "prohibits", "licence": "license"}
"""Names of elements that the specification does not have, and those that were meant."""


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes of an element in the document."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """A `permits` or a `prohibits`: its type ("usage", "user", "geo") and its words."""

    type: str
    words: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Payment:
    """What a licence costs (3.7); `asks` is whether anything is asked for at all."""

    type: str
    currency: str
    amount: str
    asks: bool
    known: bool
    span: Span


@dataclass(frozen=True, slots=True)
class License:
    """One `license`: alternatives stand side by side in a content."""

    permits: tuple[Term, ...]
    prohibits: tuple[Term, ...]
    payments: tuple[Payment, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Content:
    """One `content`: what it covers (None: it does not say) and its licences.

    `link` is the address of the feed item around it, where there is one.
    """

    url: str | None
    server: str
    encrypted: bool
    licenses: tuple[License, ...]
    span: Span
    link: str = ""
    mended: bool = False
    """Whether elements bear names, or stand in places, that the specification does not know."""

    @property
    def words(self) -> tuple[object, ...]:
        """All that it says, without where it stands: the same of contents that repeat."""
        terms = tuple(
            (
                tuple((one.type, one.words) for one in license_.permits),
                tuple((one.type, one.words) for one in license_.prohibits),
                tuple((one.type, one.currency, one.amount, one.asks) for one in license_.payments),
            )
            for license_ in self.licenses
        )
        return self.url, self.link, self.server, self.encrypted, self.mended, terms


@dataclass(frozen=True, slots=True)
class RslDocument:
    """All contents; `legible` is whether this is RSL at all, `malformed` whether it errs.

    `broken` is whether it is not even well-formed XML, so that something may be missing.
    """

    contents: tuple[Content, ...]
    legible: bool
    malformed: bool
    broken: bool = False
    max_age: int | None = None


def read(body: bytes) -> RslDocument:
    """Read a licence document; never raises. Offsets are into `body`.

    A missing or wrong namespace is malformed yet legible; a root that is not `rsl` is not.
    """
    document = read_xml(body)
    root = document.elements[0] if document.elements else None
    if root is None or root.name.lower() != "rsl":
        return RslDocument((), legible=False, malformed=True)
    stray = _licenses(document, root)
    contents = _contents(document, document.within(root), namespace=None)
    if stray:
        contents = (*contents, _stray_content(root, stray))
    mended = not contents or any(content.mended for content in contents)
    malformed = document.malformed or root.namespace != NAMESPACE or mended
    return RslDocument(
        contents,
        legible=True,
        malformed=malformed,
        broken=document.malformed,
        max_age=_max_age(root),
    )


def read_feed(body: bytes) -> RslDocument:
    """Read the RSL elements of an RSS or Atom feed (RSS module); never raises."""
    document = read_xml(body)
    contents = _contents(document, document.elements, namespace=NAMESPACE)
    return RslDocument(contents, legible=bool(contents), malformed=document.malformed)


def _max_age(root: Element) -> int | None:
    words = root.get("max-age") or ""
    return int(words[:9]) if words.isascii() and words.isdigit() else None


def _contents(
    document: Document, elements: Iterable[Element], namespace: str | None
) -> tuple[Content, ...]:
    found: dict[tuple[object, ...], Content] = {}
    for element in elements:
        if _meant(element) == "content" and namespace in (None, element.namespace):
            content = _content(document, element)
            found.setdefault(content.words, content)
        if len(found) == MAX_CONTENTS:
            break
    return tuple(found.values())


def _meant(element: Element) -> str:
    """The name that the specification gives the element, whatever it is called."""
    name = element.name.lower()
    return _MEANT.get(name, name)


def _content(document: Document, element: Element) -> Content:
    licenses = _licenses(document, element)
    stray = _license(document, element)
    if stray.permits or stray.prohibits:
        licenses = (*licenses, stray)
    return Content(
        url=element.get("url"),
        server=element.get("server") or "",
        encrypted=(element.get("encrypted") or "").lower() in ("true", "1"),
        licenses=licenses,
        span=Span(element.start, element.end),
        link=_link(document, element),
        mended=stray in licenses
        or any(_meant(one) != one.name for one in _parts(document, element)),
    )


def _stray_content(root: Element, licenses: tuple[License, ...]) -> Content:
    """Licences that stand in no content: they do not say what they cover."""
    span = Span(root.start, root.end)
    return Content(None, "", encrypted=False, licenses=licenses, span=span, mended=True)


def _licenses(document: Document, element: Element) -> tuple[License, ...]:
    children = document.children(element)
    return tuple(_license(document, one) for one in children if _meant(one) == "license")


def _parts(document: Document, content: Element) -> Iterator[Element]:
    """The content itself, its children and theirs: all that bears a name of the vocabulary."""
    yield content
    for child in document.children(content):
        yield child
        if _meant(child) == "license":
            yield from document.children(child)


def _link(document: Document, element: Element) -> str:
    """The link of the feed item that directly holds `element`; "" where there is none."""
    if element.parent < 0 or document.elements[element.parent].name not in ("item", "entry"):
        return ""
    for one in document.children(document.elements[element.parent]):
        address = one.text or one.get("href") or ""
        if one.name == "link" and address:
            return address
    return ""


def _license(document: Document, element: Element) -> License:
    children: dict[str, list[Element]] = {}
    for one in document.children(element):
        children.setdefault(_meant(one), []).append(one)
    return License(
        permits=tuple(_term(one) for one in children.get("permits", ())),
        prohibits=tuple(_term(one) for one in children.get("prohibits", ())),
        payments=tuple(_payment(document, one) for one in children.get("payment", ())),
        span=Span(element.start, element.end),
    )


def _term(element: Element) -> Term:
    kind = (element.get("type") or "").lower()
    return Term(kind, tuple(dict.fromkeys(element.text.split())), Span(element.start, element.end))


def _payment(document: Document, element: Element) -> Payment:
    parts = tuple(document.children(element))
    charges = [one for one in parts if one.name in _CHARGING]
    amounts = [one for one in parts if one.name == "amount"]
    kind = element.get("type") or ""
    return Payment(
        type=kind,
        currency=(amounts[0].get("currency") or "") if amounts else "",
        amount=amounts[0].text if amounts else "",
        # 3.7: an omitted type means free, but no price is ever read as free.
        asks=bool(charges) if kind in ("", "free") else True,
        known=kind in PAYMENT_TYPES or not kind,
        span=Span(element.start, element.end),
    )
