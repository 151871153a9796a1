"""The clean text of a page and what the page declares about itself; the only trafilatura.

trafilatura is used without memory: its `deduplicate` remembers earlier pages, and a page would
lose what another one said before. Title, author, site name and date are those that the page
declares (meta, JSON-LD, `time`, its address); bylines are not guessed at, since that costs half
as much as the text and is wrong about every third time.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from itertools import islice
from typing import Final

from htmldate import find_date
from lxml.etree import ElementDefaultClassLookup
from lxml.html import HtmlComment, HtmlElement, document_fromstring
from trafilatura import bare_extraction, settings, xpaths
from trafilatura.metadata import examine_meta, extract_meta_json, extract_sitename, extract_title
from trafilatura.utils import HTML_PARSER, load_html

from crawler.extract.bulk import extract_bulk
from crawler.extract.charset import decode
from crawler.extract.language import identify
from crawler.extract.searches import quicken
from crawler.records.page import Extraction

EXTRACTORS: Final[Mapping[str, str]] = {
    "accurate": f"trafilatura {version('trafilatura')} accurate",
    "fast": f"trafilatura {version('trafilatura')} fast",
    "bulk": f"resiliparse {version('resiliparse')} bulk",
    "plain": "plain",
}
"""What a row's `extractor` says for each profile; "plain" is for pages that are text already."""

DATED_ELEMENTS: Final = 8
"""How many `time` elements, and JSON-LD scripts, of a body are searched for a date."""

_DATED: Final = ("//body//time", '//body//script[@type="application/ld+json"]')
# lxml asks Python for the class of every element it hands out, so that forms get one of their own;
# nobody here looks at forms, and a lookup in C saves a fifteenth of the whole extraction.
HTML_PARSER.set_element_class_lookup(
    ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment)
)
# By its name, since the package has a function of the same.
quicken(xpaths, settings, import_module("trafilatura.baseline"))

_FRAME: Final = "<html><head></head><body></body></html>"


def extract(body: bytes, url: str, profile: str, declared: str = "") -> Extraction:
    """The text of the page `body`, decoded from content codings, that was found at `url`.

    `profile` is a key of `EXTRACTORS`; `declared` is the Content-Type or charset of the response.
    A page without main text gives an empty one. May raise what the libraries raise.
    """
    decoded, _ = decode(body, declared)
    if profile == "plain":
        found = Extraction(text=decoded.strip(), extractor="")
    elif profile == "bulk":
        found = extract_bulk(decoded)
    else:
        found = _extract_main(decoded, url, fast=profile == "fast")
    if not found.text:
        return replace(found, extractor=EXTRACTORS[profile])
    language, score = identify(found.text)
    return replace(found, extractor=EXTRACTORS[profile], language=language, language_score=score)


def _extract_main(decoded: str, url: str, *, fast: bool) -> Extraction:
    tree = load_html(decoded)
    if tree is None:
        return Extraction(text="", extractor="")
    # What is declared is read first: looking for the text takes the tree apart.
    found = _read_declarations(tree, url)
    document = bare_extraction(tree, url=url, fast=fast, include_comments=False)
    text = getattr(document, "text", None) or ""
    return replace(found, text=text)


def _read_declarations(tree: HtmlElement, url: str) -> Extraction:
    declared = extract_meta_json(tree, examine_meta(tree))
    return Extraction(
        text="",
        extractor="",
        title=_tidy(declared.title or extract_title(tree)),
        author=_tidy(declared.author),
        sitename=_tidy(declared.sitename or extract_sitename(tree)),
        created=_find_date(tree, url),
    )


def _tidy(value: str | None) -> str:
    return " ".join((value or "").split())


def _find_date(tree: HtmlElement, url: str) -> str:
    """The date (`YYYY-MM-DD`) on which a page says that it was first published, or ""."""
    # A frame with nothing else in it keeps htmldate from searching the whole text for a date.
    frame = document_fromstring(_FRAME)
    head, body = frame
    for element in tree.iterchildren("head"):
        head.extend(deepcopy(child) for child in element)
    for path in _DATED:
        for element in islice(tree.iterfind("." + path), DATED_ELEMENTS):
            alone = deepcopy(element)
            alone.tail = None
            body.append(alone)
    found = find_date(
        frame, url=url, original_date=True, extensive_search=False, outputformat="%Y-%m-%d"
    )
    return found or ""
