"""Lists in the shape of ai.robots.txt's robots.json, brought to the catalogue's form.

Such a list is an object keyed by agent; keys may hold blanks and versions, which product tokens
(RFC 9309 2.2.1) cannot, and an operator may be a Markdown link, a sentence or unknown.
"""

import re
from collections.abc import Mapping
from typing import Final

_VERSION: Final = re.compile(r"[/ ]v?[0-9][0-9.]*$")
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]*\)?")
_UNKNOWN: Final = re.compile(
    r"unclear|unknown|anyone |https?:|the (chinese )?company ", re.IGNORECASE
)
_REST_OF_SENTENCE: Final = re.compile(r",| \(| that | to | ai that ", re.IGNORECASE)


def product_token(key: str) -> str:
    """The product token that a list's `key` stands for: no version, no blanks."""
    return "-".join(_VERSION.sub("", key.strip()).split())


def operator_of(entry: object) -> str:
    """The operator's name in a list's entry, or "" where it is not known."""
    text = str(entry.get("operator", "")) if isinstance(entry, Mapping) else ""
    name = _LINK.sub(r"\1", text).strip()
    if not name or _UNKNOWN.match(name):
        return ""
    return _REST_OF_SENTENCE.split(name)[0].strip().rstrip(".")


def read_listing(listed: Mapping[str, object]) -> dict[str, str]:
    """Every product token of a list, in its order, with its operator or ""."""
    found: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for key, entry in listed.items():
        token = spelt.setdefault(product_token(key).lower(), product_token(key))
        found[token] = found.get(token) or operator_of(entry)
    return found
