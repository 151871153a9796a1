"""The pages that are served: any folder of HTML, or a small set made here, the same each time."""

import gzip
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

from crawler.errors import ConfigurationError

MADE: Final = 60
"""Pages of the made set."""

MOST_FILES: Final = 5_000
"""Files of a folder that are read: they are held in memory."""

LARGEST: Final = 5_000_000
"""Bytes of a page; a larger file is passed over, as a crawl would cut it."""

_SUFFIXES: Final = (".html", ".htm", ".html.gz", ".htm.gz")
_PROSE: Final = (
    "the harbour of a small town lies between two hills and every morning ships come in with "
    "fish and timber while people on the quay talk about weather prices children and old roads "
    "that lead over the bridge to gardens where apples grow beside a wall of grey stone"
)
_WORDS: Final = tuple(_PROSE.split(" "))


def read_pages(folder: Path | None) -> list[bytes]:
    """Every page below `folder` in the order of names, unpacked; without one, the made set.

    Raises `ConfigurationError` where there is none.
    """
    if folder is None:
        return [make_page(number) for number in range(MADE)]
    pages = [page for page in _read_files(folder) if 0 < len(page) <= LARGEST]
    if not pages:
        raise ConfigurationError(
            f"--folder {str(folder)!r} holds no page: name a folder with *.html or *.html.gz files."
        )
    return pages


def _read_files(folder: Path) -> Iterator[bytes]:
    files = sorted(path for path in folder.rglob("*") if path.name.endswith(_SUFFIXES))
    for path in islice(files, MOST_FILES):
        try:
            content = path.read_bytes()
            yield gzip.decompress(content) if path.suffix == ".gz" else content
        except (OSError, EOFError) as error:
            raise ConfigurationError(
                f"--folder: {str(path)!r} cannot be read: {error}; repair it or leave it out."
            ) from error


def make_page(number: int) -> bytes:
    """An article among menus, teasers and scripts: about 40 to 160 kB, always the same."""
    chance = Random(number)
    title = _sentence(chance)[:-1].title()
    paragraphs = "".join(f"<p>{_paragraph(chance)}</p>\n" for _ in range(chance.randint(10, 60)))
    teasers = "".join(_teaser(chance, at) for at in range(chance.randint(30, 90)))
    menu = "".join(
        f'<li class="menu-item"><a href="/section-{at}/">{_sentence(chance)[:20]}</a></li>\n'
        for at in range(60)
    )
    script = f"<script>window.state = {list(range(chance.randint(1000, 9000)))};</script>"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<meta name="description" content="{_sentence(chance)}">\n'
        f'<meta property="article:published_time" content="2026-03-{number % 28 + 1:02d}">\n'
        f'<link rel="stylesheet" href="/main.css">{script}</head>\n'
        f'<body class="post"><header><nav><ul>{menu}</ul></nav></header>\n'
        f"<main><article><h1>{title}</h1>\n{paragraphs}</article></main>\n"
        f'<aside class="related">{teasers}</aside>\n'
        f"<footer><p>All rights as stated above.</p></footer></body></html>\n"
    ).encode()


def _teaser(chance: Random, at: int) -> str:
    return (
        f'<div class="teaser card"><a href="/story-{at}.html"><img src="/{at}.jpg" alt="">'
        f"<h3>{_sentence(chance)}</h3></a><span>{chance.randint(1, 59)} min</span></div>\n"
    )


def _paragraph(chance: Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(3, 9)))


def _sentence(chance: Random) -> str:
    words = chance.choices(_WORDS, k=chance.randint(6, 18))
    return " ".join(words).capitalize() + "."
