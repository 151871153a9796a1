"""The operator's identity: product token, version, contact, mailbox; checked before any request.

A crawler that cannot be named cannot be refused by name, and one that names another crawler or a
browser lies to every site it visits (draft-illyes-webbotauth-cbcp; RFC 9110 10.1.5, 10.1.2).
"""

import re
from typing import Final

from crawler.config import Options
from crawler.errors import ConfigurationError
from crawler.policy.agents import find_agent

TOKEN: Final = re.compile(r"[A-Za-z_-]{2,64}")
VERSION: Final = re.compile(r"[0-9A-Za-z.+-]{1,32}")
MAILBOX: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
CONTACT: Final = re.compile(r"https?://[^\s()<>]+")
OURS: Final = frozenset({"heedbot"})
BROWSERS: Final = frozenset(
    {"mozilla", "chrome", "chromium", "safari", "firefox", "opera", "edge", "edg", "msie",
     "applewebkit", "gecko", "trident", "googlebot", "bingbot", "slurp", "duckduckbot", "curl",
     "wget", "python-requests"}
)  # fmt: skip


def identity_headers(options: Options) -> tuple[tuple[str, str], ...]:
    """`User-Agent`, and `From` where a mailbox is set; raises `ConfigurationError`."""
    check_identity(options)
    contact = f" (+{options.contact_url})" if options.contact_url else ""
    agent = ("User-Agent", f"{options.product_token}/{options.version}{contact}")
    return (agent, ("From", options.from_email)) if options.from_email else (agent,)


def check_identity(options: Options) -> None:
    """Raise `ConfigurationError` with one sentence for an identity that no crawl may bear."""
    token = options.product_token
    if not TOKEN.fullmatch(token):
        raise ConfigurationError(
            f"The product token {token!r} cannot be named in a robots.txt: "
            "use letters, '-' and '_' only (RFC 9309 2.2.1)."
        )
    if token.lower() in BROWSERS or (token.lower() not in OURS and find_agent(token) is not None):
        raise ConfigurationError(
            f"The product token {token!r} is somebody else's: set your own with --product-token."
        )
    if not VERSION.fullmatch(options.version):
        raise ConfigurationError(
            f"The version {options.version!r} cannot stand in a User-Agent: use digits and dots."
        )
    if options.contact_url and not CONTACT.fullmatch(options.contact_url):
        raise ConfigurationError(
            f"The contact {options.contact_url!r} is no web address: "
            "give the http(s) URL of a page that says who crawls and how to refuse."
        )
    if options.from_email and not MAILBOX.fullmatch(options.from_email):
        raise ConfigurationError(
            f"The mailbox {options.from_email!r} for From is no e-mail address."
        )


def require_contact(options: Options, targets: tuple[str, ...]) -> None:
    """Raise `ConfigurationError` where `targets` beyond loopback would meet a nameless crawler."""
    if targets and not options.contact_url:
        raise ConfigurationError(
            f"A contact URL is needed to crawl {targets[0]}: set --contact (or HEED_CONTACT_URL) "
            "to a page that says who you are and how a site can refuse."
        )
