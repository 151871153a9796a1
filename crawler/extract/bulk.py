"""Text and declarations at bulk speed, about ten times faster and rougher; the only resiliparse."""

from typing import Final

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from crawler.records.page import Extraction

_AUTHOR: Final = 'meta[name="author"]'
_SITE: Final = 'meta[property="og:site_name"]'
_DATE: Final = 'meta[property="article:published_time"]'
_TITLE: Final = 'meta[property="og:title"]'
_DATE_LENGTH: Final = len("2026-01-31")


def extract_bulk(decoded: str) -> Extraction:
    """The main text of a page and what its `meta` elements declare; `extractor` is left empty."""
    tree = HTMLTree.parse(decoded)
    text = extract_plain_text(
        tree, preserve_formatting=True, main_content=True, alt_texts=False, comments=False
    )
    return Extraction(
        text=text.strip(),
        extractor="",
        title=_content(tree, _TITLE) or (tree.title or "").strip(),
        author=_content(tree, _AUTHOR),
        sitename=_content(tree, _SITE),
        created=_content(tree, _DATE)[:_DATE_LENGTH],
    )


def _content(tree: HTMLTree, selector: str) -> str:
    head = tree.head
    found = head.query_selector(selector) if head else None
    return (found.getattr("content") or "").strip() if found else ""
