"""A page as all signals read it: opened once, and each part of it read when first asked for."""

from collections.abc import Iterator
from functools import cached_property

from crawler.policy import html_head, passages
from crawler.policy.html_tags import open_page
from crawler.policy.model import Evidence, Resource


class HtmlPage:
    """The decoded bytes of a page, whatever they are; nothing of it raises."""

    def __init__(self, body: bytes) -> None:
        self._page = open_page(body)

    @cached_property
    def head(self) -> html_head.Head:
        """What it says about itself in tags."""
        return html_head.read_page(self._page)

    @cached_property
    def reservations(self) -> tuple[passages.Passage, ...]:
        """The sentences in which its site reserves rights."""
        return passages.read_reservations(self._page)


def html_of(page: Resource) -> HtmlPage:
    """`page` as HTML, the same however many signals ask."""
    return page.read_as(HtmlPage)


def metas_like_headers(
    page: Resource | None, fields: frozenset[str]
) -> Iterator[tuple[str, Evidence]]:
    """What metas say that are named after a header field, in lower case, and where they stand."""
    for tag in html_of(page).head.metas if page else ():
        if page and fields.intersection(tag.names):
            yield tag.get("content"), html_head.evidence(page, tag)
