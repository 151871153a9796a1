"""The profiles against the texts that people marked on 180 real pages."""

import os

import pytest

from tests.extract.scores import f1, mean_scores, shingles, words
from tests.shared import needs_shared

ACCURATE = pytest.mark.skipif(
    not os.environ.get("HEED_FULL_BARS"),
    reason="tests/crawls/test_real_pages.py holds a whole crawl to the same bars: HEED_FULL_BARS=1",
)


@needs_shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "bars"),
    [
        pytest.param("accurate", {"aeb": 0.945, "wcxb": 0.855}, marks=ACCURATE),
        ("fast", {"aeb": 0.95, "wcxb": 0.80}),
        ("bulk", {"aeb": 0.91, "wcxb": 0.77}),
    ],
)
def test_a_profile_reaches_its_bars(profile: str, bars: dict[str, float]) -> None:
    scores = mean_scores(profile)
    assert scores.keys() == bars.keys()
    assert {name: score for name, score in scores.items() if score < bars[name]} == {}


def test_the_scores_tell_texts_apart() -> None:
    assert f1(words("One two three"), words("one TWO four")) == pytest.approx(2 / 3)
    assert f1(shingles("a b c d e"), shingles("a b c d x")) == pytest.approx(1 / 2)
    assert f1(words(""), words("one")) == 0.0
    assert f1(words(""), words("")) == 1.0
