"""Seeds from a command line and files, checked before anything is asked of anybody."""

import ipaddress
import string
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from crawler.config.options import LONGEST_JOB
from crawler.errors import ConfigurationError
from crawler.frontier.canonical import CanonicalUrl, canonicalise
from crawler.frontier.scope import LONGEST_URL

SPACES: Final = string.whitespace
"""White space of ASCII; that of Unicode is text like any other, and escaped."""


FAULTS: Final[Mapping[str, str]] = {
    "scheme": "its scheme is neither http nor https",
    "length": f"it is longer than {LONGEST_URL} bytes",
    "userinfo": "it holds a user name or a password, and none is ever sent",
    "host": "its host is neither a name nor an address in its usual spelling",
    "port": "its port is no number from 1 to 65535",
    "syntax": "it is written in no way that a URL can be",
    "traversal": "its path hides '.' or '..' behind escapes",
    "spaces": "it holds white space, which a URL writes as %20",
    "no_host": "it names no host",
    "word": "it is a single word, and a host without a dot needs its scheme, like http://wiki/",
    "host_budget": "its host has as many URLs already as HEED_HOST_BUDGET allows",
}
"""Why a seed is none, in words, by the reason's name in the frontier."""


def read_seeds(listed: Iterable[str], file: Path | None) -> tuple[str, ...]:
    """All seed URLs, in order, each once; raises `ConfigurationError` for the first bad one."""
    seeds = [_checked(seed, "on the command line") for seed in listed]
    if file is not None:
        seeds.extend(_seeds_of(file))
    if not seeds:
        raise ConfigurationError("No seed was given: name a URL, or a file of URLs with --seeds.")
    return tuple(dict.fromkeys(seeds))


def _seeds_of(file: Path) -> list[str]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"The seed file {str(file)!r} cannot be read: {error.strerror or error}."
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"The seed file {str(file)!r} is not UTF-8 text (byte {error.start}): convert it first."
        ) from None
    # Only LF and CRLF end a line: U+2028 and its like are text (contract.md).
    rows = [row.strip(SPACES) for row in text.split("\n")]
    seeds = [
        _checked(row, f"in line {number} of {str(file)!r}")
        for number, row in enumerate(rows, start=1)
        if row and not row.startswith("#")
    ]
    if not seeds:
        raise ConfigurationError(f"The seed file {str(file)!r} holds no URL: one a line, please.")
    return seeds


def _checked(seed: str, where: str) -> str:
    url = seed if "://" in seed else f"https://{seed}"
    if fault := _fault(url, is_whole="://" in seed):
        raise ConfigurationError(
            f"The URL {seed!r} {where} cannot be used: {FAULTS[fault]}; "
            "write it like https://example.org/."
        )
    return url


def _fault(url: str, *, is_whole: bool) -> str:
    """What nobody can have meant, by its name in `FAULTS`; "" for a URL.

    What is a URL and no crawl may ask for is not judged here: it is listed with the others.
    """
    if any(character in SPACES for character in url):
        return "spaces"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "syntax"
    if parts.scheme not in ("http", "https"):
        return "scheme"
    if not _has_sound_port(parts):
        return "port"
    host = parts.hostname or ""
    if "." in host or ":" in host or host == "localhost":
        return ""
    # A name without a dot may be one of this network, and a single word may be anything.
    found = canonicalise(url)
    bad_host = not isinstance(found, CanonicalUrl) and found.reason == "host"
    return "no_host" if not host else "word" if not is_whole else "host" if bad_host else ""


def _has_sound_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def joins_fleet(frontier: str | None, job: str | None, scope: str) -> bool:
    """Whether a worker needs no seeds of its own: a fleet's frontier has the job's URLs.

    A `prefix` is known from the seeds alone, so every worker of such a crawl is given them.
    """
    return bool(job) and "://" in (frontier or "") and scope != "prefix"


def is_loopback(url: str) -> bool:
    """Whether the host of `url` is a loopback address or the name localhost."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def ports_named(seeds: Iterable[str]) -> Mapping[str, tuple[int, ...]]:
    """Ports that seeds spell out, by host: what opens for that host and no other."""
    ports: dict[str, tuple[int, ...]] = {}
    for found in map(canonicalise, seeds):
        # Hosts are asked by their canonical names: punycode, no dot at the end.
        parts = urlsplit(found.url if isinstance(found, CanonicalUrl) else "")
        if parts.hostname and parts.port:
            known = ports.get(parts.hostname, ())
            ports[parts.hostname] = (*known, parts.port) if parts.port not in known else known
    return ports


def job_of(seeds: Iterable[str], spider: str) -> str:
    """The name of the crawl that `seeds` start: the same seeds give the same name."""
    listed = tuple(seeds)
    digest = blake2b("\n".join((spider, *sorted(listed))).encode(), digest_size=4).hexdigest()
    host = (urlsplit(listed[0]).hostname or "").replace(":", "-")
    name = f"{host or 'crawl'}-{digest}"
    return name if len(quote(name, safe="")) <= LONGEST_JOB else f"crawl-{digest}"
