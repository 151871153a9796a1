"""What a meta is named, and what it says, where an editor made its quotes typographic.

`<meta name=“robots” content=“noindex, noai”>` has to HTML the name `“robots”`, the content
`“noindex,` and an attribute `noai”`. What its author meant is plain, and is kept.
"""

import re
from collections.abc import Mapping
from typing import Final

from crawler.policy.html_tags import Page, Tag

_QUOTES: Final = "“”„‟‘’‚‛″′«»‹›\x91\x92\x93\x94"  # noqa: RUF001 (what looks like others is sought)
"""With those of Windows-1252, of which bytes read as Latin-1 make controls."""
_MARKS: Final = tuple(_QUOTES)
_NAMING: Final = ("http-equiv", "name", "property")
_MAY_BE_QUOTED: Final = (*_NAMING, "content")
_CUT_SHORT: Final = re.compile(
    rf"[\s\"'/](http-equiv|name|property|content)\s*+=\s*+[{_QUOTES}]++([^{_QUOTES}\"'>]*+)",
    re.IGNORECASE,
)
"""A value in typographic quotes alone, which to HTML ends at its first blank."""

Names = tuple[str, str, str]


def read_meta(
    page: Page, tag: Tag, attributes: Mapping[str, str]
) -> tuple[Mapping[str, str], Names]:
    """The attributes of a meta, and its `http-equiv`, `name` and `property` in lower case.

    Where the name or the content stands in typographic quotes, both are given without them, and
    the meta as named by `property` alone: by the letter it has another name or says another thing.
    """
    said = {key: attributes[key].strip() for key in _MAY_BE_QUOTED if key in attributes}
    if not any(words.startswith(_MARKS) for words in said.values()):
        equivalent, name, other = (said.get(key, "").lower() for key in _NAMING)
        return attributes, (equivalent, name, other)
    meant = {key: words.strip(_QUOTES).strip() for key, words in said.items()}
    for key, words in _CUT_SHORT.findall(page.text(tag.start, tag.end)):
        meant[key.lower()] = words.strip()
    named = next((meant[key] for key in _NAMING if key in meant), "")
    return {**attributes, **meant}, ("", "", named.lower())
