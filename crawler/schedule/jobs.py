"""The jobs of a `heed.toml`: each one's command line, timetable, and the files of its runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from crawler.config.file import REMOTE, Configuration
from crawler.config.options import DEFAULT_FOLDER
from crawler.config.sections import Audit, Crawl, Entry
from crawler.config.windows import read_windows
from crawler.errors import ConfigurationError
from crawler.schedule.targets import audited_sites, crawled_sites
from crawler.schedule.timetable import Timetable

FOLDER: Final = "schedule"
OVERRIDES: Final = ("profile", "max_pages", "max_depth", "max_time")
"""Keys of a crawl that are options of `heed crawl` by the same name, where they are set."""


@dataclass(frozen=True, slots=True)
class Job:
    """One `[[crawl]]` or `[[audit]]`: the words that run it, and when."""

    name: str
    kind: Literal["crawl", "audit"]
    timetable: Timetable
    commands: tuple[tuple[str, ...], ...]
    """Words after `heed`, each in turn while the one before it ended well."""
    folder: Path
    """Of locks and logs."""

    listed: tuple[str, ...] = ()
    list: Path | None = None
    """Its seeds or sites: spelt out, or in a file."""

    @property
    def sites(self) -> frozenset[str]:
        """Whom it asks, by registrable domain; the file is read when this is first wanted."""
        read = crawled_sites if self.kind == "crawl" else audited_sites
        return read(self.listed, self.list)

    @property
    def lock(self) -> Path:
        """Held by whoever runs the job."""
        return self.folder / f"{self.name}.lock"

    @property
    def logs(self) -> Path:
        """Where its runs leave what they said."""
        return self.folder / "logs" / self.name


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is scheduled, and where its records are kept."""

    configuration: Configuration
    jobs: tuple[Job, ...]
    ledger: str
    folder: Path
    """Of everything that scheduling leaves behind, the ledger apart."""

    def rivals(self, job: Job) -> tuple[Job, ...]:
        """Other jobs that ask a site that `job` asks too."""
        return tuple(
            other for other in self.jobs if other != job and not job.sites.isdisjoint(other.sites)
        )

    def job(self, name: str) -> Job:
        """The job of that name; raises `ConfigurationError`."""
        for job in self.jobs:
            if job.name == name:
                return job
        known = ", ".join(job.name for job in self.jobs) or "none"
        raise ConfigurationError(
            f"{name!r} is no job of {self.configuration.file}: there are {known}."
        )


def make_plan(configuration: Configuration) -> Plan:
    """The jobs that `configuration` asks for."""
    output = configuration.document.output
    root = Path(DEFAULT_FOLDER if REMOTE in output.path else output.path)
    ledger = output.ledger or str(root / "ledger.db")
    beside = root if REMOTE in ledger else Path(ledger).parent
    folder = Path(configuration.place(str(beside))) / FOLDER
    placed = configuration.place(ledger)
    return Plan(
        configuration=configuration,
        jobs=tuple(_job(configuration, entry, placed, folder) for entry in configuration.entries),
        ledger=placed,
        folder=folder,
    )


def _job(configuration: Configuration, entry: Entry, ledger: str, folder: Path) -> Job:
    if isinstance(entry, Crawl):
        commands: tuple[tuple[str, ...], ...] = (_crawl_words(configuration, entry, ledger),)
        listed, file = entry.seeds, entry.seeds_file
    else:
        assert isinstance(entry, Audit)  # noqa: S101 (an entry is one or the other)
        commands = tuple(_audit_commands(configuration, entry, ledger))
        listed, file = entry.sites, entry.sites_file
    return Job(
        name=entry.name,
        kind="crawl" if isinstance(entry, Crawl) else "audit",
        timetable=Timetable(entry.cron, entry.timezone, entry.jitter, entry.name),
        commands=commands,
        folder=folder,
        listed=tuple(listed),
        list=Path(configuration.place(file)) if file else None,
    )


def _crawl_words(configuration: Configuration, crawl: Crawl, ledger: str) -> tuple[str, ...]:
    words = ["crawl", *crawl.seeds, "--config", str(configuration.file.absolute())]
    words += ["--job", crawl.name, "--spider", crawl.spider, "--scope", crawl.scope]
    words += ["--ledger", ledger]
    if crawl.seeds_file:
        words += ["--seeds", configuration.place(crawl.seeds_file)]
    if crawl.path:
        words += ["--out", configuration.place(crawl.path)]
    for use in crawl.uses or ():
        words += ["--use", use]
    for name in OVERRIDES:
        if (value := getattr(crawl, name)) is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    for host, window in read_windows(crawl.window, crawl.timezone).items():
        words += ["--window", f"{host}={window}" if host else str(window)]
    return (*words, "--json")


def _audit_commands(
    configuration: Configuration, audit: Audit, ledger: str
) -> Iterator[tuple[str, ...]]:
    words = ["audit", *audit.sites, "--config", str(configuration.file.absolute())]
    words += ["--job", audit.name]
    if audit.sites_file:
        words += ["--sites", configuration.place(audit.sites_file)]
    yield (*words, "--ledger", ledger, "--json")
    if audit.report:
        yield ("report", "--html", configuration.place(audit.report), "--ledger", ledger)
