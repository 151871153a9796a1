"""Which tags of a page may say something of its use, told by a look at their bytes."""

import re
from typing import Final

from crawler.policy.html_tags import Page, Tag
from crawler.policy.word_search import WordSearch

LICENCE_LINK: Final = re.compile(rb"rel\s{0,9}=\s{0,9}[\"']?[^\"'>]{0,99}?licen[cs]e")
_IDLE: Final = (
    rb"viewport|description|generator|theme-color|keywords|author|google-site-verification"
    rb"|msvalidate\.01|apple-[a-z-]+|msapplication-[a-z]+|x-ua-compatible|content-type|referrer"
    rb"|format-detection"
)
_NAMED: Final = re.compile(
    rb"[\s\"'/](?:name|http-equiv|property)"
    rb"(?:\s*+=\s*+[\"']?+(?!(?:og|twitter|fb|article):|(?:" + _IDLE + rb")[\"'\s/>])|[\s/>]|\Z)"
)
"""What a meta is named by, but for the names that say nothing of use and are most of all."""
_RIGHTS: Final = re.compile(rb"licen[cs]e|rsl|terms|copyright|tdm|usage|disclosure|canonical")
_SAYS_OF_RIGHTS: Final = WordSearch((
    b"copyrightnotice", b"conditionsofaccess", b"isaccessibleforfree", b"digitalsource",
    b"usageinfo", b"licen", b"\\u004", b"\\u005", b"\\u006", b"\\u007",
))  # fmt: skip
"""What linked data says that a label is made of, or letters that are escaped."""


def is_wanted(page: Page, tag: Tag) -> bool:
    """Whether the tag may belong to any list of a `Head`."""
    return kind_of(page, tag) != ""


def kind_of(page: Page, tag: Tag) -> str:
    """Which list of a `Head` the tag may belong to, judged by its name and a look at its bytes."""
    if tag.name == b"meta":
        return "meta" if _NAMED.search(page.lower, tag.start, tag.end) else ""
    if tag.name == b"link":
        return "link" if _RIGHTS.search(page.lower, tag.start, tag.end) else ""
    if tag.name == b"script":
        return "script" if _is_wanted_script(page, tag) else ""
    if tag.name in (b"a", b"area") and LICENCE_LINK.search(page.lower, tag.start, tag.end):
        return "a"
    wanted = page.lower.find(b"ai-disclosure", tag.start, tag.end) >= 0
    return "element" if wanted and not tag.name.startswith(b"/") else ""


def _is_wanted_script(page: Page, tag: Tag) -> bool:
    lower = page.lower
    if lower.find(b"rsl+", tag.start, tag.end) >= 0:
        return True
    linked_data = lower.find(b"ld+", tag.start, tag.end) >= 0
    return linked_data and _SAYS_OF_RIGHTS.any_in(lower[tag.end : tag.content_end])
