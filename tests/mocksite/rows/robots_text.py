"""robots.txt that arrives whole and must be read with care: what stands in it is the fault."""

import gzip
from typing import Final

from tests.mocksite.behaviour import Behaviour, Serve, ordinary
from tests.mocksite.checks import Check, at_most, gaps_of, never, reached
from tests.mocksite.visit import Visit, page

OPEN: Final = "User-agent: *\nAllow: /\n"
READ: Final = (never("/private"), reached("/public/"))
"""The rules were understood: the closed part is left alone and the open part is crawled."""


def _serves(body: bytes, content_type: str = "text/plain") -> Serve:
    async def serve(visit: Visit) -> None:
        await visit.reply(200, body, ("Content-Type", content_type))

    return serve


def _bytes(name: str, must: str, never_words: str, body: bytes, *checks: Check) -> Behaviour:
    return Behaviour(
        name=name, must=must, never=never_words, serve=_serves(body), at="/robots.txt",
        checks=checks or READ,
    )  # fmt: skip


def _text(
    name: str,
    must: str,
    never_words: str,
    robots: str,
    *checks: Check,
    links: tuple[str, ...] = ("/public/", "/private/"),
) -> Behaviour:
    return Behaviour(
        name=name, must=must, never=never_words, serve=ordinary, robots=robots,
        checks=checks or READ, links=links,
    )  # fmt: skip


HTML_PAGE: Final = page(
    "Welcome", body="We have no robots here.<br>Disallow: nothing is what we say<br>Allow: all."
)

ROWS: Final = (
    Behaviour(
        name="robots-html-200",
        must="find no rule in a web page, and crawl or stay out, but not fall over",
        never="take words of the page for rules, or ask for it again and again",
        serve=_serves(HTML_PAGE, "text/html"),
        at="/robots.txt",
        checks=(at_most(2, "/robots.txt"), at_most(2, "/public/")),
    ),
    _bytes(
        "robots-bom",
        "skip the mark before the first group",
        "lose the first group",
        b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /private\r\n",
    ),
    _bytes(
        "robots-utf16",
        "decode it by its mark, or be cautious",
        "fetch what it closes",
        "\ufeffUser-agent: *\nDisallow: /private\n".encode("utf-16-le"),
        never("/private"),
    ),
    _bytes(
        "robots-utf16-bare",
        "decode it though it has no mark, or be cautious",
        "fetch what it closes",
        "User-agent: *\nDisallow: /private\n".encode("utf-16-be"),
        never("/private"),
    ),
    _bytes(
        "robots-gzip-file",
        "unpack a file that is packed though no header says so",
        "take it for a file without rules",
        gzip.compress(b"User-agent: *\nDisallow: /private\n"),
    ),
    _bytes(
        "robots-gzip-file-torn",
        "take a packed file that breaks off as unreachable",
        "take it for a file without rules",
        gzip.compress(b"User-agent: *\nDisallow: /private\n" * 99)[:40],
        never("/private"),
        never("/public"),
    ),
    _bytes(
        "robots-nul",
        "survive zero bytes in a line",
        "fetch what it closes, or fall over",
        b"# \x00\x00\nUser-agent: *\nAllow: /a\x00b\nDisallow: /private\n\x00",
        never("/private"),
    ),
    _bytes(
        "robots-odd-linebreak",
        "end lines at CR, LF and CRLF and nowhere else",
        "read a second rule out of the tail of a remark",
        "User-agent: *\rDisallow: /private\r\n# \x0bAllow: /private\n# \x0cAllow: /private\n"
        "# \x85Allow: /private\n# \u2028Allow: /private\n".encode(),
    ),
    _text(
        "robots-ua-version",
        "know its name though a version or words follow it",
        "fetch what its own group closes",
        f"User-agent: TOKEN/9.9 (a crawler)\nDisallow: /private\n\n{OPEN}",
    ),
    _text(
        "robots-unknown-line",
        "let a record it does not know end no group",
        "fetch what the group closes",
        f"User-agent: TOKEN\nFavourite-colour: green\nDisallow: /private\n\n{OPEN}",
    ),
    _text(
        "robots-split-group",
        "take all groups of its name as one",
        "keep only one of them",
        f"User-agent: TOKEN\nDisallow: /private\n\n{OPEN}\nUser-agent: TOKEN\nDisallow: /closed\n",
        *READ,
        never("/closed"),
        links=("/public/", "/private/", "/closed/"),
    ),
    _text(
        "robots-longer-token",
        "leave a group for a longer name alone and use the one for all",
        "use another crawler's group",
        "User-agent: TOKEN-News\nDisallow: /public\nUser-agent: TOKENfoo\nAllow: /\n\n"
        "User-agent: *\nDisallow: /private\n",
    ),
    _text(
        "robots-shorter-token",
        "leave a group for the beginning of its name alone and use the one for all",
        "use another crawler's group",
        "User-agent: Hee\nUser-agent: H\nAllow: /\n\nUser-agent: *\nDisallow: /private\n",
    ),
    _text(
        "robots-url-word-token",
        "compare with its product name only",
        "find itself in a word of its contact address",
        "User-agent: bot\nUser-agent: https\nUser-agent: example\nAllow: /\n\n"
        "User-agent: *\nDisallow: /private\n",
    ),
    _text(
        "robots-crawl-delay",
        "leave two seconds between requests",
        "go faster",
        "User-agent: *\nCrawl-delay: 2\nDisallow: /private\n",
        gaps_of(2.0),
        *READ,
        links=("/public/", "/public/2", "/private/"),
    ),
    _text(
        "robots-crawl-delay-bad",
        "pass over a delay that is no number of seconds",
        "fall over it, or wait for ever",
        "User-agent: *\nCrawl-delay: nan\nCrawl-delay: inf\nCrawl-delay: -5\n"
        "Crawl-delay: 1e999\nCrawl-delay: soon\nDisallow: /private\n",
    ),
    _text(
        "robots-pct",
        "see through percent-encoding on both sides",
        "reach a closed path by spelling it differently",
        "User-agent: *\nDisallow: /priv%61te\nDisallow: /caf%c3%a9\n",
        *READ,
        never("/café"),
        links=("/public/", "/private/", "/%70rivate/", "/priv%61te/", "/caf%C3%A9/", "/café/"),
    ),
)
