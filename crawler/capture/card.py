"""The data card: a README.md that Hugging Face reads, and people (outputs.md, "Layout").

It is a function of the manifest. What its owner writes below the mark is kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Final, get_type_hints

from crawler.capture.layout import WARC_KINDS, Kind
from crawler.capture.manifest import Entry
from crawler.capture.tallies import sum_up
from crawler.records.document import Document, Metadata

MARK: Final = (
    "<!-- heed: everything above is written anew by every crawl and by `heed export`; "
    "your own words belong below -->"
)

DTYPES: Final[Mapping[type, str]] = {str: "string", int: "int64", float: "float64", bool: "bool"}
"""Types of a row in the words of HF `datasets`."""

_SIZES: Final = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
)
_LARGEST: Final = "n>1B"
_UNNAMED: Final = frozenset({"und", "none"})
_MOST: Final = 30

_PERMISSION: Final = """\
## Permission

Before a page was fetched, and again on its headers and head, every machine-readable way in which a
site can say no was read: robots.txt (RFC 9309) and the AI agents it names, AIPREF, Content Signals,
X-Robots-Tag and robots meta tags, TDMRep, RSL, ai.txt, trust.txt, HTTP 402, embedded metadata,
plain-language terms. A page that was refused for a declared use is not here. Each row says by which
profile and rule set (`metadata.rights_policy`) it was judged, what held for every use
(`rights_uses`), on which statements, quoted (`rights_signals`), and when (`rights_checked_at`). The
WARC files hold the same as evidence.
"""

_LICENCE: Final = """\
## Licence

There is none for the whole. Each text is its author's, under the terms of its page; where a page
names a licence, the row does too (`license_abbr`, `license_version`, `license_location`). That no
refusal was found is not a grant: `rights_decision` is `allow` where a site grants the declared
uses in so many words, and `unknown` otherwise.
"""

_REMOVALS: Final = """\
## Removals

Rows are never changed, but permission may be withdrawn. `heed recheck` compares every row with what
its site says now and writes what is to be dropped to `removals/` and, row by row beside the
documents, to `attributes/`. {state}
"""


def render_card(entries: Sequence[Entry], present: bytes = b"") -> bytes:
    """The card of the files in `entries`; keeps what stands below the mark in `present`.

    Where `present` has no mark, somebody else wrote it, and all of it is kept below.
    """
    _, mark, own = present.rpartition(MARK.encode())
    text = "".join((*_front_matter(entries), *_body(entries), MARK))
    return text.encode("utf-8") + (own if mark else b"\n" + own)


def _front_matter(entries: Sequence[Entry]) -> Iterator[str]:
    rows = sum(one.rows for one in entries if one.kind == Kind.DOCUMENTS)
    yield "---\n"
    yield "pretty_name: Web pages crawled with the consent that their sites state\n"
    yield "license: other\nlicense_name: by-row\n"
    languages = [name for name in _tallies(entries).get("languages", {}) if name not in _UNNAMED]
    if languages:
        yield "language:\n" + "".join(f"- '{name}'\n" for name in sorted(languages))
    yield f"size_categories:\n- {_size(rows)}\n"
    yield "task_categories:\n- text-generation\ntags:\n- web-crawl\n- opt-out\n"
    yield "configs:\n- config_name: default\n  data_files:\n  - split: train\n"
    yield "    path: documents/*/*.jsonl.*\n"
    yield "dataset_info:\n  config_name: default\n  features:\n"
    yield from render_features()
    yield "---\n\n"


def render_features() -> Iterator[str]:
    """The types of a row's keys, in their order, as YAML."""
    hints = get_type_hints(Document)
    for one in fields(Document):
        if hints[one.name] is not Metadata:
            yield f"  - name: {one.name}\n    dtype: {DTYPES[hints[one.name]]}\n"
    inner = get_type_hints(Metadata)
    yield "  - name: metadata\n    struct:\n"
    for one in fields(Metadata):
        yield f"    - name: {one.name}\n      dtype: {DTYPES[inner[one.name]]}\n"


def _size(rows: int) -> str:
    return next((name for bound, name in _SIZES if rows < bound), _LARGEST)


def _tallies(entries: Iterable[Entry]) -> Mapping[str, Mapping[str, int]]:
    return sum_up(one.tallies for one in entries)


def _body(entries: Sequence[Entry]) -> Iterator[str]:
    found = _tallies(entries)
    rows = sum(one.rows for one in entries if one.kind == Kind.DOCUMENTS)
    days = sorted(found.get("days", {}))
    span = f", fetched from {days[0]} to {days[-1]}" if days else ""
    yield "# Web pages crawled with consent\n\n"
    yield f"{rows} rows, one a page with a text of its own{span}. "
    yield "Every row names the WARC record that proves it.\n\n"
    yield from _crawls(entries)
    yield from _counted("Languages", "by py3langid, on each text", found.get("languages", {}))
    yield from _counted("Extractors", "how the text was had", found.get("extractors", {}))
    yield _PERMISSION + "\n"
    yield from _table("judged by", found.get("policies", {}))
    yield from _table("found", found.get("permissions", {}))
    yield _LICENCE + "\n"
    yield from _table("licence named by the page", found.get("licences", {}))
    yield from _counted(
        "AI disclosure",
        "what pages say of AI in their making; `none` says nothing",
        found.get("ai_provenance", {}),
    )
    removals = sum(one.rows for one in entries if one.kind == Kind.REMOVALS)
    state = f"So far they name {removals} removals." if removals else "There are none so far."
    yield _REMOVALS.format(state=state) + "\n"


def _crawls(entries: Iterable[Entry]) -> Iterator[str]:
    yield "| crawl | rows | pages as sent | WARC files | bytes |\n|---|---|---|---|---|\n"
    by_crawl: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.crawl:
            by_crawl.setdefault(entry.crawl, []).append(entry)
    for crawl, files in sorted(by_crawl.items()):
        rows = sum(one.rows for one in files if one.kind == Kind.DOCUMENTS)
        pages = sum(one.records for one in files if one.kind == Kind.CDXJ)
        warcs = sum(1 for one in files if one.kind in WARC_KINDS)
        size = sum(one.size for one in files)
        yield f"| {crawl} | {rows} | {pages} | {warcs} | {size} |\n"
    yield "\n"


def _counted(title: str, what: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield f"## {title}\n\n"
        yield from _table(what, counts)


def _table(what: str, counts: Mapping[str, int]) -> Iterator[str]:
    if not counts:
        return
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    yield f"| {what} | rows |\n|---|---|\n"
    yield from (f"| {_cell(name)} | {count} |\n" for name, count in ordered[:_MOST])
    if len(ordered) > _MOST:
        yield f"| {len(ordered) - _MOST} others | {sum(n for _, n in ordered[_MOST:])} |\n"
    yield "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
