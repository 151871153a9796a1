"""The command `heed`: one file a command; each parses, calls one function and prints."""

import sys
from typing import Final

import typer

from crawler.cli.agents import agents
from crawler.cli.changes import changes
from crawler.cli.crawl import crawl
from crawler.cli.demo import demo
from crawler.cli.explain import explain
from crawler.cli.identity import identity
from crawler.cli.imports import imports
from crawler.cli.jobs import jobs
from crawler.cli.recheck import recheck
from crawler.cli.report import report
from crawler.errors import HeedError

app: Final = typer.Typer(
    name="heed",
    help="The polite web crawler that heeds what sites say about AI.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (demo, crawl, jobs, explain, identity, agents):
    app.command()(command)
app.command("import")(imports)
app.command()(report)
app.command()(changes)
app.command()(recheck)


def main() -> None:
    """Run a command; a Heed error ends in its sentence and its exit code."""
    try:
        app()
    except HeedError as error:
        print(f"heed: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
