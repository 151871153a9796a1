"""What stands behind `heed explain URL`: one look at one page, politely, and its telling."""

import math
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text
from scrapy.signalmanager import SignalManager

from crawler.clock import Clock, SystemClock, iso_milliseconds, moment
from crawler.config import Options
from crawler.errors import ConfigurationError
from crawler.fetch.fetcher import HttpFetcher
from crawler.gates.judge import Judge, Sight
from crawler.gates.pacing import HostPaces
from crawler.gates.site_files import SiteFileKeeper
from crawler.identity.fields import make_identity
from crawler.ledger.store import SqlLedger
from crawler.policy.door import describe, notes
from crawler.policy.model import Outcome, State, Use
from crawler.records.codings import decode
from crawler.records.exchange import Truncated
from crawler.records.legible import legible
from crawler.runtime import DeferredError, FetchFailedError, Runtime

COLOURS = {
    State.DISALLOW: "red",
    State.CONDITIONAL: "yellow",
    State.ALLOW: "green",
    State.UNKNOWN: "dim",
}


async def explain_url(url: str, options: Options, clock: Clock | None = None) -> dict[str, object]:
    """The door's answer for `url` as it stands now; the page is fetched only if that is allowed.

    However long a delay `options` ask for, it is kept: by `clock`, the machine's if none is given.
    Raises `ConfigurationError` where its address may not be asked at all.
    """
    clock = clock or SystemClock()
    identity = make_identity(options, clock)
    ledger = SqlLedger("sqlite://")
    # Who asks about one page has nothing else to do meanwhile.
    pace = HostPaces(options, clock, ledger, worth_waiting=math.inf)
    fetcher = HttpFetcher(options, clock, pace, identity)
    runtime = Runtime(options, clock, Path(), "explain", ledger, pace, fetcher)
    judge = Judge(runtime, SiteFileKeeper(runtime, SignalManager()))
    try:
        sight = await judge.before(url)
        robots = sight.seen.robots
        if robots is not None and robots.outcome is Outcome.REFUSED_ADDRESS:
            raise ConfigurationError(f"{url} may not be asked: {robots.detail}.")
        outcome = "not fetched"
        if sight.refusal((Use.CRAWL,)) is None:
            sight, outcome = await _look(url, runtime, judge, sight)
    except DeferredError as deferred:
        until = iso_milliseconds(moment(deferred.until))
        return {"url": url, "fetch": deferred.reason, "error": f"{deferred}, until {until}"}
    finally:
        await fetcher.close()
        ledger.close()
    return {**describe(sight.decision), "evidence": notes(sight.seen), "fetch": outcome}


async def _look(url: str, runtime: Runtime, judge: Judge, sight: Sight) -> tuple[Sight, str]:
    try:
        exchange = await runtime.fetcher.fetch(url)
    except FetchFailedError as failure:
        return sight, str(failure)
    now = moment(runtime.clock.now())
    decoded = decode(
        exchange.body,
        exchange.text_headers,
        limit=runtime.options.max_body,
        whole=exchange.truncated is Truncated.NO,
    )
    sight = judge.after(sight, exchange.status, exchange.text_headers, decoded.body, now)
    return await judge.with_documents(sight), f"status {exchange.status}"


def print_explanation(found: dict[str, object], options: Options, console: Console) -> None:
    """The verdict per use, then each reason with its words and their place."""
    if "error" in found:
        console.print(Text(str(found["error"])))
        return
    decision, reasons = found["decision"], found["reasons"]
    if not isinstance(decision, dict) or not isinstance(reasons, dict):
        return
    console.print(Text(f"{found['url']} ({found['fetch']}, profile {found['profile']})"))
    table = Table(box=None, padding=(0, 2, 0, 2), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for use in Use:
        state = State(decision[use.value])
        declared = "*" if use in options.uses else " "
        first, *others = [_telling(reason) for reason in reasons.get(use.value, [])] or [Text("")]
        table.add_row(f"{declared} {use.value}", Text(state.value, style=COLOURS[state]), first)
        for other in others:
            table.add_row("", "", other)
    console.print(table)
    refused = [use.value for use in (Use.CRAWL, *options.uses) if State(decision[use]).refuses]
    verdict = (
        f"refused for {', '.join(refused)}" if refused else "nothing refuses the declared uses"
    )
    console.print(Text(f"* declared uses: {verdict}"))


def _telling(reason: dict[str, object]) -> Text:
    words = legible(" ".join(str(reason["verbatim"]).split())[:160])
    strength = "" if reason["strength"] == "binding" else f", {reason['strength']}"
    return Text(f"“{words}” ({reason['where']}; {reason['signal']}{strength})")
