"""A crawl of real pages as the web serves them: codings, charsets, redirects, errors, a 304.

Sites of the sample say no after the crawl, and a recheck notes it; `Sample` knows what was served
and who was to be refused, so that every client can be asked for the same numbers.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

import brotli  # type: ignore[import-untyped]  # it ships no types

from tests.command import LOOPBACK, QUICK, Run, heed
from tests.shared import SHARED
from tests.site import Answer, served, text

PAGES: Final = SHARED / "data" / "pages"
SITES: Final = 12
FIRST: Final = 2400
CUT: Final = 1_500_000
"""HEED_MAX_BODY of the crawl, which one page outgrows."""

HTML: Final = ("Content-Type", "text/html")
TALE: Final = {
    "iso-8859-1": "Der Fährmann löst um neun Uhr die Leinen und kehrt mit der Abendflut zurück. ",
    "windows-1251": "Паром отходит в девять часов и возвращается с вечерним приливом. ",
    "shift_jis": "渡し船は九時に出て、夕方の潮とともに戻ってくる。天気が許せばの話である。",
    "gb18030": "渡船九点出发，随着傍晚的潮水返回，如果天气允许的话。村里的人都知道这一点。",
    "euc-kr": "나룻배는 아홉 시에 떠나 저녁 밀물과 함께 돌아온다. 날씨가 허락한다면 말이다. ",
}
"""Text by the charset that it is served in."""

OPT_OUTS: Final = ("robots", "header", "tdmrep")
"""How the first sites say no after the crawl."""

RESERVED: Final = b'[{"location": "/", "tdm-reservation": 1}]'


@dataclass
class Shop:
    """One site: answers by path, a few of which redirect, fail, or are coded."""

    number: int
    answers: dict[str, Answer] = field(default_factory=dict)
    closed: bool = False
    changed: bool = False

    @property
    def opts_out(self) -> str:
        """How it will say no, empty where it will not."""
        return OPT_OUTS[self.number] if self.number < len(OPT_OUTS) else ""

    def answer(self, target: str, asked: Mapping[str, str]) -> Answer:
        """A page, the site's words, a redirect, or nothing."""
        if self.closed and self.opts_out == "robots" and target == "/robots.txt":
            return text("User-agent: *\nDisallow: /\n")
        if self.closed and self.opts_out == "tdmrep" and target == "/.well-known/tdmrep.json":
            return Answer(RESERVED, 200, (("Content-Type", "application/json"),))
        if target.startswith("/old/"):
            return Answer(b"", 301, (("Location", "/" + target.removeprefix("/old/")), HTML))
        found = self.answers.get(target)
        return self._page(found, asked) if found else Answer(b"<p>gone</p>", 404, (HTML,))

    def _page(self, found: Answer, asked: Mapping[str, str]) -> Answer:
        if self.changed and dict(found.headers).get("X-Changes"):
            found = Answer(found.body + b"\n<p>told anew</p>\n", 200, found.headers)
        tag = f'"{sha256(found.body).hexdigest()[:16]}"'
        fields = (*found.headers, ("ETag", tag)) if self.number % 2 else found.headers
        if self.number % 2 and asked.get("if-none-match") == tag:
            return Answer(b"", 304, (("ETag", tag),))
        if self.closed and self.opts_out == "header":
            fields = (*fields, ("X-Robots-Tag", "noai"))
        return Answer(found.body, 200, fields)


@dataclass(frozen=True)
class Sample:
    """What lies in `root`: `corpus`, and in `sample.json` what is known of it."""

    root: Path
    runs: tuple[Run, ...]
    bodies: Mapping[str, bytes]
    """What was served in the first run, by URL, as it went over the wire."""
    refused: frozenset[str]
    """URLs whose sites said no after the crawl."""

    @property
    def corpus(self) -> Path:
        """The crawl's output."""
        return self.root / "corpus"


def make_sample(root: Path, pages: int) -> Sample:
    """Crawl about `pages` pages twice, let three sites say no, and recheck."""
    shops = make_shops(pages)
    with served(*(shop.answer for shop in shops), first=FIRST) as sites:
        bodies = {
            site.origin + target: answer.body
            for shop, site in zip(shops, sites, strict=True)
            for target, answer in shop.answers.items()
        }
        odd = [f"{site.origin}/old/missing" for site in sites]
        odd += [f"{url.replace('/p/', '/old/p/')}" for url in list(bodies)[::20]]
        seeds = root / "seeds.txt"
        root.mkdir(parents=True, exist_ok=True)
        seeds.write_text("\n".join([*bodies, *odd]) + "\n")
        words = (
            "crawl", "--seeds", seeds, "--out", root / "corpus", "--scope", "seeds", "--json",
            *QUICK, "-s", f"HEED_MAX_BODY={CUT}", "-s", "HEED_ROLL_BYTES=3000000",
        )  # fmt: skip
        runs = [heed(*words, seconds=600)]
        for shop in shops:
            shop.changed = True
        runs.append(heed(*words, "--recrawl", seconds=600))
        for shop in shops:
            shop.closed = True
        recheck = ("recheck", root / "corpus", "--audit", *LOOPBACK, "--delay", "0", "--json")
        runs.append(heed(*recheck, seconds=600))
        closed = tuple(sites[number].origin for number in range(len(OPT_OUTS)))
    refused = frozenset(url for url in bodies if url.startswith(closed))
    sample = Sample(root, tuple(runs), bodies, refused)
    _describe(sample)
    return sample


def make_shops(pages: int) -> list[Shop]:
    """Sites with about `pages` pages: real ones, and some of them coded, and some of our own."""
    shops = [Shop(number) for number in range(SITES)]
    real = sorted(PAGES.glob("*/*.html.gz"))
    made = [*_own_pages(), *_real_pages(real, pages)]
    for number, answer in enumerate(made):
        shops[number % SITES].answers[f"/p/{number}"] = answer
    return shops


def _own_pages() -> list[Answer]:
    found = []
    for charset, tale in TALE.items():
        html = f"<title>{charset}</title><main><h1>{charset}</h1><p>{tale * 12}</p></main>"
        typed = ("Content-Type", f"text/html; charset={charset}")
        found.append(Answer(html.encode(charset), 200, (typed,)))
    long = b"<main><p>" + b"The ledger of the ferry is long and dull. " * 60_000 + b"</p></main>"
    return [*found, Answer(long, 200, (HTML,))]


def _real_pages(files: list[Path], pages: int) -> list[Answer]:
    """Each page as it is, then the same pages again, each a little different and coded."""
    found = []
    for number in range(pages):
        body = gzip.decompress(files[number % len(files)].read_bytes())
        body += b"\n<!-- copy %d -->\n" % (number // len(files))
        changes = (("X-Changes", "yes"),) if number % 10 == 1 else ()
        if number // len(files) == 0 and number % 5:
            found.append(Answer(body, 200, (HTML, *changes)))
        elif number % 2:
            found.append(
                Answer(gzip.compress(body, mtime=0), 200, (HTML, ("Content-Encoding", "gzip")))
            )
        else:
            coded = brotli.compress(body, quality=4)
            found.append(Answer(coded, 200, (HTML, ("Content-Encoding", "br"))))
    return found


def _describe(sample: Sample) -> None:
    """What clients in other environments need: bodies in files, by URL, and who is refused."""
    folder = sample.root / "bodies"
    folder.mkdir(exist_ok=True)
    places = {}
    for number, (url, body) in enumerate(sample.bodies.items()):
        (folder / str(number)).write_bytes(body)
        places[url] = str(folder / str(number))
    known = {"bodies": places, "refused": sorted(sample.refused), "cut": CUT}
    (sample.root / "sample.json").write_text(json.dumps(known))
