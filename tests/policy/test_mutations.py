"""Broken and hostile bytes in every carrier.

Nothing raises, nothing grows out of proportion, and no damage turns a refusal into a permission.
`HEED_MUTATIONS` says how many mutants a carrier gets (10,000 for a long run).
"""

import base64
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from random import Random
from types import FrameType
from typing import Final

import pytest

from crawler.policy.door import explain

Json = dict[str, object]

_PERMISSION: Final = re.compile(rb"(?i)[\r\n]\W*allow")
"""A line that the damage begins in the middle of a refusal: "Dis", and then "allow: /"."""

MUTANTS: Final = int(os.environ.get("HEED_MUTATIONS", "300"))

JUNK: Final = b"\x00\x01\x0b\x7f\xc3\x28\xff\xfe\xe2\x80 \t\r\n<>&;,:=\"'{}[]()/\\%#*$!?-_|^`~"
"""Bytes that can break a refusal but cannot spell a permission."""

TDMREP: Final = b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://x.example/p"}]'
RSL: Final = (
    b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
    b'<prohibits type="usage">ai-all</prohibits></license></content></rsl>'
)
XMP: Final = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" '
    b'plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"/></rdf:RDF></x:xmpmeta>'
)
OPF: Final = (
    b'<package xmlns="http://www.idpf.org/2007/opf" prefix="tdm: http://www.w3.org/ns/tdmrep#">'
    b'<metadata><meta property="tdm:reservation">1</meta></metadata></package>'
)
FEED: Final = (
    b'<rss xmlns:rsl="https://rslstandard.org/rsl"><channel><item><link>https://site.example/'
    b"</link><rsl:content url='https://site.example/'><rsl:license><rsl:prohibits type='usage'>"
    b"ai-train</rsl:prohibits></rsl:license></rsl:content></item></channel></rss>"
)
NEWSML: Final = (
    b'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"><rightsInfo><dataMining '
    b'uri="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"/></rightsInfo></newsItem>'
)
HTML: Final = (
    b'<!doctype html><html><head><meta name="robots" content="noai, noarchive"><meta '
    b'name="tdm-reservation" content="1"><script type="application/rsl+xml">' + RSL + b"</script>"
    b'<script type="application/ld+json">{"@type": "WebPage", "license": "https://x.example/l"}'
    b'</script></head><body ai-disclosure="ai-generated"><p data-nosnippet>x</p></body></html>'
)
ROBOTS: Final = (
    b"User-agent: Heedbot\nDisallow: /p\nContent-Signal: ai-train=no, use=immediate\n"
    b"Content-Usage: train-ai=n\nLicense: https://site.example/l.xml\nDisallowAITraining: /\n\n"
    b"User-agent: GPTBot\nDisallow: /\n"
)
TERMS: Final = b"You may not use our content to train AI models. Text and data mining is reserved."


def _text(key: str) -> Callable[[bytes], Json]:
    """For keys that hold text: as the door is given what a decoder made of the bytes."""
    return lambda body: {key: body.decode("utf-8", "replace")}


def _octets(key: str) -> Callable[[bytes], Json]:
    return lambda body: {key: {"base64": base64.b64encode(body).decode()}}


def _site_file(path: str) -> Callable[[bytes], Json]:
    return lambda body: {"files": {path: {"base64": base64.b64encode(body).decode()}}}


def _header(name: str) -> Callable[[bytes], Json]:
    return lambda body: {"headers": [[name, body.decode("latin-1")]]}


Carried = tuple[bytes, Callable[[bytes], Json]]

CARRIERS: Final[Mapping[str, Carried]] = {
    "robots.txt": (ROBOTS, _octets("robots_txt")),
    "html": (HTML, _octets("html")),
    "tdmrep.json": (TDMREP, _site_file("/.well-known/tdmrep.json")),
    "ai.txt": (b"User-Agent: *\nDisallow: /\nDisallow: *.html\n", _site_file("/ai.txt")),
    "trust.txt": (b"datatrainingallowed=no\n", _site_file("/trust.txt")),
    "rsl": (RSL, _octets("rsl_document")),
    "xmp": (XMP, _text("xmp")),
    "opf": (OPF, _text("opf")),
    "feed": (FEED, _text("feed")),
    "newsml": (NEWSML, _text("newsml")),
    "terms": (TERMS, _text("text")),
    "X-Robots-Tag": (b"Heedbot: noai, max-snippet: 0", _header("X-Robots-Tag")),
    "Robots-Tag": (b"*;noai, Heedbot;noindex", _header("Robots-Tag")),
    "Content-Usage": (b"train-ai=n, search=n;exceptions=cc-cr", _header("Content-Usage")),
    "Content-Signal": (b"ai-train=no, ai-input=no", _header("Content-Signal")),
    "tdm-reservation": (b"1", _header("tdm-reservation")),
    "Link": (b'</l.xml>; rel="license"; type="application/rsl+xml"', _header("Link")),
    "AI-Disclosure": (b'mode=ai-originated, model="x"', _header("AI-Disclosure")),
    "crawler-price": (b"USD 0.01", _header("crawler-price")),
}


def _laughs(depth: int) -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE r [<!ENTITY e0 "lol">{entities}]><r>&e{depth - 1};</r>'.encode()


HOSTILE: Final[Mapping[str, Callable[[int], bytes]]] = {
    "deep elements": lambda size: b"<a>" * size,
    "deep elements that end": lambda size: b"<a>" * size + b"</a>" * size,
    "deep brackets": lambda size: b"[" * size,
    "deep objects": lambda size: b'{"a":' * size,
    "a huge attribute": lambda size: b'<meta name="robots" content="' + b"x," * size + b'">',
    "many attributes": lambda size: b"<meta " + b"a=b " * size + b">",
    "many elements": lambda size: b'<meta name="x" content="y">' * (size // 4),
    "billion laughs": lambda size: _laughs(min(size // 50, 60)),
    "one long word": lambda size: b"a" * 4 * size,
    "many commas": lambda size: b"a=n," * size,
    "many blanks": lambda size: b"a" + b" " * 4 * size + b"=n",
    "many colons": lambda size: b"a:" * 2 * size,
    "many quotes": lambda size: b'"' * 4 * size,
    "many wildcards": lambda size: b"User-agent: *\nDisallow: /" + b"*a" * 2 * size + b"\n",
    "many agents": lambda size: b"User-agent: a\nX: 1\n" * (size // 4) + b"Disallow: /\n",
    "broken UTF-8": lambda size: b"\xc3\x28\xff\xe2\x80" * size,
}


def _mutated(seed: bytes, random: Random) -> bytes:
    body = bytearray(seed)
    for _ in range(random.randint(1, 4)):
        place = random.randrange(len(body) + 1)
        junk = bytes(random.choice(JUNK) for _ in range(random.randint(1, 6)))
        kind = random.randrange(5)
        if kind == 0:
            body[place : place + 1] = junk[:1]
        elif kind == 1:
            body[place:place] = junk
        elif kind == 2:
            body[place:place] = body[max(place - 20, 0) : place]
        elif kind == 3 and place > 1:
            del body[place:]
        else:
            body[place:place] = bytes(random.randrange(128, 256) for _ in range(3))
    return bytes(body)


def _flipped(seed: bytes, random: Random) -> bytes:
    body = bytearray(seed)
    for _ in range(random.randint(1, 8)):
        place = random.randrange(len(body))
        body[place] ^= 1 << random.randrange(8)
    return bytes(body)


def _states(name: str, body: bytes) -> Mapping[str, str]:
    """The decision, from an answer that must be plain JSON throughout."""
    answer = json.loads(json.dumps(explain(CARRIERS[name][1](body)), allow_nan=False))
    decision: dict[str, str] = answer["decision"]
    return decision


@pytest.mark.parametrize("name", CARRIERS)
def test_damage_never_turns_a_refusal_into_a_permission(name: str) -> None:
    random = Random(name)
    seed = CARRIERS[name][0]
    # Crawling is what is allowed where robots.txt says nothing any more.
    refused = {use for use, state in _states(name, seed).items() if state != "allow"} - {"crawl"}
    for _ in range(MUTANTS):
        mutant = _mutated(seed, random)
        if _PERMISSION.search(mutant):
            continue
        found = _states(name, mutant)
        assert [use for use in refused if found[use] == "allow"] == [], mutant


@pytest.mark.parametrize("name", CARRIERS)
def test_flipped_bits_raise_nothing(name: str) -> None:
    random = Random(name)
    for _ in range(MUTANTS // 3):
        assert set(_states(name, _flipped(CARRIERS[name][0], random)).values())


@pytest.mark.parametrize("name", CARRIERS)
@pytest.mark.parametrize("shape", HOSTILE)
def test_hostile_shapes_cost_no_more_than_their_size(name: str, shape: str) -> None:
    small = _steps(name, HOSTILE[shape](1_000))
    large = _steps(name, HOSTILE[shape](4_000))
    assert large < 5 * small + 2_000


@pytest.mark.parametrize("name", CARRIERS)
def test_hostile_words_behind_a_refusal_take_nothing_back(name: str) -> None:
    seed = CARRIERS[name][0]
    before = _states(name, seed)
    for shape in HOSTILE.values():
        after = _states(name, seed + b"\n" + shape(200))
        assert [use for use in before if before[use] != "allow" and after[use] == "allow"] == []


def _steps(name: str, body: bytes) -> int:
    """Calls, of Python and of C functions, that one answer takes."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    given = CARRIERS[name][1](body)
    sys.setprofile(trace)
    try:
        explain(given)
    finally:
        sys.setprofile(None)
    return count
