r"""PURE: one spelling for every URL that means the same, by a table.

| part | what is done | by |
|---|---|---|
| controls | spaces and controls at both ends, tabs and newlines: dropped | WHATWG URL 4.4 |
| `\` before the query | read as `/` | WHATWG URL 4.4 |
| scheme | lower case; http and https only | RFC 3986 6.2.2.1 |
| user information | the URL is refused | house |
| host | lower case, UTS 46 to A-labels, `%xx` decoded, last dot dropped | WHATWG URL 3.5 |
| IPv4 address | four decimal numbers; hex, octal and short spellings refused | house |
| IPv6 address | compressed, in brackets | RFC 5952 |
| port | the scheme's own is dropped | RFC 3986 6.2.3 |
| path | empty becomes `/`; `.`, `..` and their `%2e` spellings resolved | RFC 3986 6.2.2.3 |
| `//` in a path | one `/`, save after a `:`, since servers merge them unseen by rules | house |
| dot segments behind `%2f`, `%5c`, `;` or more encoding | the URL is refused | house |
| percent-encoding | unreserved decoded, hex upper case, the forbidden encoded | RFC 3986 6.2.2.2 |
| query | kept, order and repeats too; an empty one is dropped | |
| fragment | dropped | RFC 9110 4.2.3 |
| session ids, tracking parameters | dropped from the *key* only | house |
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

import idna

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
LONGEST_READ: Final = 16_384
"""Characters beyond which a URL is not looked at; what may be queued is far shorter."""

TRACKING_PARAMETERS: Final = frozenset(
    {
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "_openstat",
        "dclid",
        "fbclid",
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "igshid",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "msclkid",
        "srsltid",
        "ttclid",
        "twclid",
        "vero_id",
        "wbraid",
        "yclid",
    }
)
SESSION_PARAMETERS: Final = frozenset(
    {
        "cfid",
        "cftoken",
        "jsessionid",
        "oscsid",
        "phpsessid",
        "sessid",
        "session_id",
        "sessionid",
        "xtcsid",
        "zenid",
    }
)
AMBIGUOUS_SESSION_PARAMETERS: Final = frozenset(("s", "session", "sid", "ssid"))
"""Names that also stand for a section or a search: dropped only where the value is a token."""

_CONTROLS: Final = "".join(map(chr, range(0x21)))
_TAB_OR_NEWLINE: Final = re.compile("[\t\n\r]")
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")
_STRAY_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_ENCODED_DOT: Final = re.compile("%2e", re.IGNORECASE)
_SLASHES: Final = re.compile("(?<!:)//+|(?<=:)///+")
_BAD_HOST: Final = re.compile(r"[\x00-\x20\x7f-\uffff#%/:<>?@\[\\\]^|\"`{}]")
_NUMERIC_LABEL: Final = re.compile("[0-9]+|0[xX][0-9A-Fa-f]*")
_HIDDEN_DOTS: Final = re.compile(r"(?:^|[/\\]|%2F|%5C)\.\.?(?:[/\\;]|%2F|%5C|$)", re.IGNORECASE)
DECODINGS: Final = 3
_TOKEN: Final = re.compile("[0-9A-Za-z_-]{16,}")
_PATH_SESSION: Final = re.compile(
    r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;]*|/\([A-Z]\([0-9a-z]+\)\)", re.IGNORECASE
)
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE: Final = "%/:@!$&'()*+,;=~"
_QUERY_SAFE: Final = "%/:@!$&()*+,;=~?"


@dataclass(frozen=True, slots=True)
class CanonicalUrl:
    """A URL to fetch, the key that tells it from others, and the host that it queues at."""

    url: str
    key: str
    host: str
    """`name:port`, the port always written."""


@dataclass(frozen=True, slots=True)
class BadUrl:
    """Why a URL cannot be queued, in a word."""

    reason: str


class _BadUrlError(ValueError):
    """Carries the reason from a part of the URL to `canonicalise`."""


def canonicalise(url: str) -> CanonicalUrl | BadUrl:
    """The canonical form of an absolute URL, by the table above; never raises.

    Reasons of a `BadUrl`: `length`, `scheme`, `userinfo`, `host`, `port`, `syntax`, `traversal`.
    """
    if len(url) > LONGEST_READ:
        return BadUrl("length")
    try:
        return _canonical(_split(url))
    except _BadUrlError as error:
        return BadUrl(str(error))
    except AddressValueError:
        return BadUrl("host")
    except ValueError:
        return BadUrl("syntax")


def host_key(url: str) -> str:
    """The host of `url` as `name:port`, which is its queue; empty where the URL is none."""
    canonical = canonicalise(url)
    return canonical.host if isinstance(canonical, CanonicalUrl) else ""


def _split(url: str) -> SplitResult:
    cleaned = _TAB_OR_NEWLINE.sub("", url.strip(_CONTROLS))
    before_fragment = cleaned.partition("#")[0]
    hierarchy, mark, query = before_fragment.partition("?")
    scheme, colon, rest = hierarchy.partition(":")
    if not colon or scheme.lower() not in DEFAULT_PORTS:
        raise _BadUrlError("scheme")
    # WHATWG's "special authority slashes" states: any number of slashes opens the authority.
    authority_on = rest.replace("\\", "/").lstrip("/")
    return urlsplit(f"{scheme.lower()}://{authority_on}{mark}{query}")


def _canonical(parts: SplitResult) -> CanonicalUrl:
    if "@" in parts.netloc:
        raise _BadUrlError("userinfo")
    name = _host_name(parts)
    port = _port(parts)
    origin = f"{parts.scheme}://{name}"
    if port != DEFAULT_PORTS[parts.scheme]:
        origin += f":{port}"
    path = _path(parts.path)
    if _hides_dots(path):
        raise _BadUrlError("traversal")
    query = _encode(parts.query, _QUERY_SAFE)
    url = origin + path + ("?" + query if query else "")
    return CanonicalUrl(url, _key(origin, path, query, url), f"{name}:{port}")


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise _BadUrlError("port") from None
    if port == 0:
        raise _BadUrlError("port")
    return port or DEFAULT_PORTS[parts.scheme]


def _host_name(parts: SplitResult) -> str:
    raw = parts.hostname or ""
    if parts.netloc.startswith("["):
        return f"[{IPv6Address(raw).compressed}]"
    name = _ascii_name(unquote(raw, errors="strict") if "%" in raw else raw)
    name = name.removesuffix(".")
    if not name or len(name) > 253 or _BAD_HOST.search(name):  # noqa: PLR2004 (RFC 1035 2.3.4)
        raise _BadUrlError("host")
    labels = name.split(".")
    if any(not 0 < len(label) < 64 for label in labels):  # noqa: PLR2004 (RFC 1035 2.3.4)
        raise _BadUrlError("host")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        # WHATWG reads such a name as an IPv4 address whatever stands before; only one spelling
        # of it is honest.
        return str(IPv4Address(name))
    return name


def _ascii_name(name: str) -> str:
    if name.isascii():
        return name.lower()
    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise _BadUrlError("host") from None


def _path(raw: str) -> str:
    encoded = _encode(_ENCODED_DOT.sub(".", raw), _PATH_SAFE)
    return _SLASHES.sub(_one_slash, _without_dots(_SLASHES.sub(_one_slash, encoded))) or "/"


def _one_slash(match: re.Match[str]) -> str:
    follows_colon = match.start() > 0 and match.string[match.start() - 1] == ":"
    return "//" if follows_colon else "/"


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _hides_dots(path: str) -> bool:
    """Whether a server that decodes once or twice more would climb where no rule was asked."""
    if "%" not in path and ";" not in path:
        return False
    for _ in range(DECODINGS):
        if _HIDDEN_DOTS.search(path):
            return True
        path = unquote(path, "latin-1")
    return False


def _encode(text: str, safe: str) -> str:
    if "%" in text:
        text = _ESCAPE.sub(_normal_escape, _STRAY_PERCENT.sub("%25", text))
    return quote(text, safe=safe, errors="replace")


def _normal_escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _key(origin: str, path: str, query: str, url: str) -> str:
    content_path = _PATH_SESSION.sub("", path) or "/" if ";" in path or "(" in path else path
    fields = query.split("&") if query else []
    content = [each for each in fields if not _is_noise(each)]
    if len(content) == len(fields) and content_path == path:
        return url
    return origin + content_path + ("?" + "&".join(content) if content else "")


def _is_noise(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    name = name.lower()
    if name in TRACKING_PARAMETERS or name in SESSION_PARAMETERS or name.startswith("utm_"):
        return True
    if name.startswith("aspsessionid"):
        return True
    return name in AMBIGUOUS_SESSION_PARAMETERS and _TOKEN.fullmatch(value) is not None
