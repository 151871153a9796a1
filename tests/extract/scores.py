"""How near an extracted text comes to the one that people marked, as the two benchmarks count."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Final

from crawler.extract.text import extract
from tests.shared import SHARED

PAGES: Final = SHARED / "data" / "pages"
WORD: Final = re.compile(r"\w+")
SHINGLE: Final = 4

Bag = Counter[tuple[str, ...]]


def mean_scores(profile: str) -> dict[str, float]:
    """The mean F1 of `profile` over the pages of each benchmark, by its name."""
    lines = (PAGES / "gold.jsonl").read_text("utf-8").split("\n")
    golds = [json.loads(line) for line in lines if line]
    with ProcessPoolExecutor(2, get_context("forkserver")) as workers:
        scores = list(workers.map(partial(_score, profile), golds, chunksize=10))
    benchmarks = {str(gold["file"]).partition("/")[0] for gold in golds}
    return {
        name: _mean(
            [
                score
                for gold, score in zip(golds, scores, strict=True)
                if gold["file"].startswith(name)
            ]
        )
        for name in benchmarks
    }


def _score(profile: str, gold: dict[str, str]) -> float:
    body = gzip.decompress((PAGES / gold["file"]).read_bytes())
    text = extract(body, gold["url"], profile).text
    cut = shingles if gold["file"].startswith("aeb") else words
    return f1(cut(text), cut(gold["gold_text"]))


def shingles(text: str) -> Bag:
    """Every run of four words."""
    found = WORD.findall(text)
    last = max(1, len(found) - SHINGLE + 1) if found else 0
    return Counter(tuple(found[start : start + SHINGLE]) for start in range(last))


def words(text: str) -> Bag:
    """Every word, lower-cased."""
    return Counter((word,) for word in WORD.findall(text.lower()))


def f1(found: Bag, wanted: Bag) -> float:
    """Harmonic mean of precision and recall; two empty texts agree."""
    size = found.total() + wanted.total()
    return 2 * (found & wanted).total() / size if size else 1.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
