"""The bot page: what a webmaster who finds the crawler in a log needs to know, on one static page.

draft-illyes-webbotauth-cbcp, rule 6: who crawls, how the pages are used, how to refuse, whom to
write to, and a link to the addresses that the crawl comes from.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from crawler.config import Options
from crawler.fetch.addresses import Network
from crawler.identity.ip_ranges import FILE as RANGES_FILE
from crawler.identity.ip_ranges import MEDIA_TYPE as RANGES_TYPE
from crawler.identity.ip_ranges import RELATION
from crawler.identity.published import PublicFile
from crawler.identity.user_agent import identity_headers
from crawler.identity.uses import PROFILE_WORDS, USE_WORDS
from crawler.policy.model import Signal

FILE: Final = "bot.html"
MEDIA_TYPE: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Proof:
    """By what a request can be told to be ours, beside its User-Agent."""

    keyid: str = ""
    directory: str = ""
    ranges: tuple[Network, ...] = ()


def render_bot_page(
    options: Options, signals: Iterable[Signal], proof: Proof, purpose: str = ""
) -> PublicFile:
    """The page for the crawler that `options` describe; raises `ConfigurationError`.

    `signals` that refuse nothing are left out; `purpose` is the operator's own sentence.
    """
    text = _template().substitute(
        token=escape(options.product_token),
        ranges_link=_ranges_link(proof.ranges),
        identity="\n".join(_identity(options, proof)),
        purpose=f"<p>{escape(purpose)}</p>\n" if purpose else "",
        uses="\n".join(f"<li>{USE_WORDS[use]}</li>" for use in options.uses),
        profile=escape(PROFILE_WORDS[options.profile]),
        signals="\n".join(_row(signal) for signal in signals if signal.uses),
        delay=f"{max(options.delay, 1.0):g} seconds",
        contact=_contact(options),
    )
    return PublicFile(FILE, MEDIA_TYPE, text)


def _template() -> Template:
    return Template(files(__package__).joinpath("bot_page.html").read_text("utf-8"))


def _ranges_link(ranges: Sequence[Network]) -> str:
    if not ranges:
        return ""
    return f'<link rel="{RELATION}" type="{RANGES_TYPE}" href="{RANGES_FILE}">\n'


def _identity(options: Options, proof: Proof) -> Iterator[str]:
    """The rows of the list of names and proofs, in HTML."""
    for name, value in identity_headers(options):
        yield _entry(name, f"<code>{escape(value)}</code>")
    yield _entry("In robots.txt", f"<code>{escape(options.product_token)}</code>")
    if proof.directory:
        yield _entry(
            "Signature",
            f'Web Bot Auth, key <code>{escape(proof.keyid)}</code> of <a href="'
            f'{escape(proof.directory)}">the key directory</a>',
        )
    if proof.ranges:
        listed = ", ".join(f"<code>{network}</code>" for network in proof.ranges)
        yield _entry("Addresses", f'{listed} (<a href="{RANGES_FILE}">for machines</a>)')


def _entry(term: str, description: str) -> str:
    return f"<dt>{escape(term)}</dt><dd>{description}</dd>"


def _row(signal: Signal) -> str:
    where = ", ".join(carrier.value for carrier in signal.carriers)
    refuses = ", ".join(USE_WORDS[use] for use in signal.uses)
    return (
        f'<tr><th scope="row"><a href="{escape(signal.spec)}">{escape(signal.title)}</a></th>'
        f"<td>{escape(where)}</td><td>{escape(signal.scope)}</td><td>{escape(refuses)}</td></tr>"
    )


def _contact(options: Options) -> str:
    if options.from_email:
        mailbox = escape(options.from_email)
        return f'Write to <a href="mailto:{mailbox}">{mailbox}</a>.'
    contact = escape(options.contact_url)
    return f'The operator is found at <a href="{contact}">{contact}</a>.'
