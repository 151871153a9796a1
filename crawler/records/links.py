"""The links of a page, read in one pass whatever its mark-up is made of.

A tree would need time that grows with the square of an element's attributes, and sites can write
hundreds of thousands of them. Links are read as a browser's tokenizer meets them instead.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from crawler.policy.html_tags import open_page, read_attributes, read_tags

MOST_LINKS: Final = 1_000
"""Links of a page that are looked at; how many of these are taken is the frontier's business."""

MOST_TAGS: Final = 100_000
"""Tags of a page that are looked at: fifth part of a second, for a page of nothing else."""

_TARGET: Final[Mapping[bytes, Mapping[bytes, str]]] = {
    b"a": {b"href": "target", b"rel": "rel"},
    b"area": {b"href": "target", b"rel": "rel"},
    b"iframe": {b"src": "target"},
    b"frame": {b"src": "target"},
    b"base": {b"href": "target"},
}


class Link(NamedTuple):
    """What an element points to, as it is written there; `is_base` is `<base>`'s."""

    target: str
    nofollow: bool
    is_base: bool


def read_links(body: bytes, charset: str = "utf-8") -> Iterator[Link]:
    """The links of `body` in order, the document's base among them; never raises.

    `charset` is how the page is read, by Python's name. At most `MOST_LINKS`, repeats included.
    """
    page = open_page(body)
    if page.width == 1:
        page = replace(page, codec=charset)
    found = 0
    for tag in islice(read_tags(page), MOST_TAGS):
        wanted = _TARGET.get(tag.name)
        attributes = read_attributes(page, tag, wanted) if wanted else {}
        if "target" not in attributes:
            continue
        nofollow = "nofollow" in attributes.get("rel", "").lower().replace(",", " ").split()
        yield Link(attributes["target"].strip(), nofollow, tag.name == b"base")
        found += 1
        if found >= MOST_LINKS:
            return
