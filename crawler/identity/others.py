"""Names that belong to somebody else: crawlers, browsers and tools that no crawl may pass for.

The AI agents come from the catalogue; what it does not hold because it is no AI agent stands here.
"""

import re
from typing import Final

from crawler.policy.agents import CATALOGUE

OURS: Final = frozenset({"heedbot"})

UNMISTAKABLE: Final = frozenset(
    {"googlebot", "bingbot", "gptbot", "claudebot", "perplexitybot", "yandexbot", "baiduspider",
     "bytespider", "duckduckbot", "facebookexternalhit"}
)  # fmt: skip
"""Wherever these letters stand, a site's filter will take them for that crawler."""

DISTINCT: Final = UNMISTAKABLE | frozenset(
    {"adsbot-google", "apis-google", "mediapartners-google", "storebot-google",
     "feedfetcher-google", "google-inspectiontool", "google-read-aloud", "google-site-verification",
     "googleother", "bingpreview", "msnbot", "adidxbot", "slurp", "yandex", "yandeximages",
     "baidu", "sogou", "seznambot", "qwantbot", "mojeekbot", "naverbot", "yeti", "coccocbot",
     "ahrefsbot", "semrushbot", "dotbot", "rogerbot", "blexbot", "serpstatbot", "dataforseobot",
     "twitterbot", "linkedinbot", "pinterestbot", "slackbot", "discordbot", "telegrambot",
     "whatsapp", "redditbot", "facebot", "uptimerobot", "pingdom", "heritrix", "nutch", "wget",
     "python-requests", "python-urllib", "python-httpx", "aiohttp", "scrapy", "libwww-perl",
     "go-http-client", "okhttp", "apache-httpclient", "node-fetch", "axios", "guzzlehttp",
     "headlesschrome", "phantomjs", "puppeteer", "playwright", "selenium",
     "mozilla", "chrome", "chromium", "crios", "firefox", "fxios", "applewebkit", "msie",
     "trident", "edg", "edgios", "samsungbrowser"}
)  # fmt: skip
"""Not to be used as a part of a name either: Googlebot-Image, My-Firefox."""

COMMON_WORDS: Final = frozenset(
    {"safari", "opera", "opr", "edge", "gecko", "khtml", "brave", "vivaldi", "curl", "java", "lynx",
     "google", "bing", "yahoo", "msn", "duckduckgo"}
)  # fmt: skip
"""Words of the language or of the trade as well: refused only where they are the whole name."""

_SEPARATORS: Final = re.compile(r"[-_]+")
_NOT_LETTERS: Final = re.compile(r"[^a-z]+")
_KINDS: Final = ("bot", "crawler", "spider")
_SHORTEST_PART: Final = 5
"""Letters of a listed name that is looked for as a part: YaK and Code are words, CCBot is not."""


def _fold(name: str) -> str:
    """`name` without case, version and separators: what a tired reader sees."""
    return _NOT_LETTERS.sub("", name.lower())


def _listed() -> frozenset[str]:
    names = (name for agent in CATALOGUE for name in (agent.token, *agent.spellings))
    return frozenset(name.lower() for name in names) - OURS


_LISTED: Final = _listed()
_WHOLE: Final = frozenset(map(_fold, _LISTED | DISTINCT | COMMON_WORDS)) - {""}
_PARTS: Final = DISTINCT | frozenset(
    name for name in _LISTED - set(_KINDS) if name.endswith(_KINDS) and len(name) >= _SHORTEST_PART
)


def name_another(token: str) -> str | None:
    """The other's name that the product token `token` is, holds or could be taken for, or None."""
    folded = _fold(token)
    if token.lower() in OURS:
        return None
    if folded in _WHOLE:
        return token
    wrapped = f"-{_SEPARATORS.sub('-', token.lower())}-"
    part = next((name for name in sorted(_PARTS) if f"-{name}-" in wrapped), None)
    return part or find_unmistakable(token)


def find_unmistakable(text: str) -> str | None:
    """A crawler's name that stands anywhere in `text`, whatever separates its letters, or None."""
    folded = _fold(text)
    return next((name for name in sorted(UNMISTAKABLE) if name in folded), None)
