"""A URL taken apart into the columns of Common Crawl's index."""

import re
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from tldextract import TLDExtract

from crawler.capture.cdxj import url_key

_PARTS: Final = ("tld", "2nd_last_part", "3rd_last_part", "4th_last_part", "5th_last_part")
_ADDRESS: Final = re.compile(r"[\d.]+|\[.*\]|.*:.*")

# The list that ships with the package: nothing is asked of the network.
_REGISTRIES: Final = TLDExtract(suffix_list_urls=(), cache_dir=None)
_PRIVATE: Final = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

Columns = dict[str, str | int | None]


def columns_of(url: str) -> Columns:
    """The `url_…` columns of `url`; what it does not have is None."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    return {
        "url_surtkey": url_key(url),
        "url": url,
        **_host_columns(parts.hostname or ""),
        "url_protocol": parts.scheme,
        "url_port": port,
        "url_path": parts.path,
        "url_query": parts.query if "?" in url else None,
    }


@cache
def _host_columns(host: str) -> Columns:
    address = bool(_ADDRESS.fullmatch(host))
    labels = [] if address else host.split(".")[::-1]
    columns: Columns = {"url_host_name": host}
    for name, number in zip(_PARTS, range(len(_PARTS)), strict=True):
        columns[f"url_host_{name}"] = labels[number] if number < len(labels) else None
    registry, private = _REGISTRIES(host), _PRIVATE(host)
    return {
        **columns,
        "url_host_registry_suffix": registry.suffix or None,
        "url_host_registered_domain": registry.top_domain_under_public_suffix or None,
        "url_host_private_suffix": private.suffix or None,
        "url_host_private_domain": private.top_domain_under_public_suffix or None,
        "url_host_name_reversed": None if address else ".".join(labels),
    }
