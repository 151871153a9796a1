"""Links in HTTP headers (RFC 8288, section 3), read leniently as its appendix B.2 has it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urljoin

from crawler.policy.model import Resource

MAX_LINKS: Final = 500
_PARAMETER: Final = re.compile(
    r"\s*+;\s*+([^\s=;,\"]*+)\s*+(?:=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"?|([^;,]*+)))?"
)
_ESCAPED: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a response: absolute target, parameters by lower-case name, header it was in."""

    target: str
    parameters: dict[str, str]
    verbatim: str

    @property
    def relations(self) -> tuple[str, ...]:
        """The relation types, in lower case."""
        return tuple(self.parameters.get("rel", "").lower().split())

    @property
    def media_type(self) -> str:
        """The `type` parameter without its own parameters, in lower case."""
        return self.parameters.get("type", "").partition(";")[0].strip().lower()


def read_links(resource: Resource) -> tuple[Link, ...]:
    """Every link in the Link headers of `resource`, targets made absolute; never raises."""
    links = (
        link
        for name, value in resource.headers
        if name.lower() == "link"
        for link in _links(resource.url, f"{name}: {value}", value)
    )
    return tuple(islice(links, MAX_LINKS))


def _links(base: str, verbatim: str, value: str) -> Iterator[Link]:
    end = 0
    while (opened := value.find("<", end)) >= 0 and (closed := value.find(">", opened)) >= 0:
        parameters: dict[str, str] = {}
        end = closed + 1
        while parameter := _PARAMETER.match(value, end):
            name, quoted, token = parameter.groups()
            words = _ESCAPED.sub(r"\1", quoted) if quoted is not None else (token or "").strip()
            # RFC 8288 3.3: of several rel only the first counts.
            parameters.setdefault(name.lower(), words)
            end = parameter.end()
        yield Link(absolute(base, value[opened + 1 : closed].strip()), parameters, verbatim)


def absolute(base: str, target: str) -> str:
    """`target` resolved against `base`; as it stands where that cannot be done."""
    try:
        return urljoin(base, target)
    except ValueError:
        return target
