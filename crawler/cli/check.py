"""`heed check`: everything that is wrong with a `heed.toml`, or what it would do."""

import json
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.options import operator_options
from crawler.cli.seeds import is_loopback, read_seeds
from crawler.config.file import FILE, Configuration, FaultsError, read_file
from crawler.config.sections import Audit, Crawl, Document
from crawler.errors import ConfigurationError
from crawler.identity.user_agent import require_contact

SCHEMA_FORM = "https://json-schema.org/draft/2020-12/schema"


def check(
    file: Annotated[Path, typer.Argument(help="The file to check.")] = Path(FILE),
    config: Annotated[Path | None, typer.Option(help="The same, as other commands say it.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Name every fault of a heed.toml with its key, value and remedy; exit 1 where there is one."""
    if schema:
        print(json.dumps({"$schema": SCHEMA_FORM, **Document.model_json_schema()}, indent=2))
        return
    named = config or file
    found: Configuration | None = None
    try:
        found = read_file(named)
        faults = tuple(f"{named}: {one}" for one in _faults_of_use(found))
    except FaultsError as error:
        faults = error.sentences
    if as_json:
        print(json.dumps({"file": str(named), "ok": not faults, "faults": list(faults)}))
    else:
        print("\n".join(faults) if faults or found is None else _in_words(found))
    raise typer.Exit(1 if faults else 0)


def _faults_of_use(configuration: Configuration) -> list[str]:
    """What is wrong with a file only once it is used: identity, and the seeds of files."""
    faults: list[str] = []
    try:
        operator_options(targets=(), config=configuration.file)
    except ConfigurationError as error:
        return [f"[identity] {error}"]
    for number, entry in enumerate(configuration.entries, start=1):
        try:
            _try_entry(configuration, entry)
        except ConfigurationError as error:
            faults.append(f'job {number} "{entry.name}": {error}')
    return faults


def _try_entry(configuration: Configuration, entry: object) -> None:
    if isinstance(entry, Crawl):
        file = configuration.folder / entry.seeds_file if entry.seeds_file else None
        operator_options(targets=read_seeds(entry.seeds, file), config=configuration.file)
        return
    options = operator_options(targets=(), config=configuration.file)
    if isinstance(entry, Audit):
        sites = [one if "://" in one else f"https://{one}" for one in entry.sites]
        beyond = [one for one in (*sites, entry.sites_file) if one and not is_loopback(one)]
        require_contact(options, tuple(beyond))


def _in_words(configuration: Configuration) -> str:
    document = configuration.document
    jobs = ", ".join(entry.name for entry in configuration.entries) or "none yet"
    return (
        f"{configuration.file} is sound: {len(document.crawl)} crawls and "
        f"{len(document.audit)} audits ({jobs}), {len(document.alert)} alerts."
    )
