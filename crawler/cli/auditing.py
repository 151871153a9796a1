"""One audit in one event loop: begin it or go on with it, show it, end it in order."""

import asyncio
import gc
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.text import Text

from crawler.audit.listing import Listing
from crawler.audit.queue import Entries
from crawler.audit.run import Audit, Work
from crawler.audit.tally import Tally
from crawler.cli.progress import PLAIN_GAP, TERMINAL_GAP
from crawler.cli.running import EXIT_BY_SIGNAL, loop_factory
from crawler.clock import Clock, SystemClock, iso_milliseconds, moment
from crawler.config import Options
from crawler.fetch.fetcher import HttpFetcher
from crawler.gates.neighbours import neighbours_on
from crawler.gates.pacing import HostPaces
from crawler.identity.fields import make_identity
from crawler.ledger.ahead import set_back
from crawler.ledger.auditing import hold_audit
from crawler.ledger.runs import read_last_run
from crawler.ledger.store import SqlLedger
from crawler.runtime import Runtime

FINISHED: Final = "finished"
GONE_ON_WITH: Final = timedelta(days=1)
"""An audit that was interrupted goes on within this time of its last look; then it is stale."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to audit; `count` is how many lines the list has."""

    options: Options
    listing: Listing
    count: int
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How an audit ended."""

    tally: Tally
    job: str
    run: str
    ledger: str
    listed: int
    reason: str
    seconds: float

    @property
    def exit_code(self) -> int:
        """0, 2 where no site may be asked at all, or that of the signal that ended it."""
        by_signal = {number.name: code for number, code in EXIT_BY_SIGNAL.items()}
        return by_signal.get(self.reason) or (2 if self.tally.all_refused else 0)

    @property
    def resume(self) -> str:
        """How to go on with an audit that was stopped."""
        if self.reason == FINISHED:
            return ""
        return f"run the same command again without --fresh to go on with {self.job}."

    def as_json(self) -> dict[str, object]:
        """The same for machines."""
        tally = self.tally
        uses: dict[str, dict[str, int]] = {}
        for (use, state), count in sorted(tally.uses.items()):
            uses.setdefault(use.value, {})[state.value] = count
        return {
            "job": self.job,
            "run": self.run,
            "ledger": self.ledger,
            "ended": self.reason,
            "listed": self.listed,
            "audited": tally.audited,
            "known": tally.known,
            "outcomes": {one.value: tally.outcomes[one] for one in sorted(tally.outcomes)},
            "front_pages": {one.value: tally.front_pages[one] for one in sorted(tally.front_pages)},
            "uses": uses,
            "signals": {name: tally.signals[name] for name in sorted(tally.signals)},
            "rested": tally.rested,
            "resting": [
                {"site": one.site, "until": iso_milliseconds(one.until), "reason": one.reason}
                for one in tally.resting
            ],
            "addresses_refused": tally.refused,
            "seconds": round(self.seconds, 3),
        }


def job_of(listing: Listing) -> str:
    """The name of the audit of `listing`: the same words and file give the same name."""
    file = str(listing.file.resolve()) if listing.file else ""
    digest = blake2b("\n".join((file, *listing.words)).encode(), digest_size=4).hexdigest()
    named = Path(listing.name).stem if listing.file else listing.words[0]
    return f"audit-{named}-{digest}"


def run(plan: Plan, console: Console) -> Ending:
    """Audit to the end of the list; SIGINT and SIGTERM end it in order. Raises `HeedError`."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(carry_out(plan, console))


async def carry_out(plan: Plan, console: Console) -> Ending:
    """`run` inside a loop that is there already."""
    options, clock = plan.options, plan.clock or SystemClock()
    ledger = SqlLedger(options.ledger_place)
    set_back(ledger.engine, moment(clock.now()))
    pace = HostPaces(options, clock, ledger, neighbours_on(options.ledger_place))
    fetcher = HttpFetcher(options, clock, pace, make_identity(options, clock))
    runtime = Runtime(options, clock, options.folder, options.job, ledger, pace, fetcher)
    # What was made so far lives as long as the audit: looking it through again and again is vain.
    gc.freeze()
    began = clock.now()
    try:
        with hold_audit(ledger.engine):
            name = _begin(ledger, options, began)
            entries = Entries(plan.listing.read(), plan.listing.name, name, ledger)
            audit = Audit(Work(runtime, ledger, entries, name))
            reason = await _listen(audit, plan.count, clock, console)
            facts = {"audited": audit.tally.audited, "rested": audit.tally.rested}
            ledger.end_run(name, moment(clock.now()), reason, facts)
            ledger.commit()
    finally:
        await fetcher.close()
        pace.close()
        ledger.close()
    return Ending(
        tally=audit.tally,
        job=options.job,
        run=name,
        ledger=options.ledger_place,
        listed=plan.count,
        reason=reason,
        seconds=clock.now() - began,
    )


def _begin(ledger: SqlLedger, options: Options, now: float) -> str:
    """The run to go on with, or a new one."""
    begun = moment(now)
    last = None if options.fresh else read_last_run(ledger.engine, options.job)
    if last and last.reason != FINISHED and begun - last.last_look < GONE_ON_WITH:
        ledger.start_run(last.run, options.job, last.started_at, {"kind": "audit"})
        return last.run
    name = f"{options.job} {iso_milliseconds(begun)}"
    ledger.start_run(name, options.job, begun, {"kind": "audit"})
    return name


async def _listen(audit: Audit, count: int, clock: Clock, console: Console) -> str:
    """Run `audit` to its end or to a signal; returns which."""
    loop = asyncio.get_running_loop()
    asked: list[signal.Signals] = []
    stops: list[asyncio.Task[None]] = []

    def stop(number: signal.Signals) -> None:
        if asked:
            audit.interrupt()
            return
        asked.append(number)
        stops.append(asyncio.ensure_future(audit.stop()))

    for number in EXIT_BY_SIGNAL:
        loop.add_signal_handler(number, stop, number)
    shown = asyncio.ensure_future(_show(audit.tally, count, clock, console))
    try:
        await audit.run()
    finally:
        for task in (shown, *stops):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for number in EXIT_BY_SIGNAL:
            loop.remove_signal_handler(number)
    return asked[0].name if asked else FINISHED


async def _show(tally: Tally, count: int, clock: Clock, console: Console) -> None:
    """A line that lives on a terminal, and one now and then elsewhere, until cancelled."""
    began = clock.now()

    def line() -> str:
        seconds = max(clock.now() - began, 0.001)
        worst = ", ".join(f"{number} {one.value}" for one, number in tally.outcomes.most_common(4))
        return f"{tally.audited} of {count} sites ({tally.audited / seconds:.1f}/s) · {worst}"

    if not console.is_terminal:
        while True:
            await asyncio.sleep(PLAIN_GAP)
            console.print(line(), highlight=False, soft_wrap=True)
    with Live(console=console, transient=True, auto_refresh=False) as live:
        while True:
            live.update(Text(line(), no_wrap=True, overflow="ellipsis"), refresh=True)
            await asyncio.sleep(TERMINAL_GAP)
