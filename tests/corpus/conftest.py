"""A small corpus of every kind of record, crawled twice, that the tests take copies of."""

import shutil
from pathlib import Path

import pytest

from tests.command import QUICK, heed
from tests.corpus.raw_site import every_kind, raw_site


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus itself: not to be changed."""
    out = tmp_path_factory.mktemp("corpus") / "out"
    with raw_site(every_kind()) as site:
        for more in ((), ("--recrawl",)):
            words = ("crawl", f"{site.origin}/", "--out", out, "--job", "one", "--name", "C")
            run = heed(*words, *QUICK, *more, "--profile", "standard")
            assert run.code == 0, run.err
    return out


@pytest.fixture
def corpus(pristine: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return shutil.copytree(pristine, tmp_path / "corpus")
