"""What stands behind `heed recheck`: the sites asked where that is wished, then the rows judged."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from crawler.cli.seeds import is_loopback, ports_named
from crawler.clock import SystemClock, moment
from crawler.config import Options
from crawler.curation.afresh import AfreshLedger, Asked, Asker
from crawler.curation.declaration import Declaration, Declarations
from crawler.curation.recheck import Recheck, Tally
from crawler.curation.rewrite import Rewriting, make_target, rewrite
from crawler.curation.rows import document_files, read_rows
from crawler.errors import ConfigurationError
from crawler.identity.fields import make_identity
from crawler.identity.user_agent import require_contact
from crawler.ledger.ahead import set_back
from crawler.stores.opening import open_tree
from crawler.stores.protocol import Store

LISTED: Final = 20
"""Hosts named in a summary for people."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asked for; `said` are the parts of a declaration that they gave."""

    corpus: str
    options: Options
    said: Mapping[str, object]
    audit: bool = False
    rewrite: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    tally: Tally
    asked: Asked | None
    rewriting: Rewriting | None

    def as_json(self) -> Mapping[str, object]:
        """For machines."""
        tally, asked, rewriting = self.tally, self.asked, self.rewriting
        return {
            "rows": tally.rows,
            "removed": tally.removed,
            "by_signal": dict(tally.signals),
            "hosts": dict(tally.hosts),
            "unread": dict(tally.unread),
            "unknown": tally.unknown,
            "removals": tally.files[-1],
            "files": tally.files,
            "pages_asked": len(asked.pages) if asked else 0,
            "pages_failed": asked.failed if asked else 0,
            "resting": asked.resting if asked else {},
            "rewritten": rewriting.as_json() if rewriting else {},
        }


def run(wish: Wish) -> Outcome:
    """Do as `wish` says; raises `HeedError`."""
    store, clock = open_tree(wish.corpus), SystemClock()
    options = wish.options
    otherwise = Declaration(options.uses, options.profile, options.product_token)
    declarations = Declarations(store, otherwise, wish.said)
    if not document_files(store) and next(store.list("crawl-data/"), None) is None:
        raise ConfigurationError(
            f"{wish.corpus!r} is no corpus: there is nothing in crawl-data/ or documents/ there."
        )
    if wish.rewrite is not None:
        make_target(wish.rewrite)  # before sites are asked for hours
    ledger = AfreshLedger(_ledger_place(options))
    try:
        store.tidy()
        set_back(ledger.engine, moment(clock.now()))
        asked = _ask(wish, store, declarations, ledger, clock) if wish.audit else None
        pages = frozenset(asked.pages) if asked else frozenset()
        pass_ = Recheck(store, ledger.engine, declarations, moment(clock.now()), pages)
        tally = pass_.write()
        rewriting = rewrite(store, wish.rewrite, pass_) if wish.rewrite else None
    finally:
        ledger.close()
    return Outcome(tally, asked, rewriting)


def _ledger_place(options: Options) -> str:
    """The ledger that is to be asked; it must be there, or the answer would be no answer."""
    place = options.ledger_place
    if "://" not in place and not Path(place).is_file():
        raise ConfigurationError(f"There is no ledger {place!r}: name the crawl's with --ledger.")
    return place


def _ask(
    wish: Wish,
    store: Store,
    declarations: Declarations,
    ledger: AfreshLedger,
    clock: SystemClock,
) -> Asked:
    pages: defaultdict[str, dict[str, Declaration]] = defaultdict(dict)
    for file in document_files(store):
        for row in read_rows(store, file):
            pages[row.origin][row.url] = declarations.of(row)
    if not pages:
        return Asked()
    token = next(iter(next(iter(pages.values())).values())).product_token
    named = {"product_token": token, "seed_ports": ports_named(pages)}
    options = wish.options.model_copy(update=named)
    require_contact(options, tuple(origin for origin in pages if not is_loopback(origin)))
    identity = make_identity(options, clock)
    wanted = {origin: tuple(listed.items()) for origin, listed in pages.items()}

    async def ask() -> Asked:
        return await Asker(options, clock, ledger, identity).ask(wanted)

    return asyncio.run(ask())


def print_outcome(outcome: Outcome) -> None:
    """The summary for people."""
    tally, asked, console = outcome.tally, outcome.asked, Console()
    lines = [f"{tally.rows} rows rechecked, {tally.removed} refused now"]
    if not tally.rows:
        lines = ["The corpus has no rows, so none of them is refused now."]
    lines += [f"  {count} by {signal}" for signal, count in tally.signals.most_common()]
    lines += [f"  {count} of {host}" for host, count in tally.hosts.most_common(LISTED)]
    if tally.unread:
        lines.append(f"{tally.unread.total()} rows stay whose sites could not be read last time:")
        lines += [f"  {count} of {host}" for host, count in tally.unread.most_common(LISTED)]
    if tally.unknown:
        lines.append(f"{tally.unknown} rows are of sites that the ledger does not know")
    if asked is not None:
        lines.append(f"{len(asked.pages)} pages asked, {asked.failed} brought no answer")
        lines += [f"  {host} was left alone: {why}" for host, why in asked.resting.items()]
    lines.append(f"written: {tally.files[-1]} and {len(tally.files) - 1} files of attributes")
    if outcome.rewriting is not None:
        lines.append(outcome.rewriting.as_text())
    for line in lines:
        console.print(Text(line), soft_wrap=True)
