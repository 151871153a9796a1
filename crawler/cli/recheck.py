"""`heed recheck`: rows against what their sites say now; removals for those that said no since."""

import json
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from crawler.cli import operating
from crawler.cli.options import operator_options

INTERRUPTED: Final = (
    "heed: The recheck was ended before all rows were judged; "
    "run the same command again: it begins anew and replaces what is unfinished."
)


def recheck(
    corpus: Annotated[str, typer.Argument(help="A crawl's folder, or s3://bucket/prefix.")],
    ledger: Annotated[
        str | None, typer.Option(help="Ledger file or URL [CORPUS/ledger.db].")
    ] = None,
    audit: Annotated[bool, typer.Option("--audit", help="Ask sites and pages afresh.")] = False,
    rewrite: Annotated[
        Path | None, typer.Option(help="Copy the corpus here without what is refused.")
    ] = None,
    use: Annotated[
        list[str] | None, typer.Option(help="Judge by these uses [those that the crawl declared].")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="literal, standard or strict [the row's own].")
    ] = None,
    fail_on_removals: Annotated[
        bool, typer.Option("--fail-on-removals", help="Exit 1 where a row is refused now.")
    ] = False,
    delay: Annotated[
        float | None, typer.Option(help="Seconds between requests to a host [5].")
    ] = None,
    allow_net: operating.AllowNet = None,
    allow_port: operating.AllowPort = None,
    product_token: operating.ProductToken = None,
    contact: operating.Contact = None,
    from_email: operating.FromEmail = None,
    web_bot_auth_key: operating.WebBotAuthKey = None,
    signature_agent: operating.SignatureAgent = None,
    config: operating.Config = None,
    as_json: operating.AsJson = False,
) -> None:
    """Judge stored rows by what their sites say now; write removals and attributes."""
    from crawler.cli.rechecking import Wish, print_outcome, run

    options = operator_options(
        targets=(),
        config=config,
        uses=use,
        profile=profile,
        out=corpus,
        ledger=ledger,
        delay=delay,
        allow_net=allow_net,
        allow_ports=allow_port,
        product_token=product_token,
        contact_url=contact,
        from_email=from_email,
        web_bot_auth_key=web_bot_auth_key,
        signature_agent=signature_agent,
    )
    said = {
        name: getattr(options, name)
        for name, value in (("uses", use), ("profile", profile), ("product_token", product_token))
        if value
    }
    try:
        outcome = run(Wish(corpus, options, said, audit=audit, rewrite=rewrite))
    except (KeyboardInterrupt, SystemExit):
        print(INTERRUPTED, file=sys.stderr)
        raise
    if as_json:
        print(json.dumps(outcome.as_json(), ensure_ascii=False))
    else:
        print_outcome(outcome)
    if fail_on_removals and outcome.tally.removed:
        raise typer.Exit(1)
