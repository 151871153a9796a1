"""Which URL a page says is its own: a Link header or `<link rel=canonical>` (RFC 6596)."""

from typing import Final
from urllib.parse import urlsplit

from crawler.policy import link_header
from crawler.policy.html_page import html_of
from crawler.policy.model import Resource

LONGEST: Final = 2083
"""Characters of a URL beyond which it is none that could be asked for."""


def read_canonical(page: Resource) -> str:
    """The absolute http or https URL that `page` names as canonical, "" where it names none.

    The header's word comes first; a link counts in the head only, since anybody may write into a
    body. It is recorded, never followed for that, and decides nothing.
    """
    said = [link.target for link in link_header.read_links(page) if "canonical" in link.relations]
    said += [
        link_header.absolute(page.url, tag.get("href"))
        for tag in html_of(page).head.links
        if "canonical" in tag.relations and tag.in_head and tag.get("href")
    ]
    return next((url for each in said if _is_web_address(url := each.partition("#")[0])), "")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and len(url) <= LONGEST
