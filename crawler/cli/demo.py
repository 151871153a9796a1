"""`heed demo`: the bundled sites on loopback, crawled and summarised, with no network at all."""

import json
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from crawler.cli.options import operator_options

LINGER: Final = 1.0


def demo(
    out: Annotated[str, typer.Option(help="Folder to write to.")] = "heed-demo",
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Crawl small sites that between them show every signal, and say what was refused and why."""
    from crawler.cli.running import Plan, run
    from crawler.cli.sampling import write_sample
    from crawler.cli.summary import print_summary
    from crawler.demo.server import start_demo

    console = Console(stderr=True)
    with start_demo() as served:
        options = operator_options(
            targets=tuple(served.seeds),
            reads_file=False,
            out=out,
            job="demo",
            recrawl=(Path(out) / "ledger.db").exists(),
            delay=0.0,
            linger=LINGER,
            allow_net=["127.0.0.0/8", "::1/128"],
        )
        console.print(f"{len(served.seeds)} small sites are served on this machine.")
        ending = run(Plan(options=options, spider="seeds", seeds=tuple(served.seeds)), console)
    page = write_sample(Path(out))
    if as_json:
        print(json.dumps(ending.summary.as_json(), ensure_ascii=False))
    else:
        print_summary(ending.summary, Console())
        _say_what_next(out, page, Console())
    raise typer.Exit(ending.exit_code)


def _say_what_next(out: str, page: Path, console: Console) -> None:
    console.print(
        f"\nThe text is in {out}/documents, the evidence in {out}/crawl-data, "
        f"what sites said in {out}/ledger.db.\n"
        f"A sample report, over an invented history of these sites: {page}\n"
        "A real site, politely, by its address and yours:\n"
        "  heed crawl example.org --contact https://your.example/bot",
        highlight=False,
        soft_wrap=True,
    )
