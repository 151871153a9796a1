"""PURE: what others wrote, as a terminal may be shown it.

A terminal obeys control characters, wherever they come from: a line of a robots.txt could clear
the screen, or overwrite the verdict beside it. Files and pipes for programs get the words as they
are.
"""

import unicodedata
from typing import Final

KEPT: Final = frozenset("\t")
_LINE_ENDS: Final = frozenset({"Zl", "Zp"})


def legible(text: str) -> str:
    """`text` with what is no sign to be read (controls, marks of direction) written out."""
    if text.isprintable():
        return text
    return "".join(one if _is_sign(one) else ascii(one)[1:-1] for one in text)


def _is_sign(one: str) -> bool:
    kind = unicodedata.category(one)
    return one in KEPT or not (kind.startswith("C") or kind in _LINE_ENDS)
