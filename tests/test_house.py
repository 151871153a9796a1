"""The rules of the house, kept by asking the code itself (CONTRIBUTING.md)."""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from typing import Final

import pytest

from crawler.policy.model import Signal
from crawler.policy.signals import catalogue
from tests.regenerate import COMMAND, README, regenerate
from tests.shared import ROOT
from tests.sources import PACKAGES, Source, house_exceptions, lines_of, sources
from tests.unmirrored import UNMIRRORED

LONGEST_FILE: Final = 300
LONGEST_FUNCTION: Final = 50

KINDS: Final = frozenset({"refused", "allowed", "absent", "malformed", "addressed to another"})
CASES: Final = ROOT / "tests" / "policy" / "signals"

VAGUE: Final = frozenset(
    {
        "utils",
        "util",
        "helpers",
        "helper",
        "manager",
        "handler",
        "processor",
        "data",
        "info",
        "misc",
    }
)
VAGUE_NAMES: Final = frozenset({"is_allowed"})
TERMS_OF_OTHERS: Final = frozenset(
    {
        "crawler/fetch/handler.py",
        "tests/fetch/test_handler.py",
        "HeedDownloadHandler",
        "data_received",
        "feed_data",
    }
)
"""Scrapy calls what fetches a download handler; asyncio and aiohttp call these by name."""

PURE: Final = frozenset(
    {
        "scrapy", "twisted", "asyncio", "socket", "ssl", "http", "sqlite3", "sqlalchemy",
        "logging", "time", "random", "os", "pathlib", "crawler.clock",
    }
)  # fmt: skip
DOORS: Final = {
    "warcio": ("crawler/capture/*", "crawler/ledger/importers*", "crawler/bench/naive.py"),
    "trafilatura": ("crawler/extract/*", "crawler/bench/naive.py"),
    "boto3": ("crawler/stores/*",),
    "botocore": ("crawler/stores/*",),
}
"""Where a package may be imported; whoever wants what it does asks there.

The naive stack is measured as it is, so it uses them as everybody else does.
"""

CLOCK: Final = "crawler/clock.py"
ASKS_THE_TIME: Final = re.compile(
    r"(?:^|\.)(?:time|datetime|date)\.(?:time|time_ns|monotonic|monotonic_ns|perf_counter|"
    r"perf_counter_ns|now|utcnow|today|localtime|gmtime)$|loop\(?\)?\.time$"
)
TIMED: Final = re.compile(r"(?:^|\.)(?:perf_counter|monotonic|process_time|timeit)(?:_ns)?$")
MAY_BE_TIMED: Final = ("tests/bench/*", "tests/mocksite/*", "tests/crawls/*")


def ours() -> tuple[Source, ...]:
    return sources(*PACKAGES)


def everything() -> tuple[Source, ...]:
    return sources(*PACKAGES, "tests")


def listed(found: Iterable[str]) -> str:
    """What was found against a rule, one a line."""
    return "\n" + "\n".join(sorted(found))


# ---- signals ----


@pytest.mark.parametrize("signal", catalogue(), ids=lambda signal: signal.name)
def test_every_signal_has_cases_of_all_five_kinds(signal: Signal) -> None:
    table = CASES / f"{signal.name}.toml"
    assert table.is_file(), f"{signal.name} has no case table: write {table.relative_to(ROOT)}"
    kinds = {case["kind"] for case in tomllib.loads(table.read_text(encoding="utf-8"))["case"]}
    assert kinds == KINDS, f"{table.name} lacks {sorted(KINDS - kinds)}, or knows no such kind"


def test_every_case_table_is_of_a_signal() -> None:
    assert {table.stem for table in CASES.glob("*.toml")} <= {one.name for one in catalogue()}


@pytest.mark.parametrize("signal", catalogue(), ids=lambda signal: signal.name)
def test_a_signal_is_named_like_its_file(signal: Signal) -> None:
    found = ROOT / "crawler" / "policy" / "signals" / signal.name
    assert found.with_suffix(".py").is_file() or found.is_dir()
    assert signal.spec.startswith("https://")


def test_the_readme_shows_every_signal_as_it_is() -> None:
    readme = README.read_text(encoding="utf-8")
    assert readme == regenerate(readme), f"the table of signals is out of date: run {COMMAND}"


# ---- names and sizes ----


def vague(name: str) -> bool:
    """Whether a name has a word that says nothing, or is one that claims too much."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    return name in VAGUE_NAMES or not VAGUE.isdisjoint(words)


@pytest.mark.parametrize("name", ["utils", "read_data", "PageManager", "is_allowed"])
def test_a_vague_name_is_known_as_one(name: str) -> None:
    assert vague(name)


@pytest.mark.parametrize("name", ["metadata", "information", "read_page", "PageError"])
def test_a_name_that_says_something_passes(name: str) -> None:
    assert not vague(name)


def names(source: Source) -> Iterator[str]:
    yield from (name.rpartition(".")[2] for name, _ in source.functions())
    yield from (node.name for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef))


def test_no_module_has_a_vague_name() -> None:
    found = [
        source.path
        for source in everything()
        if any(vague(part) for part in source.path.removesuffix(".py").split("/"))
    ]
    found = [path for path in found if path not in TERMS_OF_OTHERS]
    assert not found, listed(found)


def test_no_function_or_class_has_a_vague_name() -> None:
    found = [f"{one.path}: {name}" for one in ours() for name in names(one) if vague(name)]
    found = [line for line in found if line.partition(": ")[2] not in TERMS_OF_OTHERS]
    assert not found, listed(found)


def oversized() -> Iterator[str]:
    for source in everything():
        if source.length > LONGEST_FILE:
            yield source.path
        for name, function in source.functions():
            if lines_of(function) > LONGEST_FUNCTION:
                yield f"{source.path}:{name}"


def test_files_and_functions_are_short_enough_to_read() -> None:
    found = set(oversized()) - set(house_exceptions())
    assert not found, listed(found)


def test_every_exception_is_needed_and_has_a_reason() -> None:
    unneeded = set(house_exceptions()) - set(oversized())
    assert not unneeded, listed(unneeded)
    assert all(len(reason.split()) > 2 for reason in house_exceptions().values())


# ---- what may be imported and called where ----


@pytest.mark.parametrize("package", ["policy", "records"])
def test_the_core_is_pure(package: str) -> None:
    found = {one.path: one.imports_any(PURE) for one in sources(f"crawler/{package}")}
    assert {path: names for path, names in found.items() if names} == {}


def test_signals_never_import_one_another() -> None:
    siblings = frozenset(f"crawler.policy.signals.{signal.name}" for signal in catalogue())
    found = {
        one.path: [
            name
            for name in one.imports_any(siblings)
            if name.split(".")[3] not in one.path.removesuffix(".py").split("/")
        ]
        for one in sources("crawler/policy/signals")
    }
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("package", sorted(DOORS))
def test_a_package_has_one_door(package: str) -> None:
    found = [one.path for one in ours() if one.imports_any(frozenset({package}))]
    outside = [path for path in found if not any(fnmatch(path, door) for door in DOORS[package])]
    assert not outside, listed(outside)


def test_settings_import_nothing_of_ours() -> None:
    found = [one.path for one in sources("settings") if one.imports_any(frozenset({*PACKAGES}))]
    assert not found, listed(found)


def test_only_the_clock_asks_what_time_it_is() -> None:
    found = [
        f"{source.path}:{call.lineno} {name}"
        for source in ours()
        for name, call in source.calls()
        if ASKS_THE_TIME.search(name) and source.path != CLOCK
    ]
    assert not found, listed(found)


@pytest.mark.parametrize("name", ["time.time", "datetime.now", "asyncio.get_running_loop().time"])
def test_whoever_asks_the_time_is_noticed(name: str) -> None:
    assert ASKS_THE_TIME.search(name)


@pytest.mark.parametrize("name", ["clock.now", "self.runtime.clock.now", "time.strftime"])
def test_whoever_asks_the_clock_is_not(name: str) -> None:
    assert not ASKS_THE_TIME.search(name)


# ---- words ----


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
    found = [source.path for source in everything() if later.search(source.text)]
    assert not found, listed(found)


def test_every_public_function_and_class_says_what_it_is() -> None:
    silent = [
        f"{source.path}:{node.lineno} {node.name}"
        for source in ours()
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]
    assert not silent, listed(silent)


# ---- tests ----


def mirrors(path: str) -> bool:
    """Whether a test file is named after what it is about: test_wire.py, test_wire_chunks.py."""
    room, _, file = path.removeprefix("tests/").rpartition("test_")
    places = [ROOT / top / room for top in ("crawler", ".")]
    about = {one.stem for place in places for one in place.glob("*") if one.suffix in {".py", ""}}
    return any(f"{file.removesuffix('.py')}_".startswith(f"{stem}_") for stem in about)


def test_every_test_file_mirrors_a_file_or_says_why_not() -> None:
    found = [
        source.path
        for source in sources("tests")
        if "/test_" in source.path
        and not any(fnmatch(source.path, allowed) for allowed in UNMIRRORED)
        and not mirrors(source.path)
    ]
    assert not found, listed(found)


def test_no_test_waits_or_measures_time() -> None:
    found = [
        f"{source.path}:{call.lineno} {name}"
        for source in sources("tests")
        if not any(fnmatch(source.path, allowed) for allowed in MAY_BE_TIMED)
        for name, call in source.calls()
        if name == "time.sleep" or TIMED.search(name)
    ]
    assert not found, listed(found)
