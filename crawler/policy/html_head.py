"""What a page says about itself in tags: meta, link, script, licence links, AI disclosure.

`html_of(page).head` is read once for all signals. Elements anywhere in the page are kept, not only
those of its head: a refusal binds wherever it stands, a grant only in the head.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from crawler.policy.html_tags import Page, Tag, open_page, read_attributes, read_tags
from crawler.policy.meta_names import read_meta
from crawler.policy.model import VERBATIM_LIMIT, Evidence, Resource
from crawler.policy.tag_kinds import LICENCE_LINK, is_wanted, kind_of
from crawler.policy.word_search import WordSearch

_WANTED: Final = {
    name.encode(): name
    for name in (
        "name", "http-equiv", "property", "content", "rel", "href", "type", "about",
        "ai-disclosure", "ai-model", "ai-provider", "ai-prompt-url",
    )
}  # fmt: skip
SCRIPT_TYPES: Final = frozenset({"application/rsl+xml", "application/ld+json"})
PARTS: Final = frozenset(
    {b"figure", b"figcaption", b"picture", b"aside", b"blockquote", b"article"}
)
"""Elements whose licence links speak of a part of the page; a single article is the page."""
_LICENCE: Final = len(b"licence")
_BEFORE_LICENCE: Final = 130
"""As many bytes as `LICENCE_LINK` can match before its last word, and a few more."""
_ELEMENT_WORDS: Final = WordSearch((b"ai-disclosure", b"license", b"licence"))
_DISCLOSURE: Final = 0
_MANY: Final = 1_000
"""Hits from which on one search through the page is cheaper than one around each."""
MOST_TAGS: Final = 200_000
"""Tags of a page that are looked at; of a page with more only those that may be rules are."""
MOST_KEPT: Final = 5_000
"""Elements of a kind that are read: honest pages have dozens, and each costs every signal."""
_RULES: Final = frozenset({"meta", "link", "script"})
_LICENCE_RELATIONS: Final = frozenset({"license", "licence"})


class HeadTag(NamedTuple):
    """One element of interest, and the bytes `start` to `end` of the body that are its tag.

    Attribute names are lower case, values as written with entities decoded. `content_end` is the
    byte behind what a script holds. `part` names an element of `PARTS` around a licence link or a
    disclosure, or is "".
    """

    page: Page
    tag: Tag
    attributes: Mapping[str, str]
    part: str = ""
    names: tuple[str, str, str] = ("", "", "")
    """Of a meta: its `http-equiv`, `name` and `property`, trimmed and in lower case.

    In quotes that HTML does not know as such it is named as if by `property`, since what readers
    do not find under `name` binds less firmly.
    """

    @property
    def name(self) -> str:
        """The element's name, lower case."""
        return self.tag.name.decode("ascii", "replace")

    @property
    def in_head(self) -> bool:
        """Whether a parser would put it in the head."""
        return self.tag.in_head

    @property
    def start(self) -> int:
        """The byte offset of its `<`."""
        return self.page.offset(self.tag.start)

    @property
    def end(self) -> int:
        """The byte offset behind its `>`."""
        return self.page.offset(self.tag.end)

    @property
    def content_end(self) -> int:
        """The byte offset behind the text in a script; `end` for all else."""
        return self.page.offset(self.tag.content_end)

    @property
    def verbatim(self) -> str:
        """The tag as it stands, cut at `VERBATIM_LIMIT` characters."""
        return self.page.text(self.tag.start, min(self.tag.end, self.tag.start + VERBATIM_LIMIT))

    @property
    def text(self) -> str:
        """What a script holds."""
        return self.page.text(self.tag.end, self.tag.content_end)

    def get(self, attribute: str) -> str:
        """The attribute's value without blanks around it; "" where it is absent."""
        return self.attributes.get(attribute, "").strip()

    @property
    def relations(self) -> tuple[str, ...]:
        """The link types of `rel`, lower case (HTML Standard 4.6.7)."""
        return tuple(self.get("rel").lower().split())

    @property
    def media_type(self) -> str:
        """`type` without parameters, lower case."""
        return self.get("type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Head:
    """Everything a page says in tags, each kind in document order."""

    metas: tuple[HeadTag, ...] = ()
    """Every meta with a name, http-equiv or property that may say something of use."""
    links: tuple[HeadTag, ...] = ()
    """Every link with a rel or a type whose tag mentions rights: a licence, terms, copyright, RSL;
    and every one that is canonical."""
    scripts: tuple[HeadTag, ...] = ()
    """Scripts of a type in `SCRIPT_TYPES`; linked data only where it tells of rights."""
    licences: tuple[HeadTag, ...] = ()
    """Every a and area with rel=license."""
    disclosures: tuple[HeadTag, ...] = ()
    """Every other element with an attribute `ai-disclosure`."""
    unread: HeadTag | None = None
    """The first element that may be a rule and stands behind more than are read."""

    def named(self, name: str) -> tuple[HeadTag, ...]:
        """The metas whose name or property is `name` (lower case), in document order."""
        return tuple(one for one in self.metas if name in one.names[1:])


class _Parts:
    """Which elements of `PARTS` are open; a count for each, since authors forget end tags."""

    def __init__(self, page: Page) -> None:
        self._open: dict[bytes, int] = {}
        self._names = PARTS if page.lower.count(b"<article") > 1 else PARTS - {b"article"}

    def pass_by(self, name: bytes) -> str:
        """Count the start or end tag `name`, and tell which part is open now, or ""."""
        part = name.removeprefix(b"/")
        if part in self._names:
            step = 1 if part == name else -1
            self._open[part] = max(0, self._open.get(part, 0) + step)
        return next((one.decode() for one, count in self._open.items() if count), "")


def read(body: bytes) -> Head:
    """The `Head` of a page's decoded bytes, whatever they are; never raises, linear in time.

    UTF-16 is known by its byte order mark or its first character; all else is read as UTF-8, and
    values that are none as Latin-1. The first `MOST_KEPT` of a kind count.
    """
    return read_page(open_page(body))


def read_page(page: Page) -> Head:
    """As `read`, of a page that is open."""
    head = _read_tags(page, every=True) if _speaks_of_elements(page) else None
    return head or _read_tags(page, every=False) or Head()


def _read_tags(page: Page, *, every: bool) -> Head | None:
    """None where `every` tag is to be looked at and there are more than `MOST_TAGS`."""
    parts = _Parts(page) if every else None
    found: dict[str, list[HeadTag]] = {}
    unread: HeadTag | None = None
    for number, tag in enumerate(read_tags(page, None if every else is_wanted)):
        if number >= MOST_TAGS:
            if every:
                return None
            unread = unread or HeadTag(page, tag, {})
            break
        part = parts.pass_by(tag.name) if parts else ""
        kind = kind_of(page, tag)
        if kind and len(found.get(kind, ())) < MOST_KEPT:
            read, names = read_attributes(page, tag, _WANTED), ("", "", "")
            attributes, names = read_meta(page, tag, read) if kind == "meta" else (read, names)
            found.setdefault(kind, []).append(HeadTag(page, tag, attributes, part, names))
        elif kind in _RULES:
            unread = unread or HeadTag(page, tag, {})
    return _head_of(found, unread)


def _head_of(found: Mapping[str, list[HeadTag]], unread: HeadTag | None) -> Head:
    return Head(
        unread=unread,
        metas=_having(found.get("meta"), "name", "http-equiv", "property"),
        links=_having(found.get("link"), "rel", "type"),
        scripts=tuple(one for one in found.get("script", ()) if one.media_type in SCRIPT_TYPES),
        licences=tuple(
            one for one in found.get("a", ()) if _LICENCE_RELATIONS & set(one.relations)
        ),
        disclosures=_having(found.get("element"), "ai-disclosure"),
    )


def _speaks_of_elements(page: Page) -> bool:
    """Whether tags beside meta, link and script can matter: the rare page that costs more."""
    lower = page.lower
    hits = list(islice(_ELEMENT_WORDS.places(lower), _MANY))
    if any(word == _DISCLOSURE for word, _ in hits):
        return True
    if len(hits) == _MANY:
        return b"ai-disclosure" in lower or LICENCE_LINK.search(lower) is not None
    return any(
        LICENCE_LINK.search(lower, max(0, place - _BEFORE_LICENCE), place + _LICENCE)
        for _, place in hits
    )


def _having(tags: list[HeadTag] | None, *attributes: str) -> tuple[HeadTag, ...]:
    return tuple(one for one in tags or () if any(name in one.attributes for name in attributes))


def evidence(page: Resource, tag: HeadTag) -> Evidence:
    """Evidence that points at `tag` in the body of `page`."""
    return Evidence(
        url=page.url,
        where=f"html byte {tag.start}-{tag.end}",
        verbatim=tag.verbatim,
        sha256=page.sha256,
        start=tag.start,
        end=tag.end,
        retrieved_at=page.retrieved_at,
        status=page.status,
    )
