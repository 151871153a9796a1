"""The operator's identity: product token, version, contact, mailbox; checked before any request.

A crawler that cannot be named cannot be refused by name, and one that names another crawler or a
browser lies to every site it visits (draft-illyes-webbotauth-cbcp; RFC 9110 10.1.5, 10.1.2).
"""

import re
from typing import Final
from urllib.parse import urlsplit

from crawler.config import Options
from crawler.errors import ConfigurationError
from crawler.identity.others import find_unmistakable, name_another

TOKEN: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z_-]{2,64}")
VERSION: Final = re.compile(r"[0-9][0-9A-Za-z.+-]{0,31}")
MAILBOX: Final = re.compile(r"[!#-'*+\-/-9=?A-Z^-~.]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
CONTACT: Final = re.compile(r"https?://[!#-'*-;=?-~]+", re.IGNORECASE)
ORIGIN: Final = re.compile(
    r"https://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?/?"
)


def identity_headers(options: Options) -> tuple[tuple[str, str], ...]:
    """`User-Agent`, and `From` where a mailbox is set; raises `ConfigurationError`."""
    check_identity(options)
    contact = f" (+{options.contact_url})" if options.contact_url else ""
    agent = ("User-Agent", f"{options.product_token}/{options.version}{contact}")
    return (agent, ("From", options.from_email)) if options.from_email else (agent,)


def check_identity(options: Options) -> None:
    """Raise `ConfigurationError` with one sentence for an identity that no crawl may bear."""
    _check_token(options.product_token)
    _check_version(options.version)
    _check_contact(options.contact_url)
    if options.from_email and not MAILBOX.fullmatch(options.from_email):
        raise ConfigurationError(
            f"The mailbox {options.from_email!r} for From is no e-mail address."
        )
    _check_signing(options)


def _check_token(token: str) -> None:
    if not TOKEN.fullmatch(token):
        raise ConfigurationError(
            f"The product token {token!r} cannot be named in a robots.txt: "
            "use 2 to 64 of letters, '-' and '_', a letter among them (RFC 9309 2.2.1)."
        )
    other = name_another(token)
    if other is not None:
        names = "" if other == token else f" names {other!r} and"
        raise ConfigurationError(
            f"The product token {token!r}{names} is somebody else's: "
            "set your own with --product-token."
        )


def _check_version(version: str) -> None:
    if not VERSION.fullmatch(version) or name_another(version.strip("0123456789.+-")):
        raise ConfigurationError(
            f"The version {version!r} cannot stand in a User-Agent: use digits and dots."
        )


def _check_contact(contact: str) -> None:
    if not contact:
        return
    if not CONTACT.fullmatch(contact) or not _has_host(contact):
        raise ConfigurationError(
            f"The contact {contact!r} is no web address: "
            "give the http(s) URL of a page that says who crawls and how to refuse."
        )
    other = find_unmistakable(contact)
    if other is not None:
        raise ConfigurationError(
            f"The contact {contact!r} would put {other!r} into the User-Agent, "
            "and sites would take the crawler for it: give the page another address."
        )


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _check_signing(options: Options) -> None:
    """A key without its directory's origin, or the other way about, proves nothing to anybody."""
    agent, key = options.signature_agent, options.web_bot_auth_key
    if agent and not (ORIGIN.fullmatch(agent) and _has_host(agent)):
        raise ConfigurationError(
            f"HEED_SIGNATURE_AGENT = {agent!r} is no https origin: write it like "
            "https://bot.example, where the key directory is served (no path, no query)."
        )
    if key and not agent:
        raise ConfigurationError(
            f"The Web Bot Auth key {key!r} needs the origin that serves its key directory: "
            "set HEED_SIGNATURE_AGENT to https://your.host."
        )
    if agent and not key:
        raise ConfigurationError(
            f"HEED_SIGNATURE_AGENT = {agent!r} needs a key to sign with: set HEED_WEB_BOT_AUTH_KEY "
            "to its file (heed identity --make-key FILE makes one)."
        )


def require_contact(options: Options, targets: tuple[str, ...]) -> None:
    """Raise `ConfigurationError` where `targets` beyond loopback would meet a nameless crawler."""
    if targets and not options.contact_url:
        raise ConfigurationError(
            f"A contact URL is needed to crawl {targets[0]}: set --contact (or HEED_CONTACT_URL) "
            "to a page that says who you are and how a site can refuse."
        )
