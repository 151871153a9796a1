"""What a spider's request says beyond its URL, as JSON that outlives the process."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final

from scrapy import Request, Spider
from scrapy.utils.request import request_from_dict

from crawler.records.keys import SITEMAP_KEY

PRIVATE: Final = "heed_"
"""Prefix of the keys of `request.meta` that never leave the process."""

TRANSIENT_META: Final = frozenset(
    {"depth", "download_timeout", "download_slot", "download_latency", "is_start_request"}
)
"""Keys of `request.meta` that Scrapy sets again by itself."""

_TRANSIENT_HEADERS: Final = frozenset({b"Referer"})
"""The frontier remembers where a URL was found as `via`."""

_KEPT_WHEN_SET: Final = ("cookies", "cb_kwargs", "flags", "encoding")
_PLAIN: Final = {"cookies": {}, "cb_kwargs": {}, "flags": [], "encoding": "utf-8"}


def pack(request: Request, spider: Spider) -> bytes | None:
    """What must be kept to make `request` again; empty for a bare GET to the default callback.

    None where something of it is no JSON, or a callback is no method of the spider.
    """
    try:
        given = request.to_dict(spider=spider)
    except ValueError:
        return None
    kept = {**_kept_callbacks(given, request, spider), **_kept_fields(given)}
    if not kept:
        return b""
    try:
        text = json.dumps(kept, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return None
    # A tuple or a number as a key would come back as something else.
    return text.encode() if json.loads(text) == kept else None


def unpack(url: str, packed: bytes, spider: Spider, meta: Mapping[str, object]) -> Request:
    """The request that `pack` kept, for `url`, `meta` added; ValueError for a lost callback."""
    kept: dict[str, Any] = json.loads(packed) if packed else {}
    if "body" in kept:
        kept["body"] = b64decode(kept["body"])
    kept["meta"] = {**kept.get("meta", {}), **meta}
    return request_from_dict({**kept, "url": url}, spider=spider)


def key_of(request: Request, canonical_key: str) -> str:
    """The identity of a request: its URL's, unless method or body make it another.

    What is read as a sitemap may be a page as well, with a key of its own.
    """
    if SITEMAP_KEY in request.meta:
        canonical_key += "#sitemap"
    if request.method == "GET" and not request.body:
        return canonical_key
    digest = blake2b(request.body, digest_size=16).hexdigest()
    return f"{canonical_key}#{request.method}:{digest}"


def _kept_callbacks(
    given: Mapping[str, Any], request: Request, spider: Spider
) -> dict[str, object]:
    kept: dict[str, object] = {}
    if given["callback"] and request.callback != _default_callback(spider):
        kept["callback"] = given["callback"]
    if given["errback"]:
        kept["errback"] = given["errback"]
    if "_class" in given:
        kept["_class"] = given["_class"]
    return kept


def _default_callback(spider: Spider) -> Callable[..., Any]:
    return spider.parse


def _kept_fields(given: Mapping[str, Any]) -> dict[str, object]:
    kept = {name: given[name] for name in _KEPT_WHEN_SET if given[name] != _PLAIN[name]}
    if given["method"] != "GET":
        kept["method"] = given["method"]
    if given["body"]:
        kept["body"] = b64encode(given["body"]).decode("ascii")
    headers = {
        name.decode("latin-1"): [value.decode("latin-1") for value in values]
        for name, values in given["headers"].items()
        if name not in _TRANSIENT_HEADERS
    }
    if headers:
        kept["headers"] = headers
    meta = {
        name: value
        for name, value in given["meta"].items()
        if name not in TRANSIENT_META and not str(name).startswith(PRIVATE)
    }
    if meta:
        kept["meta"] = meta
    return kept
