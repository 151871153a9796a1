"""What the spiders share: a kept response as a `Page`, and the links that it offers."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.linkextractors import IGNORED_EXTENSIONS
from scrapy.utils.response import get_meta_refresh

from crawler.records.charsets import readable
from crawler.records.keys import CUT, DECISION_KEY, FOLLOW_KEY
from crawler.records.links import read_links as read_targets
from crawler.records.page import Page, page_of

NO_PAGES = tuple(f".{extension}" for extension in IGNORED_EXTENSIONS)


def read_page(response: Response) -> Page | None:
    """The response as the item that the pipelines keep; None where the gate kept nothing."""
    if DECISION_KEY not in response.meta:
        return None
    return page_of(
        response.meta,
        url=response.url,
        content=response.body,
        content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        charset=readable(response.encoding) if isinstance(response, HtmlResponse) else "",
        cut=CUT in response.flags,
        via=(response.request.headers.get("Referer") or b"").decode("latin-1")
        if response.request
        else "",
    )


def read_links(response: Response) -> Iterator[Request]:
    """Requests for the links of a page that lets them be followed, `nofollow` ones left out."""
    if not isinstance(response, HtmlResponse) or not response.meta.get(FOLLOW_KEY, True):
        return
    charset = readable(response.encoding)
    if charset != response.encoding:
        response = response.replace(encoding=charset)
    for url in _read_urls(response):
        yield from request_for(url, encoding=charset)
    _, refresh = get_meta_refresh(response)
    if refresh:
        yield from request_for(refresh)


def request_for(url: str, **more: Any) -> Iterator[Request]:  # noqa: ANN401 (Scrapy leaves it open)
    """The request for `url` as a site wrote it, none where no request can be made of that.

    `more` are arguments of `Request`. One bad link must not cost a page the rest of them.
    """
    try:
        yield Request(url, **more)
    except (ValueError, LookupError):
        return


def _read_urls(response: HtmlResponse) -> Iterator[str]:
    """Each http or https URL once that the page links to and that may be a page.

    A URL that is marked nofollow in one place is left alone wherever else it stands.
    """
    base, based, found = response.url, False, dict[str, bool]()
    for link in read_targets(response.body, response.encoding):
        try:
            url = urldefrag(urljoin(base, link.target)).url
            path = urlsplit(url).path.lower()
        except ValueError:
            continue
        if link.is_base:
            base, based = (base, True) if based else (url, True)
        elif url.startswith(("http://", "https://")) and not path.endswith(NO_PAGES):
            found[url] = found.get(url, False) or link.nofollow
    yield from (url for url, nofollow in found.items() if not nofollow)
