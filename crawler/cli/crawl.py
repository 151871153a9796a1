"""`heed crawl`: seeds in; WARC, JSONL and a ledger of what was refused out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crawler.cli import operating
from crawler.cli.options import operator_options
from crawler.cli.seeds import job_of, joins_fleet, read_seeds
from crawler.clock import SystemClock, iso_milliseconds, moment
from crawler.config import Options
from crawler.config.windows import Window, read_windows
from crawler.errors import ConfigurationError
from crawler.metrics.logs import LogFormat

SPIDERS = ("seeds", "sitemaps")
SCOPES = ("host", "domain", "prefix", "seeds")


def crawl(
    seed: Annotated[list[str] | None, typer.Argument(help="URLs to start at.")] = None,
    seeds: Annotated[Path | None, typer.Option(help="A file of seeds, one URL a line.")] = None,
    use: Annotated[
        list[str] | None, typer.Option(help="What the text is for; repeatable [train-ai].")
    ] = None,
    profile: operating.Profile = None,
    out: Annotated[str | None, typer.Option(help="Folder to write to [heed-data].")] = None,
    ledger: Annotated[str | None, typer.Option(help="Ledger file or URL [OUT/ledger.db].")] = None,
    frontier: Annotated[
        str | None, typer.Option(help="File [beside the ledger], or urlfrontier://host:port,….")
    ] = None,
    scope: Annotated[str, typer.Option(help="host, domain, prefix or seeds.")] = "host",
    spider: Annotated[str, typer.Option(help="seeds or sitemaps.")] = "seeds",
    job: Annotated[str | None, typer.Option(help="Name of the job [from its seeds].")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the job's frontier.")] = False,
    recrawl: Annotated[bool, typer.Option("--recrawl", help="Everything is due now.")] = False,
    max_pages: Annotated[int | None, typer.Option(help="Stop after so many pages.")] = None,
    max_depth: Annotated[int | None, typer.Option(help="Links from a seed at most.")] = None,
    max_time: Annotated[float | None, typer.Option(help="Stop after so many seconds.")] = None,
    linger: Annotated[float | None, typer.Option(help="Wait for what is due within [60].")] = None,
    delay: operating.Delay = None,
    extract: Annotated[str | None, typer.Option(help="accurate, fast, bulk or none.")] = None,
    window: Annotated[
        list[str] | None,
        typer.Option(help="[HOST=]HH:MM-HH:MM ZONE: ask hosts then only; repeatable."),
    ] = None,
    allow_net: operating.AllowNet = None,
    allow_port: operating.AllowPort = None,
    product_token: operating.ProductToken = None,
    contact: operating.Contact = None,
    from_email: operating.FromEmail = None,
    web_bot_auth_key: operating.WebBotAuthKey = None,
    signature_agent: operating.SignatureAgent = None,
    name: Annotated[str | None, typer.Option(help="Name of the crawl [HEED-YYYY-WW].")] = None,
    wacz: Annotated[
        bool, typer.Option("--wacz", help="At the end, the crawl as a WACZ file too.")
    ] = False,
    setting: operating.Setting = None,
    config: operating.Config = None,
    log_format: Annotated[
        LogFormat, typer.Option(envvar="HEED_LOG_FORMAT", help="text, or json: a line an event.")
    ] = LogFormat.TEXT,
    as_json: operating.AsJson = False,
) -> None:
    """Crawl pages whose sites allow the declared use; keep WARC, JSONL and the ledger."""
    for value, known, option in ((scope, SCOPES, "--scope"), (spider, SPIDERS, "--spider")):
        if value not in known:
            raise ConfigurationError(f"{option} {value!r} is unknown: say {', '.join(known)}.")
    joins = joins_fleet(frontier, job, scope)
    urls = read_seeds(seed or (), seeds) if seed or seeds or not joins else ()
    options = operator_options(
        targets=urls,
        settings=setting or (),
        config=config,
        uses=use,
        profile=profile,
        out=out,
        ledger=ledger,
        frontier=frontier,
        job=job or job_of(urls, spider),
        crawl_name=_name_now(name or "") if wacz else name,
        scope=scope,
        fresh=fresh,
        recrawl=recrawl,
        max_pages=max_pages,
        max_depth=max_depth,
        max_time=max_time,
        linger=linger,
        delay=delay,
        extract=extract,
        windows=_read_windows(window),
        allow_net=allow_net,
        allow_ports=allow_port,
        product_token=product_token,
        contact_url=contact,
        from_email=from_email,
        web_bot_auth_key=web_bot_auth_key,
        signature_agent=signature_agent,
    )
    if options.extract != "none":
        from crawler.extract.pool import prepare

        # It takes a second; so does all that a crawl needs itself, on another core.
        prepare()
    from crawler.cli.running import Plan, run
    from crawler.cli.summary import print_summary

    console = Console(stderr=True)
    plan = Plan(options=options, spider=spider, seeds=urls, log_format=log_format)
    ending = run(plan, console)
    packed = ""
    try:
        # Who interrupts a crawl wants it to end; who goes on with it packs all of it then.
        if wacz and ending.exit_code == 0:
            packed = _pack(options)
    finally:
        if as_json:
            more = {"wacz": packed} if wacz else {}
            print(json.dumps({**ending.summary.as_json(), **more}, ensure_ascii=False))
        else:
            print_summary(ending.summary, Console())
    if packed and not as_json:
        print(packed)
    raise typer.Exit(ending.exit_code)


def _name_now(given: str) -> str:
    """The crawl's name, settled before it starts: its week may be over when it is packed."""
    from crawler.capture.names import name_crawl

    return name_crawl(given, SystemClock().now())


def _pack(options: Options) -> str:
    from crawler.corpus.export import pack

    return pack(options.out, options.crawl_name, iso_milliseconds(moment(SystemClock().now())))


def _read_windows(texts: list[str] | None) -> Mapping[str, Window] | None:
    if not texts:
        return None
    try:
        return read_windows(texts)
    except ValueError as error:
        raise ConfigurationError(f"--window {error}.") from None
