"""PURE: whether a page can be written in the charset that it names.

Python knows codecs by name that are no charsets (of bytes to bytes, of programs' literals, of host
names, some in time that grows with the square), and any server may name one.
"""

import codecs
from functools import lru_cache
from typing import Final

from crawler.policy.charset import NO_CHARSETS

OTHERWISE: Final = "utf-8"
LONGEST_NAME: Final = 64


@lru_cache(maxsize=1024)
def readable(charset: str) -> str:
    """`charset` where text of the web may be written in it, else UTF-8; never raises."""
    if len(charset) > LONGEST_NAME:
        return OTHERWISE
    try:
        name = codecs.lookup(charset).name
        b"a".decode(name)
    except (LookupError, ValueError):
        return OTHERWISE
    return OTHERWISE if name in NO_CHARSETS else charset
