"""The command `heed`: one file a command; each parses, calls one function and prints."""

import signal
import sys
from collections.abc import Callable, Mapping
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
from crawler.cli.recheck import recheck
from crawler.cli.report import report
from crawler.cli.schedule import schedule
from crawler.cli.simulate import simulate
from crawler.cli.status import status
from crawler.cli.usage import UsageError, explain_usage
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


def main() -> None:
    """Run a command; an error ends in its sentence and its exit code."""
    # A crawl, an audit and a scheduler listen for themselves; whatever else runs ends here.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit((app(standalone_mode=False) if len(sys.argv) > 1 else app()) or 0)
    except HeedError as error:
        print(f"heed: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except UsageError as error:
        print(f"heed: {explain_usage(error, sys.argv[1:])}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        # A second one would find the interpreter at its end, which has no good word for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
