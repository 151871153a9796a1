"""What the spiders share: a kept response as a `Page`, and the links that it offers."""

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.linkextractors import LinkExtractor
from scrapy.utils.response import get_meta_refresh

from crawler.records.keys import DECISION_KEY, FOLLOW_KEY
from crawler.records.page import Page, page_of

TAGS, ATTRIBUTES = ("a", "area", "iframe", "frame"), ("href", "src")
LINKS = LinkExtractor(tags=TAGS, attrs=ATTRIBUTES)
MANY_TAGS = 5_000
FIRST_LINKS = LinkExtractor(
    tags=TAGS,
    attrs=ATTRIBUTES,
    restrict_xpaths="(//a[@href] | //area[@href] | //iframe[@src] | //frame[@src])"
    "[position() <= 1000]",
)
"""For pages with more tags than `MANY_TAGS`: a farm of links must not stop the crawl for seconds."""


def read_page(response: Response) -> Page | None:
    """The response as the item that the pipelines keep; None where the gate kept nothing."""
    if DECISION_KEY not in response.meta:
        return None
    return page_of(
        response.meta,
        url=response.url,
        content=response.body,
        content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        charset=getattr(response, "encoding", "") if isinstance(response, HtmlResponse) else "",
        via=(response.request.headers.get("Referer") or b"").decode("latin-1")
        if response.request
        else "",
    )


def read_links(response: Response) -> Iterator[Request]:
    """Requests for the links of a page that lets them be followed, `nofollow` ones left out."""
    if not isinstance(response, HtmlResponse) or not response.meta.get(FOLLOW_KEY, True):
        return
    links = LINKS if response.body.count(b"<") <= MANY_TAGS else FIRST_LINKS
    for link in links.extract_links(response):
        if not link.nofollow:
            yield Request(link.url)
    _, refresh = get_meta_refresh(response)
    if refresh:
        yield Request(refresh)
