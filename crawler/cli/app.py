"""The commands of `heed` under their names, and the sentence that an error ends in."""

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from typing import Annotated, Final

import typer

from crawler.cli.agents import agents
from crawler.cli.audit import audit
from crawler.cli.bench import bench
from crawler.cli.changes import changes
from crawler.cli.check import check
from crawler.cli.crawl import crawl
from crawler.cli.demo import demo
from crawler.cli.explain import explain
from crawler.cli.export import export
from crawler.cli.identity import identity
from crawler.cli.imports import imports
from crawler.cli.init import init
from crawler.cli.jobs import jobs
from crawler.cli.output import ReaderGoneError, guard_output
from crawler.cli.recheck import recheck
from crawler.cli.report import report
from crawler.cli.schedule import schedule
from crawler.cli.simulate import simulate
from crawler.cli.status import status
from crawler.cli.usage import UsageError, check_words, explain_usage
from crawler.cli.verify import verify
from crawler.errors import HeedError

app: Final = typer.Typer(
    name="heed",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Rich's own markup would take a "[default]" in a help text for a style and swallow it.
    rich_markup_mode="markdown",
)


def name_version(asked: bool) -> None:
    """Print the version and end, where it is `asked` for."""
    if asked:
        print(f"heed {metadata.version('heedbot')}")
        raise typer.Exit


@app.callback()
def introduce(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=name_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
) -> None:
    """The polite web crawler that heeds what sites say about AI."""


COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "demo": demo,
    "crawl": crawl,
    "audit": audit,
    "import": imports,
    "report": report,
    "changes": changes,
    "explain": explain,
    "verify": verify,
    "export": export,
    "recheck": recheck,
    "jobs": jobs,
    "schedule": schedule,
    "status": status,
    "init": init,
    "check": check,
    "agents": agents,
    "identity": identity,
    "simulate": simulate,
    "bench": bench,
}
"""In the order of the help: from the first look to the day's work."""
for name, command in COMMANDS.items():
    app.command(name)(command)


def run(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command that `words` name; an error ends in its sentence. Returns the exit code."""
    guard_output()
    try:
        check_words(words, environment)
        return _answer(words)
    except ReaderGoneError as gone:
        return gone.exit_code
    except HeedError as error:
        return _tell(str(error), error.exit_code)
    except UsageError as error:
        return _tell(explain_usage(error, words), 2)
    except OSError as error:
        if not error.filename:
            raise
        why = error.strerror or type(error).__name__
        return _tell(f"{error.filename!r:.300} cannot be used: {why}.", 2)


def _answer(words: Sequence[str]) -> int:
    try:
        return (app(words, standalone_mode=False) if words else app(())) or 0
    finally:
        # What still waits in its buffer may be what a full disk has no room for.
        sys.stdout.flush()


def _tell(sentence: str, code: int) -> int:
    print(f"heed: {sentence}", file=sys.stderr)
    return code
