"""Reads `heed.toml`: all of its faults at once, or a `Configuration`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from crawler.config.faults import did_you_mean, explain, show
from crawler.config.options import PREFIX, SETTABLE, Options, explain_first
from crawler.config.sections import Audit, Crawl, Document
from crawler.errors import ConfigurationError

FILE: Final = "heed.toml"
STARTER: Final = Path(__file__).with_name("starter.toml")
"""What `heed init` writes."""

REMOTE: Final = "://"


@dataclass(frozen=True, slots=True)
class Configuration:
    """A `heed.toml` that holds together; `folder` is what its relative paths start from."""

    file: Path
    document: Document

    @property
    def folder(self) -> Path:
        """The folder that the file lies in."""
        return self.file.absolute().parent

    @property
    def entries(self) -> tuple[Crawl | Audit, ...]:
        """Every crawl and audit, in the order of the file."""
        return (*self.document.crawl, *self.document.audit)

    def place(self, path: str) -> str:
        """`path` as any process finds it; URLs and what is absolute stay as they are."""
        return path if not path or REMOTE in path else str(self.folder / path)


class FaultsError(ConfigurationError):
    """Everything that is wrong with a file; the text is one sentence a line."""

    def __init__(self, file: Path, sentences: list[str]) -> None:
        self.sentences = tuple(f"{file}: {sentence}" for sentence in sentences)
        super().__init__("\nheed: ".join(self.sentences))


def find_file(named: Path | None) -> Path | None:
    """The file to read: the one that is named, else the one in this folder, if any."""
    if named is not None:
        return named
    here = Path(FILE)
    return here if here.is_file() else None


def read_file(file: Path) -> Configuration:
    """What `file` says; raises `FaultsError` with everything that is wrong with it."""
    document = _parse(file)
    faults, read = _validate(document)
    faults.extend(_settings_faults(document))
    if read is not None:
        faults.extend(_contradictions(read, file.absolute().parent))
    if faults or read is None:
        raise FaultsError(file, faults)
    return Configuration(file, read)


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise FaultsError(
            file, [f"it cannot be read ({why}): heed init writes a first one."]
        ) from None
    except UnicodeDecodeError as error:
        raise FaultsError(
            file, [f"byte {error.start} is not UTF-8: save the file as UTF-8."]
        ) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = str(error).rstrip(".") or "it is nested too deeply"
        raise FaultsError(
            file, [f"it is no TOML: {said}; see https://toml.io for the form."]
        ) from None


def _validate(document: Mapping[str, Any]) -> tuple[list[str], Document | None]:
    try:
        return [], Document.model_validate(document)
    except ValidationError as error:
        return explain(error, Document, document), None


def _settings_faults(document: Mapping[str, Any]) -> Iterator[str]:
    settings = document.get("settings")
    known = sorted(PREFIX + name for name in SETTABLE)
    for name, value in settings.items() if isinstance(settings, dict) else ():
        if name not in known:
            hint = did_you_mean(name, known)
            yield f"[settings] {name} = {show(value)} is no setting of Heed's: {hint}"
            continue
        try:
            Options.model_validate({name.removeprefix(PREFIX).lower(): value})
        except ValidationError as error:
            default = Options.model_fields[name.removeprefix(PREFIX).lower()].default
            reason = explain_first(error).rstrip(".")
            yield f"[settings] {reason}; write it like {name} = {default}."


def _contradictions(document: Document, folder: Path) -> Iterator[str]:
    """What no single key shows."""
    seen: set[str] = set()
    for kind, entries in _by_kind(document):
        for number, entry in enumerate(entries, start=1):
            where = f'[[{kind}]] {number} "{entry.name}"'
            if entry.name.lower() in seen:
                yield f"{where}: name = {entry.name!r} is taken by another job: give it its own."
            seen.add(entry.name.lower())
            yield from _source_faults(where, entry, folder)
    frontier = document.output.frontier
    if frontier and REMOTE not in frontier and len(document.crawl) > 1:
        yield (
            f"[output] frontier = {frontier!r} is the file of one job, and there are "
            f"{len(document.crawl)} crawls: leave it out, each gets its own beside the ledger."
        )


def _by_kind(document: Document) -> tuple[tuple[str, Sequence[Crawl | Audit]], ...]:
    return (("crawl", document.crawl), ("audit", document.audit))


def _source_faults(where: str, entry: Crawl | Audit, folder: Path) -> Iterator[str]:
    """An entry needs targets, from one place, and a file that is there."""
    noun = "seeds" if isinstance(entry, Crawl) else "sites"
    listed = entry.seeds if isinstance(entry, Crawl) else entry.sites
    file = entry.seeds_file if isinstance(entry, Crawl) else entry.sites_file
    if not listed and not file:
        yield f"{where}: {noun} = [] names none: list {noun}, or give {noun}_file."
    if listed and file:
        yield f"{where}: {noun}_file = {file!r} stands beside {noun}: give one of the two."
    if file and not (folder / file).is_file():
        yield (
            f"{where}: {noun}_file = {file!r} is no file below {folder}: "
            "correct the path, or write one line a target into it."
        )
