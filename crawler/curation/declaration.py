"""What the crawl behind a row declared: its uses, its profile and its product token.

The first record of every WARC file says it for all records of that file.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from crawler.curation.rows import Row
from crawler.errors import StorageError
from crawler.policy.model import Profile, Use
from crawler.stores.protocol import Store

_HEAD_BYTES: Final = 65_536
_GZIP: Final = zlib.MAX_WBITS + 16
_FIELD: Final = re.compile(r"(?m)^([\w-]+): *([^\r\n]*)\r?$")
_USES: Final = re.compile(r"; uses ([a-z, -]+)")
_PROFILE: Final = re.compile(r"; profile ([a-z]+)")
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Declaration:
    """For what, how strictly and under which name pages were asked for."""

    uses: tuple[Use, ...]
    profile: Profile
    product_token: str


class Declarations:
    """The declaration by WARC file; `otherwise` where a file is gone or does not say."""

    def __init__(self, store: Store, otherwise: Declaration, said: Mapping[str, object]) -> None:
        """What the operator `said` (fields of `Declaration`) holds whatever a file says."""
        self._store = store
        self._otherwise = otherwise
        self._said = said
        self._known: dict[str, Declaration] = {}

    def of(self, row: Row) -> Declaration:
        """The declaration under which `row` was kept; its profile stands in the row itself."""
        found = self.of_file(row.warc)
        named = "profile" in self._said or found.profile is row.profile
        return found if named else replace(found, profile=row.profile)

    def of_file(self, warc: str) -> Declaration:
        """The declaration that holds for the records of the file `warc`."""
        if warc not in self._known:
            self._known[warc] = self._read(warc)
        return self._known[warc]

    def _read(self, warc: str) -> Declaration:
        try:
            with self._store.open(warc) as stream:
                head = zlib.decompressobj(_GZIP).decompress(stream.read(_HEAD_BYTES), _HEAD_BYTES)
        except (StorageError, OSError, zlib.error):
            head = b""
        return read_declaration(head.decode("utf-8", "replace"), self._otherwise, self._said)


def read_declaration(
    warcinfo: str, otherwise: Declaration, said: Mapping[str, object]
) -> Declaration:
    """The declaration in a warcinfo record's text; what is not there is as `otherwise` has it."""
    fields = {name.lower(): value for name, value in _FIELD.findall(warcinfo)}
    rules = fields.get("robots", "")
    found: dict[str, object] = {}
    names = {use.value for use in Use}
    if uses := _USES.search(rules):
        listed = [name.strip() for name in uses[1].split(",")]
        found["uses"] = tuple(Use(name) for name in listed if name in names)
    if (profile := _PROFILE.search(rules)) and profile[1] in set(Profile):
        found["profile"] = Profile(profile[1])
    if token := _TOKEN.match(fields.get("software", "")):
        found["product_token"] = token[0]
    held = {
        "uses": otherwise.uses,
        "profile": otherwise.profile,
        "product_token": otherwise.product_token,
        **{key: value for key, value in found.items() if value},
        **said,
    }
    return Declaration(**held)  # type: ignore[arg-type]  # each value is made by its field above
