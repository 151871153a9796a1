"""The data card, as Hugging Face reads it."""

from typing import Any

import pytest

from crawler.capture.card import MARK, render_card
from crawler.capture.manifest import Entry
from crawler.records.document import Document

yaml = pytest.importorskip("yaml")


def an_entry(rows: int, **tallies: dict[str, int]) -> Entry:
    return Entry(
        path="documents/C/a.jsonl.gz", size=1, sha256="0", kind="documents", crawl="C", rows=rows,
        tallies=tallies,
    )  # fmt: skip


def front_matter(card: bytes) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(card.split(b"---\n")[1])
    return found


def test_features_are_those_of_a_row_in_order() -> None:
    features = front_matter(render_card([an_entry(3)]))["dataset_info"]["features"]
    assert [one["name"] for one in features] == list(Document.__dataclass_fields__)
    assert features[-1]["struct"][6] == {"name": "warc_offset", "dtype": "int64"}
    dtypes = {one["name"]: one.get("dtype") for one in features}
    assert dtypes["language_score"] == "float64"
    assert dtypes["text"] == "string"


def test_languages_sizes_and_files_are_declared() -> None:
    card = render_card([an_entry(1_000, languages={"en": 900, "no": 60, "und": 40})])
    found = front_matter(card)
    assert found["language"] == ["en", "no"]
    assert found["size_categories"] == ["1K<n<10K"]
    assert found["configs"][0]["data_files"] == [
        {"split": "train", "path": "documents/*/*.jsonl.*"}
    ]


def test_what_sites_wrote_cannot_become_markup_of_the_card() -> None:
    odd = "CC | <script>\n# Title"
    card = render_card([an_entry(1, licences={odd: 1})]).decode()
    assert "<script" not in card
    assert "\n# Title" not in card
    assert "| CC \\| &lt;script> # Title | 1 |" in card


def test_what_stands_below_the_mark_is_kept() -> None:
    before = render_card([]) + b"mine\n"
    after = render_card([an_entry(5)], before)
    assert after.endswith(MARK.encode() + b"\nmine\n")
    assert b"5 rows" in after


def test_a_readme_of_somebody_else_is_kept_whole() -> None:
    theirs = b"# Our bucket\nDo not delete.\n"
    once = render_card([an_entry(1)], theirs)
    assert once.endswith(MARK.encode() + b"\n" + theirs)
    assert render_card([an_entry(1)], once) == once
