"""A day in Markdown: what ran, what it came to, who refused, what was told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Engine

from crawler.errors import StorageError
from crawler.ledger.scheduled_runs import ScheduledRun, read_runs
from crawler.metrics.logs import tell
from crawler.schedule.jobs import Plan
from crawler.schedule.refusals import NewRefusal, find_new_refusals


def write_digest(plan: Plan, engine: Engine, at: datetime) -> Path | None:
    """Write yesterday's digest, once; None where it is there. Raises `StorageError`."""
    day = at.astimezone(UTC).date() - timedelta(days=1)
    file = plan.folder / "digests" / f"{day}.md"
    runs = runs_of(engine, day)
    if file.exists() or not runs:
        return None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(make_digest(plan, engine, day), "utf-8")
        part.replace(file)
    except OSError as error:
        why = error.strerror or error
        raise StorageError(
            f"The digest {str(file)!r} cannot be written: {why}; make room or see to its folder."
        ) from error
    tell("digest_written", file=str(file))
    return file


def make_digest(plan: Plan, engine: Engine, day: date) -> str:
    """The digest of `day` (UTC) as Markdown; raises `StorageError`."""
    runs = runs_of(engine, day)
    begun = datetime.combine(day, time(), UTC)
    token = plan.configuration.document.identity.product_token
    refusals = find_new_refusals(engine, begun, token) if runs else []
    return "\n".join(_lines(plan, day, runs, refusals)) + "\n"


def runs_of(engine: Engine, day: date) -> list[ScheduledRun]:
    """Runs that began on `day` (UTC)."""
    begun = datetime.combine(day, time(), UTC)
    later = read_runs(engine, since=begun)
    return [run for run in later if run.started_at < begun + timedelta(days=1)]


def _lines(
    plan: Plan, day: date, runs: Sequence[ScheduledRun], refusals: Sequence[NewRefusal]
) -> Iterator[str]:
    yield f"# Heed, {day}"
    yield ""
    if not runs:
        yield f"Nothing ran; {len(plan.jobs)} jobs are scheduled."
        return
    yield "| job | started | took | ended | pages | kept | rows | refused |"
    yield "|---|---|---:|---|---:|---:|---:|---:|"
    yield from map(_row, runs)
    signals: Counter[str] = Counter()
    for run in runs:
        signals.update(run.refused)
    if signals:
        yield ""
        yield "## Refused, by signal"
        yield ""
        yield from (f"- {name}: {number}" for name, number in signals.most_common())
    if refusals:
        yield ""
        yield "## Newly refusing"
        yield ""
        yield from (f"- {_plain(one.text)}" for one in refusals)


def _row(run: ScheduledRun) -> str:
    counts = run.counts
    took = f"{run.seconds:.0f} s" if run.seconds is not None else ""
    cells = [
        run.job,
        f"{run.started_at:%H:%M:%S}",
        took,
        run.reason or "under way",
        *(str(counts.get(key, "")) for key in ("pages_fetched", "pages_kept", "rows_written")),
        str(sum(run.refused.values())),
    ]
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    """A site's words as text: nothing in them is markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in text)
