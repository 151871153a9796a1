"""Product tokens on user-agent lines: the literal way to read one, and the others in use.

RFC 9309 2.2.1 takes the leading token; authors write versions, comma lists and whole sentences.
"""

import re
from collections.abc import Callable
from typing import Final

from crawler.policy.directives import Groups

WILDCARD: Final = "*"
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
_WORD: Final = re.compile(r"[A-Za-z0-9_.-]+")
_BETWEEN_WORDS: Final = re.compile(r"[\s,;/+\"'`“”„‘’«»]+")  # noqa: RUF001 (quotes in use)
_VERSION: Final = re.compile(r"/[0-9][^\s,;]*")

Names = Callable[[str], set[str]]
"""A way to find the names on the value of a user-agent line, which is in lower case."""


def ways_to_name(groups: Groups) -> tuple[Names, ...]:
    """The literal way, and the two others where some line holds more than a bare token."""
    values = (agent.value for group in groups for agent in group.agents)
    if all(value == WILDCARD or _TOKEN.fullmatch(value) for value in values):
        return (_whole_name,)
    return (_literal_names, _wide_names, _narrow_names)


def _whole_name(value: str) -> set[str]:
    return {value}


def _literal_names(value: str) -> set[str]:
    """The leading product token (RFC 9309 2.2.1), and two further forms of it.

    With the digits and dots that some tokens in use have, and the whole value, for those with
    blanks in them.
    """
    if value.startswith(WILDCARD):
        return {WILDCARD} if value[1:2] in ("", " ", "\t") else set()
    starts = (_TOKEN.match(value), _WORD.match(value))
    return {value, *(start[0] for start in starts if start)}


def _wide_names(value: str) -> set[str]:
    """Every word of the value may be meant, unless it is a whole User-Agent string."""
    words = () if "(" in value else _BETWEEN_WORDS.split(value)
    names = {name for word in words for name in _literal_names(word)}
    return names | _literal_names(value) | ({WILDCARD} if value.startswith(WILDCARD) else set())


def _narrow_names(value: str) -> set[str]:
    """Only the whole value is meant; a version or a star behind it names no other crawler."""
    return {value, _VERSION.sub("", value), value.rstrip("*")} - {""}
