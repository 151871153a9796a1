"""`heed audit`: what each of many sites says, read politely into the ledger."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crawler.cli import operating
from crawler.cli.imports import DEFAULT_LEDGER
from crawler.cli.options import operator_options
from crawler.cli.seeds import is_loopback
from crawler.errors import ConfigurationError


def audit(
    site: Annotated[list[str] | None, typer.Argument(help="Sites: hosts or origins.")] = None,
    sites: Annotated[
        Path | None, typer.Option(help="A list: one a line, rank,site, CSV with heading, JSONL.")
    ] = None,
    ledger: Annotated[
        str | None, typer.Option(help=f"A file, or a postgresql:// URL [{DEFAULT_LEDGER}].")
    ] = None,
    profile: operating.Profile = None,
    job: Annotated[str | None, typer.Option(help="Name of the audit [from its sites].")] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, even where an audit was interrupted.")
    ] = False,
    delay: operating.Delay = None,
    linger: Annotated[
        float | None, typer.Option(help="Seconds that a host which asks for rest is waited for.")
    ] = None,
    allow_net: operating.AllowNet = None,
    allow_port: operating.AllowPort = None,
    product_token: operating.ProductToken = None,
    contact: operating.Contact = None,
    from_email: operating.FromEmail = None,
    web_bot_auth_key: operating.WebBotAuthKey = None,
    signature_agent: operating.SignatureAgent = None,
    setting: operating.Setting = None,
    config: operating.Config = None,
    as_json: operating.AsJson = False,
) -> None:
    """Read site files, and the front page's headers and head, of every site into the ledger."""
    from crawler.audit.listing import Listing, check
    from crawler.cli.auditing import Plan, job_of, run
    from crawler.cli.findings import print_findings

    listing = Listing(sites.name if sites else "command line", tuple(site or ()), sites)
    checked = check(listing.read(), is_loopback)
    if not checked.count:
        raise ConfigurationError("No site was given: name one, or a file of them with --sites.")
    options = operator_options(
        targets=checked.targets,
        settings=setting or (),
        config=config,
        profile=profile,
        ledger=ledger,
        job=job or job_of(listing),
        fresh=fresh,
        delay=delay,
        linger=linger,
        allow_net=allow_net,
        allow_ports=allow_port,
        product_token=product_token,
        contact_url=contact,
        from_email=from_email,
        web_bot_auth_key=web_bot_auth_key,
        signature_agent=signature_agent,
    )
    ending = run(Plan(options, listing, checked.count), Console(stderr=True))
    if as_json:
        print(json.dumps(ending.as_json(), ensure_ascii=False))
    else:
        print_findings(ending, Console())
    raise typer.Exit(ending.exit_code)
